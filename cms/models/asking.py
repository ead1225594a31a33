"""How often one network address asked for persons 查询次数: a count under a keyed digest, forgotten with its day."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class AskingCount(models.Model):
    """Questions of one address in one stretch of time 查询计数.

    `digest` is made of the address with that day's key (`cms.asking`): the address stands nowhere, and from one day to
    the next the same address has another digest. No history: it is about nobody on file, and no act of anybody.
    """

    digest = models.CharField(max_length=64, primary_key=True)
    day = models.DateField(db_index=True)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("查询计数")

    def __str__(self) -> str:
        return f"{self.day} {self.count}"

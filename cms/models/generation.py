"""Generation of the public site 公开内容版次: another one after every write of a table that public pages read."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class SiteGeneration(models.Model):
    """A write of public content. Rows are only added, so that no writer waits for another; the newest row together
    with their number names the state of the site, and what was cached under another name is not asked for again."""

    token = models.CharField(max_length=36)

    class Meta:
        verbose_name = _("公开内容版次")

    def __str__(self) -> str:
        return self.token

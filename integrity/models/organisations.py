"""Divisions and organisations 行政区划与机构 (GB/T 2260; GB 32100; domain §3): dated, five levels."""

from __future__ import annotations

from datetime import date
from typing import Self, TypeVar

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from integrity.choices import Level, OrganKind, RelationKind
from integrity.models.tracked import TrackedModel, TrackedQuerySet

Row = TypeVar("Row", bound=models.Model, covariant=True)


class DatedQuerySet(TrackedQuerySet[Row]):
    """Rows with `valid_from` and `valid_to` (inclusive; empty = open)."""

    def on(self, day: date) -> Self:
        return self.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=day),
            Q(valid_to__isnull=True) | Q(valid_to__gte=day),
        )


DatedManager = models.Manager.from_queryset(DatedQuerySet)


class DatedModel(TrackedModel):
    """A fact with a validity 有效期; `valid_to` is inclusive."""

    valid_from = models.DateField(_("有效期自"), null=True, blank=True)
    valid_to = models.DateField(_("有效期至"), null=True, blank=True)

    objects = DatedManager()  # type: ignore[misc]  # narrows the tracked manager

    class Meta:
        abstract = True


class Division(DatedModel):
    """Administrative division 行政区划 (GB/T 2260): an abolished code stays, with its end date."""

    code = models.CharField(_("代码"), max_length=12, validators=[RegexValidator(r"^\d{6}(\d{3}){0,2}$")])
    name = models.CharField(_("名称"), max_length=60)
    level = models.PositiveSmallIntegerField(_("层级"), choices=Level.choices)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")

    class Meta:
        verbose_name = _("行政区划")
        ordering = ["code", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="division_code_once_a_date"),
            models.UniqueConstraint(
                fields=["code"], condition=Q(valid_from__isnull=True), name="division_code_once_undated"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Organisation(DatedModel):
    """Organisation 机构: an organ, department, court, association or village committee."""

    code = models.CharField(_("机构代码"), max_length=40, unique=True)
    credit_code = models.CharField(_("统一社会信用代码"), max_length=18, blank=True, db_index=True)
    name = models.CharField(_("名称"), max_length=120, db_index=True)
    short_name = models.CharField(_("简称"), max_length=60, blank=True)
    kind = models.CharField(_("类别"), max_length=30, choices=OrganKind.choices)
    level = models.PositiveSmallIntegerField(_("层级"), choices=Level.choices)
    division = models.ForeignKey(Division, verbose_name=_("行政区划"), on_delete=models.PROTECT, related_name="+")
    parent = models.ForeignKey(
        "self",
        verbose_name=_("上级机构"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
    )
    secret_staffing = models.BooleanField(_("编制涉密"), default=False, help_text=_("涉密单位人员不得录入"))

    class Meta:
        verbose_name = _("机构")
        ordering = ["level", "code"]

    def __str__(self) -> str:
        return self.short_name or self.name


class OrganisationRelation(DatedModel):
    """Dated relation between two organisations 机构关系: `source` stands in `kind` to `target`.

    For MANAGING_AUTHORITY: the leaders (`applies_to_leaders`) or the staff of `source` are managed by `target`.
    A unit's leaders are managed one level up, so its own personnel office does not open their files.
    """

    source = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="relations")
    target = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("关系"), max_length=20, choices=RelationKind.choices)
    applies_to_leaders = models.BooleanField(_("适用于领导成员"), default=False)

    class Meta:
        verbose_name = _("机构关系")
        ordering = ["source", "kind", "valid_from"]

    def __str__(self) -> str:
        return f"{self.source} {self.get_kind_display()} {self.target}"

"""Accounts, assignments and case grants 账户与授权 (domain §10): who may be let in, and until when."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth import get_backends
from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from guardian.models import UserObjectPermissionBase

from integrity.choices import Grade, KinRelation, RecusalKind, Role
from integrity.exceptions import ActRefused
from integrity.models.organisations import DatedModel, Organisation
from integrity.models.tracked import (
    HistoryQuerySet,
    HistoryRow,
    RecordedModel,
    Records,
    TrackedModel,
    TrackedQuerySet,
    current_recording,
    recording,
)


class AccountManager(UserManager.from_queryset(TrackedQuerySet)):  # type: ignore[misc]  # a dynamic base
    """Django's account manager over a queryset whose unrecorded doors are closed."""

    use_in_migrations = False  # other apps' migrations of the account table bring their own plain manager


class Account(RecordedModel, AbstractUser):
    """A person who signs in 账户. Flags of Django (staff, superuser) give no content."""

    display_name = models.CharField(_("姓名"), max_length=100)
    organisation = models.ForeignKey(
        Organisation,
        verbose_name=_("单位"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    subject = models.OneToOneField(
        "integrity.Subject", null=True, blank=True, on_delete=models.PROTECT, related_name="account"
    )
    #: Sessions that began before this moment are over 终止登录.
    signed_out_at = models.DateTimeField(_("终止登录时间"), null=True, blank=True)
    #: The same person at the department's identity provider 统一身份标识: set by two administrators, matched exactly.
    provider_issuer = models.CharField(_("身份提供方"), max_length=300, blank=True)
    provider_subject = models.CharField(_("身份标识"), max_length=255, blank=True)
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = AccountManager()  # type: ignore[misc]  # Django's, for sign-in
    # The password's hash is no fact about the account; the time of the last sign-in belongs to the sign-in log.
    history = Records(
        bases=[HistoryRow],
        historical_queryset=HistoryQuerySet,
        history_id_field=models.BigAutoField(primary_key=True),
        history_change_reason_field=models.TextField(),
        excluded_fields=["password", "last_login"],
    )

    class Meta:
        verbose_name = _("账户")
        constraints = [
            models.UniqueConstraint(
                fields=["provider_issuer", "provider_subject"],
                condition=~Q(provider_subject=""),
                name="account_once_at_a_provider",
            )
        ]

    def __str__(self) -> str:
        return self.display_name or self.username

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Of one of our rows: by its scope, whoever asks. Django would say yes to every superuser (design §3)."""
        if obj is not None and obj._meta.app_label == "integrity":
            answers = (backend.has_perm(self, perm, obj) for backend in get_backends())
            return self.is_active and any(answers)
        return super().has_perm(perm, obj)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A sign-in and a change of one's own password come from Django itself: they name the account as actor."""
        fields = set(kwargs.get("update_fields") or ())
        if current_recording() is None and fields and fields <= _OWN_FIELDS:
            with recording(by=self, reason=SIGN_IN_REASON):
                super().save(*args, **kwargs)
            return
        super().save(*args, **kwargs)


_OWN_FIELDS = frozenset({"last_login", "password"})
#: In history, whatever language the page had: by it the sign-ins are told from what administrators did.
SIGN_IN_REASON = "登录或修改口令"


class Assignment(DatedModel):
    """Role × authority × clearance × dates 岗位授权. Granting needs a second person; nobody grants to themselves."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="assignments")
    role = models.CharField(_("角色"), max_length=30, choices=Role.choices)
    authority = models.ForeignKey(
        Organisation, verbose_name=_("管理机关"), on_delete=models.PROTECT, related_name="assignments"
    )
    profession = models.ForeignKey(
        "integrity.Profession", verbose_name=_("行业"), null=True, blank=True, on_delete=models.PROTECT
    )
    clearance = models.PositiveSmallIntegerField(_("可接触级别"), choices=Grade.choices, default=Grade.INTERNAL)
    granted_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    seconded_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("岗位授权")
        constraints = [
            models.CheckConstraint(
                condition=~Q(granted_by=F("account")) & ~Q(seconded_by=F("account")),
                name="assignment_not_to_oneself",
            ),
            models.CheckConstraint(condition=~Q(granted_by=F("seconded_by")), name="assignment_two_persons"),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.get_role_display()} {self.authority}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Nobody holds two of the three administrators' roles, nor one beside a role with content (三员分立)."""
        others = Assignment.objects.filter(account=self.account).exclude(pk=self.pk).exclude(role=self.role)
        others = others.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=timezone.localdate()))
        if self.role not in Role.administrators():
            others = others.filter(role__in=Role.administrators())
        if others.exists():
            raise ActRefused("separated", gettext("三员分立：管理员岗位不得与其他岗位兼任"), article="GB/T 22239")
        super().save(*args, **kwargs)


class Case(TrackedModel):
    """A case of an inspection body 办案编号: the reason an inspector gets into files, with its end date."""

    reference = models.CharField(_("案件编号"), max_length=60)
    organisation = models.ForeignKey(Organisation, verbose_name=_("办案机关"), on_delete=models.PROTECT)
    reason = models.CharField(_("事由"), max_length=200)
    opened_on = models.DateField(_("开始日期"))
    ends_on = models.DateField(_("截止日期"))
    closed_on = models.DateField(_("结束日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("案件")
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("opened_on")), name="case_ends_after_it_opened"),
            # One body's: whether another body has a case of this number is nobody's to learn (N9).
            models.UniqueConstraint(fields=["organisation", "reference"], name="case_reference_once_in_a_body"),
        ]

    def __str__(self) -> str:
        return self.reference

    def open_on(self, day: date) -> bool:
        return self.opened_on <= day <= self.ends_on and (self.closed_on is None or day < self.closed_on)


class CaseGrant(UserObjectPermissionBase, TrackedModel):  # type: ignore[misc]  # guardian's own manager stays
    """One inspector, one file, one case, one end date 案件授权: guardian's direct foreign-key row.

    A direct key leaves no orphan behind and cannot be inherited by a reused id. The permission is always
    `view_integrityfile`; the case and the second officer are required columns.
    """

    content_object = models.ForeignKey(
        "integrity.IntegrityFile", on_delete=models.CASCADE, related_name="case_grants", db_index=True
    )
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="grants")
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField(auto_now_add=True)
    ends_on = models.DateField(_("截止日期"))
    cut_on = models.DateField(_("提前终止日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("案件授权")
        unique_together: ClassVar[Any] = [["user", "permission", "content_object", "case"]]
        indexes = [models.Index(fields=["user", "case"], name="grant_by_user_and_case")]
        constraints = [
            models.CheckConstraint(condition=~Q(granted_by=F("user")), name="case_grant_by_a_second_officer")
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.user_id} {self.content_object_id}"


class RecusalDeclaration(DatedModel):
    """What was declared or imposed 回避申报: who is to be kept away from whom, in the words of whoever said so.

    It stands whether such a person is on file or not, and it alone is listed: the rows that recusal reads would tell.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="recusal_declarations")
    kind = models.CharField(_("类别"), max_length=10, choices=RecusalKind.choices, default=RecusalKind.CONFLICT)
    relation = models.CharField(_("亲属关系"), max_length=12, choices=KinRelation.choices, blank=True)
    name = models.CharField(_("姓名"), max_length=100, blank=True)
    unit_name = models.CharField(_("单位名称"), max_length=160, blank=True)
    file_ref = models.UUIDField(_("档案编号"), null=True, blank=True)
    #: An identity number is not kept: its keyed index finds the person, its mask reminds whoever declared.
    number_index = models.BinaryField(max_length=32, null=True, blank=True, editable=True)
    number_masked = models.CharField(_("身份证号"), max_length=40, blank=True)
    reason = models.CharField(_("事由"), max_length=300)
    declared_by = models.ForeignKey(Account, verbose_name=_("登记人"), on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("回避申报")

    def __str__(self) -> str:
        return f"{self.account_id} {self.get_kind_display()}"


class Recusal(DatedModel):
    """Recusal 回避 (政务处分法 47): this account is kept from this subject, whatever else lets it in."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="recusals")
    subject = models.ForeignKey("integrity.Subject", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(_("类别"), max_length=10, choices=RecusalKind.choices, default=RecusalKind.CONFLICT)
    reason = models.CharField(_("事由"), max_length=300)
    declared_by = models.ForeignKey(
        Account, verbose_name=_("登记人"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    declaration = models.ForeignKey(
        RecusalDeclaration, null=True, blank=True, on_delete=models.PROTECT, related_name="recusals"
    )

    class Meta:
        verbose_name = _("回避")

    def __str__(self) -> str:
        return f"{self.account_id} {self.subject_id}"

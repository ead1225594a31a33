"""Subjects 信用主体: persons with dated names and encrypted identifiers (domain §2). Never the general public (H7)."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from integrity.choices import IdentifierKind, NameKind
from integrity.identifiers import blind_index, decrypt, encrypt, mask_identity_number
from integrity.models.guarded import GuardedManager
from integrity.models.organisations import DatedModel
from integrity.models.tracked import TrackedModel


class Subject(TrackedModel):
    """A person on file 信用主体. The id is random; nothing of it derives from an identity number.

    Holds no sex, ethnicity, birthplace or health (H8). The birth date serves the check of age alone and is
    encrypted; it is never shown.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("姓名"), max_length=100)
    birth_date_token = models.BinaryField(null=True, blank=True, editable=True)
    deceased_on = models.DateField(_("死亡日期"), null=True, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("信用主体")

    def __str__(self) -> str:
        return self.name


class SubjectName(DatedModel):
    """A dated name 姓名 with its search keys; the text as received is kept."""

    subject = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="names")
    kind = models.CharField(_("类别"), max_length=10, choices=NameKind.choices, default=NameKind.LEGAL)
    text = models.CharField(_("姓名"), max_length=100, validators=[MaxLengthValidator(100)])
    raw = models.CharField(_("原始写法"), max_length=200, blank=True)
    key = models.CharField(max_length=100, db_index=True, help_text=_("检索键：去间隔号与空格，折为简体"))

    class Meta:
        verbose_name = _("姓名")
        ordering = ["subject", "kind", "valid_from", "id"]

    def __str__(self) -> str:
        return self.text


class SubjectIdentifier(TrackedModel):
    """An identity document 身份证件: ciphertext under a versioned key, equality by a keyed blind index (S3).

    Wrong and duplicate numbers exist (错号、重号): the number is no key, and is corrected with history.
    """

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    subject = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="identifiers")
    kind = models.CharField(_("证件类型"), max_length=20, choices=IdentifierKind.choices)
    issuer = models.CharField(_("签发系统"), max_length=60, blank=True, help_text=_("来源系统编号的系统名"))
    token = models.BinaryField(editable=True)
    index = models.BinaryField(max_length=32, db_index=True, editable=True)
    masked = models.CharField(_("掩码"), max_length=40)
    confirmed_on = models.DateField(_("核实日期"), null=True, blank=True)
    retired_on = models.DateField(_("更正停用日期"), null=True, blank=True)

    objects = GuardedManager()  # type: ignore[misc]  # narrows the tracked manager

    class Meta:
        verbose_name = _("身份证件")
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "kind", "issuer", "index"],
                condition=Q(retired_on__isnull=True),
                name="identifier_once_a_subject",
            )
        ]

    def __str__(self) -> str:
        return self.masked

    @property
    def aad(self) -> str:
        """Binds the ciphertext to this row: moved to another person it no longer decrypts."""
        return f"SubjectIdentifier.token:{self.ref}"

    def set_number(self, number: str) -> None:
        """Store a normalised number: ciphertext, blind index and mask."""
        self.token = encrypt(number, aad=self.aad)
        self.index = self.index_of(number, kind=self.kind, issuer=self.issuer)
        self.masked = mask_identity_number(number)

    def number(self) -> str:
        """The number in clear; callers go through `access.reveal`, which logs it (H19)."""
        return decrypt(bytes(self.token), aad=self.aad)

    @staticmethod
    def index_of(number: str, *, kind: str, issuer: str = "") -> bytes:
        purpose = "identity" if kind in _SAME_SPACE else f"{kind}:{issuer}"
        return blind_index(number, purpose=purpose)

    def __repr__(self) -> str:
        return f"<SubjectIdentifier {self.pk} {self.kind}>"


#: 15-digit and 18-digit numbers and residence permits share one index space, so that old and new forms meet.
_SAME_SPACE: frozenset[Any] = frozenset(
    {IdentifierKind.IDENTITY_NUMBER, IdentifierKind.RESIDENCE_PERMIT, IdentifierKind.HISTORICAL_15}
)


class Kinship(TrackedModel):
    """Declared relative of an account's person 回避关系: read by recusal alone, never shown on a file (H8, H18)."""

    subject = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="+")
    relative = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="+")
    declared_on = models.DateField()
    declaration = models.ForeignKey(
        "integrity.RecusalDeclaration", null=True, blank=True, on_delete=models.PROTECT, related_name="kinships"
    )

    class Meta:
        verbose_name = _("回避亲属关系")
        constraints = [models.UniqueConstraint(fields=["subject", "relative"], name="kinship_once")]

    def __str__(self) -> str:
        return f"{self.pk}"

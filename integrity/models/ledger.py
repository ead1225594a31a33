"""Tables of the ledger 存证账本 (design §5): leaves, complete subtrees, signed checkpoints. Written once.

Of a leaf two columns may still be set: its place in the tree, once, by the sequencer; and its salts, by lawful erasure.
Triggers on both databases see to it (`append_only`).
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from integrity.models.readlog import AppendOnlyModel


class LedgerShape(AppendOnlyModel):
    """The fields a leaf of one table commits to, sorted 字段清单: a new migration, a new shape."""

    #: Out of table and names, so that every process knows the key without asking.
    digest = models.CharField(max_length=16, primary_key=True)
    table = models.CharField(max_length=63)
    names = models.JSONField()

    class Meta:
        verbose_name = _("存证字段清单")

    def __str__(self) -> str:
        return f"{self.table} ({len(self.names)})"


class LedgerEntry(AppendOnlyModel):
    """One leaf 存证条目: the head in clear, 32 bytes of commitment and 16 of salt a field, in the shape's order."""

    #: Place in the tree; none until the sequencer has been there.
    position = models.BigIntegerField(_("位置"), null=True, unique=True)
    shape = models.ForeignKey(LedgerShape, on_delete=models.PROTECT, related_name="+")
    table = models.CharField(_("表"), max_length=63)
    row_pk = models.CharField(_("主键"), max_length=40)
    history_id = models.BigIntegerField(_("历史编号"))
    op = models.CharField(_("操作"), max_length=1)
    at = models.DateTimeField(_("时间"))
    previous = models.BinaryField(max_length=32, default=bytes)
    commitments = models.BinaryField()
    salts = models.BinaryField()
    leaf = models.BinaryField(max_length=32)

    class Meta:
        verbose_name = _("存证条目")
        constraints = [models.UniqueConstraint(fields=["table", "history_id"], name="ledger_once_a_row")]
        indexes = [
            models.Index(fields=["table", "row_pk", "-id"], name="ledger_by_row"),
            models.Index(fields=["id"], name="ledger_without_place", condition=models.Q(position__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.table} {self.row_pk}"


class LedgerTile(AppendOnlyModel):
    """Hash of a complete subtree of 256**level leaves 子树: a proof reads a few hundred hashes, not a million."""

    level = models.PositiveSmallIntegerField()
    number = models.BigIntegerField()
    hash = models.BinaryField(max_length=32)

    class Meta:
        verbose_name = _("存证子树")
        constraints = [models.UniqueConstraint(fields=["level", "number"], name="ledger_tile_once")]

    def __str__(self) -> str:
        return f"{self.level}/{self.number}"


class LedgerCheckpoint(AppendOnlyModel):
    """A signed state of the whole tree 检查点, as published at /.well-known/integrity-checkpoint."""

    at = models.DateTimeField(_("时间"))
    size = models.BigIntegerField(_("条目数"))
    root = models.BinaryField(max_length=32)
    note = models.TextField(_("签名检查点"))
    #: That the tree of the checkpoint before is the beginning of this one (RFC 6962 2.1.2), hashes in hex.
    proof = models.JSONField(default=list)

    class Meta:
        verbose_name = _("检查点")
        ordering = ["-id"]
        get_latest_by = "id"

    def __str__(self) -> str:
        return f"{self.size} {self.at:%Y-%m-%d %H:%M}"


class LedgerTimestamp(AppendOnlyModel):
    """A token of an authority over a checkpoint 可信时间戳 (RFC 3161): the whole answer, as OpenSSL reads it."""

    checkpoint = models.OneToOneField(LedgerCheckpoint, on_delete=models.PROTECT, related_name="timestamp")
    at = models.DateTimeField(_("时间"))
    token = models.BinaryField()

    class Meta:
        verbose_name = _("可信时间戳")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S}"

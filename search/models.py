"""The index's tables 检索索引: documents and the queue that feeds them. Nothing here cannot be rebuilt."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from search.models_desk import BatchCheck, FolderItem, FolderNote, PastSearch, Standing, StandingKind

__all__ = [
    "BatchCheck",
    "FolderItem",
    "FolderNote",
    "Kind",
    "PastSearch",
    "PendingIndex",
    "SearchDocument",
    "Standing",
    "StandingKind",
    "World",
]


class World(models.TextChoices):
    """Two worlds that never meet in one query (design §7)."""

    STAFF = "staff", _("内部")
    PUBLIC = "public", _("公开")


class Kind(models.TextChoices):
    """What a hit is 检索对象."""

    FILE = "file", _("诚信档案")
    PRACTITIONER = "practitioner", _("执业记录")
    DECISION = "decision", _("处分决定")
    PENALTY = "penalty", _("执业处理决定")
    PUBLICATION = "publication", _("公示记录")
    DISCLOSURE = "disclosure", _("公开文件")


class SearchDocument(models.Model):
    """One searchable row of one world 索引文档: folded text and the access columns of its row, no title, no result.

    `authority_id` … `state` repeat the columns that the row's access rule reads, under one set of names, so that
    `filters.within` can put the scope into the engine's query; the database has the last word all the same.
    `unit_id`, `level` and `category` are what a reader narrows hits by (`narrowing`).
    Identity numbers, birth dates and H8 data have no column here and no source in `documents.py`.

    The token index hangs on `id`: table `search_token` (FTS5) on SQLite, column `vector` (GIN) on PostgreSQL.
    """

    world = models.CharField(max_length=6, choices=World.choices)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    object_id = models.BigIntegerField()
    on = models.DateField(null=True)
    names = models.TextField(blank=True)
    numbers = models.TextField(blank=True)
    text = models.TextField(blank=True)
    authority_id = models.BigIntegerField(null=True)
    profession_id = models.BigIntegerField(null=True)
    file_id = models.BigIntegerField(null=True)
    subject_id = models.UUIDField(null=True)
    entered_by_id = models.BigIntegerField(null=True)
    grade = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=16, blank=True)
    unit_id = models.BigIntegerField(null=True)
    level = models.PositiveSmallIntegerField(null=True)
    category = models.CharField(max_length=24, blank=True, help_text="kind of decision, class, topic")
    digest = models.CharField(max_length=64, help_text="of everything indexed; reconcile compares it")

    class Meta:
        verbose_name = _("索引文档")
        constraints = [models.UniqueConstraint(fields=["world", "kind", "object_id"], name="search_document_once")]
        # No index on the access columns: SQLite would walk an authority's rows instead of the few matches.

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"


class PendingIndex(models.Model):
    """A row to index again 待索引: written in the transaction that changed it, drained by the worker after commit.

    No uniqueness: two changes of one row are two entries, so that a change during a drain is never swallowed.
    """

    label = models.CharField(max_length=60)
    object_id = models.CharField(max_length=36)
    queued_at = models.DateTimeField(auto_now_add=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=200, blank=True, help_text="the error's class; its text may hold names")

    class Meta:
        verbose_name = _("待索引")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.label} {self.object_id}"

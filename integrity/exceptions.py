"""Errors of the domain 领域错误: each names what was refused and why, so that a person can act on it."""

from __future__ import annotations

from django.utils.translation import gettext as _


class IntegrityArchiveError(Exception):
    """Root of the project's own errors."""


class ClosedDoor(IntegrityArchiveError):
    """A write path that would leave no history was tried (N3)."""


class UnrecordedWrite(IntegrityArchiveError):
    """A tracked row was written without actor and reason (N3)."""


class UnscopedQuery(IntegrityArchiveError):
    """A guarded table was read without a scope (N1)."""


class ReasonedRefusal(IntegrityArchiveError):
    """A legal act was refused: a reason code, a sentence for the user and the article it rests on."""

    def __init__(self, code: str, message: str, *, article: str = "", field: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.article = article
        self.field = field

    def __str__(self) -> str:
        if not self.article:
            return self.message
        return _("%(message)s（%(article)s）") % {"message": self.message, "article": self.article}


class ActRefused(ReasonedRefusal):
    """An act's conditions are not met."""


class MoveRefused(ReasonedRefusal):
    """The state machine has no such move from here, or a need of the move is not met."""


class ReadLogUnavailable(IntegrityArchiveError):
    """The read log cannot be written: nothing that it would have to tell of is shown (H19, N11)."""


class NotAdmitted(IntegrityArchiveError):
    """Access: refused or absent. Both are answered alike (404)."""

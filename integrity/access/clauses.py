"""A clause 准入依据: one reason to be let in, said over columns and over one object."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Model, Q

from integrity.models import GuardedModel, InformationRequest, Publication, Survey

#: Rows that are about nobody on file, reached by office alone: model → the families whose clauses reach it.
BY_OFFICE: dict[type[Model], tuple[str, ...]] = {
    InformationRequest: ("request",),
    Survey: ("editorial", "publication"),
}


@dataclass(frozen=True, slots=True)
class Clause:
    """One reason to be let in 准入依据. Empty sets reach nothing, except `professions`, where empty means any."""

    why: str
    role: str
    family: str
    max_grade: int
    authorities: frozenset[int] = frozenset()
    professions: frozenset[int] = frozenset()
    files: frozenset[int] = frozenset()
    records: frozenset[tuple[str, int]] = frozenset()
    subject_id: UUID | None = None
    until: date | None = None
    drafts: str = "none"

    def condition(self, model: type[Model], account_id: int | None) -> Q | None:
        """This clause over a model's own columns, or None where it reaches none of its rows."""
        if model is Publication:
            return self._publication_condition()
        if model in BY_OFFICE:
            return self._office_condition(model)
        if not issubclass(model, GuardedModel):
            return None
        base = self._reach(model)
        if base is None:
            return None
        return base & Q(grade__lte=self.max_grade) & self._draft_condition(model, account_id)

    def _reach(self, model: type[GuardedModel]) -> Q | None:
        if self.subject_id is not None:
            return Q(subject_id=self.subject_id)
        if self.records:
            ids = [pk for label, pk in self.records if label == model._meta.model_name]
            return Q(pk__in=ids) if ids else None
        if self.files:
            return Q(**{f"{model.case_column}__in": self.files}) if model.case_column else None
        # "either" rows belong to a file or to a practitioner, to nobody else who has authorities.
        families = ("file", "practitioner") if model.family == "either" else (model.family,)
        if not self.authorities or self.family not in families:
            return None
        reach = Q(authority_id__in=self.authorities)
        if model.family == "either":
            reach &= Q(file_id__isnull=self.family != "file")
        if self.family == "practitioner" and self.professions:
            reach &= Q(**{f"{model.profession_column}__in": self.professions})
        return reach

    def _draft_condition(self, model: type[GuardedModel], account_id: int | None) -> Q:
        if not model.state_column or self.drafts == "all":
            return Q()
        not_draft = ~Q(**{f"{model.state_column}__in": model.draft_states})
        return not_draft | Q(entered_by_id=account_id) if self.drafts == "own" else not_draft

    def _publication_condition(self) -> Q | None:
        if self.family not in ("publication", "practitioner") or not self.authorities:
            return None
        reach = Q(authority_id__in=self.authorities)
        return reach & Q(profession_id__in=self.professions) if self.professions else reach

    def _office_condition(self, model: type[Model]) -> Q | None:
        if self.family not in BY_OFFICE[model] or not self.authorities:
            return None
        reach = Q(authority_id__in=self.authorities)
        return reach & Q(grade__lte=self.max_grade) if model is InformationRequest else reach

    def admits(self, obj: Model, account_id: int | None) -> bool:
        """The same rule on one object."""
        if isinstance(obj, Publication):
            return (
                self.family in ("publication", "practitioner")
                and obj.authority_id in self.authorities
                and (not self.professions or obj.profession_id in self.professions)
            )
        if isinstance(obj, InformationRequest | Survey):
            graded = not isinstance(obj, InformationRequest) or obj.grade <= self.max_grade
            return self.family in BY_OFFICE[type(obj)] and obj.authority_id in self.authorities and graded
        if not isinstance(obj, GuardedModel) or obj.grade > self.max_grade:
            return False
        return self._reaches(obj) and self._admits_draft(obj, account_id)

    def _reaches(self, obj: GuardedModel) -> bool:
        if self.subject_id is not None:
            return obj.subject_id == self.subject_id
        if self.records:
            return (str(obj._meta.model_name), obj.pk) in self.records
        if self.files:
            return bool(obj.case_column) and column_of(obj, obj.case_column) in self.files
        family = obj.family
        if family == "either":
            family = "file" if column_of(obj, "file_id") is not None else "practitioner"
        if family != self.family or obj.authority_id not in self.authorities:
            return False
        if self.family == "practitioner" and self.professions:
            return column_of(obj, obj.profession_column) in self.professions
        return True

    def _admits_draft(self, obj: GuardedModel, account_id: int | None) -> bool:
        if not obj.state_column or self.drafts == "all":
            return True
        if getattr(obj, obj.state_column) not in obj.draft_states:
            return True
        return self.drafts == "own" and account_id is not None and obj.entered_by_id == account_id


def column_of(obj: Model, path: str) -> Any:
    """The value at a column path like `decision__file_id`."""
    value: Any = obj
    for name in path.split("__"):
        value = getattr(value, name, None)
    return value

"""Who changed which records, as the audit administrator reads it 记录变更: site-wide, without what stands in them.

三员分立: the kind of record, its number, its authority, who, when, for whom; never a value, a reason or a document,
for these may tell of a person. The histories are asked for those columns alone, and the database role of the audit
administrator may read no others (integrity.wall.database_roles).
"""

from __future__ import annotations

from typing import Any

from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrity import readlog
from integrity.forms.audit import RecordChangesForm
from integrity.models import Account, Organisation
from integrity.models.grants import SIGN_IN_REASON
from integrity.models.kinds import about_oneself, body_of, number_of, recorded_kinds, told_of_changes
from integrity.models.tracked import history_model
from integrity.views.administration import AdministrationView, code, table
from integrity.views.audit_changes import merged_page, named
from integrity.views.audit_words import tabs_of
from integrity.views.paging import Page


class RecordChanges(AdministrationView):
    """Changes of every kind of recorded row, newest first."""

    operation = "audit.records"
    heading = gettext_lazy("记录变更")
    lede = gettext_lazy("谁、何时、改动了哪一机关的哪一类记录；不显示记录内容、事由和当事人姓名。")

    def get(self, request: HttpRequest) -> HttpResponse:
        form = RecordChangesForm(request.GET)
        valid = form.is_valid()
        page = records_page(
            form.cleaned_data, after=request.GET.get("after", ""), before=request.GET.get("before", "")
        ) if valid else Page([], "", "")  # fmt: skip
        heads = [_("时间"), _("记录类别"), _("行为"), _("记录编号"), _("管理机关"), _("办理人"), _("代何人办理")]
        lines = _lines(page.rows)
        return self.page(
            status=200 if valid else 400, form=form, clear_url=request.path,
            tabs=tabs_of(self.operation, self.account), paged=True, before=page.before, after=page.after,
            shown=len(lines), count_logged=len(lines),
            tables=[table(self.heading, heads, lines, empty=_("没有符合条件的变更"))],
        )  # fmt: skip


def records_page(wanted: dict[str, Any], *, after: str, before: str) -> Page:
    """A page of the histories of all kinds together, or of the one that is asked for."""
    kinds = list(enumerate(recorded_kinds()))
    if wanted.get("kind"):
        kinds = [(rank, model) for rank, model in kinds if model._meta.label_lower == wanted["kind"]]
    if wanted.get("authority"):
        kinds = [(rank, model) for rank, model in kinds if body_of(model)]
    return merged_page([(rank, _entries(model, wanted)) for rank, model in kinds], after=after, before=before)


def _entries(model: Any, wanted: dict[str, Any]) -> QuerySet[Any]:
    condition = readlog.between(wanted, "history_date")
    if wanted.get("person"):
        condition &= Q(history_user__in=named(wanted["person"]))
    if wanted.get("authority"):
        condition &= Q(**{body_of(model): wanted["authority"]})
    if model is Account:  # sign-ins have a page of their own
        condition &= ~Q(history_change_reason=SIGN_IN_REASON)
    rows: QuerySet[Any] = history_model(model)._default_manager.filter(condition)
    if about_oneself(model):  # what persons on file write of themselves would tell whose account theirs is
        rows = rows.exclude(history_user__subject=F(about_oneself(model)))
    return rows.only(*told_of_changes(model))


def _lines(entries: list[Any]) -> list[list[Any]]:
    models = recorded_kinds()
    acts = {"+": _("新增"), "~": _("修改"), "-": _("删除")}
    people = Account.objects.in_bulk({key for one in entries for key in (one.history_user_id, one.history_acting_for_id)
                                      if key})  # fmt: skip
    whose = [getattr(one, f"{body_of(models[one.rank])}_id", None) for one in entries]
    bodies = Organisation.objects.in_bulk({key for key in whose if key})
    return [
        [
            f"{timezone.localtime(one.history_date):%Y-%m-%d %H:%M}",
            str(models[one.rank]._meta.verbose_name),
            acts.get(one.history_type, ""),
            code(str(getattr(one, number_of(models[one.rank])))),
            str(bodies.get(body, "")),
            str(people.get(one.history_user_id, _("系统"))),
            str(people.get(one.history_acting_for_id, "")),
        ]
        for one, body in zip(entries, whose, strict=True)
    ]

"""The folder of a case in the browser 案卷夹: of the case that is stated for this session, and of no other."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrity import access
from integrity.access import Scope, log_read
from integrity.choices import Act, ReadOutcome
from integrity.exceptions import NotAdmitted
from integrity.forms.base import ActForm, fresh_key
from integrity.views.base import stated
from search.desk import folder
from search.desk.forms import NoteForm
from search.desk.holders import states_case
from search.desk.pages.base import Desk, DeskAct
from search.documents import SOURCES
from search.models import FolderItem


class InCase(Desk):
    """A page of the folder of the stated case."""

    tab = "search:folder"

    def case_scope(self) -> Scope:
        """By the grants in the stated case; a refusal is a line of the log."""
        purpose, case = stated(self.request)
        try:
            return folder.scope_in_case(self.account, purpose=purpose, case=case)
        except NotAdmitted:
            scope = access.scope_for(self.account, Act.SEARCH, purpose=purpose, case=case)
            log_read(scope, door=self.door, model=FolderItem, count=0, request=self.request,
                     outcome=ReadOutcome.REFUSED)  # fmt: skip
            raise

    def line(self, ref: Any) -> folder.Line:
        """One record of the folder, logged: its name and its notes are shown."""
        scope = self.case_scope()
        line = folder.line_of(scope, ref, reader=self.account)
        log_read(scope, door=self.door, model=type(line.row), rows=[line.row], request=self.request)
        return line


class FolderPage(InCase):
    """The folder with its notes; each line's record is logged with purpose and case."""

    template_name = "search/desk/folder.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        if not states_case(self.account):
            raise NotAdmitted
        try:
            scope = self.case_scope()
        except NotAdmitted:
            return self.answer({"refused": True})
        lines = folder.lines(scope, reader=self.account)
        for kind in dict.fromkeys(line.hit.kind for line in lines):
            rows = [line.row for line in lines if line.hit.kind == kind]
            log_read(scope, door=self.door, model=SOURCES[kind].model, rows=rows, request=request)
        if not lines:
            log_read(scope, door=self.door, model=FolderItem, count=0, request=request)
        return self.answer({"lines": lines, "case": scope.case})


class PutIn(InCase, DeskAct):
    """From a hit or a record's page into the folder 放入案卷夹: the record is opened as any other."""

    heading = gettext_lazy("放入案卷夹")
    submit = gettext_lazy("放入")
    done = gettext_lazy("已放入案卷夹。")

    def fetch(self, **kwargs: Any) -> Any:
        self.in_case = self.case_scope()
        self.kind = kwargs["kind"]
        return self.opened(Act.READ, SOURCES[self.kind].model, ref=kwargs["record"])

    def build_form(self, data: Any = None, files: Any = None) -> ActForm:
        return NoteForm(data, optional=True, initial={"once": fresh_key()})

    def perform(self, form: ActForm) -> FolderItem:
        return folder.put_in(self.in_case, self.kind, self.row, by=self.account, note=form.cleaned_data["note"])

    def get_success_url(self, result: FolderItem) -> str:
        return reverse("search:folder")

    def cancel_url(self) -> str:
        return reverse("search:folder")

    def context(self, form: ActForm) -> dict[str, Any]:
        return {
            "crumbs": [{"url": reverse("search:folder"), "label": _("案卷夹")}],
            "facts": [{"label": str(self.kind.label), "value": str(self.row), "note": self.about()}],
        }


class WriteNote(InCase, DeskAct):
    """A note on a record of the folder 写备注."""

    form_class = NoteForm
    heading = gettext_lazy("写备注")
    submit = gettext_lazy("保存")

    def fetch(self, **kwargs: Any) -> folder.Line:
        return self.line(kwargs["ref"])

    def about(self) -> str:
        return str(self.row.hit.title)

    def perform(self, form: ActForm) -> Any:
        return folder.write_note(self.row.item, by=self.account, text=form.cleaned_data["note"])

    def get_success_url(self, result: Any) -> str:
        return reverse("search:folder")

    def cancel_url(self) -> str:
        return reverse("search:folder")

    def context(self, form: ActForm) -> dict[str, Any]:
        hit = self.row.hit
        return {
            "crumbs": [{"url": reverse("search:folder"), "label": _("案卷夹")}],
            "facts": [{"label": str(hit.kind.label), "value": hit.title, "note": hit.subtitle}],
        }


class TakeOut(InCase, DeskAct):
    """Out of the folder 取出, by whoever put it in."""

    heading = gettext_lazy("取出案卷夹")
    lede = gettext_lazy("本人写的备注一并删除；记录本身不变。")
    submit = gettext_lazy("取出")
    done = gettext_lazy("已取出。")
    danger = True

    def fetch(self, **kwargs: Any) -> folder.Line:
        line = self.line(kwargs["ref"])
        if not line.mine:
            raise NotAdmitted
        return line

    def about(self) -> str:
        return str(self.row.hit.title)

    def perform(self, form: ActForm) -> None:
        folder.take_out(self.row)

    def get_success_url(self, result: None) -> str:
        return reverse("search:folder")

    def cancel_url(self) -> str:
        return reverse("search:folder")


class DropNote(InCase):
    """One's own note away 删除备注."""

    def post(self, request: HttpRequest, ref: Any, note: Any) -> HttpResponse:
        folder.drop_note(self.line(ref), note)
        return HttpResponseRedirect(reverse("search:folder"))

"""Persons of one matter in the browser 同案人员: from a decision's page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from integrity.access import log_read
from integrity.choices import Act
from integrity.views.base import stated
from search.desk.holders import scope_to_work
from search.desk.matter import others_in
from search.desk.pages.base import Desk
from search.documents import SOURCES
from search.hits import url_of
from search.models import Kind


class MatterPage(Desk):
    """Who else is named by this paper or in this matter, within the scope; each person is in the log."""

    template_name = "search/desk/matter.html"

    def get(self, request: HttpRequest, kind: Kind, record: Any) -> HttpResponse:
        row = self.opened(Act.READ, SOURCES[kind].model, ref=record)
        purpose, case = stated(request)
        scope = scope_to_work(self.account, purpose=purpose, case=case)
        others = others_in(row, scope)
        for one in dict.fromkeys(other.hit.kind for other in others):
            rows = [other.row for other in others if other.hit.kind == one]
            log_read(scope, door=self.door, model=SOURCES[one].model, rows=rows, request=request)
        if not others:
            log_read(scope, door=self.door, model=SOURCES[kind].model, count=0, request=request)
        persons = len({other.row.subject_id for other in others})
        return self.answer({"row": row, "others": others, "persons": persons, "back_url": url_of(kind, row)})

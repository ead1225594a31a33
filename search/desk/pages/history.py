"""What one searched for 检索记录: one's own words, to search again or to clear."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrity.forms.base import ActForm
from search.desk import history
from search.desk.pages.base import Desk, DeskAct


class History(Desk):
    """The newest searches first; words of a case that is over are gone."""

    tab = "search:history"
    template_name = "search/desk/history.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        lines = list(history.told(history.own_history(self.account)))
        return self.answer({"lines": lines, "days": history.KEPT.days, "most": history.MOST})


class ClearHistory(DeskAct):
    """Away with all of it 清除检索记录; the read log keeps what was read."""

    tab = "search:history"
    heading = gettext_lazy("清除检索记录")
    lede = gettext_lazy("只清除您本人的检索记录；查阅日志不受影响。")
    submit = gettext_lazy("清除")
    done = gettext_lazy("已清除。")
    danger = True

    def perform(self, form: ActForm) -> int:
        return history.forget(history.own_history(self.account))

    def get_success_url(self, result: int) -> str:
        return reverse("search:history")

    def cancel_url(self) -> str:
        return reverse("search:history")

    def context(self, form: ActForm) -> dict[str, Any]:
        return {"crumbs": [{"url": reverse("search:history"), "label": _("检索记录")}]}

"""The system administrator's pages 运行 (三员分立): does the place run; numbers and versions, no content, no person."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrity import administration
from integrity.ledger import watch
from integrity.models import Account, Holiday, ImportBatch, Organisation, RuleSet
from integrity.views.administration import AdministrationView, table


class SystemView(AdministrationView):
    """A page of the system administrator, with the others beside it."""

    def page(self, **context: Any) -> HttpResponse:
        tabs = [
            {"url": reverse(f"staff:{row.route}"), "label": row.label, "active": row.code == self.operation}
            for row in administration.OPERATIONS.values()
            if row.code.startswith("system.")
        ]
        return super().page(tabs=tabs, **context)


class Status(SystemView):
    operation = "system.status"
    heading = gettext_lazy("运行状态")
    lede = gettext_lazy("只显示数量和版本，不显示任何档案内容。")

    def get(self, request: HttpRequest) -> HttpResponse:
        pending = _pending()
        return self.page(
            facts=[
                {"label": _("数据库"), "value": connection.vendor},
                {"label": _("现在时间"), "value": f"{timezone.localtime():%Y-%m-%d %H:%M}"},
                {"label": _("待更新索引"), "value": pending.count() if pending is not None else "—"},
                {"label": _("存证签名"), "value": watch.alarm() or _("正常")},
                {"label": _("账户"), "value": Account.objects.filter(is_active=True).count()},
            ]
        )


def _pending() -> Any:
    """The queue of the search index; the domain does not know the search, only that an app may be there."""
    try:
        return apps.get_model("search", "PendingIndex").objects.all()
    except LookupError:
        return None


class Queues(SystemView):
    operation = "system.queues"
    heading = gettext_lazy("索引队列")

    def get(self, request: HttpRequest) -> HttpResponse:
        pending = _pending()
        oldest = pending.order_by("pk").first() if pending is not None else None
        since = getattr(oldest, "queued_at", None) or getattr(oldest, "at", None)
        facts = [
            {"label": _("待更新"), "value": pending.count() if pending is not None else "—"},
            {"label": _("最早的一条"), "value": f"{timezone.localtime(since):%Y-%m-%d %H:%M}" if since else _("无")},
        ]
        return self.page(facts=facts)


class Batches(SystemView):
    operation = "system.batches"
    heading = gettext_lazy("导入批次状态")

    def get(self, request: HttpRequest) -> HttpResponse:
        groups = ImportBatch.objects.order_by().values("state").annotate(number=Count("pk")).order_by("state")
        labels = dict(ImportBatch._meta.get_field("state").flatchoices)
        lines = [[str(labels.get(group["state"], group["state"])), group["number"]] for group in groups]
        return self.page(tables=[table(self.heading, [_("状态"), _("批次")], lines, empty=_("没有导入批次"))])


class Migrations(SystemView):
    operation = "system.migrations"
    heading = gettext_lazy("数据库版本")

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = MigrationRecorder(connection).migration_qs.order_by("-applied")[:60]
        lines = [[row.app, row.name, f"{timezone.localtime(row.applied):%Y-%m-%d %H:%M}"] for row in rows]
        return self.page(tables=[table(self.heading, [_("应用"), _("迁移"), _("完成时间")], lines)])


class Rules(SystemView):
    operation = "system.rules"
    heading = gettext_lazy("已装载的规则")

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = RuleSet.objects.on(timezone.localdate()).select_related("basis")
        lines = [
            [
                row.get_kind_display(),
                row.key,
                row.text,
                str(row.basis),
                str(row.valid_from or ""),
                str(row.valid_to or ""),
            ]
            for row in rows
        ]
        heads = [_("类别"), _("对象"), _("内容"), _("依据"), _("自"), _("至")]
        return self.page(tables=[table(self.heading, heads, lines, empty=_("尚未装载规则"))])


class Holidays(SystemView):
    operation = "system.holidays"
    heading = gettext_lazy("节假日安排")

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = Holiday.objects.filter(on__year__gte=timezone.localdate().year - 1)
        lines = [[row.on.isoformat(), row.name, _("上班") if row.is_workday else _("放假"), row.notice] for row in rows]
        heads = [_("日期"), _("名称"), _("安排"), _("通知")]
        return self.page(tables=[table(self.heading, heads, lines, empty=_("尚未装载节假日安排"))])


class Organisations(SystemView):
    operation = "system.organisations"
    heading = gettext_lazy("机构目录")

    def get(self, request: HttpRequest) -> HttpResponse:
        groups = Organisation.objects.on(timezone.localdate()).order_by().values("level", "kind")
        counted = groups.annotate(number=Count("pk")).order_by("level", "kind")
        levels = dict(Organisation._meta.get_field("level").flatchoices)
        kinds = dict(Organisation._meta.get_field("kind").flatchoices)
        lines = [[str(levels[row["level"]]), str(kinds[row["kind"]]), row["number"]] for row in counted]
        return self.page(tables=[table(self.heading, [_("层级"), _("类别"), _("数量")], lines)])

"""`find TERM --as USER --purpose TEXT [--case REF]`: the staff search on the command line, by the same path."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from integrity.access import Scope, roles_of, scope_for
from integrity.choices import Act, Role
from integrity.models import Account
from search.hits import Hit
from search.models import Kind, World
from search.query import Results, search

DOOR = "command.find"
REFUSED = 2


class Command(BaseCommand):
    help = "检索档案、决定、执业记录（与网页同一路径，写查阅日志）。--json：每行一个结果 {id, type, title, why, …}"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("term", help="姓名、拼音、首字母、文号、证号或内容")
        parser.add_argument("--as", dest="account", required=True, metavar="USER", help="以谁的权限检索（用户名）")
        parser.add_argument("--purpose", required=True, metavar="TEXT", help="用途，记入查阅日志")
        parser.add_argument("--case", default="", metavar="REF", help="案件编号；纪检监察人员必填")
        parser.add_argument("--kind", choices=[kind.value for kind in Kind], help="只查一类")
        parser.add_argument("--limit", type=int, default=50, metavar="N")
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *args: Any, **options: Any) -> None:
        scope = _scope(
            options["account"], options["term"], purpose=options["purpose"].strip(), case=options["case"].strip()
        )
        results = search(
            World.STAFF,
            options["term"],
            scope=scope,
            kinds=[Kind(options["kind"])] if options["kind"] else None,
            limit=options["limit"],
            door=DOOR,
        )
        if results.degraded:
            self.stderr.write("检索服务暂不可用：只按完整姓名和完整文号、证号查找。")
        for hit in results.hits:
            self.stdout.write(_json(hit) if options["as_json"] else _line(hit))
        # The summary goes to stderr: stdout holds one hit a line, for programs.
        if not results.hits:
            self.stderr.write(f"截至{timezone.localdate():%Y年%m月%d日}，在可查阅的范围内，本系统无记录。")
        else:
            self.stderr.write(_summary(results))


def _scope(username: str, term: str, *, purpose: str, case: str) -> Scope:
    """The scope of the named account, or a refusal that says what is missing (exit code 2)."""
    account = Account.objects.filter(username=username, is_active=True).first()
    if account is None:
        raise CommandError(f"没有可用的账户：{username}", returncode=REFUSED)
    if not purpose:
        raise CommandError("请写明用途：--purpose", returncode=REFUSED)
    scope = scope_for(account, Act.SEARCH, purpose=purpose, case=case)
    if not scope.empty:
        return scope
    # The refusal is a read of the search door as well: it is logged before it is answered (H19).
    search(World.STAFF, term, scope=scope, door=DOOR)
    if Role.INSPECTOR in roles_of(account):
        message = (
            f"案件“{case}”没有授权给该账户、且在期限内的档案。" if case else "纪检监察人员检索须写明案件编号：--case"
        )
        raise CommandError(message, returncode=REFUSED)
    raise CommandError("该账户没有检索内容的权限。", returncode=REFUSED)


def _json(hit: Hit) -> str:
    found = {
        "id": hit.ref or str(hit.id),
        "type": hit.kind.value,
        "title": hit.title,
        "why": hit.why,
        "subtitle": hit.subtitle,
        "date": hit.date.isoformat() if hit.date else None,
        "state": hit.state,
        "flags": list(hit.flags),
    }
    return json.dumps(found, ensure_ascii=False)


def _line(hit: Hit) -> str:
    return "\t".join((hit.ref or str(hit.id), str(hit.kind.label), hit.title, hit.subtitle, hit.why))


def _summary(results: Results) -> str:
    total = f"{results.total}{' 条以上' if results.capped else ' 条'}"
    return f"共 {total}，列出 {len(results.hits)} 条。"

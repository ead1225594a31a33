"""`build_index`: build the search index anew; `--check` compares it with the database, `--repair` heals it."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from search import reconcile
from search.engines import EngineError
from search.models import Kind


class Command(BaseCommand):
    help = "重建检索索引；--check 只核对（有差异时退出码 1），--repair 只改有差异的部分"

    def add_arguments(self, parser: CommandParser) -> None:
        mode = parser.add_mutually_exclusive_group()
        mode.add_argument("--check", action="store_true")
        mode.add_argument("--repair", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._run(options)
        except EngineError as error:
            raise CommandError(
                f"检索服务没有应答，或索引尚未建立（{error}）。请确认 ELASTICSEARCH_URL 所写的节点可以连接；"
                "尚无索引时先运行 build_index，不带参数。"
            ) from error

    def _run(self, options: dict[str, Any]) -> None:
        if options["check"]:
            self._check()
        elif options["repair"]:
            self.stdout.write(f"已更正 {reconcile.repair()} 条。")
        else:
            self._build()

    def _check(self) -> None:
        found = reconcile.differences()
        for one in found:
            self.stdout.write(f"{one.kind.label}：缺 {len(one.missing)}，旧 {len(one.stale)}，多 {len(one.surplus)}")
        if found:
            raise CommandError("索引与数据库不一致；请运行 build_index --repair", returncode=1)
        self.stdout.write("索引与数据库一致。")

    def _build(self) -> None:
        started = time.monotonic()

        def progress(kind: Kind, count: int) -> None:
            if count % 2000 == 0:
                self.stdout.write(f"  {kind.label} {count}…")

        counts = reconcile.rebuild(progress)
        for kind, count in counts.items():
            self.stdout.write(f"{kind.label}：{count}")
        total, seconds = sum(counts.values()), time.monotonic() - started
        self.stdout.write(f"索引共 {total} 条，用时 {seconds:.1f} 秒。")

"""Load the made-up province 加载演示数据, its public site and its search index. Does nothing where it is loaded."""

from __future__ import annotations

import time
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from cms.demo_content import load_disclosures
from integrity.demo import build as province
from integrity.demo.accounts import PASSWORD, PERSONAS
from integrity.models import LegalBasis


class Command(BaseCommand):
    help = "加载演示数据：青海省的机构、虚构人员、公开网站和检索索引（可重复执行）"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="公开网站的端口")

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        if not LegalBasis.objects.exists():
            raise CommandError("尚未装载法律依据，请先运行 python manage.py load_reference")
        if province.already_built():
            call_command("load_site", port=options["port"], stdout=self.stdout)
            self.stdout.write("演示数据已存在，未作改动。")
            return
        call_command("load_site", port=options["port"], stdout=self.stdout)
        # The index is built in the same transaction: nothing is left in the queue to be indexed once more.
        with transaction.atomic():
            province.build(tell=self._tell)
            self._tell(f"公开信息 {load_disclosures()} 件")
            call_command("build_index", stdout=self.stdout)
        self._tell(f"完成，用时 {time.monotonic() - started:.0f} 秒")
        self.stdout.write(f"演示账户（口令均为 {PASSWORD}）：" + "、".join(row.username for row in PERSONAS))

    def _tell(self, text: str) -> None:
        self.stdout.write(f"  {text}")

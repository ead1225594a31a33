"""`work_desk`: ask kept searches and watches again, and throw away what is over; with `--every` until it is stopped."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from search.desk import checks, folder, history, standing


class Command(BaseCommand):
    help = "核查保存的检索和关注名单、发通知，清除到期内容；--every 秒数：持续运行"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--every", type=float, metavar="SECONDS")

    def handle(self, *args: Any, **options: Any) -> None:
        while True:
            gone = sum(tool.throw_away_old() for tool in (checks, folder, history, standing))
            done = standing.ask_all()
            if done.news or done.waiting or gone or not options["every"]:
                self.stdout.write(
                    f"核查 {done.rows} 项，新命中 {done.news} 条，发出邮件 {done.mailed} 封，"
                    f"待检索服务恢复 {done.waiting} 项，清除 {gone} 项。"
                )
            if not options["every"]:
                return
            time.sleep(options["every"])

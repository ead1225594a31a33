"""`work_index`: drain the queue of changed rows; with `--every` again and again until it is stopped."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from search import worker


class Command(BaseCommand):
    help = "处理待索引队列；--every 秒数：持续运行"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--every", type=float, metavar="SECONDS")

    def handle(self, *args: Any, **options: Any) -> None:
        while True:
            done = worker.drain()
            if done or not options["every"]:
                self.stdout.write(f"已处理 {done} 条，剩余 {worker.pending()} 条，其中失败 {worker.failed()} 条。")
            if not options["every"]:
                return
            time.sleep(options["every"])

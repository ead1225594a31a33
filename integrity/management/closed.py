"""Commands of other packages that this project refuses 已关闭的命令; integrity stands before them in INSTALLED_APPS."""

from __future__ import annotations

from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError, CommandParser


class ClosedCommand(BaseCommand):
    """Takes whatever arguments the original took, and refuses."""

    requires_system_checks: tuple[str, ...] = ()

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        for option in ("--auto", "--dry", "-d", "--excluded_fields", "--days", "-m", "--minutes", "--batchsize"):
            parser.add_argument(option, nargs="?")
        parser.add_argument("models", nargs="*")
        return parser

    def handle(self, *args: Any, **options: Any) -> NoReturn:
        raise CommandError("历史记录只写一次，不清理、不补写（N3、N4）。History is neither cleaned nor filled in.")

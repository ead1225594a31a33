"""`manage.py load_site`: the public site's starting content and review workflow; may be repeated."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from cms.site_content import load_site


class Command(BaseCommand):
    help = "Create the public site's pages, groups and workflow where they are missing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=80, help="port of the site record")

    def handle(self, *args: Any, **options: Any) -> None:
        home = load_site(port=options["port"])
        pages = home.get_descendants(inclusive=True).live().count()
        self.stdout.write(f"site ready: {pages} live pages")

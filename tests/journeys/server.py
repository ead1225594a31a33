"""The archive as a process of its own for the journeys, at a day of one's choice.

`python -m tests.journeys.server --port 8170 --at 2027-03-01` serves both sites on one port; the database and the
keys come from the environment as everywhere. The clock is moved in this process only: the product has no hook for it.
"""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, date, datetime, time

import time_machine

NOON = time(4)  # UTC; midday in Shanghai, so that no time zone makes it another day


def clock(day: date | None) -> AbstractContextManager[object]:
    """The real clock, or one that runs on from midday of that day."""
    if day is None:
        return nullcontext()
    return time_machine.travel(datetime.combine(day, NOON, tzinfo=UTC), tick=True)


def serve(port: int) -> None:
    """Serve until stopped; says its port on the first line, because 0 means any free one."""
    import django

    django.setup(set_prefix=False)
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
    from django.core.wsgi import get_wsgi_application

    server = ThreadedWSGIServer(("127.0.0.1", port), WSGIRequestHandler)
    server.daemon_threads = True
    # Without DEBUG nobody serves the style sheets; a web server does it in production.
    server.set_app(StaticFilesHandler(get_wsgi_application()))
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--at", type=date.fromisoformat, default=None, metavar="YYYY-MM-DD")
    chosen = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "integrity.settings.dev")
    with clock(chosen.at):
        serve(chosen.port)


if __name__ == "__main__":
    main()

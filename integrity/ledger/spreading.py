"""Work over several processors, its results in order 并行核验. No Django but where it is asked for."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from typing import TypeVar

Part = TypeVar("Part")
Result = TypeVar("Result")
#: Parts on their way for each process: enough to keep it busy, few enough to keep memory small.
AHEAD = 3


def with_django() -> None:
    """`ready` of work that reads tables: a process of its own has its own Django, set up before it hears of models."""
    import django

    django.setup()


def in_order(
    work: Callable[[Part], Result], parts: Iterable[Part], *, workers: int, ready: Callable[[], None] | None = None
) -> Iterator[Result]:
    """`work` of each part, in the order of the parts; `ready` is run once in each process."""
    if workers <= 1:
        yield from map(work, parts)
        return
    processes = multiprocessing.get_context("spawn")  # a forked one would share our connection to the database
    with ProcessPoolExecutor(workers, mp_context=processes, initializer=ready) as pool:
        waiting: deque[Future[Result]] = deque()
        for part in parts:
            waiting.append(pool.submit(work, part))
            if len(waiting) > AHEAD * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()

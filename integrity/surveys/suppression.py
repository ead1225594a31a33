"""Small cells 小单元格抑制 (domain §17): what is too small is not printed, nor what would give it away by subtraction.

A table is printed with its sums. Cells are flows on a graph of rows and columns (the sums being one more of each): a
hidden cell is safe when some other table of whole numbers, with the same printed cells, has another value in it. That
is a closed walk through hidden cells, and it is looked for exactly; where there is none, more is hidden.
"""

from __future__ import annotations

from collections.abc import Sequence

Table = list[list[int | None]]
Place = tuple[int, int]


def with_sums(rows: Sequence[Sequence[int]]) -> list[list[int]]:
    """The table with a column and a row of sums."""
    wide = [[*row, sum(row)] for row in rows]
    return [*wide, [sum(column) for column in zip(*wide, strict=True)]]


def suppressed(rows: Sequence[Sequence[int]], *, least: int) -> Table | None:
    """The table with its sums, None where nothing may be printed; None altogether where no printing is safe."""
    full = with_sums(rows)
    places = [(r, c) for r in range(len(full)) for c in range(len(full[0]))]
    small = {(r, c) for r, c in places if 0 < full[r][c] < least}
    hidden = set(small)
    while open_ones := sorted(place for place in small if not _safe(full, hidden, place)):
        more = _cheapest(full, hidden, open_ones[0])
        if more is None:
            return None
        hidden |= more
    return [[None if (r, c) in hidden else value for c, value in enumerate(row)] for r, row in enumerate(full)]


def _cheapest(full: list[list[int]], hidden: set[Place], place: Place) -> set[Place] | None:
    """The other three corners of a rectangle that make the cell safe, at the least cost: sums stay if they can."""
    row, column = place
    last_row, last_column = len(full) - 1, len(full[0]) - 1
    choices = [
        {(row, c), (r, column), (r, c)} - hidden
        for r in range(len(full))
        for c in range(len(full[0]))
        if r != row and c != column
    ]

    def cost(corners: set[Place]) -> tuple[int, int, list[Place]]:
        sums = sum(r == last_row or c == last_column for r, c in corners)
        return sums, sum(full[r][c] for r, c in corners), sorted(corners)

    good = (corners for corners in sorted(choices, key=cost) if _safe(full, hidden | corners, place))
    return next(good, None)


def _safe(full: list[list[int]], hidden: set[Place], place: Place) -> bool:
    """Whether the cell could as well have one more, or one less."""
    return _movable(full, hidden, place, up=True) or _movable(full, hidden, place, up=False)


def _movable(full: list[list[int]], hidden: set[Place], place: Place, *, up: bool) -> bool:
    """Whether a change of one in this cell can be made good by the other hidden cells, none going below nothing.

    Flow of a cell: +1 for counted cells and the sum of all, −1 for the other sums, so each line sums to nothing.
    An arc from a row to a column raises the flow by one, from a column to a row lowers it.
    """
    rows, columns = len(full), len(full[0])

    def can(one: Place, raise_flow: bool) -> bool:
        r, c = one
        is_sum = (r == rows - 1) != (c == columns - 1)
        goes_up = raise_flow != is_sum  # the number itself
        return goes_up or full[r][c] > 0

    if not can(place, up):
        return False
    row, column = place
    # The change of `place` is one arc; the walk has to come back by other hidden cells.
    start, goal = (("c", column), ("r", row)) if up else (("r", row), ("c", column))
    seen, ahead = {start}, [start]
    while ahead:
        side, index = ahead.pop()
        for r, c in hidden:
            if (r, c) == place or (side == "r" and r != index) or (side == "c" and c != index):
                continue
            # Leaving a row by a cell raises its flow, leaving a column lowers it.
            if not can((r, c), raise_flow=side == "r"):
                continue
            onward = ("c", c) if side == "r" else ("r", r)
            if onward == goal:
                return True
            if onward not in seen:
                seen.add(onward)
                ahead.append(onward)
    return False

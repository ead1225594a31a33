"""The chart of the years 历年满意度图: places of points, bars and lines, computed; the template draws them as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from integrity.surveys.figures import Figures

WIDTH, HEIGHT, LEFT, TOP, FLOOR = 640, 300, 52, 18, 256
_LOWEST, _HIGHEST = 0, 100


@dataclass(frozen=True, slots=True)
class Bar:
    """One survey: its bar and the reach of its margin, in units of the drawing."""

    label: str
    x: float
    width: float
    y: float
    height: float
    percent: float
    high: float | None
    low: float | None
    middle: float


@dataclass(frozen=True, slots=True)
class Line:
    """A target or a line of the scale."""

    y: float
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    bars: tuple[Bar, ...]
    targets: tuple[Line, ...]
    scale: tuple[Line, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    floor: int = FLOOR
    right: int = WIDTH - 8


def _y(percent: float) -> float:
    part = (min(max(percent, _LOWEST), _HIGHEST) - _LOWEST) / (_HIGHEST - _LOWEST)
    return round(FLOOR - part * (FLOOR - TOP), 1)


def chart_of(told: Sequence[Figures], targets: Sequence[tuple[int, int]]) -> Chart | None:
    """The drawing, or nothing where there is nothing to draw. Targets: year and percent."""
    known = [one for one in told if one.percent is not None]
    if not known:
        return None
    step = (WIDTH - LEFT - 72) / len(known)
    width = min(56.0, step * 0.6)
    bars = []
    for number, one in enumerate(known):
        percent = one.percent or 0.0
        middle = round(LEFT + step * (number + 0.5), 1)
        margin = one.margin
        bars.append(
            Bar(
                label=str(one.survey.year), x=round(middle - width / 2, 1), width=round(width, 1), y=_y(percent),
                height=round(FLOOR - _y(percent), 1), percent=percent, middle=middle,
                high=_y(percent + margin) if margin is not None else None,
                low=_y(percent - margin) if margin is not None else None,
            )
        )  # fmt: skip
    scale = tuple(Line(_y(percent), f"{percent}%") for percent in range(0, 101, 20))
    lines = tuple(Line(_y(percent), f"{year} · {percent}%") for year, percent in targets)
    return Chart(tuple(bars), lines, scale)

"""Bar charts as numbers for an SVG that the template draws: no script, no style that the policy of the page forbids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 560, 220
_LEFT, _RIGHT, _BOTTOM, _TOP = 40, 18, 24, 8
_LABELS = 8


@dataclass(frozen=True, slots=True)
class Series:
    """One kind of thing counted, day by day. ``style`` is its class in the stylesheet."""

    label: str
    style: str
    values: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle; ``told`` says what it stands for."""

    x: float
    y: float
    width: float
    height: float
    style: str
    told: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A label on an axis, at ``at`` pixels."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Stacked bars with both axes; ``width`` and ``height`` are the drawing's."""

    width: int
    height: int
    left: int
    bars: tuple[Bar, ...]
    days: tuple[Mark, ...]
    levels: tuple[Mark, ...]
    series: tuple[Series, ...]


def chart(days: Sequence[str], series: Sequence[Series]) -> Chart:
    """The values of ``series`` stacked for each of ``days``."""
    totals = [sum(s.values[n] for s in series) for n in range(len(days))]
    top = scale_end(max(totals, default=0))
    room, tall = (WIDTH - _LEFT - _RIGHT) / max(1, len(days)), HEIGHT - _BOTTOM - _TOP
    bars = []
    for n, day in enumerate(days):
        floor = float(HEIGHT - _BOTTOM)
        for one in series:
            if one.values[n]:
                height = tall * one.values[n] / top
                floor -= height
                x = _LEFT + n * room + room * 0.15
                told = f"{day} {one.label} {one.values[n]}"
                bars.append(Bar(round(x, 1), round(floor, 1), round(room * 0.7, 1), round(height, 1), one.style, told))
    every = max(1, -(-len(days) // _LABELS))
    marks = tuple(
        Mark(round(_LEFT + n * room + room / 2, 1), day)
        for n, day in enumerate(days)
        if (len(days) - 1 - n) % every == 0
    )
    levels = tuple(Mark(round(HEIGHT - _BOTTOM - tall * k / 4, 1), f"{top * k // 4}") for k in range(5))
    return Chart(WIDTH, HEIGHT, _LEFT, tuple(bars), marks, levels, tuple(series))


def scale_end(largest: int) -> int:
    """The end of the axis: the first of 4, 8, 12, 16, 20, 40, 60, 80 … that holds ``largest``, so that quarters are whole."""
    size = 1
    while True:
        for step in (4, 6, 8, 10, 12, 16, 20, 30):
            if largest <= step * size and step * size % 4 == 0:
                return step * size
        size *= 10

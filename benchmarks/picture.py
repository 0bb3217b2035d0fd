"""The picture beside the table: how often each engine is right, and how long it takes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from benchmarks.compare import Result, Row

NAME = "benchmark-compare.svg"
_OURS, _OURS_LIGHT, _OTHERS, _OTHERS_LIGHT = "#1f5fa8", "#9dbfe4", "#6b6b6b", "#cfcfcf"


def draw(results: Sequence[Result], path: Path) -> None:
    """Write an SVG: a panel of bars for each question set, and one of times on the largest corpus, on a logarithmic scale."""
    import matplotlib as mpl

    # The same numbers give the same file; text stays text.
    with mpl.rc_context({"svg.hashsalt": "benchmark", "svg.fonttype": "none", "font.size": 9}):
        from matplotlib.backends.backend_svg import FigureCanvasSVG
        from matplotlib.figure import Figure

        count = len(results) + 1
        figure = Figure(figsize=(3.2 + 2.4 * count, 0.6 + 0.32 * len(results[0].rows)), layout="constrained")
        FigureCanvasSVG(figure)
        axes: Sequence[Axes] = figure.subplots(1, count, sharey=True)
        for axis, result in zip(axes, results, strict=False):
            _shares(axis, result)
        _times(axes[-1], max(results, key=lambda r: r.clauses))
        names = [row.engine.strip("*") for row in _shown(results[0])]
        axes[0].set_yticks(range(len(names)), names)
        axes[0].invert_yaxis()
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, format="svg", metadata={"Date": None})


def _shown(result: Result) -> list[Row]:
    """The rows without that of the shipped weights, which saw the questions."""
    return [result.rows[0], *result.rows[2:]]


def _shares(axis: Axes, result: Result) -> None:
    rows = _shown(result)
    for at, row in enumerate(rows):
        axis.barh(at, row.five, color=_OTHERS_LIGHT if at else _OURS_LIGHT)
        axis.barh(at, row.first, color=_OTHERS if at else _OURS)
        axis.text(0.02, at, f"{row.first:.2f}", va="center", color="white", fontweight="bold")
    axis.set_xlim(0, 1)
    axis.set_title(f"{result.name}, {result.clauses} clauses\nfirst right (light: among five)", fontsize=9)


def _times(axis: Axes, result: Result) -> None:
    rows = _shown(result)
    for at, row in enumerate(rows):
        axis.plot([row.median_ms, row.p95_ms], [at, at], color=_OTHERS if at else _OURS, linewidth=2)
        axis.plot(row.median_ms, at, "o", color=_OTHERS if at else _OURS)
    axis.set_xscale("log")
    axis.set_title(f"ms per answer, {result.clauses} clauses\nmedian to 95th percentile", fontsize=9)
    axis.grid(axis="x", alpha=0.3)

"""Blocks of text joined into passages a person reads at once, none longer than the limit.

A block is a paragraph or a piece of one. Where to part them is chosen over the whole run at once (the shortest path, as
Knuth and Plass break lines), so that a heading stays with what it heads and no stump is left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

LIMIT = 400
"""Characters without blanks in one clause: about what a reader takes in, or a caller listens to, at once."""


@dataclass(frozen=True, slots=True)
class Block:
    """``size`` visible characters; ``before`` is what parting in front of this block costs, in units of an empty passage."""

    size: int
    before: float


STARTS_ITEM = 0.0
STARTS_PARAGRAPH = 0.15
INSIDE_PARAGRAPH = 0.5
INSIDE_SENTENCE = 1.0
BEHIND_HEADING = 2.0


def join(blocks: Sequence[Block], limit: int = LIMIT) -> list[int]:
    """The indices at which passages start, the first always 0. Blocks longer than ``limit`` stand alone."""
    best = [0.0] + [float("inf")] * len(blocks)
    start_of = [0] * (len(blocks) + 1)
    for end in range(1, len(blocks) + 1):
        size = 0
        for start in range(end - 1, -1, -1):
            size += blocks[start].size
            if size > limit and start < end - 1:
                break
            room = max(0.0, 1 - size / limit)
            cost = best[start] + room * room + 0.2 + (blocks[start].before if start else 0.0)
            if cost < best[end]:
                best[end], start_of[end] = cost, start
    starts: list[int] = []
    end = len(blocks)
    while end > 0:
        end = start_of[end]
        starts.append(end)
    return starts[::-1]

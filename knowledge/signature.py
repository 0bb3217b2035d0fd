"""Which pairs of characters a notice holds, as a set of bits: whether words stand in it is told without reading it.

A Bloom filter (Bloom 1970) of the pairs of neighbouring characters, and of the characters, in a normalised text, with the bits
of an item within one word of 64 (Putze, Sanders and Singler 2007). What stands there is always found; what does not is taken
to be there about once in a hundred times, and less for words of three characters or more, of which every pair must be found.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

_BITS_PER_ITEM = 16
_WORD, _LEAST = 64, 16
_CHARACTER = 21  # bits of a code point
_ONE, _SIX = np.uint64(1), np.uint64(63)
_SHIFTS = np.array([[0], [6], [12], [18]], np.uint64)

Words = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int64]


def signature(plain: str) -> bytes:
    """The bits of a normalised text of any number of lines: at least sixteen for every distinct item."""
    points = _points(plain)
    first, second = points[:-1], points[1:]
    within = (first != ord("\n")) & (second != ord("\n"))
    items = np.unique(np.concatenate([points, (first << _CHARACTER | second)[within]]))
    size = _LEAST
    while size * _WORD < _BITS_PER_ITEM * len(items):
        size *= 2
    place, mask = _places(items)
    words = np.zeros(size, np.uint64)
    np.bitwise_or.at(words, place & (size - 1), mask)
    return words.astype("<u8").tobytes()


def held(signatures: Sequence[bytes], strings: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Whether each of ``strings`` (rows; none empty) stands in each of the texts that ``signatures`` (columns) are of."""
    if not strings or not signatures:
        return np.zeros((len(strings), len(signatures)), bool)
    items: list[int] = []
    begins: list[int] = []
    for string in strings:
        begins.append(len(items))
        points = list(map(ord, string))
        # A string of n characters has n - 1 pairs; one of a single character is looked for as that.
        items += [first << _CHARACTER | second for first, second in pairwise(points)] or points
    place, mask = _places(np.array(items))
    words = np.array([np.frombuffer(s, "<u8")[place & (len(s) // 8 - 1)] for s in signatures])
    return np.logical_and.reduceat((words & mask == mask).T, begins, axis=0)


def _points(text: str) -> Places:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4").astype(np.int64)


def _places(items: Places) -> tuple[Places, Words]:
    """Which word the bits of each item are in, before it is cut to the size of a set, and those four bits."""
    mixed = items.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(32)
    mask = np.bitwise_or.reduce(_ONE << (mixed >> _SHIFTS & _SIX), axis=0)
    return (mixed >> np.uint64(24)).astype(np.int64), mask

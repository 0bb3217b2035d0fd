"""Which terms of a question stand in which texts, for many texts at once.

The texts are laid end to end; pairs of characters, which are most of what is looked for, are all found in one pass by numpy,
anything else by the interpreter's own substring search.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from knowledge.question import Needles

Matrix = npt.NDArray[np.float64]
Presence = npt.NDArray[np.float32]
Places = npt.NDArray[np.int64]
Codes = npt.NDArray[np.uint32]

_BETWEEN = "\n"
_SLOTS = 1 << 14
_MULTIPLIER = np.uint32(40503)


class Found:
    """Where ``needles`` stand in normalised texts, one a line. ``lines`` may each hold several texts, one a line."""

    def __init__(self, needles: Needles, lines: Sequence[str]) -> None:
        self._needles = needles
        joined = _BETWEEN.join(lines)
        codes = _codes(joined)
        self._starts = (codes == ord(_BETWEEN)).nonzero()[0] + 1
        self.count = len(self._starts) + 1 if lines else 0
        """How many texts there are."""
        strings, places = _pairs(needles, codes)
        others = [_places(joined, codes, needles.strings[n]) for n in needles.others.tolist()]
        if any(others):
            strings = np.concatenate([strings, needles.others.repeat(np.array(list(map(len, others))))])
            places = np.concatenate([places, np.array([place for found in others for place in found], np.int64)])
        # Together by what was found, so that each term can take up its own.
        order = strings.argsort(kind="stable")
        self._places = places[order]
        self._counts = np.bincount(strings, minlength=len(needles.strings))
        self._offsets = self._counts.cumsum() - self._counts
        entry, at = self._of(needles.entries)
        self._owner, self._factor, self._text = needles.owners[entry], needles.factors[entry], self._text_of(at)

    def presence(self, groups: Places | None = None, count: int = 0) -> Presence:
        """``[term, text]``: how surely each text has each term (1 itself, less another form).

        With ``groups``, ``[term, group]``: the highest of the texts whose number there is that group's, of ``count`` groups.
        """
        width = self.count if groups is None else count
        found = np.zeros((len(self._needles.firsts), width), np.float32)
        np.maximum.at(found.reshape(-1), self._cells(groups, width), self._factor)
        return found

    def frequency(self, groups: Places, count: int) -> Matrix:
        """``[term, group]``: how often each term stands in the texts of each group."""
        cells = self._cells(groups, count)
        size = len(self._needles.firsts) * count
        return np.bincount(cells, minlength=size).astype(float).reshape(-1, count)

    def longest_runs(self) -> Places:
        """For every text the length of the longest run of the question's content in it; runs of one count as none."""
        longest = np.zeros(self.count, np.int64)
        at, place = self._of(self._needles.content)
        if not len(at):
            return longest
        # A run is a row of pairs that follow each other in the needle as in the text: on one diagonal, one step apart.
        diagonal = place - at
        order = np.lexsort((at, diagonal))
        place, at, diagonal = place[order], at[order], diagonal[order]
        goes_on = np.zeros(len(at), bool)
        goes_on[1:] = (diagonal[1:] == diagonal[:-1]) & (at[1:] == at[:-1] + 1)
        rows = np.arange(len(place))
        begun = np.maximum.accumulate(np.where(goes_on, 0, rows))
        np.maximum.at(longest, self._text_of(place), rows - begun + 2)
        return longest

    def _of(self, strings: Places) -> tuple[Places, Places]:
        """Every place of every one of ``strings`` (numbers; some may recur): which of them, and where in the joined texts."""
        counts = self._counts[strings]
        which = np.arange(len(strings)).repeat(counts)
        ends = counts.cumsum()
        return which, self._places[np.arange(len(which)) + (self._offsets[strings] - ends + counts)[which]]

    def _cells(self, groups: Places | None, width: int) -> Places:
        return self._owner * width + (self._text if groups is None else groups[self._text])

    def _text_of(self, places: Places) -> Places:
        return np.asarray(self._starts.searchsorted(places, "right"))


def _pairs(needles: Needles, codes: Codes) -> tuple[Places, Places]:
    """Where the strings of two characters stand: which string, and where."""
    if not len(needles.pairs) or len(codes) < 2:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    wanted = needles.pair_codes
    slots = _slots_of(codes[:-1], codes[1:])
    own = _slots_of(wanted[:, 0], wanted[:, 1])
    found: list[tuple[Places, Places]] = []
    left = np.arange(len(wanted))
    # Of two pairs in one slot the first loses it to the other, and is looked for in another pass.
    while len(left):
        holder = np.zeros(_SLOTS, np.int16)
        holder[own[left]] = left + 1
        places = holder[slots].nonzero()[0]
        which = holder[slots[places]] - 1
        same = (codes[places] == wanted[which, 0]) & (codes[places + 1] == wanted[which, 1])
        found.append((needles.pairs[which[same]], places[same]))
        left = left[holder[own[left]] != left + 1]
    if len(found) == 1:
        return found[0]
    return np.concatenate([strings for strings, _ in found]), np.concatenate([places for _, places in found])


def _places(joined: str, codes: Codes, needle: str) -> list[int]:
    if len(needle) == 1:
        # Often there hundreds of times.
        found: list[int] = (codes == ord(needle)).nonzero()[0].tolist()
        return found
    found = []
    at = joined.find(needle)
    while at >= 0:
        found.append(at)
        at = joined.find(needle, at + 1)
    return found


def _codes(text: str) -> Codes:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")


def _slots_of(first: Codes, second: Codes) -> Codes:
    """A small number for every pair of characters; others may have the same."""
    return np.asarray((first * _MULTIPLIER ^ second) & np.uint32(_SLOTS - 1), np.uint32)

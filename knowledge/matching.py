"""Which terms of a question stand in which texts, for many texts at once.

The texts are laid end to end; pairs of characters, which are most of what is looked for, are all found in one pass by numpy,
anything else by the interpreter's own substring search.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from knowledge.question import Term

Matrix = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]

_BETWEEN = "\n"
_BITS = 21  # of a character's code point


@dataclass(frozen=True, slots=True)
class Matches:
    """``presence[t, n]``: how surely text ``n`` has term ``t`` (1 itself, less another form); ``frequency``: how often."""

    presence: Matrix
    frequency: Matrix


def strings_of(terms: Sequence[Term]) -> list[str]:
    """What terms may look like in a text: each as it is, and its other forms behind it."""
    return [text for term in terms for text in (term.text, *(form.text for form in term.forms))]


def pairs_of(text: str) -> list[str]:
    """The pairs of neighbouring characters of ``text``, in order."""
    return [text[i : i + 2] for i in range(len(text) - 1)]


class Texts:
    """Normalised texts, one a line, ready to be searched for many terms. ``lines`` may each hold several, one a line."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._joined = _BETWEEN.join(lines)
        self._codes = np.frombuffer(self._joined.encode("utf-32-le", "surrogatepass"), "<u4").astype(np.int64)
        ends = np.flatnonzero(self._codes == ord(_BETWEEN))
        self._starts = np.concatenate([[0], ends + 1]) if lines else np.zeros(0, np.int64)
        self.count = len(self._starts)
        self._found: dict[str, Places] = {}

    def find(self, needles: Iterable[str]) -> None:
        """Find all of ``needles`` now, the pairs among them together."""
        new = {n for n in needles if n not in self._found}
        pairs = sorted(n for n in new if len(n) == 2)
        if pairs and len(self._codes) > 1:
            here = self._codes[:-1] << _BITS | self._codes[1:]
            wanted = np.array([ord(pair[0]) << _BITS | ord(pair[1]) for pair in pairs], np.int64)
            nearest = np.minimum(np.searchsorted(wanted, here), len(wanted) - 1)
            places = np.flatnonzero(wanted[nearest] == here)
            which = nearest[places]
            places = places[np.argsort(which, kind="stable")]
            ends = np.cumsum(np.bincount(which, minlength=len(wanted))).tolist()
            self._found.update({p: places[a:b] for p, a, b in zip(pairs, [0, *ends], ends, strict=False)})
        for needle in new - self._found.keys():
            self._found[needle] = self._search(needle)

    def _search(self, needle: str) -> Places:
        if len(needle) == 1:
            return np.flatnonzero(self._codes == ord(needle))
        found = []
        at = self._joined.find(needle)
        while at >= 0:
            found.append(at)
            at = self._joined.find(needle, at + 1)
        return np.array(found, np.int64)

    def match(self, terms: Sequence[Term]) -> Matches:
        """Every term, and the forms it may stand for, in every text."""
        strings = strings_of(terms)
        owners = [n for n, term in enumerate(terms) for _ in range(1 + len(term.forms))]
        factors = [f for term in terms for f in (1.0, *(form.factor for form in term.forms))]
        presence = np.zeros((len(terms), self.count))
        frequency = np.zeros((len(terms), self.count))
        self.find(strings)
        found = [self._found[s] for s in strings]
        sizes = [len(at) for at in found]
        if any(sizes):
            owner = np.repeat(owners, sizes)
            text = self._text_of(np.concatenate(found))
            np.maximum.at(presence, (owner, text), np.repeat(factors, sizes))
            np.add.at(frequency, (owner, text), 1.0)
        return Matches(presence, frequency)

    def longest_runs(self, needle: str) -> Places:
        """For every text the length of the longest run of ``needle``'s characters in it; runs of one count as none."""
        longest = np.zeros(self.count, np.int64)
        pairs = pairs_of(needle)
        self.find(pairs)
        found = [self._found[pair] for pair in pairs]
        sizes = [len(at) for at in found]
        if not any(sizes):
            return longest
        place, at = np.concatenate(found), np.repeat(np.arange(len(pairs)), sizes)
        # A run is a row of pairs that follow each other in the needle as in the text: on one diagonal, one step apart.
        diagonal = place - at
        order = np.lexsort((at, diagonal))
        place, at, diagonal = place[order], at[order], diagonal[order]
        goes_on = np.concatenate([[False], (np.diff(diagonal) == 0) & (np.diff(at) == 1)])
        rows = np.arange(len(place))
        begun = np.maximum.accumulate(np.where(goes_on, 0, rows))
        np.maximum.at(longest, self._text_of(place), rows - begun + 2)
        return longest

    def _text_of(self, places: Places) -> Places:
        return np.searchsorted(self._starts, places, "right") - 1

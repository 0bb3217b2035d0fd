"""Which terms of a question stand in which texts, for many texts at once.

The texts are laid end to end; pairs of characters, which are most of what is looked for, are all found in one pass by numpy,
anything else by the interpreter's own substring search.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from knowledge.question import Needles, Question

Presence = npt.NDArray[np.float32]
Places = npt.NDArray[np.int64]
Codes = npt.NDArray[np.uint32]

_BETWEEN = "\n"
_DIGITS = frozenset("0123456789")
_SLOTS = 1 << 14
_MULTIPLIER = np.uint32(40503)
_NOWHERE = np.zeros(0, np.int64), np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class Found:
    """Where needles stand in normalised texts, one a line of ``joined``.

    ``starts`` has the place there that each text begins at. The needles were found at ``places``: ``owners`` has the term that
    each is of, ``factors`` how surely it stands for that, ``within`` the number of the text that it is in. ``terms`` counts the
    terms.
    """

    joined: str
    starts: Places
    terms: int
    owners: Places
    factors: Presence
    places: Places
    within: Places

    @classmethod
    def of(cls, needles: Needles, lines: Sequence[str]) -> Found:
        """``needles`` found in ``lines``, which may each hold several texts, one a line."""
        joined = _BETWEEN.join(lines)
        codes = _codes(joined)
        ends = (codes == ord(_BETWEEN)).nonzero()[0]
        starts = np.zeros(len(ends) + 1 if lines else 0, np.int64)
        starts[1:] = ends + 1
        strings, places = _pairs(needles, codes)
        if needles.others:
            others = [_places(joined, codes, needles.strings[n]) for n in needles.others]
            strings = np.concatenate([strings, np.array(needles.others).repeat([len(found) for found in others])])
            places = np.concatenate([places, *others])
        entries, at = _each(needles.layers, strings)
        return cls(
            joined,
            starts,
            len(needles.firsts),
            needles.owners[entries],
            needles.factors[entries],
            places[at],
            _text_of(starts, places[at]),
        )

    @property
    def count(self) -> int:
        """How many texts there are."""
        return len(self.starts)

    def texts(self, numbers: Sequence[int]) -> list[str]:
        """The texts of these numbers."""
        joined, starts = self.joined, self.starts.tolist()
        starts.append(len(joined) + 1)
        return [joined[starts[n] : starts[n + 1] - 1] for n in numbers]

    def part(self, begin: int, starts: Places) -> Found:
        """What was found from ``begin`` on, up to the end of that line or of the lines after it, as other texts.

        ``starts`` has where each begins, from ``begin`` on; the last of them is where the last ends.
        """
        end = begin + int(starts[-1])
        here = (self.places >= begin) & (self.places < end)
        places = self.places[here] - begin
        return Found(
            self.joined[begin:end],
            starts[:-1],
            self.terms,
            self.owners[here],
            self.factors[here],
            places,
            _text_of(starts[:-1], places),
        )

    def presence(self, groups: Places | None = None, count: int = 0) -> Presence:
        """``[term, text]``: how surely each text has each term (1 itself, less another form).

        With ``groups``, ``[term, group]``: the highest of the texts whose number there is that group's, of ``count`` groups.
        """
        width, of = (self.count, self.within) if groups is None else (count, groups[self.within])
        found = np.zeros(self.terms * width, np.float32)
        np.maximum.at(found, self.owners * width + of, self.factors)
        return found.reshape(self.terms, width)


@dataclass(frozen=True, slots=True)
class Seen:
    """What of a question was found in one clause: in ``found``, of which it is what begins at ``begin``.

    ``covers`` has, for each of its sentences, the weight of the terms that it has; ``in_title`` how surely the notice's title
    has each term.
    """

    found: Found
    begin: int
    covers: Presence
    in_title: Presence

    @classmethod
    def of(cls, question: Question, plain: str, title: str) -> Seen:
        """What is found in a clause's normalised text and in its notice's title."""
        found = Found.of(question.needles, [plain, title])
        presence = found.presence()
        return cls(found, 0, question.weights @ presence[:, :-1], presence[:, -1])

    def by(self, starts: Places) -> Found:
        """What was found in the clause, cut up: ``starts`` has where each piece begins in its text, and where the last ends."""
        return self.found.part(self.begin, starts)


def _text_of(starts: Places, places: Places) -> Places:
    """The number of the text that each place is in, of texts that begin at ``starts``."""
    return np.asarray(starts.searchsorted(places, "right")) - 1


def _each(layers: Sequence[Places], strings: Places) -> tuple[Places, Places]:
    """Who looks for each of ``strings`` by each of ``layers`` (``question.Needles``), and which of ``strings`` that is."""
    found = []
    for layer in layers:
        who = layer[strings]
        which = (who >= 0).nonzero()[0]
        found.append((who[which], which))
    if len(found) == 1:
        return found[0]
    return (np.concatenate([who for who, _ in found]), np.concatenate([at for _, at in found])) if found else _NOWHERE


def _pairs(needles: Needles, codes: Codes) -> tuple[Places, Places]:
    """Where the strings of two characters stand: which string, and where."""
    if not len(needles.pairs) or len(codes) < 2:
        return _NOWHERE
    first, second = needles.pair_codes
    slots, own = _slots_of(codes[:-1], codes[1:]), _slots_of(first, second)
    found: list[tuple[Places, Places]] = []
    left = np.arange(len(own))
    # Of two pairs in one slot the first loses it to the other, and is looked for in another pass.
    while len(left):
        holder = np.zeros(_SLOTS, np.int16)
        holder[own[left]] = left + 1
        # Of whether there is any ``take`` and ``nonzero`` tell several times sooner than of which.
        places = (holder > 0).take(slots).nonzero()[0]
        which = holder.take(slots.take(places)) - 1
        same = (codes.take(places) == first.take(which)) & (codes.take(places + 1) == second.take(which))
        found.append((needles.pairs.take(which[same]), places[same]))
        left = left[holder[own[left]] != left + 1]
    if len(found) == 1:
        return found[0]
    return np.concatenate([strings for strings, _ in found]), np.concatenate([places for _, places in found])


def _places(joined: str, codes: Codes, needle: str) -> Places:
    if len(needle) == 1:
        # Often there hundreds of times.
        places = (codes == ord(needle)).nonzero()[0]
    else:
        found = []
        at = joined.find(needle)
        while at >= 0:
            found.append(at)
            at = joined.find(needle, at + 1)
        places = np.array(found, np.int64)
    return np.asarray(
        _whole_figures(codes, places, needle) if needle[0] in _DIGITS or needle[-1] in _DIGITS else places
    )


def _whole_figures(codes: Codes, places: Places, needle: str) -> Places:
    """Those of the places where the needle is not a part of a longer figure: 110 is not in 1100."""
    digit = np.zeros(len(codes) + 2, bool)
    digit[1:-1] = (codes >= ord("0")) & (codes <= ord("9"))
    cut = (digit[places] & (needle[0] in _DIGITS)) | (digit[places + len(needle) + 1] & (needle[-1] in _DIGITS))
    return places[~cut]


def _codes(text: str) -> Codes:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")


def _slots_of(first: Codes, second: Codes) -> Codes:
    """A small number for every pair of characters; others may have the same."""
    return np.asarray((first * _MULTIPLIER ^ second) & np.uint32(_SLOTS - 1), np.uint32)

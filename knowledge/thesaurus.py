"""The thesaurus: what people say, and what notices say for it. A text file that administrators read and edit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path

from knowledge.errors import SettingsError
from knowledge.model import Fault
from knowledge.normalise import normalise
from knowledge.sound import EXACT, key

ARROW = "→"
_SINGLE = (1,)


@dataclass(frozen=True)
class Thesaurus:
    """``entries`` maps an everyday phrase to the official ones it may stand for, surest first (all normalised)."""

    entries: Mapping[str, tuple[str, ...]]

    @cached_property
    def _lengths(self) -> dict[str, tuple[int, ...]]:
        """For every two characters that phrases begin with the lengths of those, the longest first; at last that of one character,
        which may be a phrase whatever follows it."""
        found: dict[str, set[int]] = {}
        for phrase in self.entries:
            found.setdefault(phrase[:2], set()).add(len(phrase))
        return {begun: (*sorted(lengths, reverse=True), *_SINGLE) for begun, lengths in found.items()}

    @cached_property
    def _by_sound(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for phrase in self.entries:
            if 2 <= len(phrase) <= 4 and (spoken := key(phrase)):
                found.setdefault(spoken, []).append(phrase)
        return found

    def sounding_like(self, spoken: str) -> Sequence[str]:
        """The phrases of two to four characters with this key of ``sound.key``."""
        return self._by_sound.get(spoken, ())

    def find(self, plain: str) -> Iterator[tuple[int, str, tuple[str, ...]]]:
        """The phrases of the thesaurus in a normalised text: where, which, and what they stand for. Longer ones win."""
        at = 0
        while at < len(plain):
            for length in self._lengths.get(plain[at : at + 2], _SINGLE):
                phrase = plain[at : at + length]
                if meant := self.entries.get(phrase):
                    yield at, phrase, meant
                    at += length
                    break
            else:
                at += 1


_GRADE = re.compile(r"\d+(?:\.\d+)?|第?[一二三四五六七八九十]+(?=[级届档等类]|个月|年|倍|成|折)")


def _grades(phrase: str) -> list[str]:
    """The figures and grades in a phrase, in order."""
    return sorted(_GRADE.findall(phrase))


def parse_thesaurus(text: str, path: str = "thesaurus.txt") -> tuple[Thesaurus, list[Fault]]:
    """Read a thesaurus. Lines with a fault are reported with their number and left out; the others hold."""
    entries: dict[str, tuple[str, ...]] = {}
    faults: list[Fault] = []
    for number, line in enumerate(text.splitlines(), 1):
        content = line.partition("#")[0].strip()
        if not content:
            continue
        left, arrow, right = content.partition(ARROW)
        # Of what no one can see nothing is left; it neither is said nor means anything.
        said, meant = (tuple(filter(None, map(normalise, side.split()))) for side in (left, right))
        if not arrow or not said or not meant:
            faults.append(Fault(path, number, f"a line has words, {ARROW}, and words; this one has not: {content!r}"))
            continue
        for word in said:
            if all(c in EXACT or c.isdigit() for c in word):
                faults.append(
                    Fault(path, number, f"{word!r} is a figure, unit or grade, which match exactly or not at all")
                )
                continue
            if differing := [m for m in meant if _grades(m) and _grades(word) and _grades(word) != _grades(m)]:
                faults.append(Fault(path, number, f"{word!r} and {differing[0]!r} differ in a figure or grade"))
                continue
            if set(meant) == {word}:
                faults.append(Fault(path, number, f"{word!r} stands for itself"))
            known = entries.get(word, ())
            if known and set(meant) <= set(known):
                faults.append(Fault(path, number, f"{word!r} already stands for this on a line above"))
            entries[word] = tuple(dict.fromkeys((*known, *meant)))
    return Thesaurus(entries), faults


def read_thesaurus(path: Path) -> str:
    """The text of a thesaurus file. Raises SettingsError where it cannot be read."""
    try:
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeError) as error:
        cause = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise SettingsError(
            f"The thesaurus {str(path)!r} cannot be read ({cause}): name a text file in UTF-8 (in HELPDESK_THESAURUS for the one "
            "in use; left empty, the one that ships is used).",
            log=f"{path}: {error}",
        ) from error


def thesaurus_faults(text: str) -> list[Fault]:
    """What is wrong with the text of a thesaurus, line by line."""
    return parse_thesaurus(text)[1]


def shipped_text() -> str:
    """The text of the thesaurus that ships with the package."""
    return files("knowledge").joinpath("data", "thesaurus.txt").read_text("utf-8")


@cache
def shipped() -> Thesaurus:
    """The thesaurus that ships with the package."""
    return parse_thesaurus(shipped_text())[0]

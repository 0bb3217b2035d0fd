"""Two texts side by side: what they share and what differs, in words that a reader can follow."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

_PIECE = re.compile(r"[A-Za-z]+|\d+(?:\.\d+)?%?|\s+|.", re.DOTALL)
_LONGEST = 4000


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of both texts: ``before`` and ``after`` are the same, or what stands in place of one another ("" for nothing)."""

    before: str
    after: str

    @property
    def same(self) -> bool:
        """Whether it stands in both."""
        return self.before == self.after


def differences(before: str, after: str) -> list[Passage]:
    """``before`` and ``after`` in step: joined again, each side is its text. Texts over 4,000 characters are one passage."""
    if before == after or max(len(before), len(after)) > _LONGEST:
        return [Passage(before, after)]
    left, right = _PIECE.findall(before), _PIECE.findall(after)
    found: list[Passage] = []
    for tag, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        one = Passage("".join(left[a:b]), "".join(right[c:d]))
        # Two or three characters that happen to agree between differences would only tear the words apart.
        joins = tag != "equal" or len(one.before.strip()) < 3
        if found and joins and not found[-1].same:
            found[-1] = Passage(found[-1].before + one.before, found[-1].after + one.after)
        else:
            found.append(one)
    return found

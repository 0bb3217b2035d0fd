"""One form for text that means the same: width, script, case, and what a bad scan left behind.

Only search, comparison and ranking see normalised text; quotes are always the notice's own characters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import pairwise

import opencc

# Unseen characters, control characters, and halves of characters, which no index takes.
_INVISIBLE = re.compile(r"[\u200b-\u200d\u2060\ufeff\u00ad\x00-\x08\x0e-\x1b\x7f-\x9f\ud800-\udfff]+")
# What NFKC makes of the marks of Chinese text: with them replaced, most text is in that form already, and to tell that
# takes far less time than to make it.
_MARKS = tuple((mark, unicodedata.normalize("NFKC", mark)) for mark in "，：；（）！？％…\u3000\xa0")
_LATIN = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
# A full stop or middle dot between two Chinese characters is dirt of the scan (落.实).
_STRAY_DOT = re.compile(r"(?<=[\u4e00-\u9fff])[.·](?=[\u4e00-\u9fff])")

# A character that no text has a use for stands between texts that are normalised together.
_MARK = "\ue000"


@cache
def _to_simplified() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


@lru_cache(maxsize=4096)
def normalise(text: str) -> str:
    """NFKC, simplified script, lower case, no invisible characters, no blanks but those between Latin words and figures.

    Line ends go too: pass one line or sentence at a time where they matter.
    """
    for mark, plain in _MARKS:
        text = text.replace(mark, plain)
    if not unicodedata.is_normalized("NFKC", text):
        text = unicodedata.normalize("NFKC", text)
    text = _to_simplified().convert(_INVISIBLE.sub("", text)).lower()
    text = _closed_up(text)
    # Few texts have one, and the pattern looks at every character.
    return _STRAY_DOT.sub("", text) if "." in text or "·" in text else text


def _closed_up(text: str) -> str:
    """Blanks between Chinese characters, or between them and figures, mean nothing; between Latin words they do."""
    parts = text.split()
    for n, (before, after) in enumerate(pairwise(parts), 1):
        if before[-1] in _LATIN and after[0] in _LATIN:
            parts[n] = " " + after
    return "".join(parts)


def normalise_each(texts: Sequence[str]) -> list[str]:
    """As ``normalise`` of each of many short texts, in one go."""
    if not texts:
        return []
    found = normalise(_MARK.join(texts)).split(_MARK)
    return found if len(found) == len(texts) else [normalise(text) for text in texts]

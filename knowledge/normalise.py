"""One form for text that means the same: width, script, case, and what a bad scan left behind.

Only search, comparison and ranking see normalised text; quotes are always the notice's own characters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache

import opencc

# Unseen characters, control characters, and halves of characters, which no index takes.
_INVISIBLE = dict.fromkeys(
    [
        0x200B,
        0x200C,
        0x200D,
        0x2060,
        0xFEFF,
        0x00AD,
        *range(9),
        *range(14, 28),
        *range(127, 160),
        *range(0xD800, 0xE000),
    ]
)
# Blanks between Chinese characters, or between them and figures, mean nothing; between Latin words they do.
_BLANK = re.compile(r"(?P<between>(?<=[a-z0-9])\s+(?=[a-z0-9]))|\s+")
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
    text = unicodedata.normalize("NFKC", text).translate(_INVISIBLE)
    text = _to_simplified().convert(text).lower()
    return _STRAY_DOT.sub("", _BLANK.sub(lambda m: " " if m["between"] else "", text.strip()))


def normalise_each(texts: Sequence[str]) -> list[str]:
    """As ``normalise`` of each of many short texts, in one go."""
    if not texts:
        return []
    found = normalise(_MARK.join(texts)).split(_MARK)
    return found if len(found) == len(texts) else [normalise(text) for text in texts]

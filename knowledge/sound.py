"""How words sound: pinyin without tones, and with the distinctions folded that regional accents lose.

Readings come from pypinyin's tables, by way of ``data/readings.txt``, which ``tools/readings`` makes of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache

from knowledge.segment import data_lines

_HAN = re.compile(r"[\u4e00-\u9fff]+")
_TONES = str.maketrans("āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüńňǹḿ", "aaaaeeeeiiiioooouuuuvvvvvnnnm")
# Grades, figures and units must be exact: 三级 is not 散寄, and 十万 is not 四万 however it is said.
EXACT = frozenset("零〇一二三四五六七八九十百千万亿两几半第级等类档元年月日号时分秒倍成折%％")
_LONGEST = 4


@lru_cache(maxsize=50_000)
def syllables(word: str) -> tuple[str, ...]:
    """The toneless pinyin of a Chinese word, one syllable a character ("贷款" → ("dai", "kuan")); other characters have none."""
    return compose(word, *_readings())


def compose(word: str, characters: Mapping[str, str], words: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """A reading put together: from the left the longest of ``words`` that stands there, else the single character's."""
    found: list[str] = []
    at = 0
    while at < len(word):
        for end in range(min(at + _LONGEST, len(word)), at + 1, -1):
            if reading := words.get(word[at:end]):
                found += reading
                at = end
                break
        else:
            if syllable := characters.get(word[at]):
                found.append(syllable)
            at += 1
    return tuple(found)


@cache
def _readings() -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """The reading of every character, and those of the words that are not read as their characters are."""
    characters: dict[str, str] = {}
    words: dict[str, tuple[str, ...]] = {}
    for line in data_lines("readings.txt"):
        first, *rest = line.split(" ")
        if first.isascii():
            characters |= dict.fromkeys(rest[0], first)
        else:
            words[first] = tuple(rest)
    return characters, words


@cache
def toneless(syllable: str) -> str:
    """A syllable without the mark of its tone, ü as v ("lǜ" → "lv")."""
    return syllable.translate(_TONES)


@cache
def fold(syllable: str) -> str:
    """A syllable with n/l, f/h, zh/z, ch/c, sh/s and ing/in, eng/en, ang/an made one."""
    s = syllable.replace("ü", "v")
    if s[:2] in ("zh", "ch", "sh"):
        s = s[0] + s[2:]
    elif s[0] == "n":
        s = "l" + s[1:]
    elif s[0] == "f":
        # Hunan and its neighbours say huang for fang, hui for fei: f is hu before a vowel.
        s = "hu" + {"u": "", "ei": "i", "en": "n", "eng": "n", "o": "o"}.get(s[1:], s[1:])
    return re.sub(r"(?<=[aei])ng$", "n", s)


@lru_cache(maxsize=100_000)
def key(word: str) -> str:
    """What words that may be mistaken for each other share ("贷款", "带宽" and "代管" do not all: "daikuan"); "" if exact.

    Words with a figure, unit or grade in them have no key: they match to the letter or not at all.
    """
    if not _HAN.fullmatch(word) or not EXACT.isdisjoint(word):
        return ""
    return fold_all(syllables(word))


def fold_all(spoken: Iterable[str]) -> str:
    """The key of syllables."""
    return "'".join(map(fold, spoken))


@cache
def inventory() -> frozenset[str]:
    """Every syllable of the language without its tone (``data/syllables.txt``)."""
    return frozenset(syllable for line in data_lines("syllables.txt") for syllable in line.split())


@lru_cache(maxsize=4096)
def read_pinyin(text: str) -> tuple[str, ...]:
    """The syllables of text typed in pinyin (with or without blanks, tone figures, apostrophes); () where it is none.

    The division with the fewest syllables is taken, and of those the one whose first syllables are longest.
    """
    found: list[str] = []
    for word in re.split(r"[\s'’1-5]+", text.lower().translate(_TONES).strip()):
        if word and not (divided := _divide(word)):
            return ()
        found.extend(divided if word else ())
    return tuple(found)


_TONED = re.compile("[a-z]*[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüńňǹḿ][a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüńňǹḿ]*")
_NUMBERED = re.compile(r"(?<![a-z\d])(?:[a-zü]{1,6}[1-5](?:\s|'|’)*){2,}(?:[a-zü]{1,6}(?![a-z\d]))?")


def without_tones(plain: str) -> str:
    """A normalised text with the tones taken off what is pinyin in it, marks (dài kuǎn) and figures (dai4kuan3) alike.

    One syllable with a figure is left as it is: it may be a name (a4).
    """
    if not plain.isascii():
        plain = _TONED.sub(lambda m: toneless(m[0]), plain)

    def numbered(m: re.Match[str]) -> str:
        bare = re.sub("[1-5]", " ", m[0].replace("ü", "v"))
        return " ".join(bare.split()) if all(map(read_pinyin, bare.split())) else m[0]

    return _NUMBERED.sub(numbered, plain)


def _divide(word: str) -> tuple[str, ...]:
    if not word.isascii() or not word.isalpha() or len(word) > 60:
        return ()
    best: list[tuple[str, ...] | None] = [()] + [None] * len(word)
    for end in range(1, len(word) + 1):
        for start in range(max(0, end - 6), end):
            before = best[start]
            if before is None or word[start:end] not in inventory():
                continue
            divided = (*before, word[start:end])
            current = best[end]
            if current is None or (len(divided), [-len(s) for s in divided]) < (
                len(current),
                [-len(s) for s in current],
            ):
                best[end] = divided
    return best[len(word)] or ()

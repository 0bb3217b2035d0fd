"""Words and character pairs: what the index is made of and what a question is looked up by."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path

from knowledge import dictionary
from knowledge.tokenizer import Tokenizer

_HAN = re.compile(r"[\u4e00-\u9fff]+")
_WORD = re.compile(r"[\u4e00-\u9fff]|\w")
_LATIN = re.compile(r"[a-z0-9][a-z0-9.%+\-]*[a-z0-9%]|[a-z0-9]")


def data_lines(name: str) -> Iterator[str]:
    """The lines of a data file of this package, without comments (#) and blank lines."""
    for line in files("knowledge").joinpath("data", name).read_text("utf-8").splitlines():
        if line := line.partition("#")[0].strip():
            yield line


@cache
def function_words() -> frozenset[str]:
    """Words that ask, bind or are polite, and so say nothing of the subject (``data/function_words.txt``)."""
    return frozenset(w for line in data_lines("function_words.txt") for w in line.split())


@cache
def frame_words() -> frozenset[str]:
    """Words that say what kind of thing is wanted rather than of what (``data/frame_words.txt``)."""
    return frozenset(w for line in data_lines("frame_words.txt") for w in line.split())


_cache_dir: Path | None = None


def keep_dictionary_in(folder: Path) -> None:
    """Where jieba's prepared dictionary may be kept (about 9 MB); without it, every process prepares it anew."""
    global _cache_dir  # noqa: PLW0603 - the dictionary is there once for a process
    _cache_dir = folder


@cache
def _tokenizer() -> Tokenizer:
    tokenizer = dictionary.load(_cache_dir)
    for term in data_lines("terms.txt"):
        tokenizer.add_word(term)
    return tokenizer


def in_dictionary(word: str) -> bool:
    """Whether jieba's dictionary or the policy terms have this very word."""
    return bool(_tokenizer().FREQ.get(word))


_WORDS_IN_CLAUSE = 150


@lru_cache(maxsize=50_000)
def commonness(word: str) -> float | None:
    """The chance that a clause of any text holds ``word``, by jieba's dictionary; None for what is no word of it."""
    frequency = _tokenizer().FREQ.get(word)
    if not frequency:
        return None
    return 1 - math.exp(-_WORDS_IN_CLAUSE * frequency / _tokenizer().total)


@lru_cache(maxsize=20_000)
def cut(text: str) -> tuple[str, ...]:
    """Any text as jieba's words and the marks between them, nothing left out."""
    return tuple(_tokenizer().cut(text, HMM=False))


def words(normalised: str) -> tuple[str, ...]:
    """The words of a normalised text in order, punctuation left out; Latin words and figures stay whole."""
    return tuple(token for token in cut(normalised) if _WORD.match(token))


@lru_cache(maxsize=4096)
def placed(normalised: str) -> tuple[tuple[str, int], ...]:
    """The words of a normalised text, each with where it starts."""
    found: list[tuple[str, int]] = []
    at = 0
    for word in words(normalised):
        start = normalised.index(word, at)
        # Without its hidden Markov model jieba may give overlapping words (会, 不会); positions only ever advance.
        at = start + len(word)
        found.append((word, start))
    return tuple(found)


def pairs(normalised: str) -> list[str]:
    """The pairs of neighbouring Chinese characters, in order; a Chinese character that stands alone counts as a pair."""
    found: list[str] = []
    for run in _HAN.findall(normalised):
        found.extend(run[i : i + 2] for i in range(len(run) - 1)) if len(run) > 1 else found.append(run)
    return found


def tokens(normalised: str) -> list[str]:
    """What a field of the index holds: words, then pairs."""
    return [*words(normalised), *pairs(normalised)]

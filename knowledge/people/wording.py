"""What people wrote, in the forms in which it is kept: storable, on one line, or as the wording that groups equal questions."""

from __future__ import annotations

import re

from knowledge.normalise import normalise

_NOT_WORDS = re.compile(r"[\W_]+")
_PRIVATE = re.compile(r"\d{6}|@|https?:|www\.")
_LONGEST_WORDING = 200
_LONGEST_SHOWN = 60


def storable(text: str) -> str:
    """The text without what a database cannot hold: NUL is left out, a lone surrogate becomes a question mark."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def line(text: str, longest: int) -> str:
    """The text on one line, without characters that control a terminal or the direction of writing, cut to ``longest``."""
    printable = "".join(character if character.isprintable() else " " for character in storable(text))
    return " ".join(printable.split())[:longest]


def wording(question: str) -> str:
    """What two ways of typing one question have in common: normalised, without punctuation, cut to 200 characters.

    A question of punctuation or emoji alone keeps them.
    """
    normalised = normalise(storable(question))
    return (_NOT_WORDS.sub("", normalised) or normalised)[:_LONGEST_WORDING]


def showable(question: str) -> bool:
    """Whether a question may be shown to other people: short, with no long number, mail or web address in it."""
    return len(question) <= _LONGEST_SHOWN and "\n" not in question and not _PRIVATE.search(normalise(question))

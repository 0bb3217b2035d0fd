"""What people would use instead, each on the same clauses: title and clause in one text, analysed by the project's own functions.

That favours them: out of the box none of them simplifies script, folds width or knows the words of policies.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol

import bm25s  # type: ignore[import-untyped] # bm25s 0.3 has no type information
import tantivy
from rapidfuzz import fuzz, process

from benchmarks.corpus import Corpus, Passage
from knowledge.answerer import Answerer
from knowledge.model import Clause
from knowledge.normalise import normalise
from knowledge.segment import tokens, words
from knowledge.weights import Weights

FOUND = 10
"""How many clauses an engine is asked for."""


class Engine(Protocol):
    """Finds clauses: up to ``FOUND`` for the last of ``turns``, best first. Those that know no turns are given them as one text."""

    def search(self, turns: Sequence[str]) -> list[Clause]: ...


def plain(text: str) -> str:
    """A text of several lines normalised as one."""
    return "".join(map(normalise, text.split("\n")))


def word_tokens(text: str) -> list[str]:
    """The words of a text by jieba with the project's dictionary."""
    return list(words(plain(text)))


def word_and_pair_tokens(text: str) -> list[str]:
    """The words of a text, then the pairs of neighbouring characters."""
    return tokens(plain(text))


class Project:
    """This project, with one set of weights."""

    def __init__(self, corpus: Corpus, folder: Path, weights: Weights) -> None:
        self.index = corpus.index(folder)
        self._answerer = Answerer(self.index, weights, 0)

    def search(self, turns: Sequence[str]) -> list[Clause]:
        return [citation.clause for citation in self._answerer.answer(turns).citations]


class Fuzzy:
    """rapidfuzz's ``process.extract`` over every clause."""

    def __init__(
        self, passages: Sequence[Passage], scorer: Callable[..., float], prepare: Callable[[str], str]
    ) -> None:
        self._clauses = [p.clause for p in passages]
        self._scorer, self._prepare = scorer, prepare
        self._choices = [prepare(_text(p)) for p in passages]

    def search(self, turns: Sequence[str]) -> list[Clause]:
        found = process.extract(self._prepare("。".join(turns)), self._choices, scorer=self._scorer, limit=FOUND)
        return [self._clauses[at] for _, _, at in found]


class FullText:
    """SQLite's FTS5 in memory, ordered by its BM25; a question's tokens are joined by OR."""

    def __init__(
        self,
        passages: Sequence[Passage],
        tokenizer: str,
        store: Callable[[str], str],
        ask: Callable[[str], Iterable[str]],
    ) -> None:
        self._clauses = [p.clause for p in passages]
        self._ask = ask
        self._database = sqlite3.connect(":memory:")
        self._database.execute(f"CREATE VIRTUAL TABLE clauses USING fts5(text, tokenize='{tokenizer}')")
        rows = ((n, store(_text(p))) for n, p in enumerate(passages))
        self._database.executemany("INSERT INTO clauses(rowid, text) VALUES (?, ?)", rows)
        self._database.execute("INSERT INTO clauses(clauses) VALUES ('optimize')")

    def search(self, turns: Sequence[str]) -> list[Clause]:
        wanted = dict.fromkeys(self._ask("。".join(turns)))
        query = " OR ".join('"{}"'.format(token.replace('"', '""')) for token in wanted)
        if not query:
            return []
        found = self._database.execute(
            "SELECT rowid FROM clauses WHERE clauses MATCH ? ORDER BY rank LIMIT ?", (query, FOUND)
        )
        return [self._clauses[at] for (at,) in found]


class Bm25s:
    """bm25s with its defaults (Lucene's BM25, numpy)."""

    def __init__(self, passages: Sequence[Passage], analyse: Callable[[str], list[str]]) -> None:
        self._clauses = [p.clause for p in passages]
        self._analyse = analyse
        self._index: Any = bm25s.BM25()
        self._index.index([analyse(_text(p)) for p in passages], show_progress=False)

    def search(self, turns: Sequence[str]) -> list[Clause]:
        count = min(FOUND, len(self._clauses))
        found, _ = self._index.retrieve([self._analyse("。".join(turns))], k=count, show_progress=False)
        return [self._clauses[int(at)] for at in found[0]]


class Tantivy:
    """tantivy's own BM25, in memory, words and bigrams in one field."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._clauses = [p.clause for p in passages]
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("text", tokenizer_name="whitespace", index_option="freq")
        builder.add_unsigned_field("at", stored=True)
        self._schema = builder.build()
        index = tantivy.Index(self._schema)
        writer = index.writer(32_000_000, 1)
        for at, passage in enumerate(passages):
            document = tantivy.Document()
            document.add_text("text", " ".join(word_and_pair_tokens(_text(passage))))
            document.add_unsigned("at", at)
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        self._searcher = index.searcher()

    def search(self, turns: Sequence[str]) -> list[Clause]:
        wanted = dict.fromkeys(word_and_pair_tokens("。".join(turns)))
        terms = [tantivy.Query.term_query(self._schema, "text", token) for token in wanted]
        query = tantivy.Query.boolean_query([(tantivy.Occur.Should, term) for term in terms])
        found = self._searcher.search(query, FOUND, count=False).hits
        return [self._clauses[int(self._searcher.doc(address).get_first("at") or 0)] for _, address in found]


Maker = Callable[[Sequence[Passage]], Engine]

RIVALS: dict[str, Maker] = {
    # Each scorer with the text it does better on: WRatio on text as it is written, token_set_ratio on words.
    "rapidfuzz WRatio": lambda passages: Fuzzy(passages, fuzz.WRatio, plain),
    "rapidfuzz token_set_ratio, words": lambda passages: Fuzzy(passages, fuzz.token_set_ratio, _spaced(word_tokens)),
    "SQLite FTS5, trigrams": lambda passages: FullText(passages, "trigram", plain, trigrams),
    "SQLite FTS5, words and bigrams": lambda passages: FullText(
        passages, "unicode61", _spaced(word_and_pair_tokens), word_and_pair_tokens
    ),
    "bm25s, words": lambda passages: Bm25s(passages, word_tokens),
    "bm25s, words and bigrams": lambda passages: Bm25s(passages, word_and_pair_tokens),
    "tantivy BM25, words and bigrams": Tantivy,
}
"""The engines beside this project, by the name they are shown under."""


def trigrams(text: str) -> list[str]:
    """Every three neighbouring characters of the normalised text, which is what FTS5's trigram tokenizer can look up."""
    line = plain(text)
    return [line[at : at + 3] for at in range(len(line) - 2)]


def _spaced(analyse: Callable[[str], list[str]]) -> Callable[[str], str]:
    return lambda text: " ".join(analyse(text))


def _text(passage: Passage) -> str:
    return f"{passage.title}\n{passage.clause.text}"

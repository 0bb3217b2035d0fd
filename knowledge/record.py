"""What the index keeps of a clause and of its notice: all that ranking and quoting need, so that answering reads no database."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from knowledge.model import Clause, Metadata, Policy
from knowledge.normalise import normalise
from knowledge.regions import PLACE, places, province_of
from knowledge.segment import word_lengths
from knowledge.sentences import Span, sentences

_BLANK, _MOST = ord(" "), 1000


@dataclass(frozen=True)
class ClauseRecord:
    """A clause as the index keeps it.

    ``spans`` are the sentences of ``clause.text``, ``plain`` their normalised texts joined with line ends and ``starts``
    where each begins there; ``heading`` is the normalised heading; ``lengths`` has, for every sentence in turn, the lengths
    of its words and marks, each as the character of that number beyond the blank.
    """

    clause: Clause
    policy_id: str
    spans: tuple[Span, ...]
    plain: str
    starts: tuple[int, ...]
    heading: str
    lengths: str

    @classmethod
    def of(cls, clause: Clause, policy_id: str) -> ClauseRecord:
        """The record of a clause of the policy ``policy_id``."""
        spans = tuple(sentences(clause.text))
        texts = [normalise(clause.text[s.start : s.end]) for s in spans]
        starts, at = [], 0
        for text in texts:
            starts.append(at)
            at += len(text) + 1
        sizes = (n for s, t in zip(spans, texts, strict=True) for n in word_lengths(clause.text[s.start : s.end], t))
        # A word that long is a run of blanks or dirt, and may as well be several.
        parts = (part for n in sizes for part in (*[_MOST] * (n // _MOST), n % _MOST) if part)
        lengths = "".join(chr(_BLANK + part) for part in parts)
        return cls(clause, policy_id, spans, "\n".join(texts), tuple(starts), normalise(clause.heading), lengths)

    def encode(self) -> bytes:
        """The record as bytes for the index."""
        c = self.clause
        spans = [n for s in self.spans for n in (s.start, s.end)]
        return json.dumps(
            [
                c.clause_id,
                c.source,
                c.ordinal,
                c.number,
                c.label,
                c.heading,
                c.text,
                c.start,
                self.policy_id,
                spans,
                self.plain,
                self.starts,
                self.heading,
                self.lengths,
            ],
            ensure_ascii=False,
            separators=(",", ":"),
        ).encode()

    @classmethod
    def decode(cls, data: bytes) -> ClauseRecord:
        """The record that ``encode`` made ``data`` of."""
        (*fields, policy_id, spans, plain, starts, heading, lengths) = json.loads(data)
        pairs = tuple(Span(a, b) for a, b in zip(spans[::2], spans[1::2], strict=True))
        return cls(Clause(*fields), policy_id, pairs, plain, tuple(starts), heading, lengths)

    @property
    def words(self) -> tuple[Span, ...]:
        """The words of the clause and the marks between them, as ranges of ``clause.text``."""
        found: list[Span] = []
        sizes = iter(self.lengths)
        for span in self.spans:
            at = span.start
            while at < span.end:
                end = at + ord(next(sizes)) - _BLANK
                found.append(Span(at, end))
                at = end
        return tuple(found)

    def sentence(self, n: int) -> str:
        """The normalised text of sentence ``n``."""
        end = self.starts[n + 1] - 1 if n + 1 < len(self.starts) else len(self.plain)
        return self.plain[self.starts[n] : end]


@dataclass(frozen=True)
class PolicyRecord:
    """A notice as the index keeps it.

    ``plain`` is its whole body normalised; ``places`` are those it is of, by its title, its issuer and, where those name
    none, by what it speaks of most; ``subject`` is title, issuer and places in one normalised text.
    """

    policy_id: str
    source: str
    metadata: Metadata
    subject: str
    plain: str
    places: tuple[str, ...]
    clauses: int

    @classmethod
    def of(cls, policy: Policy) -> PolicyRecord:
        """The record of a policy."""
        plain = "\n".join(normalise(line) for line in policy.body.split("\n"))
        m = policy.metadata
        of = places(f"{m.title} {m.issuer} {m.region}") or _spoken_of(plain)
        provinces = tuple(province_of(place) for place in of)
        subject = normalise(" ".join(dict.fromkeys((m.title, m.issuer, *provinces, *of))))
        return cls(policy.policy_id, policy.source, m, subject, plain, of, len(policy.clauses))

    def encode(self) -> bytes:
        """The record as bytes for the index."""
        return json.dumps(asdict(self), ensure_ascii=False, default=_iso).encode()

    @classmethod
    def decode(cls, data: bytes) -> PolicyRecord:
        """The record that ``encode`` made ``data`` of."""
        fields = json.loads(data)
        return cls(**{**fields, "metadata": decode_metadata(fields["metadata"]), "places": tuple(fields["places"])})


def _spoken_of(plain: str) -> tuple[str, ...]:
    """The place that a text names most, if at least twice and more often than all others together."""
    named = Counter(PLACE.findall(plain))
    if not named:
        return ()
    place, count = named.most_common(1)[0]
    return (place,) if count > 1 and count * 2 > named.total() else ()


def _iso(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a record")


def decode_metadata(fields: dict[str, Any]) -> Metadata:
    """Metadata from its JSON form: dates from ISO text, lists as tuples."""
    values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in fields.items()}
    for name in ("published", "signed", "in_force_from", "in_force_until"):
        values[name] = date.fromisoformat(values[name]) if values[name] else None
    return Metadata(**values)

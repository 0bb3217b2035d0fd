"""What the index keeps of a clause and of its notice: all that ranking and quoting need, so that answering reads no database."""

from __future__ import annotations

import re
import struct
from collections import Counter
from dataclasses import dataclass
from zlib import crc32

import msgspec

from knowledge.holds import BITS, kinds_held
from knowledge.model import Clause, Metadata, Policy
from knowledge.normalise import normalise
from knowledge.pieces import Pieces
from knowledge.regions import PLACE, places, province_of
from knowledge.sentences import Span, sentences
from knowledge.signature import signature

FACTS = ("sentences", "length", "ordinal", "numbered", "ends_open", "asks")
"""What features need of a clause as numbers: how many sentences it has (1 if none), its length in normalised characters, how far
down its notice it stands, whether it is a numbered provision and ends with a colon, and how many question marks it has."""

_FACTS = struct.Struct("<6i")
# The mark that numbers a provision says where it stands, not what it says.
_NUMBER = re.compile(r"^(?:第[^条]{1,5}条|[一二三四五六七八九十]+、|\([一二三四五六七八九十\d]+\)|\d+[.、])")


@dataclass(frozen=True, slots=True)
class ClauseRecord:
    """A clause as the index keeps it.

    ``spans`` are the sentences of ``clause.text``, ``plain`` their normalised texts joined with line ends and ``starts``
    where each begins there; ``heading`` is the normalised heading; ``pieces`` are its words and phrases; ``holds`` has a byte
    for every sentence, the kinds of thing that it holds (``knowledge.holds``), and ``lists`` tells whether the clause has a list;
    ``provision`` is the same for clauses that say the same under another number. ``facts`` are those of ``FACTS``, each as
    a little-endian number of 32 bits.
    """

    clause: Clause
    policy_id: str
    spans: tuple[Span, ...]
    plain: str
    starts: tuple[int, ...]
    heading: str
    pieces: Pieces
    holds: bytes
    lists: bool
    provision: int
    facts: bytes

    @classmethod
    def of(cls, clause: Clause, policy_id: str) -> ClauseRecord:
        """The record of a clause of the policy ``policy_id``."""
        spans = tuple(sentences(clause.text))
        texts = [normalise(clause.text[s.start : s.end]) for s in spans]
        starts, at = [], 0
        for text in texts:
            starts.append(at)
            at += len(text) + 1
        plain = "\n".join(texts)
        return cls(
            clause,
            policy_id,
            spans,
            plain,
            tuple(starts),
            normalise(clause.heading),
            pieces=Pieces.of(clause.text, spans, texts),
            holds=bytes(kinds_held(text) for text in texts),
            lists=bool(kinds_held(plain) & BITS["which"]),
            provision=_said("".join(texts)),
            facts=_FACTS.pack(
                len(texts) or 1,
                len(plain),
                clause.ordinal,
                clause.number is not None,
                plain.endswith(":"),
                plain.count("?"),
            ),
        )

    def encode(self) -> bytes:
        """The record as bytes for the index."""
        return msgspec.msgpack.encode(self)

    @classmethod
    def decode(cls, data: bytes) -> ClauseRecord:
        """The record that ``encode`` made ``data`` of."""
        return _clause_records.decode(data)


@dataclass(frozen=True, slots=True)
class PolicyRecord:
    """A notice as the index keeps it.

    ``places`` are those it is of, by its title, its issuer and, where those name none, by what it speaks of most; ``subject`` is
    title, issuer and places in one normalised text; ``pairs`` tells what words stand in its body (``knowledge.signature``).
    """

    policy_id: str
    source: str
    metadata: Metadata
    subject: str
    pairs: bytes
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
        return cls(policy.policy_id, policy.source, m, subject, signature(plain), of, len(policy.clauses))

    def encode(self) -> bytes:
        """The record as bytes for the index."""
        return msgspec.msgpack.encode(self)

    @classmethod
    def decode(cls, data: bytes) -> PolicyRecord:
        """The record that ``encode`` made ``data`` of."""
        return _policy_records.decode(data)


# Strings and dates are checked while they are read: what is damaged does not come as a record.
_clause_records = msgspec.msgpack.Decoder(ClauseRecord)
_policy_records = msgspec.msgpack.Decoder(PolicyRecord)


def _said(plain: str) -> int:
    """A number for what a clause says, whatever number it bears; 0 where it says nothing."""
    words = _NUMBER.sub("", plain).encode(errors="surrogatepass")
    return crc32(words) << 32 | crc32(words[::-1]) if words else 0


def _spoken_of(plain: str) -> tuple[str, ...]:
    """The place that a text names most, if at least twice and more often than all others together."""
    named = Counter(PLACE.findall(plain))
    if not named:
        return ()
    place, count = named.most_common(1)[0]
    return (place,) if count > 1 and count * 2 > named.total() else ()

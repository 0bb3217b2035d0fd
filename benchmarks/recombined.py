"""Knowledge bases of any size: notices whose clauses are made of sentences of real ones, drawn by chance but always the same.

They read like nothing on earth, but have the words, lengths and titles of real notices, which is what time and memory depend on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random

from knowledge.model import Clause, Policy
from knowledge.sentences import sentences

_SEED = 20200224


@dataclass(frozen=True, slots=True)
class _Shape:
    """A real notice without its words: its headings, and how many sentences each clause has."""

    policy: Policy
    lengths: tuple[int, ...]


class Recombined:
    """As many clauses as wanted, recombined from ``policies``; each notice is made when asked for and then let go."""

    def __init__(self, policies: Sequence[Policy], clauses: int) -> None:
        self._sentences: list[str] = []
        self._shapes: list[_Shape] = []
        for policy in policies:
            lengths = []
            for clause in policy.clauses:
                found = [clause.text[s.start : s.end] for s in sentences(clause.text)]
                self._sentences += found
                lengths.append(len(found))
            if any(lengths):
                self._shapes.append(_Shape(policy, tuple(lengths)))
        self.clauses = clauses

    @property
    def wanted(self) -> dict[str, str]:
        """Policy ids and digests, as ``index.build`` wants them, of notices that together have just ``clauses`` clauses."""
        found: dict[str, str] = {}
        left = self.clauses
        while left > 0:
            size = min(left, len(self._shapes[len(found) % len(self._shapes)].lengths))
            # The number of clauses stands in the id, so that the last notice can be shorter than its shape.
            found[f"r{len(found)}-{size}"] = "recombined"
            left -= size
        return found

    def load(self, policy_ids: Iterable[str]) -> Iterator[Policy]:
        """The notices of these ids, one at a time."""
        for policy_id in policy_ids:
            number, size = map(int, policy_id[1:].split("-"))
            yield self._policy(policy_id, self._shapes[number % len(self._shapes)], size)

    def _policy(self, policy_id: str, shape: _Shape, size: int) -> Policy:
        chance = Random(f"{_SEED}:{policy_id}")
        clauses: list[Clause] = []
        start = 0
        for like, length in zip(shape.policy.clauses[:size], shape.lengths, strict=False):
            text = "".join(chance.choices(self._sentences, k=length))
            clause_id = f"{policy_id}.{like.ordinal}"
            clauses.append(replace(like, clause_id=clause_id, source=policy_id, text=text, start=start))
            start += len(text) + 1
        body = "\n".join(clause.text for clause in clauses)
        path = f"{policy_id}.txt"
        return replace(
            shape.policy,
            policy_id=policy_id,
            source=policy_id,
            path=path,
            digest="recombined",
            body=body,
            clauses=tuple(clauses),
        )

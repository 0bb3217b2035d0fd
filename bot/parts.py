"""Small knowledge bases out of a large one, so that weights are fitted on more of them than the one that has questions of its own.

A department's few notices are what most helpdesks begin with; what is learnt from one such knowledge base alone is that one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from knowledge.index import ClauseIndex
from knowledge.indexing import build
from knowledge.measures import Asked
from knowledge.model import Policy
from knowledge.validation import QuestionSet

NOTICES = 12
"""How many notices a part has: about 70 clauses."""


def parts(
    name: str,
    questions: Sequence[Asked],
    policies: Sequence[Policy],
    scratch: Path,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[QuestionSet]:
    """``policies`` in parts that never change, each with the questions that its notices answer and as many that they do not.

    Those are the questions to the next part. Each part's index is built in ``scratch``.
    """
    shuffled = sorted(policies, key=lambda policy: hashlib.sha256(policy.policy_id.encode()).digest())
    groups = [shuffled[at : at + NOTICES] for at in range(0, len(shuffled), NOTICES)]
    own = [[q for q in questions if q.answer and q.document in {p.source for p in group}] for group in groups]
    found = []
    for n, group in enumerate(groups):
        progress(n, len(groups))
        foreign = [replace(q, id=f"{q.id}/elsewhere", answer="") for q in own[(n + 1) % len(groups)]]
        found.append(QuestionSet(name, [*own[n], *foreign], index_of(group, scratch / str(n))))
    progress(len(groups), len(groups))
    return found


def index_of(
    policies: Sequence[Policy], folder: Path, progress: Callable[[int, int], None] = lambda done, total: None
) -> ClauseIndex:
    """The index of ``policies``, built in ``folder``: what is published and the release in force are not touched."""
    by_id = {policy.policy_id: policy for policy in policies}
    folder.parent.mkdir(parents=True, exist_ok=True)
    wanted = {one: policy.digest for one, policy in by_id.items()}
    build(folder, wanted, lambda ids: [by_id[one] for one in ids], progress=progress)
    return ClauseIndex(folder)

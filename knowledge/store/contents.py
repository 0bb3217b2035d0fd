"""What may stand in a release, and the name its contents have."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence

from knowledge.errors import StoreError
from knowledge.model import Policy


def fingerprint(digests: Mapping[str, str]) -> str:
    """Hexadecimal SHA-256 over the sorted (``policy_id``, ``digest``) pairs: the same contents, the same name."""
    # Neither part holds a NUL (see storable), so that no two sets of pairs are written the same.
    pairs = "".join(f"{policy_id}\0{digest}\0" for policy_id, digest in sorted(digests.items()))
    return hashlib.sha256(pairs.encode()).hexdigest()


def storable(text: str) -> bool:
    """Whether both databases can hold the text: no NUL (PostgreSQL) and no lone surrogate (UTF-8)."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text


def check_policies(policies: Sequence[Policy]) -> None:
    """See that the policies can be stored and read back as they are.

    Raises ValueError where they break the promises of ``knowledge.model`` (a fault of the parser): an id twice, a
    clause that is not its stretch of the body. Raises StoreError where a file holds a character that no database keeps.
    """
    policy_ids: set[str] = set()
    clause_ids: set[str] = set()
    for policy in policies:
        if policy.policy_id in policy_ids:
            raise ValueError(f"two policies are called {policy.policy_id!r}")
        policy_ids.add(policy.policy_id)
        for ordinal, clause in enumerate(policy.clauses):
            if clause.clause_id in clause_ids:
                raise ValueError(f"two clauses are called {clause.clause_id!r}")
            clause_ids.add(clause.clause_id)
            if (clause.ordinal, clause.source) != (ordinal, policy.source):
                raise ValueError(f"clause {clause.clause_id!r} does not follow the one before it in its policy")
            if policy.body[clause.start : clause.start + len(clause.text)] != clause.text:
                raise ValueError(f"clause {clause.clause_id!r} is not in the body of its policy where it says")
        if not all(storable(text) for text in _texts(policy)):
            raise StoreError(
                f"{policy.path!r} holds a character that no database keeps (such as NUL): save it anew as UTF-8."
            )


def _texts(policy: Policy) -> Iterator[str]:
    metadata = policy.metadata
    yield from (policy.policy_id, policy.digest, policy.source, policy.path, policy.body)
    yield from (metadata.title, metadata.issuer, metadata.document_number, metadata.level, metadata.department)
    yield from (metadata.region, *metadata.topics, *metadata.references)
    for clause in policy.clauses:
        yield from (clause.clause_id, clause.label, clause.heading)

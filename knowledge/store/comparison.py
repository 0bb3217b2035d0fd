"""What publishing would change: one set of policies against another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from knowledge.model import Clause, ClauseChange, Comparison, Policy


def compare(before: Mapping[str, Policy] | Sequence[Policy], after: Sequence[Policy]) -> Comparison:
    """Compare the policies in force with those about to be published.

    Policies are matched by ``policy_id`` and told apart by ``digest``, clauses by ``clause_id`` and by their words:
    white space around them does not count. Added and changed stand in the order of ``after``, gone in that of
    ``before``.
    """
    old = before if isinstance(before, Mapping) else {policy.policy_id: policy for policy in before}
    new = {policy.policy_id: policy for policy in after}
    moved = [policy for policy in after if policy.policy_id not in old or old[policy.policy_id].digest != policy.digest]
    left = [
        policy
        for policy in old.values()
        if policy.policy_id not in new or new[policy.policy_id].digest != policy.digest
    ]
    # Clauses of equal versions are equal: only what moved or left is looked into.
    clauses_before, clauses_after = _clauses(left), _clauses(moved)
    pairs = [
        (title, clause, clauses_before[key][1] if key in clauses_before else None)
        for key, (title, clause) in clauses_after.items()
    ]
    return Comparison(
        added=tuple(_change(title, clause, None, clause.text) for title, clause, earlier in pairs if earlier is None),
        changed=tuple(
            _change(title, clause, earlier.text, clause.text)
            for title, clause, earlier in pairs
            if earlier is not None and earlier.text.strip() != clause.text.strip()
        ),
        gone=tuple(
            _change(title, clause, clause.text, None)
            for key, (title, clause) in clauses_before.items()
            if key not in clauses_after
        ),
        policies_added=tuple(policy.metadata.title for policy in moved if policy.policy_id not in old),
        policies_changed=tuple(policy.metadata.title for policy in moved if policy.policy_id in old),
        policies_gone=tuple(policy.metadata.title for policy in left if policy.policy_id not in new),
        policies_unchanged=len(new) - len(moved),
    )


def _clauses(policies: Sequence[Policy]) -> dict[str, tuple[str, Clause]]:
    return {clause.clause_id: (policy.metadata.title, clause) for policy in policies for clause in policy.clauses}


def _change(title: str, clause: Clause, before: str | None, after: str | None) -> ClauseChange:
    return ClauseChange(clause_id=clause.clause_id, title=title, label=clause.label, before=before, after=after)

"""From a question to its answer on one release: normalise, look up, rank, decide, quote. No waiting, no database."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from knowledge import decision, evidence, features
from knowledge.answer import Answer, Candidate, Citation, Explanation, Reprint
from knowledge.explain import explanation
from knowledge.features import NAMES, Weighed
from knowledge.filters import Filters, applicable
from knowledge.index import NO_FILTERS, ClauseIndex, Hit
from knowledge.question import Question, Term
from knowledge.record import ClauseRecord, PolicyRecord
from knowledge.regions import places
from knowledge.segment import frame_words
from knowledge.sentences import Span
from knowledge.thesaurus import Thesaurus, parse_thesaurus, shipped
from knowledge.understanding import understand
from knowledge.weights import Order, Vector, Weights
from knowledge.weights import shipped as shipped_weights

CANDIDATES = 48
"""How many clauses are weighed at most."""

LEAST_SHARE = 0.5
"""How much of the best BM25 score (0 to 1) a clause must reach to be weighed, beyond the first few."""

LEAST_WEIGHT = 0.06
"""How much of the weight of the question's heaviest term a term must have to be looked up: the others stand in so many clauses
that to find them takes long, and settle little. In the clauses that are found all terms are looked for."""

CITED = 10


@dataclass(frozen=True, slots=True)
class Ranked:
    """Candidates in order: ``order`` ranks the rows of ``weighed.matrix`` and ``hits``, best first."""

    question: Question
    hits: Sequence[Hit]
    policies: Sequence[PolicyRecord]
    weighed: Weighed
    scores: Vector
    order: Order


class Answerer:
    """Answers questions from one index with one set of weights; the same question always gets the same answer.

    ``region`` names the place that people ask from, where a question names none (湖南); "" where that is not known.
    """

    def __init__(
        self,
        index: ClauseIndex,
        weights: Weights,
        release: int,
        thesaurus: Thesaurus | None = None,
        *,
        region: str = "",
    ) -> None:
        self.index = index
        self.thesaurus = thesaurus or shipped()
        self.weights = weights.at(index.clauses)
        self.release = release
        self._ranking = self.weights.ranking.vector(NAMES)
        # Of 湖南省长沙市 the last: what is near to it is told from that.
        self._home = places(region)[-1:]

    @classmethod
    def shipped(cls, index: ClauseIndex, release: int, words: str, region: str) -> Answerer:
        """With the weights that ship, and the thesaurus whose text is ``words``; "": the one that ships."""
        thesaurus = parse_thesaurus(words)[0] if words else None
        return cls(index, shipped_weights(), release, thesaurus, region=region)

    def candidates(
        self,
        turns: Sequence[str],
        limit: int = CANDIDATES,
        filters: Filters = NO_FILTERS,
        *,
        everywhere: bool = True,
        share: float = LEAST_SHARE,
    ) -> tuple[Question, list[Hit], list[PolicyRecord], Weighed]:
        """The last of ``turns`` taken apart in the light of the ones before, and the clauses to be weighed with their features.

        Unless ``everywhere``, what is asked of no place is looked for only in notices that apply where people ask from.
        ``share`` is how much of the best score they must reach; 0 where all are to be paged through.
        """
        question = understand(turns, self.index, self.thesaurus)
        near: tuple[str, ...] = ()
        if self._home and not question.places:
            question = replace(question, places=self._home)
            near = () if everywhere else applicable(self._home)
        hits = self.index.search(_query(question, self.index), limit, filters, near, share=share)
        policies = [self.index.policy_of(hit) for hit in hits]
        return question, hits, policies, features.weigh(question, hits, policies)

    def rank(
        self,
        turns: Sequence[str],
        limit: int = CANDIDATES,
        filters: Filters = NO_FILTERS,
        *,
        everywhere: bool = True,
        share: float = LEAST_SHARE,
    ) -> Ranked:
        """The candidates for the last of ``turns``, ranked."""
        question, hits, policies, weighed = self.candidates(turns, limit, filters, everywhere=everywhere, share=share)
        scores = weighed.matrix @ self._ranking
        return Ranked(question, hits, policies, weighed, scores, _ordered(scores, hits))

    def answer(self, turns: Sequence[str], *, explain: bool = False) -> Answer:
        """Answer the last of ``turns`` in the light of the ones before.

        What applies where people ask from comes first; only where that has no answer, the notices of other places are offered:
        before what may answer, if they surely do.
        """
        began = time.perf_counter()
        answer = self._answer(turns, began, explain=explain, everywhere=not self._home)
        if self._home and answer.decision != "answer":
            other = self._answer(turns, began, explain=explain, everywhere=True)
            least = self.weights.answer if answer.decision == "choose" else self.weights.choose
            return other if other.confidence >= least else answer
        return answer

    def _answer(self, turns: Sequence[str], began: float, *, explain: bool, everywhere: bool) -> Answer:
        ranked = self.rank(turns, everywhere=everywhere)
        if not len(ranked.order):
            return self._nothing(turns[-1], ranked.question, began, explain)
        values = decision.signs(ranked.question, ranked.weighed, ranked.scores, ranked.order)
        chance = decision.confidence(self.weights, values)
        first = int(ranked.order[0])
        if own := _own_words(ranked.question):
            # The turns before are let go where they do not help (今天天气怎么样, 贷款), and where what was found is about them
            # alone, though the last only names another subject (电费可以缓交吗, 那护照呢).
            alone = self._answer(turns[-1:], began, explain=explain, everywhere=everywhere)
            replaced = ranked.question.bare and not _names_one_of(ranked, first, own)
            if replaced or alone.confidence > chance:
                return alone
        policy = ranked.policies[first]
        record = ranked.hits[first].record
        doubt = decision.doubt(ranked.question, ranked.weighed.matrix[first], record, policy)
        decided = decision.decide(self.weights, chance, doubted=bool(doubt))
        span = self.quote(ranked, first)
        cited = _cited(ranked, chance)
        return Answer(
            question=turns[-1],
            decision=decided,
            confidence=chance,
            citations=cited,
            evidence=record.clause.text[span.start : span.end] if span else "",
            evidence_span=span,
            release=self.release,
            elapsed_ms=(time.perf_counter() - began) * 1000,
            explanation=self._explain(ranked, values, chance, decided, doubt) if explain else None,
            other_place=policy.places[0] if doubt == "place" else "",
        )

    def quote(self, ranked: Ranked, row: int) -> Span | None:
        """Which words of the candidate ``row`` answer the question: their range in its clause's text."""
        return evidence.quote(ranked.question, ranked.hits[row].record, ranked.weighed.seen(row), self.weights.evidence)

    def search(self, query: str, filters: Filters, *, limit: int, offset: int) -> tuple[Citation, ...]:
        """The clauses that fit ``query`` best among the notices that pass ``filters``, without a decision."""
        ranked = self.rank([query], max(CANDIDATES, offset + limit), filters, share=0.0)
        shares = decision.chances(ranked.scores)
        wanted = map(int, ranked.order[offset : offset + limit])
        return tuple(_cite(ranked.hits[i].record, ranked.policies[i], float(shares[i])) for i in wanted)

    def clause(self, clause_id: str) -> Citation | None:
        """One clause with its notice; None where the release does not hold it."""
        record = self.index.clause(clause_id)
        return _cite(record, self.index.policy(record.policy_id), 1.0) if record else None

    def _nothing(self, text: str, question: Question, began: float, explain: bool) -> Answer:
        why = "no word of the question stands in any clause"
        told = explanation(question, why=why) if explain else None
        return Answer(text, "refuse", 0.0, (), "", None, self.release, (time.perf_counter() - began) * 1000, told)

    def _explain(
        self, ranked: Ranked, values: dict[str, float], chance: float, decided: str, doubt: str
    ) -> Explanation:
        question = ranked.question
        w = self.weights
        limits = f"answers from {w.answer:.2f}, offers a choice from {w.choose:.2f}"
        why = f"{decided}: the chance that the first clause is right is {chance:.2f}; the helpdesk {limits}"
        decisive = doubt if chance >= w.answer else ""
        if decisive:
            why += f"; but {decision.DOUBTS[decisive]}"
        candidates = tuple(
            Candidate(
                ranked.hits[i].record.clause.clause_id,
                float(ranked.scores[i]),
                dict(zip(NAMES, map(float, ranked.weighed.matrix[i]), strict=True)),
                dict(zip(NAMES, map(float, ranked.weighed.matrix[i] * self._ranking), strict=True)),
            )
            for i in map(int, ranked.order)
        )
        form = self.weights.confidence
        adds = dict(
            zip(values, map(float, form.vector(tuple(values)) * np.fromiter(values.values(), float)), strict=True)
        )
        return explanation(question, candidates, values, adds, why, decisive)


def _own_words(question: Question) -> list[Term]:
    """The words of the last turn's own subject, where it was taken together with the turns before; else none."""
    if not question.carried:
        return []
    return [t for t in question.terms if t.word and t.text not in question.carried and t.text not in frame_words()]


def _names_one_of(ranked: Ranked, row: int, words: Sequence[Term]) -> bool:
    """Whether a candidate or its notice's title has one of the words, or what it may stand for."""
    text = ranked.hits[row].record.plain + ranked.policies[row].subject
    return any(looks in text for t in words for looks in (t.text, *(form.text for form in t.forms)))


def _ordered(scores: Vector, hits: Sequence[Hit]) -> Order:
    """The rows by their scores, highest first; equal ones by clause id, so that neither chance nor indexing decides."""
    rounded = scores.round(9)
    order = np.argsort(-rounded)
    ranked = rounded[order]
    if (ranked[1:] != ranked[:-1]).all():
        return order
    keys = [(-score, hit.record.clause.clause_id) for score, hit in zip(rounded.tolist(), hits, strict=True)]
    return np.array(sorted(range(len(keys)), key=keys.__getitem__), np.intp)


def _cited(ranked: Ranked, chance: float) -> tuple[Citation, ...]:
    """The first candidates, each provision once: where several notices print it, the others are named beside the best.

    The first is right with ``chance``; what is left goes to the others as the ranking divides it, to none more than to the
    first.
    """
    shares: list[float] = decision.chances(ranked.scores).tolist()
    order: list[int] = ranked.order.tolist()
    first = order[0]
    rest = (1 - chance) / max(1e-9, 1 - shares[first])
    groups: dict[int | str, list[int]] = {}
    for i in order:
        record = ranked.hits[i].record
        groups.setdefault(record.provision or record.clause.clause_id, []).append(i)
    return tuple(
        Citation(
            ranked.hits[i].record.clause,
            ranked.hits[i].record.policy_id,
            ranked.policies[i].metadata,
            chance if i == first else min(chance, shares[i] * rest),
            tuple(Reprint(ranked.hits[n].record.clause.clause_id, ranked.policies[n].metadata.title) for n in same),
        )
        for i, *same in list(groups.values())[:CITED]
    )


def _cite(record: ClauseRecord, policy: PolicyRecord, score: float) -> Citation:
    return Citation(record.clause, record.policy_id, policy.metadata, score)


def _query(question: Question, index: ClauseIndex) -> dict[str, float]:
    """Tokens to look up, with their boosts: those of the terms and of what else these may stand for, where they weigh enough."""
    least = LEAST_WEIGHT * max((t.weight for t in question.terms), default=0.0)
    terms = [t for t in question.terms if t.weight >= least]
    boosts = {t.text: 1.0 for t in terms}
    for term in terms:
        for form in term.forms:
            for token in form.tokens:
                if form.factor > boosts.get(token, 0.0) and form.factor * index.idf(token) >= least:
                    boosts[token] = form.factor
    return boosts

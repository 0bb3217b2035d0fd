"""To answer, to let people choose, to refuse: the decision, the shares of candidates, and what the confidence is computed from."""

from __future__ import annotations

import math

import numpy as np
import pytest

from knowledge.answer import Decision
from knowledge.decision import chances, confidence, decide, doubt, sigmoid, signs
from knowledge.features import NAMES, Weighed
from knowledge.matching import Found
from knowledge.parse import parse
from knowledge.question import KINDS, Question, Term
from knowledge.record import ClauseRecord, PolicyRecord
from knowledge.weights import EvidenceWeights, Linear, Weights, shipped

NOTHING = Linear(0.0, {})


def said(title: str, clause: str) -> tuple[ClauseRecord, PolicyRecord]:
    """The records of a notice's one clause and of that notice."""
    policy = parse("a.txt", f"{title}\n{clause}", "a")[0]
    return ClauseRecord.of(policy.clauses[0], policy.policy_id), PolicyRecord.of(policy)


def weights(answer: float, choose: float, form: Linear = NOTHING) -> Weights:
    return Weights(NOTHING, form, EvidenceWeights(NOTHING, NOTHING, NOTHING), answer, choose, {})


@pytest.mark.parametrize(
    ("answer", "choose", "chance", "decision"),
    [
        # well inside
        (0.6, 0.3, 0.9, "answer"),
        (0.6, 0.3, 0.5, "choose"),
        (0.6, 0.3, 0.1, "refuse"),
        # on the thresholds, which are the lowest confidences
        (0.6, 0.3, 0.6, "answer"),
        (0.6, 0.3, 0.3, "choose"),
        (0.6, 0.3, math.nextafter(0.6, 0), "choose"),
        (0.6, 0.3, math.nextafter(0.3, 0), "refuse"),
        # where nothing is offered
        (0.4, 0.4, 0.4, "answer"),
        (0.4, 0.4, 0.39, "refuse"),
        # where nothing is refused, and where nothing is answered
        (0.6, 0.0, 0.0, "choose"),
        (1.0, 1.0, 0.99, "refuse"),
    ],
)
def test_decisions(answer: float, choose: float, chance: float, decision: Decision) -> None:
    assert decide(weights(answer, choose), chance) == decision


@pytest.mark.parametrize(("chance", "decision"), [(1.0, "choose"), (0.6, "choose"), (0.3, "choose"), (0.29, "refuse")])
def test_a_clause_with_a_doubt_is_never_the_answer(chance: float, decision: Decision) -> None:
    assert decide(weights(0.6, 0.3), chance, doubted=True) == decision


@pytest.mark.parametrize(
    ("kinds", "text", "features", "why"),
    [
        ({"how_much"}, "一、减免房租。", set(), "how_much"),
        ({"how_much"}, "一、房租减免3个月。", set(), ""),
        ({"when", "number"}, "一、2月底前办理。", set(), "number"),
        ({"number"}, "一、请拨打96871。", set(), ""),
        ({"where"}, "一、企业可以申请续贷。", set(), "where"),
        ({"where"}, "一、企业可以到续贷中心申请。", set(), ""),
        ({"when"}, "一、减免房租。", set(), ""),
        ({"may_i"}, "一、减免房租。", set(), ""),
        ({"how_much"}, "一、房租减免3个月。", {"place_differs"}, "place"),
    ],
)
def test_what_is_doubted(kinds: set[str], text: str, features: set[str], why: str) -> None:
    asked = Question("", "", (), frozenset(kinds), (), ())
    clause, notice = said("关于减免房租的通知", text)
    assert doubt(asked, np.array([float(name in features) for name in NAMES]), clause, notice) == why


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("一、减免房租。免收2月、3月房租。", ""),
        ("一、减免房租。免收2020年2月、3月房租。", ""),
        ("一、减免房租。免收2019年12月房租。", "figure"),
    ],
)
def test_a_year_is_doubted_only_beside_another(text: str, why: str) -> None:
    asked = Question("2020年房租怎么减免", "", (), frozenset(), (), ())
    assert doubt(asked, np.zeros(len(NAMES)), *said("关于减免房租的通知", text)) == why


@pytest.mark.parametrize(
    ("scores", "shares"),
    [
        ([], []),
        ([3.0], [1.0]),
        ([1.0, 1.0], [0.5, 0.5]),
        ([0.0, math.log(3)], [0.25, 0.75]),
        # only differences count
        ([1000.0, 1000.0 + math.log(3)], [0.25, 0.75]),
        # nothing overflows
        ([-1e6, 0.0, -1e6], [0.0, 1.0, 0.0]),
        ([1e300, 1e300], [0.5, 0.5]),
    ],
)
def test_chances(scores: list[float], shares: list[float]) -> None:
    assert chances(np.array(scores)).tolist() == pytest.approx(shares)


@pytest.mark.parametrize(
    ("x", "chance"), [(0.0, 0.5), (math.log(3), 0.75), (-math.log(3), 0.25), (1e9, 1.0), (-1e9, 0.0), (math.inf, 1.0)]
)
def test_sigmoid(x: float, chance: float) -> None:
    assert sigmoid(x) == pytest.approx(chance)
    assert 0 <= sigmoid(x) <= 1
    assert sigmoid(-x) == pytest.approx(1 - chance)


def test_confidence_is_the_form_as_a_chance() -> None:
    form = weights(0.6, 0.3, Linear(-1.0, {"lead": 2.0, "unheard of": 5.0}))
    assert confidence(form, {"lead": 0.5, "share": 9.0}) == 0.5
    assert confidence(form, {"lead": 1.0}) == sigmoid(1.0)


def question(*terms: Term, asked: frozenset[str] = frozenset(), places: tuple[str, ...] = ()) -> Question:
    plain = "".join(term.text for term in terms)
    return Question(plain, plain, terms, asked, places, ())


RENT, MONTHS, PAIR = Term("房租", 0, 4.0, word=True), Term("几个月", 2, 2.0, word=True), Term("租几", 1, 1.0)


def rows(*values: dict[str, float]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return np.array([[row.get(name, 0.0) for name in NAMES] for row in values])


def found(
    asked: Question, matrix: np.ndarray[tuple[int, int], np.dtype[np.float64]], scores: list[float]
) -> dict[str, float]:
    values = np.array(scores)
    none, no_share = np.zeros(0, np.int64), np.zeros((0, 0), np.float32)
    weighed = Weighed(
        matrix, np.arange(len(matrix)) // 2, Found.of(asked.needles, []), none, no_share.reshape(-1), no_share
    )
    return signs(asked, weighed, values, np.argsort(-values, kind="stable"))


def test_signs_are_of_the_candidate_ranked_first() -> None:
    matrix = rows({"exact": 0.2, "words": 0.9}, {"exact": 0.8, "words": 0.5})
    told = found(question(RENT, MONTHS, PAIR), matrix, [1.0, 3.0])
    assert told["exact"] == 0.8
    assert told["exact_squared"] == pytest.approx(0.64)
    assert told["exact_lag"] == 0.0
    assert told["words_lag"] == pytest.approx(0.4)
    assert told["words_of_five"] == pytest.approx(0.7)
    assert told["score"] == 3.0
    assert told["lead"] == told["lead_over_third"] - 3.0 == 2.0
    assert told["share"] == pytest.approx(sigmoid(2.0))
    assert told["share_of_three"] == pytest.approx(1.0)
    # weights of words, missing and covered
    assert told["question_words"] == 2
    assert (told["rarest_weight"], told["second_rarest_weight"]) == (4.0, 2.0)
    assert told["missing_weight"] == pytest.approx(0.2 * 7)
    assert told["missing_word_weight"] == pytest.approx(0.5 * 6)


@pytest.mark.parametrize(
    ("asked", "scores"),
    [
        (question(RENT), [0.0]),
        (question(RENT), [2.0, 2.0]),
        (question(RENT), [9.0, -9.0, 0.0]),
        (question(RENT, PAIR, asked=frozenset(KINDS), places=("长沙",)), [1.0] * 48),
        # no word, and not a single term
        (question(PAIR), [1.0, 0.0]),
        (question(), [1.0, 0.0]),
    ],
)
def test_signs_are_the_same_for_every_question_and_always_numbers(asked: Question, scores: list[float]) -> None:
    told = found(asked, rows(*[{}] * len(scores)), scores)
    assert set(told) == set(found(question(RENT), rows({}), [1.0]))
    assert all(math.isfinite(value) for value in told.values())
    assert 0 <= told["lead"] <= 5
    assert 0 < told["share"] <= told["share_of_three"] <= 1 + 1e-9
    assert told["names_place"] == bool(asked.places)
    assert {kind for kind in KINDS if told[f"asks_{kind}"]} == asked.asked


def test_candidates_of_one_notice_are_told_from_those_of_many() -> None:
    told = found(question(RENT), rows({}, {}, {}, {}), [4.0, 3.0, 2.0, 1.0])
    assert told["same_notice_of_3"] == pytest.approx(2 / 3)
    assert told["same_notice_of_5"] == told["same_notice_of_10"] == 0.5


def test_one_candidate_alone_leads_as_far_as_can_be() -> None:
    told = found(question(RENT), rows({}), [0.0])
    assert (told["lead"], told["lead_over_third"], told["share"], round(told["spread"], 6)) == (5.0, 5.0, 1.0, 0.0)


def test_the_weights_that_ship_know_just_these_signs() -> None:
    assert set(shipped().at(100).confidence.weights) == set(found(question(RENT), rows({}), [1.0]))
    assert 0 < shipped().choose <= shipped().answer < 1

"""Fitting: always the same weights from the same questions, never measured on what was fitted, kept in a file one can read."""

from __future__ import annotations

import itertools
import json
import os
from pathlib import Path

import numpy as np
import pytest
from search_fixtures import index_of, notice_index

from knowledge import evidence, fitting
from knowledge.features import NAMES
from knowledge.fitting import FOLDS, Example, examples, fit, fold_of, locate
from knowledge.index import ClauseIndex
from knowledge.measures import Asked
from knowledge.sentences import Span
from knowledge.validation import QuestionSet, fit_and_measure
from knowledge.weights import IF_SMALL, EvidenceWeights, Linear, Weights, shipped, smallness

# scipy reads it when it is loaded: small matrices are waited for longer than computed on more threads than one.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

WAYS = ("{}有什么支持", "我想问{}", "{}")
WORDS = {"电费": 4, "用工": 4, "贷款": 5, "担保": 5, "上云": 6, "房租": 7, "税款": 7, "社保": 7, "捐赠": 7}
OFF = ("结婚证在哪里领", "今天天气怎么样", "驾照补办", "讲个笑话", "护照加急", "足球比赛")
QUESTIONS = [
    *(Asked(way + word, (way.format(word),), clauses=(number,)) for way in WAYS for word, number in WORDS.items()),
    *(Asked(words, (words,)) for words in OFF),
]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> ClauseIndex:
    return notice_index(tmp_path_factory.mktemp("fitting"))


@pytest.fixture(scope="module")
def weighed(index: ClauseIndex) -> list[Example]:
    return examples(QUESTIONS, index)


@pytest.fixture(scope="module")
def weights(weighed: list[Example]) -> Weights:
    return fit(weighed)


def test_the_same_questions_give_the_same_weights(index: ClauseIndex, weights: Weights) -> None:
    assert fit(examples(QUESTIONS, index)).dump() == weights.dump()


def test_what_was_fitted_ranks_the_questions_it_was_fitted_on(weights: Weights, weighed: list[Example]) -> None:
    vector = weights.ranking.vector(NAMES)
    firsts = [e.right[int(np.argmax(e.weighed.matrix @ vector))] for e in weighed if e.asked.answerable]
    assert np.mean(firsts) > 0.9


def test_what_examples_hold(weighed: list[Example]) -> None:
    for one in weighed:
        assert one.weighed.matrix.shape == (len(one.right), len(NAMES))
        assert one.right.any() <= one.asked.answerable
        # The words that answer are not known of questions whose clauses are only numbered.
        assert one.words.shape == (0, len(evidence.NAMES))


# Folds


def test_questions_of_one_notice_are_never_divided() -> None:
    of_one = [Asked(str(n), ("",), document="文件", answer="答") for n in range(50)]
    assert len({fold_of(one) for one in of_one}) == 1
    # Those to a notice alone are, by their ids, and evenly.
    alone = [fold_of(Asked(str(n), ("",), clauses=(1,))) for n in range(1000)]
    assert set(alone) == set(range(FOLDS))
    assert min(map(alone.count, range(FOLDS))) > 150


def test_folds_never_change() -> None:
    assert [fold_of(Asked(str(n), ("",))) for n in range(8)] == [fold_of(Asked(str(n), ("别的",))) for n in range(8)]
    assert fold_of(Asked("a", ("",), document="文件", answer="答")) == fold_of(Asked("文件", ("",)))


def test_measures_are_of_questions_not_fitted_on(index: ClauseIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    fitted_on: list[set[str]] = []

    def spy(found: list[Example], beside: list[Example]) -> Weights:
        fitted_on.append({e.asked.id for e in [*found, *beside]})
        return shipped()

    monkeypatch.setattr("knowledge.validation.fit", spy)
    reports: list[tuple[int, int]] = []
    fitted = fit_and_measure([QuestionSet("notice", QUESTIONS, index)], progress=lambda *report: reports.append(report))
    *folds, everything = fitted_on
    for fold, ids in enumerate(folds):
        assert ids.isdisjoint(q.id for q in QUESTIONS if fold_of(q) == fold)
    assert everything == set.union(*folds)
    assert [done for done, _ in reports] == list(range(FOLDS + 1))
    assert fitted.measures["notice"]["questions"] == len(QUESTIONS)
    assert fitted.together == {}


def test_sets_on_one_index_are_measured_together_too(index: ClauseIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("knowledge.validation.fit", lambda found, beside: shipped())
    can, cannot = QUESTIONS[: -len(OFF)], QUESTIONS[-len(OFF) :]
    fitted = fit_and_measure([QuestionSet("can", can, index), QuestionSet("cannot", cannot, index)])
    assert "auroc" not in fitted.measures["can"]
    assert float(fitted.together["can + cannot"]["auroc"]) > 0.9


def test_what_is_fitted_on_beside_changes_weights_but_no_threshold_by_itself(
    index: ClauseIndex, weighed: list[Example], weights: Weights
) -> None:
    assert fit(weighed, []).dump() == weights.dump()
    half = len(weighed) // 2
    told = fit(weighed[:half], weighed[half:])
    assert told.ranking == fit(weighed).ranking
    assert told.confidence == fit(weighed).confidence


def test_sets_beside_are_measured_by_their_name(index: ClauseIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("knowledge.validation.fit", lambda found, beside: shipped())
    halves = [QuestionSet("in parts", part, index) for part in (QUESTIONS[:7], QUESTIONS[7:])]
    fitted = fit_and_measure([QuestionSet("notice", QUESTIONS, index)], halves)
    assert fitted.measures["in parts"]["questions"] == len(QUESTIONS)
    assert fitted.measures["in parts"]["clause@1"] == fitted.measures["notice"]["clause@1"]


# Evidence


def test_where_an_answer_stands_is_known_by_its_words(tmp_path: Path) -> None:
    text = "关于减免房租的通知\n一、减免房租。对承租国有房屋的企业，免收三个月房租。\n二、抓好落实。各单位要抓好落实。"
    asked = Asked("1", ("国有房屋的房租免几个月",), document="a", answer="免收三个月")
    (one,) = examples([asked], index_of(tmp_path, {"a.txt": text}))
    assert len(one.words) == len(one.in_answer) > 5
    assert set(one.in_answer.tolist()) == {0.0, 1.0}
    assert 2 <= one.in_answer.sum() < len(one.in_answer) / 2


@pytest.mark.parametrize(
    ("text", "answer", "place"),
    [
        ("一、免收三个月房租。", "三个月", (4, 7)),
        ("一、免收三个月房租。", "一、免收三个月房租。", (0, 10)),
        # blanks count in neither, and those at the ends are left out
        ("一、免收三 个\n月房租。", "三个月", (4, 9)),
        ("免收 三个月 房租", " 三 个月 ", (3, 6)),
        ("　免收", "免收", (1, 3)),
        # the first of several
        ("三个月，三个月", "三个月", (0, 3)),
        # not there, or not all of it
        ("免收三个月", "四个月", None),
        ("免收三个", "三个月", None),
        ("免收三个月", "", None),
        ("免收三个月", "　\n", None),
        ("", "三个月", None),
    ],
)
def test_locate(text: str, answer: str, place: tuple[int, int] | None) -> None:
    assert locate(text, answer) == (Span(*place) if place else None)


# Thresholds


def _worth(
    chance: list[float], right: list[float], among: list[float], can: list[float], high: float, low: float
) -> float:
    total = 0.0
    for c, r, a, answerable in zip(chance, right, among, can, strict=True):
        if c >= high:
            total += fitting._RIGHT if r else fitting._WRONG
        elif c >= low:
            total += fitting._GOOD_CHOICE if a else fitting._BAD_CHOICE
        elif not answerable:
            total += fitting._GOOD_REFUSAL
    return total


@pytest.mark.parametrize(
    ("chance", "right", "among", "can"),
    [
        # right above, wrong below
        ([0.9, 0.8, 0.2, 0.1], [1, 1, 0, 0], [1, 1, 0, 0], [1, 1, 0, 0]),
        # a choice helps in between
        ([0.9, 0.5, 0.5, 0.1], [1, 0, 0, 0], [1, 1, 1, 0], [1, 1, 1, 0]),
        # nothing to be told from anything else
        ([0.5] * 4, [1, 0, 1, 0], [1, 0, 1, 1], [1, 0, 1, 1]),
        # everything wrong, everything right
        ([0.7, 0.3], [0, 0], [0, 0], [0, 0]),
        ([0.7, 0.3], [1, 1], [1, 1], [1, 1]),
    ],
)
def test_thresholds_are_those_worth_most(
    chance: list[float], right: list[float], among: list[float], can: list[float]
) -> None:
    found = fitting._thresholds(*(np.array(values, float) for values in (chance, right, among, can)))
    assert found[1] <= found[0]
    steps = [n / 100 for n in range(5, 96)]
    best = max(_worth(chance, right, among, can, h, low) for h, low in itertools.product(steps, steps) if low <= h)
    assert _worth(chance, right, among, can, *found) == pytest.approx(best)


def test_a_threshold_is_one_whose_neighbours_are_worth_as_much() -> None:
    worth = np.zeros(101)
    worth[20:41] = 10.0
    worth[70] = 11.0
    assert fitting._steadiest(worth) == 40 - fitting._NEAR


# The size of a knowledge base


def test_a_form_is_taken_at_a_size() -> None:
    form = Linear(1.0, {"a": 2.0, "b": 3.0, "a_if_small": 10.0, "small": 4.0})
    assert form.at(0.0) == Linear(1.0, {"a": 2.0, "b": 3.0})
    assert form.at(0.5) == Linear(3.0, {"a": 7.0, "b": 3.0})
    # What has been taken at one size is of no other.
    assert form.at(0.5).at(1.0) == form.at(0.5)


def test_small_is_told_from_large() -> None:
    assert [round(smallness(clauses), 3) for clauses in (0, 11, 100, 3577, 1_000_000)] == [1.0, 0.901, 0.5, 0.027, 0.0]


def test_what_is_learnt_by_size_is_not_of_the_one_notice() -> None:
    by_size = {n.removesuffix(IF_SMALL) for n in shipped().ranking.weights if n.endswith(IF_SMALL)}
    assert {"exact", "title_and_clause", "bm25"} < by_size
    assert by_size.isdisjoint({"position", "first", "last", "numbered", "asked_how_much"})


# The file


def test_weights_make_the_round_trip_through_their_file(weights: Weights) -> None:
    text = weights.dump()
    again = Weights.parse(text)
    assert again.dump() == text
    assert set(again.at(100).ranking.weights) == set(NAMES)
    assert (again.answer, again.choose) == (weights.answer, weights.choose)
    for name, weight in weights.ranking.weights.items():
        assert again.ranking.weights[name] == pytest.approx(weight, rel=1e-3, abs=1e-300)


def test_the_file_can_be_read_by_people() -> None:
    form = Linear(0.123456789, {"b": -1234.56789, "a": 1e-9})
    text = Weights(form, form, EvidenceWeights(form, form, form), 0.6, 0.3, {"sets": {"名字": 3}}).dump()
    assert text.endswith("}\n")
    lines = text.splitlines()
    # One weight a line, in the order of their names, four significant figures.
    assert [line.strip() for line in lines if '"a"' in line or '"b"' in line][:2] == ['"a": 1e-09,', '"b": -1235.0']
    assert '"名字": 3' in text
    assert json.loads(text)["thresholds"] == {"answer": 0.6, "choose": 0.3}


def test_the_weights_that_ship() -> None:
    assert set(shipped().at(100).ranking.weights) == set(NAMES)
    assert Weights.parse(shipped().dump()) == shipped()
    told = shipped().fitted_on
    assert list(told) == ["date", "sets", "cross-validated"]
    assert {"owners-dev", "policies-dev", "policies-elsewhere-dev"} <= set(told["sets"]) <= set(told["cross-validated"])
    assert all(one["questions"] > 0 < one["clauses"] for one in told["sets"].values())
    # Not one weight of any form is a number that came of nothing.
    forms = [shipped().ranking, shipped().confidence, shipped().evidence.inside]
    assert all(np.isfinite([form.intercept, *form.weights.values()]).all() for form in forms)
    assert all(any(form.weights.values()) for form in forms)


@pytest.mark.parametrize(
    ("form", "values", "result"),
    [
        (Linear(1.0, {"a": 2.0, "b": -1.0}), {"a": 3.0, "b": 1.0}, 6.0),
        # names that the form does not know weigh nothing, nor do those that have no value
        (Linear(1.0, {"a": 2.0, "b": -1.0}), {"a": 3.0, "c": 100.0}, 7.0),
        (Linear(1.0, {"a": 2.0}), {}, 1.0),
    ],
)
def test_linear_forms(form: Linear, values: dict[str, float], result: float) -> None:
    assert form(values) == result
    assert form.vector(["c", "b", "a"]).tolist() == [0.0, form.weights.get("b", 0.0), 2.0]

"""Which words are quoted: whole sentences or just a figure, never a heading, always as they stand in the clause."""

from __future__ import annotations

import numpy as np
import pytest
from search_fixtures import answerer_of, index_of

from knowledge.answerer import Answerer
from knowledge.evidence import NAMES, quote, select, words
from knowledge.matching import Seen
from knowledge.model import Clause
from knowledge.question import Question, analyse
from knowledge.record import ClauseRecord
from knowledge.weights import shipped

NOTICE = """关于支持中小企业的若干措施
一、减免企业房租。
对承租国有房屋的中小企业，免收3个月房租。鼓励其他业主减免房租。
二、缓缴社保。企业可以缓缴养老保险费，缓缴期限最长6个月。缓缴期间免收滞纳金。
三、加大信贷支持。支持银行下调贷款利率，普惠小微贷款利率下降0.5个百分点。
四、申请办法。企业应当提交下列材料：营业执照、租赁合同、承诺书。咨询电话0731-88955555。
"""


@pytest.fixture(scope="module")
def answerer(tmp_path_factory: pytest.TempPathFactory) -> Answerer:
    return answerer_of(index_of(tmp_path_factory.mktemp("evidence"), {"a.txt": NOTICE}))


def asked(text: str) -> Question:
    return analyse(text, lambda term: float(len(term)))


def of(text: str, question: Question, heading: str = "") -> tuple[ClauseRecord, Seen]:
    """A clause of this text, and what is found in it of a question."""
    record = ClauseRecord.of(Clause("p-1", "p", 0, 1, "一", heading, text, 0), "p")
    return record, Seen.of(question, record.plain, "关于支持企业的通知")


@pytest.mark.parametrize(
    "question",
    [
        "房租能不能减", "房租减免几个月", "哪些企业可以减免房租", "社保缓缴最长多久", "缓缴社保要不要交滞纳金", "贷款利率下降多少",
        "申请要什么材料", "咨询电话是多少", "怎么申请", "为什么", "房租", "hello", "？", "房租减免3个月", "房租 社保 材料",
    ],
)  # fmt: skip
def test_what_is_quoted_stands_in_the_clause(answerer: Answerer, question: str) -> None:
    ranked = answerer.rank([question])
    for row, hit in enumerate(ranked.hits):
        span = answerer.quote(ranked, row)
        assert span is not None
        text = hit.record.clause.text
        assert 0 <= span.start < span.end <= len(text)
        quoted = text[span.start : span.end]
        assert quoted == quoted.strip()
        assert quoted[0] not in "，,、；;。：:）)”"
        assert quoted[-1] not in "，,、：:（("


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("国有房屋能不能免房租", "对承租国有房屋的中小企业，免收3个月房租。"),
        ("其他业主是否减免房租", "鼓励其他业主减免房租。"),
        ("缓缴社保要不要交滞纳金", "缓缴期间免收滞纳金。"),
        # keywords alone ask for nothing exact either
        ("滞纳金", "缓缴期间免收滞纳金。"),
    ],
)
def test_may_i_is_answered_by_a_whole_sentence(answerer: Answerer, question: str, sentence: str) -> None:
    assert answerer.answer([question]).evidence == sentence


@pytest.mark.parametrize(
    ("question", "figure"), [("国有房屋的房租免收几个月", "3"), ("普惠小微贷款利率下降多少", "0.5个百分点")]
)
def test_how_much_is_answered_with_the_figure(answerer: Answerer, question: str, figure: str) -> None:
    answer = answerer.answer([question])
    assert figure in answer.evidence
    assert len(answer.evidence) < len(answer.citations[0].clause.text)


LONG = "一、减免企业房租，" + "由各区县各部门各单位" * 5 + "负责。"


@pytest.mark.parametrize(
    ("text", "heading", "quoted"),
    [
        # a heading is not what answers, where anything stands under it
        ("一、减免企业房租。\n免收三个月。", "减免企业房租", "免收三个月。"),
        ("减免企业房租\n免收三个月租金。", "减免企业房租", "免收三个月租金。"),
        # but is where it stands alone
        ("一、减免企业房租。", "减免企业房租", "一、减免企业房租。"),
        # a first sentence that is no heading may answer
        ("一、减免企业房租。免收三个月。", "", "一、减免企业房租。"),
        # and so may one too long to be a mere heading
        (LONG + "免收三个月。", "减免企业房租", LONG),
    ],
)  # fmt: skip
def test_a_heading_is_not_quoted(text: str, heading: str, quoted: str) -> None:
    question = asked("企业房租能不能减免")
    span = quote(question, *of(text, question, heading), shipped().evidence)
    assert span is not None
    assert text[span.start : span.end] == quoted


@pytest.mark.parametrize("text", ["", " ", "\n\n"])
@pytest.mark.parametrize("question", ["能不能减", "减多少", "减免办法有哪些", ""])
def test_a_clause_of_nothing(text: str, question: str) -> None:
    one = asked(question)
    assert quote(one, *of(text, one), shipped().evidence) is None
    assert not len(words(one, *of(text, one)).starts)


@pytest.mark.parametrize("text", ["。", "——", "……", "“”", "，，，"])
def test_a_clause_of_marks_alone(text: str) -> None:
    question = asked("减多少")
    span = quote(question, *of(text, question), shipped().evidence)
    assert span is None or text[span.start : span.end].strip("，、：")


def test_words_and_their_features() -> None:
    text = "对承租国有房屋的，　免收3个月房租。\n\n由财政局负责。"
    question = asked("房租免收几个月，由谁负责")
    found = words(question, *of(text, question))
    # Every character that is not blank is in just one word, in order.
    assert found.starts[0] == 0
    assert found.ends[-1] == len(text)
    assert (found.ends[:-1] <= found.starts[1:]).all()
    cut = [text[start:end] for start, end in zip(found.starts, found.ends, strict=True)]
    assert "".join("".join(cut).split()) == "".join(text.split())
    assert found.matrix.shape == (len(cut), len(NAMES))
    assert np.isfinite(found.matrix).all()
    cut = [word.strip() for word in cut]
    figures, echoes = (found.matrix[:, NAMES.index(name)] for name in ("figure", "echo"))
    assert [word for word, figure in zip(cut, figures, strict=True) if figure] == ["3"]
    assert {"免收", "房租", "由", "负责"} <= {word for word, echo in zip(cut, echoes, strict=True) if echo}
    # What stands before and after is told of its neighbours.
    at = cut.index("3")
    assert found.matrix[at + 1, NAMES.index("figure_of_word_before")] == 1
    assert found.matrix[at - 1, NAMES.index("figure_of_word_after")] == 1


def test_scores_are_those_of_the_features() -> None:
    question = asked("房租免收几个月，由谁负责")
    found = words(question, *of("对承租国有房屋的，免收3个月房租。由财政局负责。", question))
    evidence = shipped().evidence
    forms = (evidence.inside, evidence.opens, evidence.closes)
    expected = np.column_stack([found.matrix @ form.vector(NAMES) + form.intercept for form in forms])
    assert np.allclose(found.scores(evidence), expected)


@pytest.mark.parametrize(
    ("figures", "quoted"),
    [
        # the run with the figures, whatever stands around it
        ([0, 0, 1, 1, 0, 0], "丙丁"),
        ([1, 0, 0, 0, 0, 0], "甲"),
        ([0, 0, 0, 0, 0, 1], "己"),
        ([1, 1, 1, 1, 1, 1], "甲乙丙丁戊己"),
        # a gap is bridged where more lies on both sides of it
        ([1, 1, 0, 1, 1, 0], "甲乙丙丁戊"),
    ],
)
def test_the_run_of_words_that_is_quoted(figures: list[int], quoted: str) -> None:
    text = "甲乙丙丁戊己"
    scores = np.zeros((6, 3))
    scores[:, 0] = np.array(figures) * 12.0 - 6.0
    span = select(np.arange(6), np.arange(1, 7), scores, text)
    assert span is not None
    assert text[span.start : span.end] == quoted


def test_a_run_is_found_where_all_that_opens_well_stands_behind_all_that_closes_well() -> None:
    count = 200
    scores = np.zeros((count, 3))
    scores[:100, 1], scores[100:, 2] = -9.0, -9.0
    span = select(np.arange(count), np.arange(1, count + 1), scores, "字" * count)
    assert span is not None
    assert 0 <= span.start < span.end <= count


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("，免收三个月，", "免收三个月"),
        ("　 三个月\n ", "三个月"),
        ("）。三个月：（", "三个月"),
        # what closes a sentence or a quotation stays
        ("“三个月”。", "“三个月”。"),
        ("（三个月）", "（三个月）"),
        ("，、：", None),
    ],
)
def test_blanks_and_loose_marks_at_the_ends_are_left_out(text: str, quoted: str | None) -> None:
    span = select(np.array([0]), np.array([len(text)]), np.ones((1, 3)), text)
    assert (text[span.start : span.end] if span else None) == quoted


def test_no_words_no_quotation() -> None:
    assert select(np.zeros(0, int), np.zeros(0, int), np.zeros((0, 3)), "") is None


def test_the_weights_that_ship_know_just_these_features() -> None:
    for form in (shipped().evidence.inside, shipped().evidence.opens, shipped().evidence.closes):
        assert set(form.weights) == set(NAMES)

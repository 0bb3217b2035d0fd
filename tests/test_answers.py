"""What is answered from the Hunan notice and from small corpora made here: decisions, quotations, follow-ups, sources."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from search_fixtures import answerer_of, index_of, notice_index

from knowledge import decision
from knowledge.answerer import Answerer
from knowledge.decision import sigmoid, sign_label
from knowledge.features import LABELS
from knowledge.filters import Filters
from knowledge.index import ClauseIndex, Hit
from knowledge.question import Question
from knowledge.record import ClauseRecord, PolicyRecord
from knowledge.thesaurus import parse_thesaurus
from knowledge.weights import Vector, shipped


@pytest.fixture(scope="module")
def notice(tmp_path_factory: pytest.TempPathFactory) -> Answerer:
    return answerer_of(notice_index(tmp_path_factory.mktemp("answers")))


@pytest.mark.parametrize(
    ("turns", "number", "words"),
    [
        # everyday words
        (["厂里这个月电费交不上了，会不会停电"], 4, "欠费不停供"),
        (["房东肯不肯少收点租金"], 7, "房租"),
        (["没有抵押物能不能贷到款"], 5, "信用贷款"),
        (["工人吃饭怎么安排"], 3, "分餐制"),
        # keywords
        (["白名单"], 5, "白名单"),
        (["上云"], 6, "上云"),
        # slips of the pen, accents, pinyin, traditional script
        (["房祖能减免吗"], 7, "房租"),
        (["代宽到期了"], 5, "贷"),
        (["shebao"], 7, "社保"),
        (["貸款利息能不能少點"], 5, "利率优惠"),
        # going on
        (["水费交不起", "那电费呢"], 4, "用电"),
        (["房租能减吗", "社保呢"], 7, "社保"),
        # another subject: what was asked before is let go
        (["电费可以缓交吗", "那利息呢"], 5, "利"),
        (["贷款快到期了能不能续", "房租"], 7, "房租"),
        (["今天天气怎么样", "贷款"], 5, "贷款"),
        (["电费可以缓交吗", "na fangzu ne"], 7, "房租"),
    ],
)
def test_the_clause_that_answers(notice: Answerer, turns: list[str], number: int, words: str) -> None:
    answer = notice.answer(turns)
    assert answer.decision in {"answer", "choose"}
    assert answer.citations[0].clause.number == number
    assert words in answer.citations[0].clause.text
    if answer.decision == "answer":
        assert words in answer.evidence


@pytest.mark.parametrize(
    "question",
    [
        "今天天气怎么样",
        "讲个笑话",
        "结婚证在哪里领",
        "asdfghjkl",
        "的了吗呢",
        "什么时候",
        "？？？",
        "😀😀",
        "",
        "   ",
        "\n",
        "驾照丢了",
    ],
)
def test_what_is_refused(notice: Answerer, question: str) -> None:
    answer = notice.answer([question])
    assert answer.decision == "refuse"
    assert answer.confidence < 0.5


@pytest.mark.parametrize(
    "question", ["贷款" * 2000, "<b>贷款</b>", "'; DROP TABLE", "贷款\0", "\ud83d贷款", '+ - && || ( " ~ *', "a" * 5000]
)
def test_whatever_is_typed_gets_an_answer(notice: Answerer, question: str) -> None:
    assert notice.answer([question]).decision in {"answer", "choose", "refuse"}


def test_what_is_quoted_stands_in_the_clause(notice: Answerer) -> None:
    for question in ("电费", "口罩厂扩产有什么支持", "今年上云多少户", "复工要做什么准备"):
        answer = notice.answer([question])
        span = answer.evidence_span
        assert span is not None
        assert answer.citations[0].clause.text[span.start : span.end] == answer.evidence != ""
        assert not re.search(r"^[\s，,、。]|[\s，,、]$", answer.evidence)


def test_the_same_question_gets_the_same_answer(notice: Answerer) -> None:
    first, again = (notice.answer(["贷款到期怎么办"]).as_json() for _ in range(2))
    assert first | {"elapsed_ms": 0} == again | {"elapsed_ms": 0}


def test_the_sequence_of_scores(notice: Answerer) -> None:
    answer = notice.answer(["贷款"])
    scores = [c.score for c in answer.citations]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] == answer.confidence
    assert sum(scores) <= 1 + 1e-9


def test_explanation_shows_every_number(notice: Answerer) -> None:
    told = notice.answer(["带款能不能晚点还"], explain=True).explanation
    assert told is not None
    first = told.candidates[0]
    assert set(first.features) == set(first.contributions) == set(LABELS)
    assert first.score == pytest.approx(sum(first.contributions.values()))
    assert ("带款", "贷款", "sound") in [(f.term, f.form, f.why) for f in told.forms]
    assert "the chance that the first clause is right" in told.why
    sum_of_signs = notice.weights.confidence.intercept + sum(told.confidence_contributions.values())
    assert notice.answer(["带款能不能晚点还"]).confidence == pytest.approx(sigmoid(sum_of_signs))
    assert all(map(sign_label, told.confidence))
    # What adds the same to every candidate tells them apart least.
    added = {name: {c.contributions[name] for c in told.candidates} for name in told.telling(first)}
    assert [len(values) > 1 for values in added.values()] == sorted((len(v) > 1 for v in added.values()), reverse=True)


def test_explanation_tells_each_form_once_under_the_word_it_stands_for(notice: Answerer) -> None:
    told = notice.answer(["公司贷款快到期了"], explain=True).explanation
    assert told is not None
    forms = [(f.form, f.why) for f in told.forms]
    assert len(set(forms)) == len(forms)
    assert {f.term for f in told.forms} <= {"公司", "贷款", "到期"}


def test_explanation_tells_what_was_looked_for_in_vain_and_what_was_carried(notice: Answerer) -> None:
    told = notice.answer(["护照"], explain=True).explanation
    assert told is not None
    assert "护照" in told.terms
    told = notice.answer(["公司贷款快到期了", "那利息呢"], explain=True).explanation
    assert told is not None
    assert "贷款" in told.carried
    assert "利息" not in told.carried


@pytest.mark.parametrize("turn", ["那护照呢", "那养猫呢"])
def test_what_no_clause_has_is_not_answered_from_the_turns_before(notice: Answerer, turn: str) -> None:
    assert notice.answer(["电费可以缓交吗"]).decision == "answer"
    assert notice.answer(["电费可以缓交吗", turn]).decision == "refuse"


@pytest.mark.parametrize(
    ("question", "doubt"),
    [
        ("96872是什么电话", "figure"), ("创客中国第四届大赛", "figure"), ("2021年中小企业发展专项资金申报", "figure"),
        ("企业", "vague"), ("湖南", "vague"), ("2020", "vague"),
        ("96871是什么电话", ""), ("96871", ""), ("创客中国第三届大赛", ""), ("2020年中小企业发展专项资金申报", ""),
        ("5个100", ""), ("用电", ""),
    ],
)  # fmt: skip
def test_what_is_only_offered_however_likely_it_looks(notice: Answerer, question: str, doubt: str) -> None:
    answer = notice.answer([question], explain=True)
    assert answer.explanation is not None
    assert answer.explanation.doubt == doubt
    assert answer.confidence >= notice.weights.answer
    assert answer.decision == ("choose" if doubt else "answer")


def test_a_clause_that_says_nothing_of_the_subject_is_only_offered(tmp_path: Path) -> None:
    text = "石家庄市：无人售菜点便利又安全\n石家庄市新华区的居民在扫码结账，石家庄市的菜价平稳。"
    answerer = answerer_of(index_of(tmp_path, {"a.txt": text}))
    assert answerer.answer(["石家庄市复工"]).decision != "answer"
    assert decision.doubt(*first_of(answerer, "石家庄市复工")) == "subject"
    assert decision.doubt(*first_of(answerer, "石家庄市菜价")) == ""


def first_of(answerer: Answerer, question: str) -> tuple[Question, Vector, ClauseRecord, PolicyRecord]:
    ranked = answerer.rank([question])
    first = int(ranked.order[0])
    return ranked.question, ranked.weighed.matrix[first], ranked.hits[first].record, ranked.policies[first]


def test_what_is_hardly_ever_right_is_no_choice(notice: Answerer) -> None:
    answer = notice.answer(["企业"])
    first, second, third = answer.citations[:3]
    doubtful = replace(answer, citations=(first, replace(second, score=0.3), replace(third, score=0.001)))
    assert doubtful.choices == doubtful.citations[:2]
    assert replace(answer, citations=(replace(first, score=0.001),)).choices


def test_what_weighs_next_to_nothing_is_not_looked_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [f"第{number}条 企业要做好疫情防控。" for number in range(1, 2000)]
    index = index_of(tmp_path, {"a.txt": "\n".join(["关于防控的通知", *lines, "第2000条 编制应急预案。"])})
    looked_up: dict[str, float] = {}

    def search(
        weights: Mapping[str, float], limit: int, filters: Filters, near: Sequence[str], share: float
    ) -> list[Hit]:
        looked_up.update(weights)
        return ClauseIndex.search(index, weights, limit, filters, near, share=share)

    monkeypatch.setattr(index, "search", search)
    thesaurus = parse_thesaurus("病人 → 疫情 应急预案")[0]
    question = Answerer(index, shipped(), 1, thesaurus).rank(["有了病人怎么办"]).question
    assert {form.text for term in question.terms for form in term.forms} == {"疫情", "应急预案"}
    assert "应急预案" in looked_up
    assert "疫情" not in looked_up


PROVISION = "一、减免房租。对承租国有房屋的中小企业，免收两个月房租，由各区国资部门负责落实。"


def test_one_provision_in_two_notices_is_shown_once(tmp_path: Path) -> None:
    texts = {
        "a.txt": f"关于支持企业的通知\n{PROVISION}\n二、加强宣传。各单位要做好政策宣传。",
        "b.txt": f"关于转发支持企业通知的通知\n各单位：\n{PROVISION}\n二、抓好落实。各单位要抓好落实。",
    }
    answer = answerer_of(index_of(tmp_path, texts)).answer(["国有房屋的房租能免几个月"])
    shown = [c for c in answer.citations if "免收两个月房租" in c.clause.text]
    assert len(shown) == 1
    assert len(shown[0].also_in) == 1
    titles = {"关于支持企业的通知", "关于转发支持企业通知的通知"}
    assert {shown[0].metadata.title, shown[0].also_in[0].title} == titles
    assert answer.citations[0] == shown[0]


def test_a_place_is_not_answered_from_another_without_saying_so(tmp_path: Path) -> None:
    text = "上海市人民政府关于减免中小企业房租的通知\n一、减免房租。对承租国有房屋的中小企业，免收2月、3月两个月房租。"
    answerer = answerer_of(index_of(tmp_path, {"a.txt": text}))
    asked_elsewhere = answerer.answer(["重庆市对承租国有房屋的中小企业房租有何减免"])
    assert asked_elsewhere.other_place == "上海"
    assert asked_elsewhere.decision != "answer"
    assert answerer.answer(["上海市对承租国有房屋的中小企业房租有何减免"]).other_place == ""


def test_an_amount_is_not_answered_without_one(tmp_path: Path) -> None:
    text = "关于减免中小企业房租的通知\n一、减免房租。对承租国有房屋的中小企业，减免房租。"
    answer = answerer_of(index_of(tmp_path, {"a.txt": text})).answer
    assert answer(["承租国有房屋的中小企业减免房租吗"]).decision == "answer"
    asked = answer(["承租国有房屋的中小企业减免多少房租"], explain=True)
    assert asked.confidence > shipped().answer
    assert asked.decision == "choose"
    assert asked.explanation is not None
    assert asked.explanation.doubt == "how_much"
    assert asked.explanation.why.endswith("but it has no amount, which is asked for")


RENT = "一、减免房租。对承租国有房屋的中小企业，免收2月、3月两个月房租。"
TAX = "一、延期缴税。企业因疫情影响办理纳税申报困难的，可以申请延期缴纳税款。"


def test_what_applies_where_people_ask_from_comes_first(tmp_path: Path) -> None:
    texts = {
        "sh.txt": f"上海市人民政府关于减免中小企业房租的通知\n{RENT}",
        "hn.txt": "湖南省人民政府关于支持企业的通知\n一、房租。国有房屋的房租可以减免。",
        "tax.txt": f"国家税务总局关于纳税服务的通知\n{TAX}",
        "hb.txt": "湖北省人民政府关于稳岗返还的通知\n一、稳岗返还。对不裁员的企业返还失业保险费。",
    }
    index = index_of(tmp_path, texts)
    question = "承租国有房屋的中小企业，房租能减免吗"
    unknown, hunan = Answerer(index, shipped(), 1), Answerer(index, shipped(), 1, region="湖南")
    assert unknown.answer([question]).citations[0].metadata.title.startswith("上海")
    own = hunan.answer([question])
    assert own.citations[0].metadata.title.startswith("湖南")
    assert own.other_place == ""
    city = Answerer(index, shipped(), 1, region="湖南省长沙市").answer([question])
    assert city.citations[0].clause == own.citations[0].clause
    # Who names a place asks of that.
    assert hunan.answer(["上海的中小企业承租国有房屋，房租能减免吗"]).citations[0].metadata.title.startswith("上海")
    # The nation's notices apply everywhere.
    assert hunan.answer(["延期缴纳税款怎么申请"]).citations[0].metadata.title.startswith("国家税务总局")
    # What only another place provides is offered, and said to be another place's.
    elsewhere = hunan.answer(["不裁员的企业稳岗返还失业保险费吗"])
    assert (elsewhere.decision, elsewhere.other_place) == ("choose", "湖北")
    assert hunan.answer(["今天天气怎么样"]).decision == "refuse"


def test_an_index_of_nothing_that_fits(tmp_path: Path) -> None:
    answer = answerer_of(index_of(tmp_path, {"a.txt": "通知\n一、内容甲。"})).answer(["贷款"])
    assert (answer.decision, answer.confidence, answer.citations, answer.evidence) == ("refuse", 0.0, (), "")

"""Questions taken apart on a corpus: their words, homophones, synonyms, earlier turns."""

from __future__ import annotations

import pytest
from search_fixtures import notice_index

from knowledge.index import ClauseIndex
from knowledge.question import Question
from knowledge.thesaurus import shipped
from knowledge.understanding import goes_on, understand


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> ClauseIndex:
    return notice_index(tmp_path_factory.mktemp("understanding"))


def ask(index: ClauseIndex, *turns: str) -> Question:
    return understand(turns, index, shipped())


def forms(question: Question, why: str) -> set[str]:
    return {form.text for term in question.terms for form in term.forms if form.why == why}


@pytest.mark.parametrize(
    ("question", "form", "why"),
    [
        ("带款到期怎么办", "贷款", "sound"),
        ("代宽能不能展期", "贷款", "sound"),
        ("晃租能减吗", "房租", "sound"),
        ("专精特新小具人", "巨人", "sound"),
        ("fangzu jianmian", "房租", "sound"),
        ("qianfei", "欠费", "sound"),
        ("fáng zū jiǎn miǎn", "房租", "sound"),
        ("qian4fei4", "欠费", "sound"),
        ("dai4 kuan3", "贷款", "sound"),
        # what clauses have, and what they call otherwise
        ("水废", "税费", "sound"),
        ("水废", "用水", "sound"),
        ("shui fei", "用水", "sound"),
        ("会不会拉闸", "停供", "thesaurus"),
        ("房东肯不肯", "业主", "thesaurus"),
        ("还不上怎么办", "还款周期", "thesaurus"),
        ("五个一百的项目", "5个", "figure"),
        ("五个一百的项目", "100", "figure"),
        ("二月的电费", "2月", "figure"),
    ],
)
def test_what_words_may_stand_for(index: ClauseIndex, question: str, form: str, why: str) -> None:
    assert form in forms(ask(index, question), why)


@pytest.mark.parametrize(
    ("question", "counts"),
    [
        ("二十三家企业", {"23家"}),
        ("两百家", {"200", "200家"}),
        ("一百项目", {"100"}),
        # no part of a longer one, no ordinal, no 一 that counts nothing
        ("三千五百家", set()),
        ("一万五千家", set()),
        ("第三条", set()),
        ("一个月", set()),
    ],
)
def test_counts_are_looked_for_in_figures(index: ClauseIndex, question: str, counts: set[str]) -> None:
    assert forms(ask(index, question), "figure") == counts


@pytest.mark.parametrize(
    "question",
    [
        "贷款", "三级响应", "100家", "今天天气怎么样", "asdfghjkl", "今年的专项资金什么时候报",
        # across the ends of words that no clause has: not 实习, 减少, 缴费
        "是希望多产", "车间少了人", "工人叫回来",
    ],
)  # fmt: skip
def test_nothing_is_heard_into_words_that_stand(index: ClauseIndex, question: str) -> None:
    assert forms(ask(index, question), "sound") == set()


@pytest.mark.parametrize("question", ["的了吗呢", "什么时候", "请问", "一批", "反正", "？？？", ""])
def test_function_words_are_not_looked_for(index: ClauseIndex, question: str) -> None:
    assert [t.text for t in ask(index, question).terms if t.word] == []


def test_a_word_the_corpus_lacks_weighs_more_than_a_common_one(index: ClauseIndex) -> None:
    weights = {t.text: t.weight for t in ask(index, "狗证在哪里办理贷款").terms}
    assert weights["办理"] < weights["贷款"]
    assert weights["办理"] < weights["狗证"]


def test_a_phrase_of_the_thesaurus_is_a_word_and_weighs_as_what_it_stands_for(index: ClauseIndex) -> None:
    # jieba's dictionary has 抵税 not; no clause has it.
    told = {t.text: t for t in ask(index, "捐了口罩能抵税吗").terms}
    assert told["抵税"].word
    assert told["抵税"].weight == max(index.idf(form.text) for form in told["抵税"].forms)
    assert not told["罩能"].word


@pytest.mark.parametrize(
    ("turn", "needs"),
    [
        ("那利息呢", True), ("税呢", True), ("那水费呢？", True), ("多少", True), ("为什么", True), ("那呢", True),
        ("na shui fei ne", True), ("asdfghjkl", False),
        ("谢谢", False), ("好的", False), ("你好", False), ("？？", False),
        ("那员工返岗之前要不要做核酸检测", False), ("口罩厂扩产贷款有没有贴息", False), ("厂里要不要设隔离间", False),
    ],
)  # fmt: skip
def test_which_turns_go_on(index: ClauseIndex, turn: str, needs: bool) -> None:
    assert goes_on(ask(index, turn)) is needs


def test_a_turn_that_goes_on_takes_words_over_at_less_weight(index: ClauseIndex) -> None:
    alone = {t.text: t.weight for t in ask(index, "公司贷款快到期了").terms}
    carried = {t.text: t.weight for t in ask(index, "公司贷款快到期了", "那利息呢").terms}
    assert 0 < carried["贷款"] < alone["贷款"]
    assert "利息" in carried


def test_a_turn_that_stands_on_its_own_lets_go(index: ClauseIndex) -> None:
    assert "贷款" not in {t.text for t in ask(index, "公司贷款快到期了", "厂里要不要设隔离间").terms}

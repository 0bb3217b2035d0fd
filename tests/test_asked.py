"""Which kinds of thing a question asks for: by its words, and not by words that only look alike."""

from __future__ import annotations

import pytest

from knowledge.question import analyse


def kinds(text: str) -> frozenset[str]:
    return analyse(text, lambda term: float(len(term))).asked


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("续贷中心的电话是多少", "number"),
        ("热线为多少", "number"),
        ("想打电话咨询,打哪个", "number"),
        ("房租减免几个月", "how_much"),
        ("最高补多少", "how_much"),
        ("缴费比例是多少", "how_much"),
        ("什么时间开始", "when"),
        ("申报期限截至哪天", "when"),
        ("去哪里办续贷", "where"),
        ("何处可以领", "where"),
        ("口罩去哪买", "where"),
        ("上哪招人", "where"),
    ],
)
def test_a_question_asks_for(text: str, kind: str) -> None:
    assert kind in kinds(text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        # what was said on the telephone, what a hotline did
        ("供电公司打电话说要停电,能缓交吗", "number"),
        ("有没有人接电话", "number"),
        ("专线电话为哪些车辆提供帮助", "number"),
        ("热线共受理哪些措施", "number"),
        # some months
        ("这几个月社保交不起怎么办", "how_much"),
        ("水费拖几个月行不行", "how_much"),
        ("货款要几个月后才到", "how_much"),
        ("是否受70%资金比例的限制", "how_much"),
        ("何时启动最高等级勤务", "how_much"),
        # until when something was counted
        ("截至2月10日贷款多少", "when"),
        ("这段时间没开工,租金能少点不", "when"),
        # 如何, not 何处
        ("这些情况如何处理", "where"),
        ("隐瞒病情如何处罚", "where"),
        # until when, to which
        ("免到哪天", "where"),
        ("涉及到哪些条件", "where"),
        # one kind, not two
        ("电话是多少", "how_much"),
    ],
)
def test_a_question_does_not_ask_for(text: str, kind: str) -> None:
    assert kind not in kinds(text)

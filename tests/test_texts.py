"""Sentences that every surface says: the line that is read out on the telephone."""

from __future__ import annotations

from datetime import date

import pytest

from handlers.texts import reading_line
from knowledge.answer import Citation
from knowledge.model import Clause, Metadata

METADATA = Metadata("关于支持企业的通知", issuer="湖南省财政厅", published=date(2020, 3, 1))

# the label, the heading and the text of a clause, the words that answer, how it is read out
READ = [
    ("四", "全力协调", "四、全力协调。坚持问题导向。", "", "第四条：全力协调。坚持问题导向。"),
    ("四", "全力协调", "四、全力协调。坚持问题导向。", "坚持问题导向。", "第四条：坚持问题导向。"),
    ("四", "全力协调", "四、全力协调。坚持问题导向。", "四、全力协调。", "第四条：全力协调。"),
    ("四（二）", "贴息", "（二）贴息。\n贴息50%。", "", "第四（二）条：贴息。 贴息50%。"),
    ("第三条", "", "第三条　本办法自公布之日起施行。", "", "第三条：本办法自公布之日起施行。"),
    ("八3", "", "3.减免房租。", "", "第八3条：减免房租。"),
    # the separator was lost
    ("六", "强化支持", "六强化支持。鼓励创新。", "", "第六条：强化支持。鼓励创新。"),
    # what begins with a number that is not the clause's own, or with none
    ("十二", "", "十二、附则。\n二、另有规定的除外。", "二、另有规定的除外。", "第十二条：二、另有规定的除外。"),
    ("15", "", "15.附则。5.除外。", "5.除外。", "第15条：5.除外。"),
    ("四", "", "四川省的企业除外。", "", "第四条：四川省的企业除外。"),
    ("五15至16", "", "15.降低成本。16.减税。", "", "第五15至16条：15.降低成本。16.减税。"),
    ("", "", "一、各企业：", "", "：一、各企业："),
    ("四", "", "四、", "", "第四条：四、"),
]


@pytest.mark.parametrize(("label", "heading", "text", "words", "read"), READ)
def test_the_number_of_a_clause_is_read_out_once(label: str, heading: str, text: str, words: str, read: str) -> None:
    clause = Clause("a-4", "a", 3, 4, label, heading, text, 0)
    line = reading_line(Citation(clause, "a", METADATA, 1.0), words)
    assert line == f"您好，根据湖南省财政厅2020年3月1日发布的《关于支持企业的通知》{read}"

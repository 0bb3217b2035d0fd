"""Texts that mean the same have one form for searching."""

from __future__ import annotations

import unicodedata

import pytest

from knowledge.normalise import normalise
from knowledge.segment import pairs, words


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        # width, script, case
        ("ＡＢＣ１２３（）：", "abc123():"),
        ("貸款到期可以續貸嗎", "贷款到期可以续贷吗"),
        ("疫情解除後", "疫情解除后"),
        ("APP", "app"),
        # blanks mean something only between Latin words and figures
        ("转产一批、 扩能一批", "转产一批、扩能一批"),
        ("2020 年底 前", "2020年底前"),
        ("daikuan  jianmian", "daikuan jianmian"),
        ("　　一、\t加强", "一、加强"),
        # what a bad scan leaves
        ("疫情防控工作.部署,落.实", "疫情防控工作部署,落实"),
        ("1.5亿元 www.gov.cn", "1.5亿元www.gov.cn"),
        ("中\u200b小\ufeff企业", "中小企业"),
        # marks, and what is left for NFKC
        ("第①条，（５％）；是；否？！…", "第1条,(5%);是;否?!..."),
        ("e\u0301 か\u3099 =\u0338", "\u00e9が\u2260"),
        ("a\xa0b 中\xa0国", "a b中国"),
        ("", ""),
    ],
)
def test_one_form(text: str, plain: str) -> None:
    assert normalise(text) == plain
    assert normalise(plain) == plain


@pytest.mark.parametrize("mark", "，：；（）！？％…\u3000\xa0。、“”《》①㎡\u0338\u3099")
def test_marks_are_replaced_as_nfkc_has_them(mark: str) -> None:
    for text in (mark, f"国{mark}家", f"<{mark}a{mark}=", f"か{mark}\u3099{mark}"):
        assert normalise(text) == normalise(unicodedata.normalize("NFKC", text))


def test_words_know_the_terms_of_policies() -> None:
    assert words("欠费不停供和无还本续贷") == ("欠费不停供", "和", "无还本续贷")


def test_pairs() -> None:
    assert pairs("贷款gdp税") == ["贷款", "税"]

"""Words and phrases of clauses: where they stand in the text and in its normalised form, and what is marked of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.folder import read_folder
from knowledge.model import Clause
from knowledge.normalise import normalise
from knowledge.pieces import (
    ASKS,
    BEHIND_LEAD,
    COLON,
    FIGURE,
    HEADING,
    LEAD,
    NUMBERED,
    OPENS_PHRASE,
    OPENS_SENTENCE,
    TELLING,
    WORD,
)
from knowledge.record import ClauseRecord

TEXTS = [
    "对承租国有房屋的，　免收3个月房租。\n\n由财政局负责。",
    "一、減免企業房租：免收3個月……（詳見附件①）。第⑵項除外！",
    "登录 www.example.com 或 Work Online 平台，落.实责任。",
    "“能不能延期？”能。",
    "。",
    "面积 500㎡ 以内\u200b的，免收½。",
    " \u3000\n",
    "",
    "字" * 2500,
    "a" * 2500,
]


def of(text: str) -> ClauseRecord:
    return ClauseRecord.of(Clause("p-1", "p", 0, 1, "一", "", text, 0), "p")


def squeezed(text: str) -> str:
    return "".join(text.split())


def check(record: ClauseRecord) -> None:
    """That the words make up the text and its normalised form, in order, and the phrases are made up of words."""
    pieces, text = record.pieces, record.clause.text
    if not record.spans:
        assert not pieces.marks
        return
    starts, ends = (places.tolist() for places in pieces.places(record.spans))
    assert all(end <= start for end, start in zip(ends, [*starts[1:], len(text)], strict=True))
    assert squeezed("".join(text[a:b] for a, b in zip(starts, ends, strict=True))) == squeezed(text)
    plain_starts, plain_ends = (places.tolist() for places in pieces.plain_places())
    # Between the words of the normalised form there are only single blanks and line ends.
    assert plain_starts[0] == 0
    assert plain_ends[-1] == len(record.plain)
    gaps = [record.plain[a:b] for a, b in zip(plain_ends[:-1], plain_starts[1:], strict=True)]
    assert set(gaps) <= {"", " ", "\n"}
    assert gaps.count("\n") == len(record.spans) - 1
    assert int(((pieces.bits & OPENS_PHRASE) > 0).sum()) == len(pieces.phrases) > 0
    assert pieces.bits[0] & OPENS_PHRASE


@pytest.mark.parametrize("text", TEXTS)
def test_words_make_up_the_text_and_its_normalised_form(text: str) -> None:
    record = of(text)
    assert bool(record.pieces.marks) == bool(record.spans)
    check(record)


def test_the_words_of_real_clauses(corpus: Path, tmp_path: Path) -> None:
    for path in sorted(corpus.iterdir())[::12]:
        (tmp_path / path.name).write_bytes(path.read_bytes())
    clauses = [c for policy in read_folder(tmp_path, {}, max_bytes=20_000_000).read for c in policy.clauses]
    assert len(clauses) > 100
    same = total = 0
    for clause in clauses:
        record = ClauseRecord.of(clause, "p")
        check(record)
        starts, ends = (places.tolist() for places in record.pieces.places(record.spans))
        plain_starts, plain_ends = (places.tolist() for places in record.pieces.plain_places())
        words = [normalise(clause.text[a:b]) for a, b in zip(starts, ends, strict=True)]
        total += len(words)
        same += sum(word == record.plain[a:b] for word, a, b in zip(words, plain_starts, plain_ends, strict=True))
    # What a scan left behind is in the text alone.
    assert same / total > 0.999


def marked(text: str, bit: int) -> list[str]:
    """The words of a text with this bit."""
    record = of(text)
    starts, ends = (places.tolist() for places in record.pieces.places(record.spans))
    bits = record.pieces.bits.tolist()
    return [text[a:b].strip() for a, b, of_word in zip(starts, ends, bits, strict=True) if of_word & bit]


def test_what_is_marked_of_words() -> None:
    text = "免收3个月的房租，金额不超过5万元。"
    assert "，" not in marked(text, WORD)
    assert marked(text, FIGURE) == ["3", "5"]
    assert "的" not in marked(text, TELLING)
    assert marked(text, OPENS_PHRASE) == ["免收", "金额"]
    # a lead that is cut in two, and one that is a word
    assert marked(text, BEHIND_LEAD)[-1] == "5"
    assert "为" in marked("期限为一年。", LEAD)
    # what opens a phrase is behind no lead
    assert marked("材料包括：营业执照。", BEHIND_LEAD) == ["："]


@pytest.mark.parametrize(
    ("bit", "expected"),
    [
        (COLON, [False, True, False, False]),
        (ASKS, [False, False, False, True]),
        (NUMBERED, [True, False, False, False]),
        (OPENS_SENTENCE, [True, False, True, False]),
        (HEADING, [False, False, False, False]),
    ],
)
def test_what_is_marked_of_phrases(bit: int, expected: list[bool]) -> None:
    record = of("一、房租减免，如下：\n国有房屋，减多少？")
    assert [bool(bits & bit) for bits in record.pieces.phrase_bits.tolist()] == expected


def test_a_short_phrase_without_a_mark_is_a_heading() -> None:
    assert of("房租减免\n国有房屋减免。").pieces.phrase_bits.tolist()[0] & HEADING

"""The features of clauses, phrases and words under their names: each as it is told in words, computed the plain way."""

from __future__ import annotations

import math

import numpy as np
import pytest
from search_fixtures import answerer_of, index_of

from knowledge import evidence, features, phrases
from knowledge.evidence import words
from knowledge.matching import Seen
from knowledge.model import Clause
from knowledge.pieces import ECHOED_BY_CHANCE
from knowledge.question import Form, Question, Term, analyse
from knowledge.record import ClauseRecord
from knowledge.segment import function_words

NOTICES = {
    "a.txt": "关于减免房租的通知\n一、房租减免。\n对承租国有房屋的企业，免收3个月房租。\n二、贷款。银行给予企业贷款贴息。\n",
    "b.txt": "关于企业贷款的办法\n一、贴息。\n企业贷款给予贴息50%。房租另行规定。\n二、申报。企业于3月底前申报。\n",
}
TITLE = "关于房租的通知"
TEXT = "房租减免：对承租房屋的企业，免收3个月房租，不收违约金？由财政局负责减免。企业、个人减免房租。"
QUESTION = "企业房租减免几个月，由谁负责"


def sureness(term: Term, text: str) -> float:
    """How surely a text has a term."""
    return max(factor for looks, factor in looks_of(term) if looks in text)


def looks_of(term: Term) -> list[tuple[str, float]]:
    return [(term.text, 1.0), *((form.text, form.factor) for form in term.forms), ("", 0.0)]


def asked(text: str) -> Question:
    return analyse(text, lambda term: float(len(term)) + ord(term[0]) % 7)


def record_of(text: str) -> ClauseRecord:
    return ClauseRecord.of(Clause("p-1", "p", 0, 1, "一", "", text, 0), "p")


def test_shares_of_the_question(tmp_path_factory: pytest.TempPathFactory) -> None:
    answerer = answerer_of(index_of(tmp_path_factory.mktemp("shares"), NOTICES))
    question, hits, policies, _ = answerer.candidates(["房租减免和带款帖息怎么申报"])
    loan = Term("带款", 5, 3.0, (Form("贷款", 0.9, "sound", ("贷款",)),), word=True)
    question = Question(
        question.plain, question.content, (*question.terms, loan), frozenset(), (), ()
    )  # one term at least that stands there in another form alone
    matrix = features.weigh(question, hits, policies).matrix
    total = sum(t.weight for t in question.terms)
    of_words = sum(t.weight for t in question.terms if t.word)
    rarest = max(t.weight for t in question.terms if t.word)
    for hit, policy, row in zip(hits, policies, matrix, strict=True):
        texts = {
            "clause": [hit.record.plain],
            "title": [policy.subject],
            "heading": [hit.record.heading],
            "title_and_clause": [hit.record.plain, policy.subject],
            "notice": [policy.subject, *(r.plain for r in answerer.index.clauses_of(policy.policy_id))],
        }
        of = {name: {t: max(sureness(t, one) for one in held) for t in question.terms} for name, held in texts.items()}
        expected = {name: sum(t.weight * sure for t, sure in found.items()) / total for name, found in of.items()}
        for exact, name in (("exact", "title_and_clause"), ("notice_exact", "notice")):
            expected[exact] = sum(t.weight for t, sure in of[name].items() if sure == 1) / total
        for share, name in (("words", "title_and_clause"), ("notice_words", "notice")):
            expected[share] = sum(t.weight * sure for t, sure in of[name].items() if t.word) / of_words
        for lacking, name in (("rarest_missing", "title_and_clause"), ("rarest_absent", "notice")):
            expected[lacking] = (
                max((t.weight for t, sure in of[name].items() if t.word and not sure), default=0) / rarest
            )
        found = {name: row[features.NAMES.index(name)] for name in expected}
        assert found == pytest.approx(expected, abs=1e-5)


def test_phrases_by_name() -> None:
    question, record = asked(QUESTION), record_of(TEXT)
    seen = Seen.of(question, record.plain, TITLE)
    cut = [
        "房租减免:",
        "对承租房屋的企业,",
        "免收3个月房租,",
        "不收违约金?",
        "由财政局负责减免。",
        "企业、个人减免房租。",
    ]
    sentence = [0, 0, 0, 0, 1, 2]
    found = words(question, record, seen).of_phrases
    total = sum(t.weight for t in question.terms)
    untitled = [t for t in question.terms if not sureness(t, TITLE)]
    count = len(cut)
    cover = [sum(t.weight * sureness(t, phrase) for t in question.terms) / total for phrase in cut]
    beyond = [sum(t.weight * sureness(t, phrase) for t in untitled) / sum(t.weight for t in untitled) for phrase in cut]
    of_sentence = [
        sum(
            t.weight * sureness(t, "".join(p for p, s in zip(cut, sentence, strict=True) if s == n))
            for t in question.terms
        )
        / total
        for n in range(3)
    ]
    best, best_sentence = cover.index(max(cover)), of_sentence.index(max(of_sentence))
    expected = {
        "cover": cover,
        "beyond_title": beyond,
        "ends_colon": [phrase.endswith(":") for phrase in cut],
        "ends_question": [phrase.endswith("?") for phrase in cut],
        "opens_sentence": [n == 0 or sentence[n - 1] != sentence[n] for n in range(count)],
        "cover_before": [0, *cover[:-1]],
        "beyond_title_before": [0, *beyond[:-1]],
        "behind_colon": [n > 0 and cut[n - 1].endswith(":") for n in range(count)],
        "behind_question": [n > 0 and cut[n - 1].endswith("?") for n in range(count)],
        "cover_after": [*cover[1:], 0],
        "cover_so_far": [max(cover[:n], default=0) for n in range(count)],
        "position": [n / count for n in range(count)],
        "first": [n == 0 for n in range(count)],
        "last": [n == count - 1 for n in range(count)],
        "count": [math.log1p(count)] * count,
        "after_best": [n > best for n in range(count)],
        "is_best": [n == best for n in range(count)],
        "just_after_best": [n - best in (1, 2) for n in range(count)],
        "distance": [abs(n - best) / 8 for n in range(count)],
        "cover_sentence": [of_sentence[s] for s in sentence],
        "sentence_lag": [of_sentence[s] - max(of_sentence) for s in sentence],
        "in_best_sentence": [s == best_sentence for s in sentence],
        "behind_best_sentence": [s == best_sentence + 1 for s in sentence],
        "cover_sentence_before": [of_sentence[s - 1] if s else 0 for s in sentence],
        "length": [math.log1p(len(phrase)) for phrase in cut],
        "how_much_here": [phrase.startswith("免收") for phrase in cut],
        "how_much_elsewhere": [not phrase.startswith("免收") for phrase in cut],
        "how_much_here_by_cover": [cover[n] * cut[n].startswith("免收") for n in range(count)],
        "how_much_here_by_sentence": [of_sentence[sentence[n]] * cut[n].startswith("免收") for n in range(count)],
    }
    for name, values in expected.items():
        assert found[:, phrases.NAMES.index(name)] == pytest.approx(np.array(values, float), abs=1e-5), name


def test_words_by_name() -> None:
    question, record = asked(QUESTION), record_of(TEXT)
    found = words(question, record, Seen.of(question, record.plain, TITLE))
    cut = [record.clause.text[start:end] for start, end in zip(found.starts, found.ends, strict=True)]
    cover, best = (found.of_phrases[:, phrases.NAMES.index(name)] for name in ("cover", "is_best"))
    expected: dict[str, list[float]] = {}
    for number, phrase in enumerate(np.split(np.array(cut), np.flatnonzero(np.diff(found.phrase)) + 1)):
        size = len(phrase)
        echo = [word in question.plain and word.isalnum() and word not in ECHOED_BY_CHANCE for word in phrase]
        at = [n for n, echoes in enumerate(echo) if echoes]
        for n in range(size):
            behind, ahead = bool(at) and n > max(at), bool(at) and n < min(at)
            near = {step: 0 <= n + step < size and echo[n + step] for step in (-3, -2, -1, 1, 2, 3)}
            values = {
                "behind_echo": behind,
                "echo": echo[n],
                "before_echo": ahead,
                "no_echo": not at,
                "figure": phrase[n].isdecimal(),
                "han": "一" <= phrase[n][0] <= "鿿",
                "mark": not phrase[n].isalnum(),
                "echo_before": near[-1],
                "echo_after": near[1],
                "echoes_before": (near[-1] + near[-2] + near[-3]) / 3,
                "echoes_after": (near[1] + near[2] + near[3]) / 3,
                "behind_echo_by_cover": behind * cover[number],
                "echo_by_cover": echo[n] * cover[number],
                "before_echo_by_cover": ahead * cover[number],
                "behind_echo_in_best": behind * best[number],
                "echo_in_best": echo[n] * best[number],
                "opens_phrase": n == 0,
                "closes_phrase": n == size - 1,
                "place_in_phrase": n / size,
                "words_before": min(n, 10) / 10,
                "words_after": min(size - 1 - n, 10) / 10,
                "phrase_words": size / 20,
                "echoed_before": sum(echo[:n]) / max(1, len(at)),
                "between_echoes": bool(at) and min(at) < n < max(at) and not echo[n],
                "distance_from_echo": min(n - max(at), 8) / 8 if behind else 0,
                "echo_share": len(at) / size,
                "how_much_behind_echo": behind,
                "who_figure": phrase[n].isdecimal(),
            }
            for name, value in values.items():
                expected.setdefault(name, []).append(float(value))
    for name, column in expected.items():
        assert found.matrix[:, evidence.NAMES.index(name)] == pytest.approx(np.array(column), abs=1e-5), name


def test_labels_are_understood_without_each_other() -> None:
    # They are shown by weight, not in their order.
    labels = list(features.LABELS.values())
    assert len(set(labels)) == len(labels)
    assert [label for label in labels if "…" in label or "the same" in label] == []


def test_an_amount_beyond_an_ellipsis_is_seen() -> None:
    # There a sentence ends, but no phrase.
    question, record = asked("企业补贴最高多少"), record_of("企业补贴……最高给予100万元，由财政局负责。")
    found = words(question, record, Seen.of(question, record.plain, TITLE))
    assert found.of_phrases[:, phrases.NAMES.index("how_much_here")].tolist() == [1, 0]


def test_what_echoes_by_chance_is_not_looked_for() -> None:
    assert function_words() >= ECHOED_BY_CHANCE

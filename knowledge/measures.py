"""How good answers are: the measures that question sets are scored by.

A clause is right where it is one of those the question names, or holds the words that answer: a short answer (under 8
characters) in a clause of its own document; a longer one whole, or sharing an unbroken run of 60 % of its length or of 60
characters. Blanks never count, and only a clause's first 800 characters do.
"""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from rapidfuzz.distance import LCSseq

from knowledge.errors import QuestionsFileError

_COUNTED, _SHORT, _SHARE, _RUN = 800, 8, 0.6, 60


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a set, and what is known of its answer.

    ``clauses``: the numbers of the right clauses of the one notice; or ``document`` and ``answer``: the file's stem and
    the exact words. Nothing of either: it has no answer here. ``group`` keeps together what must not be divided between
    fitting and measuring.
    """

    id: str
    turns: tuple[str, ...]
    kind: str = ""
    clauses: tuple[int, ...] = ()
    document: str = ""
    answer: str = ""

    @property
    def answerable(self) -> bool:
        """Whether anything here answers it."""
        return bool(self.clauses or self.answer)

    @property
    def group(self) -> str:
        """What must not be divided between fitting and measuring."""
        return self.document or self.id


def read_questions(path: Path) -> list[Asked]:
    """The questions of a JSON Lines file, each with at least ``id`` and ``turns``. Raises QuestionsFileError."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except OSError as error:
        raise QuestionsFileError(f"{path} cannot be read: {error.strerror}.", log=str(error)) from error
    except UnicodeError as error:
        raise QuestionsFileError(
            f"{path} cannot be read: it is not UTF-8; save it anew in that encoding.", log=str(error)
        ) from error
    questions = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                questions.append(parse_question(json.loads(line)))
            except (ValueError, KeyError, TypeError) as error:
                raise QuestionsFileError(
                    f'{path}, line {number}: not a question; one looks like {{"id": "1", "turns": ["…"]}}.',
                    log=repr(error),
                ) from error
    return questions


def parse_question(fields: Mapping[str, Any]) -> Asked:
    """A question from its JSON form. Raises ValueError, KeyError or TypeError where it is none."""
    turns = fields["turns"]
    if not isinstance(turns, list) or not turns or not all(isinstance(turn, str) for turn in turns):
        raise ValueError("turns is not a list of texts")
    return Asked(
        str(fields["id"]),
        tuple(turns),
        str(fields.get("kind") or ""),
        tuple(fields.get("clauses") or ()),
        str(fields.get("document") or ""),
        str(fields.get("answer") or ""),
    )


def squeeze(text: str) -> str:
    """``text`` without blanks."""
    return "".join(text.split())


def is_right(question: Asked, source: str, number: int | None, text: str) -> bool:
    """Whether a clause (its file's stem, its number, its words) answers ``question``."""
    if question.clauses:
        return number in question.clauses
    wanted, words = squeeze(question.answer), squeeze(text)[:_COUNTED]
    if not wanted:
        return False
    if len(wanted) < _SHORT:
        return source == question.document and wanted in words
    if wanted in words:
        return True
    run = SequenceMatcher(None, words, wanted, autojunk=False).find_longest_match().size
    return run >= min(_SHARE * len(wanted), _RUN)


def rouge_l(said: str, wanted: str) -> float:
    """ROUGE-L F1 over characters without blanks (Lin 2004), 0 to 1."""
    a, b = squeeze(said), squeeze(wanted)
    common = LCSseq.similarity(a, b)
    return 2 * common / (len(a) + len(b)) if common else 0.0


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float:
    """The chance that one of ``positive`` is above one of ``negative`` (a tie counts half): Mann and Whitney's U."""
    ordered = sorted([(v, 1) for v in positive] + [(v, 0) for v in negative])
    ranks, at = 0.0, 0
    while at < len(ordered):
        end = at
        while end < len(ordered) and ordered[end][0] == ordered[at][0]:
            end += 1
        ranks += (at + end + 1) / 2 * sum(one for _, one in ordered[at:end])
        at = end
    n = len(positive)
    return (ranks - n * (n + 1) / 2) / (n * len(negative))


def calibration_error(chances: Sequence[float], right: Sequence[bool], bins: int = 10) -> float:
    """Expected calibration error: how far stated chances lie from what came true, by ten equal bins (Naeini 2015)."""
    total = 0.0
    for n in range(bins):
        held = [(c, r) for c, r in zip(chances, right, strict=True) if min(int(c * bins), bins - 1) == n]
        if held:
            total += abs(sum(c for c, _ in held) - sum(r for _, r in held))
    return total / len(chances)


def measure(questions: Iterable[Asked], answers: Mapping[str, Mapping[str, Any]]) -> dict[str, float | str]:
    """The measures of answers (by question id, each as ``Answer.as_json`` gives it) by name; shares are 0 to 1."""
    asked = list(questions)
    can = [q for q in asked if q.answerable]
    cannot = [q for q in asked if not q.answerable]
    hits = {
        q.id: [is_right(q, c["source"], c["number"], c["text"]) for c in answers[q.id]["clauses"][:10]] for q in can
    }
    out: dict[str, float | str] = {"questions": len(asked), "answerable": len(can)}
    if can:
        for k in (1, 3, 5, 10):
            out[f"clause@{k}"] = sum(any(hits[q.id][:k]) for q in can) / len(can)
        if any(q.answer for q in can):
            out["evidence_rouge_l"] = statistics.fmean(rouge_l(answers[q.id]["evidence"], q.answer) for q in can)
        out["helped"] = _share(can, lambda q: _helps(answers[q.id]["decision"], hits[q.id]))
        out["misled"] = _share(can, lambda q: answers[q.id]["decision"] == "answer" and not any(hits[q.id][:1]))
        out["refused_wrongly"] = _share(can, lambda q: answers[q.id]["decision"] == "refuse")
    if cannot:
        out["refused_rightly"] = _share(cannot, lambda q: answers[q.id]["decision"] == "refuse")
    if can and cannot:
        out["auroc"] = auroc(*([answers[q.id]["confidence"] for q in group] for group in (can, cannot)))
    if asked:
        chances = [answers[q.id]["confidence"] for q in asked]
        out["calibration_error"] = calibration_error(chances, [any(hits.get(q.id, [])[:1]) for q in asked])
        times = sorted(answers[q.id]["elapsed_ms"] for q in asked)
        out["p50_ms"], out["p95_ms"] = statistics.median(times), times[int(0.95 * (len(times) - 1))]
    for kind in sorted({q.kind for q in can if q.kind}):
        of_kind = [q for q in can if q.kind == kind]
        out[f"clause@1 of {kind}"] = f"{sum(any(hits[q.id][:1]) for q in of_kind)}/{len(of_kind)}"
    return out


def _share(questions: Sequence[Asked], test: Callable[[Asked], bool]) -> float:
    return sum(map(test, questions)) / len(questions)


def _helps(decision: str, hits: Sequence[bool]) -> bool:
    return (decision == "answer" and any(hits[:1])) or (decision == "choose" and any(hits[:3]))

"""What the command line prints: tables and colours on a terminal, plain lines elsewhere."""

from __future__ import annotations

import contextlib
import getpass
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from handlers import texts
from knowledge.answer import Answer, Citation, Explanation
from knowledge.decision import sign_label
from knowledge.features import LABELS
from knowledge.helpdesk import Preview
from knowledge.helpdesk import Progress as Report
from knowledge.model import ClauseChange, Fault, Release

# What notices and people write is never markup; soft_wrap leaves folding to the terminal, and nothing folds elsewhere.
console = Console(soft_wrap=True, highlight=False, markup=False, emoji=False)
if not console.is_terminal:
    console.width = 1000
_SHOWN_CHANGES = 20
_SHOWN_FEATURES = 8


@contextlib.contextmanager
def progress() -> Iterator[Report]:
    """A bar on standard error while there is long work, which goes when that is done; nothing where that is no terminal.

    Work that goes on in another thread when the context is left (after Ctrl-C) is ended at its next report.
    """
    words = {"read": "Reading policies", "index": "Indexing policies", "fit": "Fitting"}
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    bar = Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())
    tasks: dict[str, TaskID] = {}
    over = False

    def report(what: str, done: int, total: int) -> None:
        if over:
            raise KeyboardInterrupt
        if what not in tasks:
            tasks[what] = bar.add_task(words.get(what, what), total=total)
            bar.start()
        bar.update(tasks[what], completed=done, total=total)
        if done >= total:
            bar.remove_task(tasks.pop(what))
            if not tasks:
                bar.stop()

    try:
        yield report
    finally:
        over = True
        bar.stop()


def actor() -> str:
    """Who is at the command line, for the history."""
    try:
        return f"{getpass.getuser()} (command line)"
    except (OSError, KeyError):
        return "command line"


def show_answer(answer: Answer) -> None:
    """Print an answer: the words that answer, the clause with them marked, the source; or the choice; or the refusal."""
    if (note := texts.place_note(answer)) and answer.decision != "refuse":
        console.print(note)
    if answer.decision == "refuse":
        console.print(texts.REFUSED)
    elif answer.decision == "answer":
        first = answer.citations[0]
        console.print(Text(answer.evidence, style="bold"))
        console.print()
        console.print(_marked(answer))
        _show_source(first, "")
    else:
        console.print(texts.CHOOSE)
        for number, citation in enumerate(answer.choices, 1):
            console.print(f"{number}. {_heading(citation)}")
            _show_source(citation, "   ")
    console.print(
        f"[{answer.decision}, confidence {answer.confidence:.2f}, release {answer.release}, {answer.elapsed_ms:.1f} ms]",
        style="dim",
    )
    if answer.explanation:
        console.print()
        show_explanation(answer.explanation)


def _show_source(citation: Citation, indent: str) -> None:
    console.print(f"{indent}—— {texts.source_line(citation, date.today())}", style="dim")
    if also := texts.also_in_line(citation):
        console.print(f"{indent}   {also}", style="dim")


def _marked(answer: Answer) -> Text:
    clause = answer.citations[0].clause
    text = Text(clause.text)
    if answer.evidence_span:
        text.stylize("bold reverse", answer.evidence_span.start, answer.evidence_span.end)
    return text


def _heading(citation: Citation) -> str:
    clause = citation.clause
    opening = clause.text[:40].replace("\n", " ")
    return " ".join(part for part in (clause.label, clause.heading or opening) if part)


def show_explanation(told: Explanation) -> None:
    """Print what was looked for, what was weighed, and why it was so decided."""
    console.print(f"Normalised: {told.question}")
    console.print("Looked for: " + ", ".join(f"{term} {weight:.1f}" for term, weight in told.terms.items()))
    if told.carried:
        console.print("Of those from the questions before: " + ", ".join(told.carried))
    if told.forms:
        for why in dict.fromkeys(f.why for f in told.forms):
            also: dict[str, list[str]] = {}
            for form in told.forms:
                if form.why == why:
                    also.setdefault(form.term, []).append(form.form)
            console.print(f"By {why}: " + "; ".join(f"{term} → {', '.join(forms)}" for term, forms in also.items()))
    if told.asked:
        console.print("Asked for: " + ", ".join(told.asked))
    for rank, candidate in enumerate(told.candidates[:5], 1):
        table = _table(f"{rank}. {candidate.clause_id}, score {candidate.score:.2f}", "feature", "value", "adds")
        for name in told.telling(candidate)[:_SHOWN_FEATURES]:
            table.add_row(LABELS[name], f"{candidate.features[name]:.2f}", f"{candidate.contributions[name]:+.2f}")
        console.print(table)
    if told.confidence:
        table = _table("Confidence", "sign", "value", "adds")
        for name in told.deciding()[:_SHOWN_FEATURES]:
            added = told.confidence_contributions[name]
            table.add_row(sign_label(name), f"{told.confidence[name]:.2f}", f"{added:+.2f}")
        console.print(table)
    console.print(f"Decision: {told.why}")


def answer_fields(answer: Answer) -> dict[str, Any]:
    """An answer as JSON fields, with its explanation where it has one."""
    told = {"explanation": asdict(answer.explanation)} if answer.explanation else {}
    return {**answer.as_json(), **told}


def show_faults(faults: Iterable[Fault]) -> None:
    """Print what is wrong with files on standard error, a line each."""
    for fault in faults:
        place = f"{fault.path}, line {fault.line}" if fault.line else fault.path
        print(f"{'error' if fault.fatal else 'warning'}: {place}: {fault.message}", file=sys.stderr)


def show_preview(preview: Preview) -> None:
    """Print what a reload would change and what is wrong with the files."""
    changes = preview.comparison
    show_faults(preview.faults)
    print(
        f"Policies: {len(changes.policies_added)} added, {len(changes.policies_changed)} changed, "
        f"{len(changes.policies_gone)} gone, {changes.policies_unchanged} unchanged."
    )
    if preview.thesaurus_changed:
        print("Thesaurus: changed.")
    print(f"Clauses: {len(changes.added)} added, {len(changes.changed)} changed, {len(changes.gone)} gone.")
    if preview.base is None:
        return
    for sign, group in (("+", changes.added), ("~", changes.changed), ("-", changes.gone)):
        for change in group[:_SHOWN_CHANGES]:
            console.print(f"{sign} {change.title} {change.label}: {_opening(change)}")
        if len(group) > _SHOWN_CHANGES:
            print(f"{sign} … and {len(group) - _SHOWN_CHANGES} more")


def _opening(change: ClauseChange) -> str:
    words = " ".join((change.after or change.before or "").split())
    return words[:60] + ("…" if len(words) > 60 else "")


def show_published(preview: Preview, release: Release) -> None:
    """Print what a reload came to."""
    if preview.empty and release.number == preview.base:
        print(f"Nothing changed; release {release.number} stays in force.")
    else:
        print(f"Release {release.number} is in force: {release.policies} policies, {release.clauses} clauses.")


def show_releases(found: Sequence[Release]) -> None:
    """Print the releases as a table."""
    table = _table("", "release", "published (UTC)", "policies", "clauses", "note", "")
    for one in found:
        when = one.published_at.strftime("%Y-%m-%d %H:%M:%S")
        table.add_row(
            str(one.number), when, str(one.policies), str(one.clauses), one.note, "in force" if one.in_force else ""
        )
    console.print(table)


def show_welcome(address: str, first_link: str | None) -> None:
    """Print where the page is; ``first_link`` makes whoever opens it the first administrator (None: there are members)."""
    print(f"The helpdesk is at {address} (the desk for staff: {address}/desk).", flush=True)
    if first_link:
        print("There are no members yet. This link makes you the administrator; it works once, within a day:")
        print(f"  {first_link}", flush=True)


def show_measures(measures: Mapping[str, float | str]) -> None:
    """Print measures by name."""
    for name, value in measures.items():
        print(f"{name:22} {value:.4f}" if isinstance(value, float) else f"{name:22} {value}")


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title or None, title_justify="left", box=None, pad_edge=False)
    for column in columns:
        table.add_column(column)
    return table

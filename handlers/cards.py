"""What answers, clauses, notices and lists look like on Telegram: HTML and buttons, no waiting and no sending."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from telegram import CopyTextButton, InlineKeyboardButton

from handlers import telegram_texts as texts
from handlers.callbacks import Verb, button
from handlers.html import MAX_COPY_TEXT, bold, code, escape, italic, opening, pack, pieces, preformatted, quotation
from handlers.html import utf16_length as length
from handlers.texts import also_in_line, place_note, reading_line, source_line
from handlers.texts import quotation as plain_quotation
from knowledge.answer import Answer, Citation
from knowledge.model import Metadata, Policy

Row = list[InlineKeyboardButton]
_PAGE = 3400
_HEADING = 24
_PER_PAGE = 5


@dataclass(frozen=True, slots=True)
class Card:
    """A message to be: HTML within Telegram's limit, and rows of buttons."""

    html: str
    rows: tuple[Row, ...] = ()


def heading(citation: Citation, characters: int = _HEADING) -> str:
    """What a clause is called in a list: its number and heading, or its first words."""
    clause = citation.clause
    return " ".join(part for part in (clause.label, opening(clause.heading or clause.text, characters)) if part)


def source(citation: Citation) -> str:
    """The source line of a clause as HTML."""
    lines = ["—— " + source_line(citation, date.today()), also_in_line(citation)]
    return escape("\n".join(filter(None, lines)))


def quote_text(citation: Citation, words: str = "") -> str:
    """The quotation with its source as plain text, for copying and forwarding."""
    return plain_quotation(citation, words, date.today())


def clause_card(citation: Citation, *, staff: bool = False, with_id: bool = False) -> Card:
    """One clause: quotation, source, and what can be done with it."""
    parts = [quotation(citation.clause.text), source(citation)]
    if citation.clause.heading:
        parts.insert(0, bold(heading(citation, 60)))
    if with_id:
        parts.append(code(citation.clause.clause_id))
    return Card("\n".join(parts), tuple(_clause_rows(citation, "", staff)))


def answer_card(answer: Answer, asked_id: int | None, *, staff: bool) -> Card:
    """The answer: the evidence first, the clause with it marked, the source, and buttons."""
    first = answer.citations[0]
    span = answer.evidence_span
    marked = (span.start, span.end) if span else None
    whole = answer.evidence.strip() == first.clause.text.strip()
    parts = [italic(note)] if (note := place_note(answer)) else []
    if answer.evidence:
        parts.append(bold(answer.evidence))
    if not whole:
        parts.append(quotation(first.clause.text, marked))
    parts.append(source(first))
    judging: Row = []
    if asked_id is not None:
        judging = [button(texts.HELPFUL, Verb.JUDGE, asked_id, 1), button(texts.UNHELPFUL, Verb.JUDGE, asked_id, 0)]
    return Card("\n".join(parts), (judging, *_clause_rows(first, answer.evidence, staff), person_row(asked_id)))


def choice_card(answer: Answer, asked_id: int | None = None, *, calling: bool = False) -> Card:
    """At most three clauses to choose from, by heading; ``calling``: each is then shown for the telephone."""
    shown, verb = answer.choices, Verb.CALL if calling else Verb.CLAUSE
    # What begins with the mark of the call mode can be replied to with the next question.
    choose = f"{texts.CALL_MARK} {texts.CHOOSE}" if calling else texts.CHOOSE
    lines = [choose, italic(note)] if (note := place_note(answer)) else [choose]
    lines += [f"{n}. {bold(heading(c, 40))}\n{source(c)}" for n, c in enumerate(shown, 1)]
    rows = [[button(f"{n}. {heading(c)}", verb, c.clause.clause_id)] for n, c in enumerate(shown, 1)]
    return Card("\n\n".join(lines), tuple(rows) if calling else (*rows, person_row(asked_id)))


def refusal_card(hotline: str, hours: str, topics: Sequence[str], asked_id: int | None) -> Card:
    """That nothing was found, and what to do now."""
    lines = [bold(texts.REFUSED), escape(texts.REFUSED_MORE.format(hotline=hotline, hours=hours))]
    if topics:
        lines.append(escape(texts.TOPICS_TO_ASK.format(topics="、".join(topics))))
    return Card("\n".join(lines), ([*person_row(asked_id), button("浏览政策", Verb.BROWSE)],))


def call_card(citation: Citation, evidence: str) -> str:
    """For the telephone: a line to read aloud, the exact quotation, a text to forward; as HTML."""
    line = reading_line(citation, evidence)
    return "\n\n".join(
        [
            f"{bold(texts.READ_ALOUD)}\n{escape(line)}",
            f"{bold(texts.EXACT)}\n{quotation(citation.clause.text)}",
            f"{bold(texts.FORWARD)}\n{preformatted(quote_text(citation, evidence))}",
            code(citation.clause.clause_id),
        ]
    )


def list_card(title: str, citations: Sequence[Citation], *, first: int = 1, with_ids: bool = False) -> Card:
    """Clauses one below the other, with a button for each."""
    lines = [title]
    for n, c in enumerate(citations, first):
        line = f"{n}. {bold(heading(c, 40))}\n{escape(opening(c.clause.text, 90))}\n{source(c)}"
        lines.append(f"{line}\n{code(c.clause.clause_id)}" if with_ids else line)
    numbers = [button(str(n), Verb.CLAUSE, c.clause.clause_id) for n, c in enumerate(citations, first)]
    return Card("\n\n".join(lines), (numbers,))


def metadata_lines(metadata: Metadata) -> list[str]:
    """What is known of a notice, a line of HTML for each field that it states."""
    known = [(name, texts.field(metadata, name)) for name in texts.FIELDS if name != "title"]
    return [f"{texts.FIELDS[name]}：{escape(opening(value, 120))}" for name, value in known if value]


def notice_pages(policy: Policy) -> list[tuple[str, tuple[int, ...]]]:
    """A notice in pages of HTML cut at the ends of clauses, with the ordinals of the clauses on each."""
    head = bold(opening(policy.metadata.title, 200)) + "\n" + "\n".join(metadata_lines(policy.metadata))
    blocks: list[tuple[str, int]] = [(head, -1)]
    for clause in policy.clauses:
        blocks += [(escape(piece), clause.ordinal) for piece in pieces(clause.text, _PAGE)]
    pages, at = [], 0
    for page in pack([html for html, _ in blocks], _PAGE):
        held = blocks[at : at + len(page)]
        pages.append(("\n\n".join(page), tuple(ordinal for _, ordinal in held)))
        at += len(page)
    return pages


def notice_card(policy: Policy, page: int, *, ordinal: int | None = None) -> Card:
    """A page of a notice; the one on which the clause ``ordinal`` begins where that is told."""
    pages = notice_pages(policy)
    if ordinal is not None:
        page = next((n for n, (_, held) in enumerate(pages) if ordinal in held), 0)
    page = min(max(page, 0), len(pages) - 1)
    return Card(pages[page][0], (turning(Verb.NOTICE_PAGE, page, len(pages), policy.policy_id),))


def turning(verb: Verb, page: int, pages: int, *arguments: object) -> Row:
    """Buttons to turn pages (counted from 0); none where there is but one."""
    if pages <= 1:
        return []
    row = [button("‹", verb, *arguments, page - 1)] if page > 0 else []
    row.append(button(f"{page + 1}/{pages}", Verb.NOTHING))
    return [*row, button("›", verb, *arguments, page + 1)] if page + 1 < pages else row


def copy_button(citation: Citation, evidence: str) -> InlineKeyboardButton:
    """Copies the quotation with its source; where that is too long for such a button, the bot sends it to be copied."""
    text = quote_text(citation, evidence)
    if length(text) <= MAX_COPY_TEXT:
        return InlineKeyboardButton(texts.COPY, copy_text=CopyTextButton(text))
    return button(texts.COPY, Verb.COPY, citation.clause.clause_id)


def _clause_rows(citation: Citation, evidence: str, staff: bool) -> list[Row]:
    clause_id = citation.clause.clause_id
    rows = [
        [
            button(texts.RELATED, Verb.RELATED, clause_id),
            button(texts.NOTICE, Verb.NOTICE, citation.policy_id, citation.clause.ordinal),
            copy_button(citation, evidence),
        ]
    ]
    return [*rows, [button(texts.CALL, Verb.CALL, clause_id)]] if staff else rows


def person_row(asked_id: int | None) -> Row:
    """The button to a person, with the number of the question that is to be passed on where it was kept."""
    return [button("☎️ " + texts.PERSON, Verb.PERSON, *([] if asked_id is None else [asked_id]))]

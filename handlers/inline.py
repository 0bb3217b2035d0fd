"""Inline mode: @bot and some words, in any chat. Staff get every clause that fits, others answers only, or nothing."""

from __future__ import annotations

from collections.abc import Sequence

from telegram import (
    InlineQuery,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    LinkPreviewOptions,
    Update,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest
from telegram.ext import InlineQueryHandler

from handlers import telegram_texts as texts
from handlers.cards import heading, source
from handlers.context import Context, TelegramApp
from handlers.html import MAX_INLINE_RESULTS, MAX_TEXT, bold, opening, quotation, shown_length
from handlers.lookup import UnusableLookupError, read_lookup
from knowledge.answer import Citation

_CACHE_SECONDS = 10
_MOST = 200
_LABEL = 60


async def inline(update: Update, context: Context) -> None:
    """Answer what is being typed."""
    query = update.inline_query
    assert query is not None
    words, offset = query.query.strip(), query.offset
    first = int(offset) if offset.isdecimal() and int(offset[:4]) < _MOST else 0
    results: Sequence[InlineQueryResultArticle] = ()
    more = ""
    if await context.may("staff"):
        label = texts.INLINE_NONE
        found: Sequence[Citation] = ()
        try:
            lookup = read_lookup(words, context.helpdesk)
        except UnusableLookupError as error:
            # Half of a value has been typed, or one that no notice has.
            label = opening(error.user, _LABEL)
        else:
            # Always as many: how many are weighed decides on their order, and pages are to be of one list.
            found = context.helpdesk.search(lookup.words, lookup.filters, limit=_MOST) if lookup.words else ()
        results = [_article(c) for c in found[first : first + MAX_INLINE_RESULTS]]
        more = str(first + MAX_INLINE_RESULTS) if len(found) > first + MAX_INLINE_RESULTS else ""
    elif context.options.inline_for_owners == "answers":
        answer = await context.helpdesk.answer(words) if words else None
        if answer is not None and answer.decision == "answer":
            results = [_article(answer.citations[0], answer.evidence)]
        label = texts.INLINE_NONE
    else:
        label = texts.INLINE_OFF
    if not words and label != texts.INLINE_OFF:
        label = texts.INLINE_HINT
    await _answer(query, results, more, "" if results else label)


async def _answer(query: InlineQuery, results: Sequence[InlineQueryResultArticle], more: str, label: str) -> None:
    try:
        await query.answer(
            results,
            cache_time=_CACHE_SECONDS,
            # What one sees depends on who one is.
            is_personal=True,
            next_offset=more,
            button=InlineQueryResultsButton(label, start_parameter="help") if label else None,
        )
    except BadRequest as error:
        # The person has typed on; a newer query is on its way.
        if "query is too old" not in error.message.lower():
            raise


def _article(citation: Citation, evidence: str = "") -> InlineQueryResultArticle:
    words = evidence or citation.clause.text
    html = "\n".join([bold(heading(citation, 60)), quotation(words), source(citation)])
    if shown_length(html) > MAX_TEXT:
        html = "\n".join([quotation(opening(words, 3000)), opening(source(citation), 500)])
    content = InputTextMessageContent(html, ParseMode.HTML, link_preview_options=LinkPreviewOptions(is_disabled=True))
    return InlineQueryResultArticle(
        citation.clause.clause_id,
        heading(citation, 60),
        content,
        description=opening(words, 120),
    )


def register(application: TelegramApp) -> None:
    """Inline mode."""
    application.add_handler(InlineQueryHandler(inline))

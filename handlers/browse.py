"""Browsing the notices: by topic, department, level and date, a page at a time, and each notice whole."""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from telegram import InlineKeyboardButton, Update
from telegram.ext import CallbackQueryHandler

from handlers import telegram_texts as texts
from handlers.callbacks import Verb, button
from handlers.cards import Card, Row, notice_card, turning
from handlers.commands import on
from handlers.context import Context, TelegramApp
from handlers.html import bold, escape, opening
from handlers.lookup import with_value
from handlers.owner import say
from handlers.say import note, rewrite
from knowledge.filters import Filters
from knowledge.helpdesk import Helpdesk
from knowledge.model import Policy
from knowledge.record import PolicyRecord

_PER_PAGE = 6
_VALUES = 40
_ALL = "all"
_NUMBER = re.compile(r"\d{1,6}")


@dataclass(frozen=True, slots=True)
class Selection:
    """What is browsed: the words for it, the filters that make it, and what stands for it in callback data."""

    words: str
    filters: Filters
    key: str


async def topics(context: Context) -> None:
    """/topics"""
    await say(context, _values_card(context.helpdesk, "topic"))


async def policies(context: Context) -> None:
    """/policies"""
    await say(context, _root_card())


async def root(update: Update, context: Context) -> None:
    """The button back to the beginning; under an answer it opens a message of its own."""
    await note(context)
    if context.arguments:
        await rewrite(context, *_parts(_root_card()))
    else:
        await say(context, _root_card())


async def values(_: Update, context: Context) -> None:
    """A button that lists the values of a filter."""
    await note(context)
    match context.arguments:
        case [facet] if facet in texts.FACETS:
            await rewrite(context, *_parts(_values_card(context.helpdesk, facet)))
        case ["date", year] if re.fullmatch(r"\d{4}", year):
            await rewrite(context, *_parts(_months_card(context.helpdesk, int(year))))
        case _:
            await rewrite(context, texts.BROWSE_STALE)


async def notices(_: Update, context: Context) -> None:
    """A button that lists notices, or turns to a further page of them."""
    await note(context)
    match context.arguments:
        case [facet, key, release, page] if _NUMBER.fullmatch(page):
            selection = select(context.helpdesk, facet, key, release)
            card = _notices_card(context.helpdesk, selection, facet, int(page)) if selection else None
        case _:
            card = None
    await rewrite(context, *_parts(card or Card(texts.BROWSE_STALE)))


async def notice(_: Update, context: Context) -> None:
    """A button that opens a notice, where a clause of it stands."""
    match context.arguments:
        case [policy_id, ordinal] if _NUMBER.fullmatch(ordinal):
            policy = await _policy(context, policy_id)
            if policy:
                await say(context, notice_card(policy, 0, ordinal=int(ordinal)))
        case _:
            await note(context, texts.DEAD_BUTTON)


async def notice_page(_: Update, context: Context) -> None:
    """A button that turns a page of a notice."""
    match context.arguments:
        case [policy_id, page] if _NUMBER.fullmatch(page):
            policy = await _policy(context, policy_id)
            if policy:
                await rewrite(context, *_parts(notice_card(policy, int(page))))
        case _:
            await note(context, texts.DEAD_BUTTON)


async def _policy(context: Context, policy_id: str) -> Policy | None:
    policy = await context.helpdesk.policy(policy_id)
    await note(context, "" if policy else texts.NOTICE_GONE, alert=policy is None)
    return policy


def select(helpdesk: Helpdesk, facet: str, key: str, release: str) -> Selection | None:
    """What a button selects; None where the release has changed since, so that the numbers of values may have too."""
    if facet == _ALL:
        return Selection(texts.ALL_NOTICES, Filters(), key)
    if facet == "date" and re.fullmatch(r"\d{4}|\d{6}", key):
        year, month = int(key[:4]), int(key[4:] or 0)
        if year < 1 or month > 12:
            return None
        last = calendar.monthrange(year, month or 12)[1]
        span = Filters(since=date(year, month or 1, 1), until=date(year, month or 12, last))
        return Selection(f"{year}年{month}月" if month else f"{year}年", span, key)
    if facet not in texts.FACETS or release != str(helpdesk.answerer.release) or not _NUMBER.fullmatch(key):
        return None
    found = helpdesk.filter_values(facet)[:_VALUES]
    if int(key) >= len(found):
        return None
    return Selection(found[int(key)], with_value(Filters(), facet, found[int(key)]), key)


def _root_card() -> Card:
    facets = [button(words, Verb.VALUES, facet) for facet, words in texts.FACETS.items()]
    return Card(texts.BROWSE, (facets[:2], facets[2:], [button(texts.ALL_NOTICES, Verb.NOTICES, _ALL, "", "", 0)]))


def _values_card(helpdesk: Helpdesk, facet: str) -> Card:
    if facet == "date":
        return _years_card(helpdesk)
    found, release = helpdesk.filter_values(facet)[:_VALUES], helpdesk.answerer.release
    buttons = [button(value, Verb.NOTICES, facet, n, release, 0) for n, value in enumerate(found)]
    words = texts.WHICH if found else texts.NO_VALUES
    return Card(words.format(facet=texts.FACETS[facet]), (*_in_rows(buttons, 3), _back()))


def _years_card(helpdesk: Helpdesk) -> Card:
    dated = Filters(until=date.max)
    newest = helpdesk.notices(dated, limit=1)
    if not newest.total:
        return Card(texts.NO_VALUES.format(facet=texts.FACETS["date"]), (_back(),))
    oldest = helpdesk.notices(dated, limit=1, offset=newest.total - 1)
    first, last = (_filed(page.notices[0]) or date.min for page in (oldest, newest))
    # A date misread from a bad scan must not make a list of centuries.
    years = [year for year in range(last.year, max(first.year, last.year - 60) - 1, -1) if _count(helpdesk, year)]
    buttons = [button(f"{year}年", Verb.VALUES, "date", year) for year in years[:_VALUES]]
    return Card(texts.WHICH.format(facet=texts.FACETS["date"]), (*_in_rows(buttons, 4), _back()))


def _months_card(helpdesk: Helpdesk, year: int) -> Card:
    months = [month for month in range(12, 0, -1) if _count(helpdesk, year, month)]
    buttons = [button(f"{month}月", Verb.NOTICES, "date", f"{year}{month:02}", "", 0) for month in months]
    whole = [button(f"{year}年全年", Verb.NOTICES, "date", year, "", 0)]
    return Card(texts.WHICH.format(facet="月份"), (*_in_rows(buttons, 4), whole, _back()))


def _count(helpdesk: Helpdesk, year: int, month: int = 0) -> int:
    selection = select(helpdesk, "date", f"{year:04}{f'{month:02}' if month else ''}", "")
    return helpdesk.notices(selection.filters, limit=1).total if selection else 0


def _notices_card(helpdesk: Helpdesk, selection: Selection, facet: str, page: int) -> Card:
    shown = helpdesk.notices(selection.filters, limit=_PER_PAGE, offset=page * _PER_PAGE)
    if not shown.notices:
        return Card(texts.NO_NOTICES, (_back(),))
    lines = [bold(texts.NOTICES_OF.format(what=selection.words, count=shown.total))]
    first = page * _PER_PAGE + 1
    for n, record in enumerate(shown.notices, first):
        m, filed = record.metadata, _filed(record)
        about = " · ".join(part for part in (m.issuer, filed.isoformat() if filed else "", m.level) if part)
        lines.append(f"{n}. {escape(opening(m.title, 80))}\n<i>{escape(opening(about, 80))}</i>")
    opens = [button(str(n), Verb.NOTICE, record.policy_id, 0) for n, record in enumerate(shown.notices, first)]
    release = helpdesk.answerer.release
    turn = turning(Verb.NOTICES, page, -(-shown.total // _PER_PAGE), facet, selection.key, release)
    return Card("\n\n".join(lines), (opens, turn, _back()))


def _filed(record: PolicyRecord) -> date | None:
    return record.metadata.published or record.metadata.signed


def _in_rows(buttons: Sequence[InlineKeyboardButton], width: int) -> list[Row]:
    return [list(buttons[n : n + width]) for n in range(0, len(buttons), width)]


def _back() -> Row:
    return [button(texts.BACK, Verb.BROWSE, "root")]


def _parts(card: Card) -> tuple[str, tuple[Row, ...]]:
    return card.html, card.rows


def register(application: TelegramApp) -> None:
    """Browsing, and notices as a whole."""
    on(application, "topics", topics)
    on(application, "policies", policies)
    for verb, handler in (
        (Verb.BROWSE, root),
        (Verb.VALUES, values),
        (Verb.NOTICES, notices),
        (Verb.NOTICE, notice),
        (Verb.NOTICE_PAGE, notice_page),
    ):
        application.add_handler(CallbackQueryHandler(handler, pattern=f"^{verb}(:|$)"))

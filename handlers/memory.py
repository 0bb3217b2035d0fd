"""What is kept of what people asked: /hot for everybody, /history, /privacy and /forget for each of oneself."""

from __future__ import annotations

from telegram import Update
from telegram.ext import CallbackQueryHandler

from handlers import telegram_texts as texts
from handlers.callbacks import Verb, button
from handlers.cards import Card, Row, heading
from handlers.commands import on
from handlers.context import Context, TelegramApp
from handlers.html import bold, escape, italic, link, opening
from handlers.owner import say
from handlers.say import note, reply, rewrite
from knowledge.errors import UnknownClauseError

_PER_PAGE = 8
_HOT_DAYS = 30
_DECISIONS = {"answer": "✅", "choose": "❔", "refuse": "➖"}
_JUDGED = {True: " 👍", False: " 👎", None: ""}


async def hot(context: Context) -> None:
    """/hot: the clauses that answered most people, with a question of theirs where one may be shown."""
    lines = [texts.HOT]
    opens: Row = []
    for found in await context.people.hot(_HOT_DAYS, 10):
        try:
            citation = context.helpdesk.clause(found.clause_id)
        except UnknownClauseError:
            continue
        n = len(opens) + 1
        asked = f"\n{italic('“' + found.question + '”')}" if found.question else ""
        title = link(heading(citation, 40), context.deep_link(found.clause_id))
        lines.append(f"{n}. {title}{asked}\n{escape(opening(citation.metadata.title, 60))}")
        opens.append(button(str(n), Verb.CLAUSE, found.clause_id))
    if opens:
        await say(context, Card("\n\n".join(lines), (opens[:5], opens[5:])))
    else:
        await reply(context, texts.NO_HOT)


async def history(context: Context) -> None:
    """/history"""
    await say(context, await _history_card(context, 0))


async def history_page(_: Update, context: Context) -> None:
    """A button that turns a page of /history, which nobody else is to read."""
    if not context.is_private:
        await note(context, texts.HISTORY_ELSEWHERE, alert=True)
        return
    await note(context)
    page = context.arguments[0] if context.arguments else ""
    card = await _history_card(context, int(page) if page.isdecimal() and len(page) < 4 else 0)
    await rewrite(context, card.html, card.rows)


async def _history_card(context: Context, page: int) -> Card:
    found = await context.people.history(context.person, (page + 1) * _PER_PAGE + 1)
    shown = found[page * _PER_PAGE : (page + 1) * _PER_PAGE]
    if not shown:
        return Card(texts.NO_HISTORY)
    lines = [bold(texts.HISTORY)]
    for asked in shown:
        words = escape(opening(asked.question, 120))
        if asked.clause_id and asked.decision == "answer":
            words = link(opening(asked.question, 120), context.deep_link(asked.clause_id))
        lines.append(f"{_DECISIONS[asked.decision]} {texts.moment(asked.at)}{_JUDGED[asked.helpful]}\n{words}")
    turn: Row = []
    if page:
        turn.append(button("‹", Verb.HISTORY_PAGE, page - 1))
    if len(found) > (page + 1) * _PER_PAGE:
        turn.append(button("›", Verb.HISTORY_PAGE, page + 1))
    return Card("\n\n".join(lines), (turn,))


async def privacy(context: Context) -> None:
    """/privacy"""
    await reply(context, texts.PRIVACY.format(days=context.options.keep_days))


async def forget(context: Context) -> None:
    """/forget: delete what is kept about the person, and say what it was."""
    gone = await context.people.forget(context.person)
    context.replies.forget(context.chat.id)
    kept = gone.questions or gone.judgements
    words = texts.FORGOTTEN.format(questions=gone.questions, judgements=gone.judgements) if kept else texts.NOTHING_KEPT
    if await context.member():
        words += "\n" + texts.STILL_MEMBER
    await reply(context, words)


def register(application: TelegramApp) -> None:
    """What is kept, and what many ask."""
    on(application, "hot", hot)
    on(application, "history", history)
    on(application, "privacy", privacy)
    on(application, "forget", forget)
    application.add_handler(CallbackQueryHandler(history_page, pattern=f"^{Verb.HISTORY_PAGE}:"))

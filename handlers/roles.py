"""Who works here: members, their appointment and dismissal, and the record of who did what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from telegram import MessageOriginUser, Update, User
from telegram.error import TelegramError
from telegram.ext import CallbackQueryHandler

from handlers import records
from handlers import telegram_texts as texts
from handlers.admin import failure_card
from handlers.callbacks import Choice, Deed, Verb, button, signed_row
from handlers.cards import Card, Row
from handlers.commands import on
from handlers.context import Context, TelegramApp, behind_command
from handlers.html import bold, escape, link, opening
from handlers.log import log
from handlers.owner import say
from handlers.profile import publish_member
from handlers.say import note, reply, rewrite
from handlers.welcome import INVITATION
from knowledge.errors import HelpdeskError
from knowledge.people import Member, Role, stand_in

_ROLE_WORDS: dict[str, Role] = {
    "客服": "staff",
    "员工": "staff",
    "工作人员": "staff",
    "staff": "staff",
    "管理员": "admin",
    "admin": "admin",
}
_LARGEST_ID = 2**52
_PER_PAGE = 10
_DAYS = 7


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person on Telegram; the name is "" where nobody told it."""

    telegram_id: int
    name: str


async def members(context: Context) -> None:
    """/members"""
    found = await context.people.members()
    lines = [texts.MEMBERS.format(count=len(found))]
    for one in found:
        about = {
            "id": one.member_id,
            "role": texts.ROLE_NAMES[one.role],
            "by": opening(records.actor(one.appointed_by), 40),
        }
        lines.append(escape(texts.MEMBER.format(name=_called(one, found), since=texts.moment(one.since), **about)))
    await reply(context, "\n".join(lines))


async def appoint(context: Context) -> None:
    """/appoint: whom the message replies to, whom the id names, or whoever opens a one-time link."""
    word, *rest = context.words.split(maxsplit=2) or [""]
    role = _ROLE_WORDS.get(word.lower())
    if role is None:
        await reply(context, escape(texts.APPOINT_USAGE))
    elif rest:
        telegram_id = _id(rest[0])
        if telegram_id is None:
            await reply(context, escape(texts.APPOINT_USAGE))
        elif not context.is_person(telegram_id):
            await reply(context, texts.NOT_ONE_PERSON)
        else:
            await _appoint(context, Somebody(telegram_id, _given_name(context.words)), role)
    elif context.message.reply_to_message:
        somebody = _meant(context)
        if somebody:
            await _appoint(context, somebody, role)
        else:
            await reply(context, texts.NOT_A_PERSON)
    else:
        await _invite(context, role)


async def _appoint(context: Context, somebody: Somebody, role: Role) -> None:
    known = await context.people.member_of_telegram(somebody.telegram_id)
    if known is not None and known.may(role) and known.role != role:
        now, will = texts.ROLE_NAMES[known.role], texts.ROLE_NAMES[role]
        words = texts.LOWER_ASK.format(name=_called(known, await context.people.members()), now=now, role=will)
        await _ask(context, words, Choice(texts.LOWER.format(role=will), Deed.LOWER, f"{known.member_id}-{role}"))
        return
    name = somebody.name or (known.name if known else await _name(context, somebody.telegram_id))
    member = await context.people.appoint(
        name=name, role=role, telegram_id=somebody.telegram_id, by=await context.actor()
    )
    await reply(context, _appointed(member))
    await _let_know(context, member)


async def lower_now(context: Context, subject: str) -> None:
    """The button under /appoint where that would take something away."""
    number, _, role = subject.partition("-")
    try:
        known = await context.people.member(int(number))
        assert known is not None, "members stay in the table"
        # The command that asked for it may give a name too, which has no room in the button.
        name = _given_name(behind_command(context.question)) or known.name
        member = await context.people.appoint(
            name=name, role=_ROLE_WORDS[role], member_id=known.member_id, by=await context.actor()
        )
    except HelpdeskError as error:
        await rewrite(context, failure_card(error).html)
        return
    await rewrite(context, _appointed(member))
    await _let_know(context, member)


async def _let_know(context: Context, member: Member) -> None:
    await publish_member(context.bot, member)
    await _tell(context, member, texts.YOU_ARE.format(role=texts.ROLE_NAMES[member.role]))


async def _ask(context: Context, words: str, choice: Choice) -> None:
    buttons = signed_row(context.options.secret, context.user.id, choice, Choice(texts.CANCEL, Deed.CANCEL))
    await reply(context, escape(words), [buttons])


async def _invite(context: Context, role: Role) -> None:
    lifetime = timedelta(hours=context.options.link_hours)
    token = await context.people.new_link("invite", role=role, by=await context.actor(), lifetime=lifetime)
    address = context.deep_link(INVITATION + token)
    words = texts.INVITE.format(role=texts.ROLE_NAMES[role], hours=context.options.link_hours)
    await reply(context, f"{words}\n{link(address, address)}")


async def dismiss(context: Context) -> None:
    """/dismiss: ask whether that is meant."""
    somebody = _meant(context) if context.message.reply_to_message else None
    member = await _find(context, context.words, somebody)
    if not context.words and somebody is None:
        await reply(context, escape(texts.DISMISS_USAGE))
    elif member is None:
        await reply(context, texts.NO_MEMBER)
    else:
        called = _called(member, await context.people.members())
        words = texts.DISMISS_ASK.format(name=called, role=texts.ROLE_NAMES[member.role])
        await _ask(context, words, Choice(texts.DISMISS, Deed.DISMISS, str(member.member_id)))


async def dismiss_now(context: Context, subject: str) -> None:
    """The button under /dismiss."""
    try:
        member = await context.people.dismiss(int(subject), await context.actor())
    except HelpdeskError as error:
        await rewrite(context, failure_card(error).html)
        return
    await publish_member(context.bot, member)
    words = texts.DISMISSED.format(name=member.name, role=texts.ROLE_NAMES[member.role])
    await rewrite(context, escape(words))


async def audit(context: Context) -> None:
    """/audit"""
    await say(context, await _audit_card(context, 0))


async def audit_page(_: Update, context: Context) -> None:
    """A button that turns a page of /audit."""
    if not await context.may("admin"):
        await note(context, texts.NOT_ALLOWED, alert=True)
        return
    await note(context)
    page = context.arguments[0] if context.arguments else ""
    card = await _audit_card(context, int(page) if page.isdecimal() and len(page) < 6 else 0)
    await rewrite(context, card.html, card.rows)


async def _audit_card(context: Context, page: int) -> Card:
    found = await context.people.audit(_PER_PAGE + 1, page * _PER_PAGE)
    if not found:
        return Card(texts.NO_AUDIT)
    lines = [texts.AUDIT]
    for entry in found[:_PER_PAGE]:
        action = records.ACTIONS.get(entry.action, entry.action)
        detail, actor = records.detail(entry.action, entry.detail), records.actor(entry.actor)
        lines.append(
            f"{texts.moment(entry.at)}　{bold(action)}　{escape(opening(detail, 100))}\n　{escape(opening(actor, 60))}"
        )
    turn: Row = [button("‹", Verb.AUDIT_PAGE, page - 1)] if page else []
    if len(found) > _PER_PAGE:
        turn.append(button("›", Verb.AUDIT_PAGE, page + 1))
    return Card("\n".join(lines), (turn,))


async def gaps(context: Context) -> None:
    """/gaps: what was asked in vain."""
    found = await context.people.gaps(_DAYS, 25)
    if not found:
        await reply(context, texts.NO_GAPS.format(days=_DAYS))
        return
    lines = [texts.GAPS.format(days=_DAYS)]
    lines += [f"{gap.count}×　{escape(opening(gap.question, 100))}" for gap in found]
    await reply(context, "\n".join(lines))


async def usage(context: Context) -> None:
    """/usage: how much was asked on each of the last days."""
    lines = [texts.USAGE.format(days=_DAYS)]
    for day in reversed(await context.people.usage(_DAYS)):
        counts = f"{day.asked}/{day.answered}/{day.chosen}/{day.refused}"
        lines.append(f"{day.day:%m-%d}　{counts}　👍{day.helpful} 👎{day.unhelpful}")
    await reply(context, "\n".join(lines))


def _meant(context: Context) -> Somebody | None:
    """The person whose message this one replies to; of a forwarded message, the person who wrote it first."""
    to = context.message.reply_to_message
    if to is None:
        return None
    user: User | None = to.from_user
    if to.forward_origin is not None:
        user = to.forward_origin.sender_user if isinstance(to.forward_origin, MessageOriginUser) else None
    # Anonymous administrators and channels write under a bot's or a chat's name.
    if user is None or user.is_bot or to.sender_chat is not None:
        return None
    return Somebody(user.id, user.full_name)


async def _find(context: Context, words: str, somebody: Somebody | None) -> Member | None:
    if words.startswith("#") and words[1:].isdecimal() and len(words) < 12:
        member = await context.people.member(int(words[1:]))
        return member if member and member.ended is None else None
    telegram_id = _id(words) or (somebody.telegram_id if somebody and not words else None)
    return await context.people.member_of_telegram(telegram_id) if telegram_id else None


async def _name(context: Context, telegram_id: int) -> str:
    try:
        chat = await context.bot.get_chat(telegram_id)
    except TelegramError:
        # Somebody who has never written to the bot is unknown to it, and may be appointed all the same.
        return stand_in(telegram_id)
    return chat.effective_name or stand_in(telegram_id)


def _given_name(words: str) -> str:
    """The name behind role and id in what stands behind /appoint; "" where there is none."""
    return "".join(words.split(maxsplit=2)[2:])


def _appointed(member: Member) -> str:
    about = {"name": member.name, "role": texts.ROLE_NAMES[member.role], "id": member.member_id}
    return escape(texts.APPOINTED.format(**about))


def _called(member: Member, among: Sequence[Member]) -> str:
    """The member's name, with the Telegram id where that is not known yet or is another's too."""
    alike = [one for one in among if one.name == member.name and one.member_id != member.member_id]
    if member.telegram_id is None or not (alike or member.unnamed) or member.name == stand_in(member.telegram_id):
        return member.name
    return texts.NAME_AND_ID.format(name=member.name, id=member.telegram_id)


async def _tell(context: Context, member: Member, words: str) -> None:
    if member.telegram_id is None or member.telegram_id == context.user.id:
        return
    try:
        await context.bot.send_message(member.telegram_id, words)
    except TelegramError as error:
        log.info("telegram: a new member could not be told", cause=type(error).__name__)


def _id(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 17 and 0 < int(text) < _LARGEST_ID else None


def register(application: TelegramApp) -> None:
    """The commands about members; their buttons are ``handlers.signed``'s."""
    on(application, "members", members)
    on(application, "appoint", appoint)
    on(application, "dismiss", dismiss)
    on(application, "audit", audit)
    on(application, "gaps", gaps)
    on(application, "usage", usage)
    application.add_handler(CallbackQueryHandler(audit_page, pattern=f"^{Verb.AUDIT_PAGE}:"))

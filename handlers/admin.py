"""Administrators: what a reload would change and its publication, the releases, and going back to one."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from telegram import Message, Update
from telegram.ext import CallbackQueryHandler

from handlers import records
from handlers import telegram_texts as texts
from handlers.callbacks import Choice, Deed, Verb, signed_row
from handlers.cards import Card, turning
from handlers.changes import report, shown
from handlers.commands import on
from handlers.context import Context, TelegramApp
from handlers.html import MAX_TEXT, bold, escape, opening, shown_length
from handlers.log import log
from handlers.owner import say
from handlers.progress import ProgressMessage
from handlers.say import edit_message, note, reply, rewrite, send_text_file
from handlers.told import in_chinese, sentence
from knowledge.errors import HelpdeskError, NothingToPublishError, UnknownReleaseError
from knowledge.helpdesk import Preview
from knowledge.model import Fault, Release

_SHOWN_FAULTS = 8
# Of the units that a message holds some are left for the lines that say how much more there is.
_ROOM = MAX_TEXT - 150
_PER_PAGE = 8
_MOST_RELEASE = 9


async def reload(context: Context) -> None:
    """/reload: read the folder, show what would change, and a button to publish it."""
    message = await reply(context, texts.READING + "……")
    await show_preview(context, message)


async def show_preview(context: Context, message: Message, before: str = "") -> None:
    """Put what publishing would change into ``message``, behind the words ``before`` (HTML)."""
    try:
        async with ProgressMessage(context, message) as progress:
            preview = await context.helpdesk.preview(progress.report)
    except HelpdeskError as error:
        await edit(context, message, failure_card(error))
        return
    card, rest = preview_card(preview, context.options.secret, context.user.id, before)
    await edit(context, message, card)
    if rest:
        await send_text_file(context, message, texts.CHANGES_FILE, rest)


async def publish(context: Context, subject: str) -> None:
    """The button under a preview: publish, if that is still what would be published."""
    message = context.message
    await rewrite(context, texts.READING + "……")
    try:
        async with ProgressMessage(context, message) as progress:
            preview = await context.helpdesk.preview(progress.report)
            same = fingerprint(preview) == subject
            release = await publish_now(context, preview, progress) if same else None
    except HelpdeskError as error:
        await edit(context, message, failure_card(error))
        return
    words = texts.CHANGED_MEANWHILE if release is None else published_words(release)
    await edit(context, message, Card(escape(words)))


async def publish_now(context: Context, preview: Preview, progress: ProgressMessage) -> Release | None:
    """The release that publishing ``preview`` makes; None where another came into force since."""
    try:
        return await context.helpdesk.publish(
            preview, note="Telegram", actor=await context.actor(), progress=progress.report
        )
    except NothingToPublishError:
        return None


def failure_card(error: HelpdeskError) -> Card:
    """What is said where the work that a message shows came to nothing, in place of its progress."""
    log.warning("refused", kind=type(error).__name__, cause=error.log)
    return Card(escape(sentence(error)))


def published_words(release: Release) -> str:
    """What a publication came to."""
    return texts.PUBLISHED.format(number=release.number, policies=release.policies, clauses=release.clauses)


async def edit(context: Context, message: Message, card: Card) -> None:
    """Put a card into a message of the bot's own."""
    await edit_message(context, message, card.html, card.rows)


def fingerprint(preview: Preview) -> str:
    """Ten characters that stand for what would be published, and over what."""
    told = hashlib.sha256(str(preview.base).encode())
    told.update(preview.thesaurus.encode())
    for policy in preview.policies:
        told.update(f"{policy.policy_id}:{policy.digest}\n".encode())
    return told.hexdigest()[:10]


def preview_card(preview: Preview, secret: bytes, user_id: int, before: str = "") -> tuple[Card, str]:
    """What publishing would change, the faults found, and the buttons for the person who asked; behind the words ``before``
    (HTML). With it, as plain text, all that changes, where the card does not hold it; else ""."""
    c = preview.comparison
    counts = {"added": len(c.policies_added), "changed": len(c.policies_changed), "gone": len(c.policies_gone)}
    lines = [before, ""] if before else []
    lines += [texts.PREVIEW, texts.POLICIES_CHANGED.format(**counts, same=c.policies_unchanged)]
    lines.append(texts.CLAUSES_CHANGED.format(added=len(c.added), changed=len(c.changed), gone=len(c.gone)))
    last = fault_lines(preview.faults)
    if preview.thesaurus_changed:
        last.append(texts.THESAURUS_CHANGED)
    if preview.empty:
        last.append(bold(texts.NO_CHANGE.format(number=preview.base)))
    changes = shown(c, _ROOM - shown_length("\n".join([*lines, *last])))
    complete = changes.complete and len(preview.faults) <= _SHOWN_FAULTS
    if not complete:
        last.append(texts.ALL_CHANGES)
    html = "\n".join([*lines, *changes.lines, *last])
    rest = "" if complete else report(c, preview.faults)
    if preview.empty:
        return Card(html), rest
    publication = Choice(texts.PUBLISH, Deed.PUBLISH, fingerprint(preview))
    buttons = signed_row(secret, user_id, publication, Choice(texts.CANCEL, Deed.CANCEL))
    return Card(html, (buttons,)), rest


def fault_lines(faults: Sequence[Fault]) -> list[str]:
    """What is wrong with the files, as lines of HTML."""
    if not faults:
        return []
    worst_first = sorted(faults, key=lambda fault: not fault.fatal)
    lines = [_fault(fault) for fault in worst_first]
    return ["", texts.FAULTS.format(count=len(faults)), *_some(lines, _SHOWN_FAULTS)]


def _fault(fault: Fault) -> str:
    place = f"{opening(fault.path, 50)}:{fault.line}" if fault.line else opening(fault.path, 50)
    kind = texts.NOT_READ if fault.fatal else texts.TO_CHECK
    return f"{kind} {escape(place)}：{escape(opening(in_chinese(fault.message), 100))}"


def _some(lines: Sequence[str], most: int) -> list[str]:
    more = [texts.MORE.format(count=len(lines) - most)] if len(lines) > most else []
    return [*lines[:most], *more]


async def releases(context: Context) -> None:
    """/releases"""
    await say(context, _releases_card(await context.helpdesk.releases(), 0))


async def releases_page(_: Update, context: Context) -> None:
    """A button that turns a page of /releases."""
    if not await context.may("admin"):
        await note(context, texts.NOT_ALLOWED, alert=True)
        return
    await note(context)
    page = context.arguments[0] if context.arguments else ""
    number = int(page) if page.isdecimal() and len(page) < 6 else 0
    card = _releases_card(await context.helpdesk.releases(), number)
    await rewrite(context, card.html, card.rows)


def _releases_card(found: Sequence[Release], page: int) -> Card:
    lines = [texts.RELEASES]
    for one in found[page * _PER_PAGE : (page + 1) * _PER_PAGE]:
        about = {"number": one.number, "policies": one.policies, "clauses": one.clauses}
        line = texts.RELEASE.format(mark="✅ " if one.in_force else "", when=texts.moment(one.published_at), **about)
        note = records.NOTES.get(one.note, one.note)
        lines.append(line + (f"　{escape(opening(note, 40))}" if note else ""))
    pages = -(-len(found) // _PER_PAGE)
    return Card("\n".join(lines), (turning(Verb.RELEASES_PAGE, page, pages),))


async def rollback(context: Context) -> None:
    """/rollback N: ask whether that is meant."""
    number = context.words
    if not number.isdecimal() or len(number) > _MOST_RELEASE:
        await reply(context, texts.ROLLBACK_USAGE)
        return
    wanted = next((one for one in await context.helpdesk.releases() if one.number == int(number)), None)
    if wanted is None:
        await reply(context, texts.NO_RELEASE.format(number=int(number)))
    elif wanted.in_force:
        await reply(context, texts.ROLLED_BACK_ALREADY.format(number=wanted.number))
    else:
        about = {"policies": wanted.policies, "clauses": wanted.clauses, "when": texts.moment(wanted.published_at)}
        number = str(wanted.number)
        back = Choice(texts.ROLL_BACK.format(number=number), Deed.ROLL_BACK, number)
        buttons = signed_row(context.options.secret, context.user.id, back, Choice(texts.CANCEL, Deed.CANCEL))
        await reply(context, texts.ROLLBACK_ASK.format(number=wanted.number, **about), [buttons])


async def put_in_force(context: Context, subject: str) -> None:
    """The button under /rollback."""
    message = context.message
    async with ProgressMessage(context, message) as progress:
        try:
            release = await context.helpdesk.put_in_force(int(subject), await context.actor(), progress.report)
        except UnknownReleaseError:
            card = Card(escape(texts.NO_RELEASE.format(number=subject)))
        except HelpdeskError as error:
            card = failure_card(error)
        else:
            about = {"number": release.number, "policies": release.policies, "clauses": release.clauses}
            card = Card(escape(texts.ROLLED_BACK.format(**about)))
    await edit(context, message, card)


def register(application: TelegramApp) -> None:
    """The commands about releases; their buttons are ``handlers.signed``'s."""
    on(application, "reload", reload)
    on(application, "releases", releases)
    on(application, "rollback", rollback)
    application.add_handler(CallbackQueryHandler(releases_page, pattern=f"^{Verb.RELEASES_PAGE}:"))

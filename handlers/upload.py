"""A policy file sent as a document: read and shown as it was parsed, then put into the policy folder and published."""

from __future__ import annotations

import hashlib

from telegram import Document, Update
from telegram.error import BadRequest, TelegramError
from telegram.ext import MessageHandler, filters

from handlers import telegram_texts as texts
from handlers.admin import edit, failure_card, fault_lines, publish_now, published_words, show_preview
from handlers.callbacks import Choice, Deed, signed_row
from handlers.cards import Card, metadata_lines
from handlers.context import Context, TelegramApp
from handlers.html import bold, escape, opening
from handlers.progress import ProgressMessage
from handlers.say import reply, rewrite
from handlers.told import in_chinese, sentence
from knowledge.errors import HelpdeskError, UnreadableFileError
from knowledge.received import ReceivedFile

_TELEGRAM_LIMIT = 20 * 1024 * 1024
_SHOWN_CLAUSES = 30


class UploadError(HelpdeskError):
    """A document that cannot be taken; the sentence says what to do."""


async def receive(_: Update, context: Context) -> None:
    """Show an administrator what a document would become; everybody else is told that files are not read."""
    if not await context.may("admin"):
        await reply(context, texts.DOCUMENT)
        return
    message = await reply(context, texts.READING + "……")
    document = context.message.document
    assert document is not None
    try:
        card = _received_card(context, await _checked(context, document))
    except HelpdeskError as error:
        card = failure_card(error)
    await edit(context, message, card)


async def publish(context: Context, subject: str) -> None:
    """The button under a document: into the folder, and published where nothing else has changed there."""
    message = context.message
    original = message.reply_to_message
    if original is None or original.document is None:
        await rewrite(context, texts.UPLOAD_GONE)
        return
    await rewrite(context, texts.PUBLISHING + "……")
    try:
        file = await _checked(context, original.document)
        if file.policy is None or _digest(file) != subject:
            raise UploadError(texts.UPLOAD_GONE)
        await context.helpdesk.keep_file(file)
        await context.people.record(await context.actor(), "upload", file.name)
        async with ProgressMessage(context, message) as progress:
            preview = await context.helpdesk.preview(progress.report)
            c = preview.comparison
            changes = len(c.policies_added) + len(c.policies_changed) + len(c.policies_gone)
            alone = changes <= 1 and not preview.thesaurus_changed
            release = await publish_now(context, preview, progress) if alone else None
    except HelpdeskError as error:
        await edit(context, message, failure_card(error))
        return
    if release is None:
        await show_preview(context, message, escape(texts.UPLOAD_MORE))
    else:
        await edit(context, message, Card(escape(published_words(release))))


async def _checked(context: Context, document: Document) -> ReceivedFile:
    """The document as the library reads it. Raises UploadError."""
    most = context.helpdesk.config.max_file_bytes
    too_large = UploadError(texts.UPLOAD_TOO_LARGE.format(limit=most // 1_000_000))
    if document.file_size is not None and document.file_size > min(_TELEGRAM_LIMIT, most):
        raise too_large
    try:
        remote = await context.bot.get_file(document.file_id)
        data = bytes(await remote.download_as_bytearray())
    except BadRequest as error:
        raise (too_large if "too big" in error.message.lower() else UploadError(texts.UPLOAD_GONE)) from error
    except TelegramError as error:
        # Whatever it was, a token refused for the path of a file that has expired among it: nothing was fetched.
        cause = f"a document could not be fetched: {type(error).__name__}"
        raise UploadError(texts.UPLOAD_NOT_FETCHED, log=cause) from error
    try:
        return await context.helpdesk.check_file(document.file_name or "", data)
    except UnreadableFileError as error:
        raise UploadError(texts.UPLOAD_UNREADABLE.format(cause=sentence(error)), log=error.log) from error


def _digest(file: ReceivedFile) -> str:
    """Ten characters that stand for the file, its name too."""
    return hashlib.sha256(file.name.encode() + b"\0" + file.data).hexdigest()[:10]


def _received_card(context: Context, file: ReceivedFile) -> Card:
    policy = file.policy
    if policy is None:
        causes = "；".join(in_chinese(fault.message) for fault in file.faults)
        return Card(escape(texts.UPLOAD_UNREADABLE.format(cause=causes)))
    lines = [texts.UPLOADED, bold(opening(policy.metadata.title, 120)), *metadata_lines(policy.metadata)]
    lines += ["", bold(texts.CLAUSES_OF.format(count=len(policy.clauses)))]
    for clause in policy.clauses[:_SHOWN_CLAUSES]:
        head = " ".join(part for part in (clause.label, opening(clause.heading or clause.text, 40)) if part)
        lines.append(f"· {escape(head)}")
    if len(policy.clauses) > _SHOWN_CLAUSES:
        lines.append(texts.MORE.format(count=len(policy.clauses) - _SHOWN_CLAUSES))
    lines += fault_lines(file.faults)
    if file.replaces:
        lines += ["", escape(texts.UPLOAD_REPLACES)]
    publication = Choice(texts.PUBLISH, Deed.UPLOAD, _digest(file))
    buttons = signed_row(context.options.secret, context.user.id, publication, Choice(texts.CANCEL, Deed.CANCEL))
    return Card("\n".join(lines), (buttons,))


def register(application: TelegramApp) -> None:
    """Documents in the private chat."""
    documents = filters.Document.ALL & filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE
    application.add_handler(MessageHandler(documents, receive))

"""Everything else: what is no text, commands that do not exist, buttons that are out of date, people who leave. Last of all."""

from __future__ import annotations

from telegram import Chat, ChatMember, Update
from telegram.ext import CallbackQueryHandler, ChatMemberHandler, MessageHandler, filters

from handlers import telegram_texts as texts
from handlers.callbacks import Verb
from handlers.context import Context, TelegramApp
from handlers.log import log
from handlers.owner import asked_of_bot
from handlers.say import note, reply

_AWAY = (ChatMember.BANNED, ChatMember.LEFT)
_KINDS: tuple[tuple[filters.BaseFilter, str], ...] = (
    (filters.VOICE | filters.AUDIO | filters.VIDEO_NOTE, texts.VOICE),
    (filters.PHOTO | filters.VIDEO | filters.ANIMATION, texts.PHOTO),
    (filters.Sticker.ALL, texts.STICKER),
    (filters.LOCATION | filters.VENUE, texts.LOCATION),
    (filters.Document.ALL, texts.DOCUMENT),
    (filters.COMMAND, texts.UNKNOWN_COMMAND),
)


async def other(update: Update, context: Context) -> None:
    """One polite line, to what was edited too. In groups, only where the message is meant for the bot."""
    if asked_of_bot(context) is None and not _names_bot(context):
        return
    if not context.is_edit and not await context.first_of_album():
        return
    words = next((words for kind, words in _KINDS if kind.check_update(update)), texts.OTHER)
    if context.is_edit and words == texts.DOCUMENT and await context.may("admin"):
        words = texts.SEND_FILE_ANEW
    await reply(context, words)


def _names_bot(context: Context) -> bool:
    """Whether a command in a group is addressed to the bot by name; a bare one may be another bot's."""
    command = (context.message.text or "").split(maxsplit=1)[:1]
    return bool(command) and command[0].lower().endswith(f"@{context.bot.username}".lower())


async def nothing(_: Update, context: Context) -> None:
    """A button that only shows something, such as the page number."""
    await note(context)


async def dead_button(_: Update, context: Context) -> None:
    """A button of an older version, or one that somebody made up."""
    await note(context, texts.DEAD_BUTTON, alert=True)


async def came_or_left(update: Update, context: Context) -> None:
    """The bot was blocked or let in again, added to a group or put out: noted, without saying who."""
    change = update.my_chat_member
    assert change is not None
    gone = change.new_chat_member.status in _AWAY
    log.info("telegram: left" if gone else "telegram: came", chat=change.chat.type)
    if gone:
        context.replies.forget(change.chat.id)
    elif change.old_chat_member.status in _AWAY and change.chat.type in (Chat.GROUP, Chat.SUPERGROUP):
        await context.bot.send_message(change.chat.id, texts.GROUP_HELLO)


def register(application: TelegramApp) -> None:
    """The fallbacks."""
    application.add_handler(ChatMemberHandler(came_or_left, ChatMemberHandler.MY_CHAT_MEMBER))
    application.add_handler(CallbackQueryHandler(nothing, pattern=f"^{Verb.NOTHING}$"))
    application.add_handler(CallbackQueryHandler(dead_button))
    # A location that is shared live is edited every few seconds, which says nothing to the bot.
    told = filters.UpdateType.MESSAGE | (filters.UpdateType.EDITED_MESSAGE & ~filters.LOCATION)
    application.add_handler(MessageHandler(told & ~filters.StatusUpdate.ALL, other))

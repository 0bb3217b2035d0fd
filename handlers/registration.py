"""Every handler in its order, the fallback last."""

from __future__ import annotations

from telegram import Message, Update
from telegram.ext import ApplicationHandlerStop, CallbackQueryHandler, TypeHandler

from handlers import admin, browse, errors, inline, memory, other, owner, person, roles, signed, staff, upload, welcome
from handlers import telegram_texts as texts
from handlers.callbacks import Verb
from handlers.context import Context, TelegramApp
from handlers.log import log
from handlers.say import note
from knowledge.errors import StoreError
from knowledge.people import PATIENCE_SECONDS

# The call mode of staff looks at replies before they are taken for questions; what is left falls to ``other``.
MODULES = (welcome, browse, memory, staff, admin, upload, roles, signed, inline, owner, person, other)


async def only_once(update: Update, context: Context) -> None:
    """Stop what was handled before, here or in another process: Telegram delivers again what it believes was lost."""
    try:
        first = await context.people.first_time("telegram update", str(update.update_id), within=PATIENCE_SECONDS)
    except StoreError as error:
        # Answers come from the index: better one twice than none while the database is away.
        log.error("cannot tell whether an update came before", cause=error.log)
    else:
        if not first:
            raise ApplicationHandlerStop
        await _take_name(update, context)


async def only_real(update: Update, context: Context) -> None:
    """Stop a press of what is no button under the message it names: a changed client can send any callback data with any
    message, and most buttons rewrite the message they stand under."""
    query = update.callback_query
    if query is None:
        return
    if not (isinstance(query.message, Message) and query.message.is_accessible):
        # Telegram says too little of a message that is old or deleted to go on from it.
        await note(context, texts.DEAD_BUTTON, alert=True)
        raise ApplicationHandlerStop
    # Signed buttons say more exactly what is wrong with them, and look for themselves too.
    if not context.is_real_button and not (query.data or "").startswith(f"{Verb.SIGNED}:"):
        # No window: who presses › twice in a hurry meets this as well.
        await note(context, texts.DEAD_BUTTON)
        raise ApplicationHandlerStop


async def _take_name(update: Update, context: Context) -> None:
    """Call a member who was appointed by number by the name that they have on Telegram, as soon as they speak."""
    user = update.effective_user
    if user is None:
        return
    try:
        member = await context.people.glance(user.id)
        if member is not None:
            await context.people.take_name(member, user.full_name)
    except StoreError as error:
        log.error("cannot take the name of a member", cause=error.log)


def register(application: TelegramApp) -> None:
    """Register everything."""
    application.add_handler(TypeHandler(Update, only_once), group=-2)
    application.add_handler(CallbackQueryHandler(only_real), group=-1)
    for module in MODULES:
        module.register(application)
    application.add_error_handler(errors.handle)

"""Buttons that do something for good: for the administrator who asked, once, while they are fresh."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from telegram import Update
from telegram.ext import CallbackQueryHandler

from handlers import admin, roles, upload
from handlers import telegram_texts as texts
from handlers.callbacks import Deed, Verb, read_signed
from handlers.context import Context, TelegramApp
from handlers.say import note, rewrite


async def cancel(context: Context, _subject: str) -> None:
    """Do nothing, and say so."""
    await rewrite(context, texts.CANCELLED)


DEEDS: dict[Deed, Callable[[Context, str], Awaitable[None]]] = {
    Deed.PUBLISH: admin.publish,
    Deed.ROLL_BACK: admin.put_in_force,
    Deed.UPLOAD: upload.publish,
    Deed.DISMISS: roles.dismiss_now,
    Deed.LOWER: roles.lower_now,
    Deed.CANCEL: cancel,
}


async def press(_: Update, context: Context) -> None:
    """Do what a button says, if it is the presser's own and was never pressed; in every other case only say so."""
    signed = read_signed(context.query.data or "", context.options.secret, context.user.id)
    if signed is None:
        await note(context, texts.NOT_YOURS, alert=True)
    elif not await context.may("admin"):
        await note(context, texts.NOT_ALLOWED, alert=True)
    # Buttons offered together are one choice: when one was pressed, they go from the message, and none of the others may be.
    elif not context.is_real_button or not await context.people.first_time("telegram button", signed.nonce):
        await note(context, texts.PRESSED_ALREADY, alert=True)
    else:
        await note(context)
        await DEEDS[signed.deed](context, signed.subject)


def register(application: TelegramApp) -> None:
    """Signed buttons."""
    application.add_handler(CallbackQueryHandler(press, pattern=f"^{Verb.SIGNED}:"))

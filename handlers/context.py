"""What every handler on Telegram is given: the helpdesk and the options by name, typed."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from telegram import CallbackQuery, Chat, Message, Update, User
from telegram.constants import ChatID
from telegram.ext import Application, CallbackContext, ExtBot

from handlers.log import log
from knowledge.errors import StoreError
from knowledge.helpdesk import Helpdesk
from knowledge.people import PATIENCE_SECONDS, Member, People, Role

Bot: TypeAlias = "ExtBot[int]"
_REMEMBERED = 10_000
_SHARED_IDS = frozenset(map(int, ChatID))


@dataclass(frozen=True, slots=True)
class Options:
    """What the settings say about conversations. ``secret`` keys the signatures of buttons; it is never sent."""

    hotline: str
    hotline_hours: str
    topics: tuple[str, ...]
    secret: bytes = field(repr=False)
    staff_chat_id: int | None = None
    inline_for_owners: Literal["off", "answers"] = "answers"
    base_url: str = ""
    keep_days: int = 180
    follow_up_minutes: int = 30
    link_hours: int = 48


@dataclass(slots=True)
class Replies:
    """Which message of the bot answered which of a person, so that an edited question edits its answer; and what was asked
    in a call on the telephone before each message of the call mode.

    Only the last ten thousand are remembered, and not across a restart: an older question edited is answered anew, and one
    that continues an older call is read by itself.
    """

    _known: OrderedDict[tuple[int, int], int] = field(default_factory=OrderedDict)
    _asked: OrderedDict[tuple[int, int], int] = field(default_factory=OrderedDict)
    _calls: OrderedDict[tuple[int, int], tuple[str, ...]] = field(default_factory=OrderedDict)

    def remember(self, question: Message, answer: Message) -> None:
        """Note that ``answer`` answers ``question``, in the same chat."""
        self._known[question.chat_id, question.message_id] = answer.message_id
        self._trim()

    def asked_as(self, question: Message, asked_id: int) -> None:
        """Note under which number what ``question`` asks is kept."""
        self._asked[question.chat_id, question.message_id] = asked_id
        self._trim()

    def number_of(self, question: Message) -> int | None:
        """The number under which ``question`` was kept before it was edited."""
        return self._asked.get((question.chat_id, question.message_id))

    def asked_in_call(self, answer: Message, questions: Sequence[str]) -> None:
        """Note the questions of a call, oldest first, the last of which ``answer`` answers."""
        self._calls[answer.chat_id, answer.message_id] = tuple(questions)
        self._trim()

    def call_of(self, answer: Message) -> tuple[str, ...]:
        """The questions of the call that ``answer`` belongs to, oldest first; () where it belongs to none."""
        return self._calls.get((answer.chat_id, answer.message_id), ())

    @property
    def _all(self) -> tuple[OrderedDict[tuple[int, int], Any], ...]:
        return self._known, self._asked, self._calls

    def _trim(self) -> None:
        for known in self._all:
            while len(known) > _REMEMBERED:
                known.popitem(last=False)

    def answer_to(self, question: Message) -> int | None:
        """The id of the message that answers ``question``, if it is remembered."""
        return self._known.get((question.chat_id, question.message_id))

    def forget(self, chat_id: int) -> None:
        """Forget the answers and the calls in a chat."""
        for known in self._all:
            for key in [key for key in known if key[0] == chat_id]:
                del known[key]


@dataclass(frozen=True, slots=True)
class Shared:
    """What all conversations share: the whole of ``bot_data``."""

    helpdesk: Helpdesk
    options: Options
    replies: Replies = field(default_factory=Replies)
    not_passed: set[str] = field(default_factory=set)
    """Questions that could not be passed to the staff, so that they may be once more."""


@dataclass(slots=True)
class Nothing:
    """Nothing is kept per person or chat in memory: any process can take the next message of a conversation."""


class Context(CallbackContext[Bot, Nothing, Nothing, Shared]):
    """The context of one update. What it is about is read from the update, what it works with from ``Shared``."""

    def __init__(self, application: TelegramApp, chat_id: int | None = None, user_id: int | None = None) -> None:
        super().__init__(application=application, chat_id=chat_id, user_id=user_id)
        self._update: Update | None = None
        self._member: Member | None = None
        self._member_known = False
        self._instead: Message | None = None

    @classmethod
    def from_update(cls, update: object, application: TelegramApp) -> Context:
        """The context for ``update``."""
        context = super().from_update(update, application)
        if isinstance(update, Update):
            context._update = update
        return context

    # Shared

    @property
    def helpdesk(self) -> Helpdesk:
        """What answers."""
        return self.bot_data.helpdesk

    @property
    def people(self) -> People:
        """Members and what is kept of them."""
        return self.bot_data.helpdesk.people

    @property
    def options(self) -> Options:
        """What the settings say."""
        return self.bot_data.options

    @property
    def replies(self) -> Replies:
        """Which message answered which."""
        return self.bot_data.replies

    # This update

    @property
    def user(self) -> User:
        """Who wrote, pressed or typed. Handlers are registered for updates that have one."""
        assert self._update is not None and self._update.effective_user is not None
        return self._update.effective_user

    @property
    def message(self) -> Message:
        """The message that was written or edited, or whose button was pressed."""
        if self._instead is not None:
            return self._instead
        assert self._update is not None and isinstance(self._update.effective_message, Message)
        return self._update.effective_message

    @property
    def chat(self) -> Chat:
        """Where it happened."""
        assert self._update is not None and self._update.effective_chat is not None
        return self._update.effective_chat

    @property
    def is_edit(self) -> bool:
        """Whether the person has edited a message rather than written one."""
        return self._update is not None and self._update.edited_message is not None

    def about(self, message: Message) -> Context:
        """This context, but that ``message`` is what is answered; who acts stays the same."""
        other = copy(self)
        other._instead = message
        return other

    @property
    def query(self) -> CallbackQuery:
        """The button that was pressed."""
        assert self._update is not None and self._update.callback_query is not None
        return self._update.callback_query

    @property
    def arguments(self) -> list[str]:
        """What the data of the button that was pressed says behind its verb."""
        return (self.query.data or "").split(":")[1:]

    @property
    def is_real_button(self) -> bool:
        """Whether the message that was pressed has this very button in its keyboard now."""
        keyboard = self.message.reply_markup
        rows = keyboard.inline_keyboard if keyboard else ()
        return any(button.callback_data == self.query.data for row in rows for button in row)

    @property
    def question(self) -> str:
        """The words that the message with the pressed button answers; "" where Telegram no longer shows them."""
        asked = self.message.reply_to_message
        if asked and asked.from_user and asked.from_user.id == self.bot.id:
            # A clause that was chosen from a list answers the list, and that asks nothing.
            return ""
        return self.without_mention(asked.text or asked.caption or "") if asked else ""

    def without_mention(self, text: str) -> str:
        """``text`` without the mention that says, in a group, that it is meant for the bot."""
        return re.sub(rf"@{re.escape(self.bot.username)}\b", " ", text, flags=re.IGNORECASE).strip()

    async def first_of_album(self) -> bool:
        """Whether the message stands alone, or is the first of those sent together to be asked about."""
        album = self.message.media_group_id
        if album is None:
            return True
        key = f"{self.chat.id}:{album}"
        try:
            return await self.people.first_time("telegram album", key, within=PATIENCE_SECONDS)
        except StoreError as error:
            log.error("cannot tell whether more of an album came before", cause=error.log)
            return True

    @property
    def is_private(self) -> bool:
        """Whether this is the private chat with the person."""
        return self.chat.type == Chat.PRIVATE

    @property
    def words(self) -> str:
        """What stands behind the command."""
        return behind_command(self.message.text or "")

    @property
    def person(self) -> str:
        """What stands for the person in what is kept: a keyed hash of the Telegram id."""
        return self.people.person("telegram", self.user.id)

    async def actor(self) -> str:
        """The member who acts, for the history of what was done."""
        member = await self.member()
        assert member is not None, "only members act"
        return member.actor

    async def member(self) -> Member | None:
        """The member that the person is, looked up once for an update; None for everybody else."""
        if not self._member_known:
            known = self.is_person(self.user.id)
            self._member = await self.people.member_of_telegram(self.user.id) if known else None
            self._member_known = True
        return self._member

    async def may(self, role: Role) -> bool:
        """Whether the person is a member with this role or a higher one."""
        member = await self.member()
        return member is not None and member.may(role)

    def is_person(self, telegram_id: int) -> bool:
        """Whether one person may stand behind the id. Behind the bot's own there is none; those of anonymous
        administrators, of channels and of Telegram itself are shared by many."""
        return telegram_id != self.bot.id and telegram_id not in _SHARED_IDS

    def deep_link(self, payload: str) -> str:
        """The address that opens the private chat and presses Start with ``payload``."""
        return f"https://t.me/{self.bot.username}?start={payload}"


def behind_command(text: str) -> str:
    """What stands behind the command in ``text``, whatever parts them (the wide space of Chinese keyboards, a new line);
    all of it where there is no command."""
    return "".join(text.split(maxsplit=1)[1:]).strip() if text.startswith("/") else text


TelegramApp: TypeAlias = "Application[Bot, Context, Nothing, Nothing, Shared, None]"

"""The Bot API server of the tests: HTTP on one side, people and groups on the other."""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import dataclass, replace
from functools import partial

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from . import chats, edit, identity, receive, send
from .chat import Chat, User
from .errors import ApiError, not_found, unauthorized
from .faults import Fault, FaultList
from .group import Group
from .loopback import Loopback
from .message import Message
from .parameters import Parameters, read_parameters
from .person import Person
from .profile import Profile
from .updates import Signal, UpdateQueue
from .watcher import Place
from .webhook import Delivery, Webhook
from .world import Room, Settings, World

METHODS = {**send.METHODS, **edit.METHODS, **chats.METHODS, **identity.METHODS, **receive.METHODS}


@dataclass(frozen=True, slots=True)
class Call:
    """One request the bot made: ``at`` in monotonic seconds; ``status`` is None while it is under way, 0 where the
    connection was dropped."""

    method: str
    parameters: Parameters
    at: float
    status: int | None = None
    description: str = ""

    @property
    def chat_id(self) -> int | None:
        """The chat it is about, where it names one by number."""
        value = self.parameters.text("chat_id")
        return int(value) if re.fullmatch(r"-?\d+", value) else None


class BotApiServer:
    """A Bot API server for one bot, on 127.0.0.1 in the running event loop; to be used with ``async with``."""

    def __init__(
        self,
        *,
        token: str = "123456789:AAtestTokenOfTheBotApiServerInTests",
        username: str = "policy_helpdesk_bot",
        first_name: str = "政策助手",
        settings: Settings | None = None,
    ) -> None:
        self.token = token
        self.settings = settings or Settings()
        self.faults = FaultList()
        self.calls: list[Call] = []
        signal = Signal()
        updates = UpdateQueue(signal)
        self._webhook = Webhook(signal, updates, lambda: self.settings.webhook_retry_delays, self._carry_out_answer)
        bot = User(int(token.partition(":")[0]), first_name, username=username, is_bot=True)
        self.world = World(bot, self.settings, signal, updates, self._webhook)
        every = ["GET", "POST"]
        routes = [
            Route("/bot{token}/{method}", self._answer, methods=every),
            Route("/file/bot{token}/{path:path}", self._file),
            Route("/{path:path}", self._nothing, methods=every),
        ]
        self._http = Loopback(Starlette(routes=routes))

    async def start(self) -> None:
        """Listen on a free port; after ``stop``, on the same one again, with all that was there."""
        await self._http.start()
        self.world.updates.open()
        await self._webhook.set(self._webhook.settings)

    async def stop(self) -> None:
        """Listen no more, as in an outage; polls under way come back empty."""
        self.world.updates.close()
        try:
            await self._webhook.stop()
        finally:
            await self._http.stop()

    async def __aenter__(self) -> BotApiServer:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    # Where it is and what it knows.

    @property
    def url(self) -> str:
        """The address to give as HELPDESK_TELEGRAM_API_URL."""
        return self._http.url

    @property
    def base_url(self) -> str:
        """The ``base_url`` of python-telegram-bot."""
        return f"{self.url}/bot"

    @property
    def base_file_url(self) -> str:
        """The ``base_file_url`` of python-telegram-bot."""
        return f"{self.url}/file/bot"

    @property
    def bot(self) -> User:
        """The bot's own user."""
        return self.world.bot

    @property
    def profile(self) -> Profile:
        """The commands, descriptions and menu buttons the bot has set."""
        return self.world.profile

    @property
    def deliveries(self) -> list[Delivery]:
        """Every attempt to deliver an update to the webhook."""
        return self._webhook.deliveries

    def messages(self, where: Place) -> tuple[Message, ...]:
        """A chat as it looks now: edits applied, what was deleted gone, oldest first."""
        return tuple(self.world.rooms[where.chat_id].messages.values())

    def current(self, message: Message) -> Message | None:
        """The present state of a message; None where it was deleted."""
        return self.world.rooms[message.chat.id].messages.get(message.message_id)

    def pinned(self, where: Place) -> Message | None:
        """The pinned message of a chat."""
        room = self.world.rooms[where.chat_id]
        return room.messages.get(room.pinned_id) if room.pinned_id is not None else None

    def calls_of(self, method: str, where: Place | None = None) -> tuple[Call, ...]:
        """The calls of one method so far, for one chat where it is named."""
        wanted = (call for call in self.calls if call.method.lower() == method.lower())
        return tuple(call for call in wanted if where is None or call.chat_id == where.chat_id)

    def link(self, payload: str) -> str:
        """The deep link to the bot with ``payload``."""
        return f"https://t.me/{self.bot.username}?start={payload}"

    # What a test arranges.

    def user(
        self,
        first_name: str,
        *,
        last_name: str = "",
        username: str = "",
        language_code: str = "zh-hans",
        started: bool = False,
    ) -> Person:
        """A new person; ``started``: one who has written to the bot long ago, so that it may write first."""
        user = User(1000 + len(self.world.users), first_name, last_name, username, language_code)
        room = self.world.add_user(user)
        if started:
            room.members[self.bot.id] = "member"
        return Person(self.world, user)

    def group(
        self, title: str, *members: Person, kind: str = "supergroup", username: str = "", bot: str = "member"
    ) -> Group:
        """A new group of these people, the first its owner; ``bot`` is what the bot is there (``left``: not in it)."""
        if kind not in ("group", "supergroup"):
            raise ValueError(f"there are no groups of the kind {kind!r}")
        number = len(self.world.rooms) + 1
        chat = Chat(-1_001_000_000_000 - number if kind == "supergroup" else -5000 - number, kind, title, username)
        statuses = {person.user.id: "creator" if person is members[0] else "member" for person in members}
        room = self.world.add_room(Room(chat, members=statuses | {self.bot.id: bot}))
        return Group(self.world, room)

    def fail(self, method: str, fault: Fault, *, times: int = 1, where: Place | None = None) -> None:
        """Let the next calls of ``method`` (``*``: any but getUpdates; ``file``: downloads) meet a fault of ``faults``."""
        self.faults.order(method, fault, times=times, chat_id=where.chat_id if where else None)

    def lose_answers(self, times: int = 1) -> None:
        """Lose the bot's next answers to the webhook: updates it has taken already are delivered once more."""
        self._webhook.answers_to_lose += times

    def expire_queries(self) -> None:
        """Make every button press and inline query so far too old to be answered."""
        self.world.queries.expire()

    async def all_taken(self, within: float | None = None) -> bool:
        """Wait until the bot has acknowledged every update; False where it has not in time."""
        seconds = self.settings.patience if within is None else within
        return bool(await self.world.signal.until(lambda: None if self.world.updates.pending else True, seconds))

    # HTTP.

    def _authorise(self, token: str) -> None:
        if not re.fullmatch(r"\d+:[A-Za-z0-9_-]+", token):
            raise not_found()
        if token != self.token:
            raise unauthorized()

    async def _answer(self, request: Request) -> Response:
        method = request.path_params["method"]
        try:
            self._authorise(request.path_params["token"])
            parameters = await read_parameters(request)
        except ApiError as error:
            return JSONResponse(error.wire(), error.status)
        number = len(self.calls)
        call = Call(method, parameters, time.monotonic())
        self.calls.append(call)
        fault = self.faults.take(method, call.chat_id) or Fault(carried_out=True)
        finish = partial(self._finish, number)
        if fault.carried_out:
            response = await self._carry_out(call, finish)
        else:
            response = _failure(fault)
            finish(response.status_code, fault.error.description if fault.error else "")
        if fault.delay:
            await asyncio.sleep(fault.delay)
        if fault.dropped:
            finish(0, "dropped")
            await self._drop(request)
        return response

    async def _drop(self, request: Request) -> None:
        if request.client is not None:
            await self._http.abort((request.client.host, request.client.port))

    async def _carry_out(self, call: Call, finish: partial[None]) -> Response:
        try:
            result = await self._run(call.method, call.parameters)
        except ApiError as error:
            finish(error.status, error.description)
            return JSONResponse(error.wire(), error.status)
        finish(200)
        return JSONResponse({"ok": True, "result": result})

    def _finish(self, number: int, status: int, description: str = "") -> None:
        self.calls[number] = replace(self.calls[number], status=status, description=description)
        self.world.signal.notify()

    async def _run(self, name: str, parameters: Parameters) -> object:
        method = METHODS.get(name.lower())
        if method is None:
            raise not_found("method not found")
        return await method(self.world, parameters)

    async def _carry_out_answer(self, name: str, parameters: Parameters) -> None:
        """The call in the body of an answer to the webhook: logged as any other, its outcome told to nobody."""
        number = len(self.calls)
        self.calls.append(Call(name, parameters, time.monotonic()))
        await self._carry_out(self.calls[number], partial(self._finish, number))

    async def _file(self, request: Request) -> Response:
        try:
            self._authorise(request.path_params["token"])
            content = self.world.contents.get(request.path_params["path"])
            if content is None:
                raise not_found()
        except ApiError as error:
            return JSONResponse(error.wire(), error.status)
        fault = self.faults.take("file", None)
        if fault is None:
            return Response(content, media_type="application/octet-stream")
        if fault.dropped:
            await self._drop(request)
        return _failure(fault)

    async def _nothing(self, request: Request) -> Response:
        error = not_found()
        return JSONResponse(error.wire(), error.status)


def _failure(fault: Fault) -> Response:
    """What is answered in place of the truth."""
    if fault.error is not None:
        return JSONResponse(fault.error.wire(), fault.error.status)
    return HTMLResponse(fault.page, fault.status)

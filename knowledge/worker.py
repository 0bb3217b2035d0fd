"""A second process that works out answers, so that what talks to people goes on talking meanwhile.

Whatever befalls it, nothing is lost: what it does not answer is answered where it was asked.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from collections.abc import Sequence
from typing import cast

import msgspec

from knowledge.answer import Answer
from knowledge.worker_process import HEAD, Ask, Reply, Start, framed

WARM_UP = "预热 yure"
"""Asks for all there is to load: words, readings, the sounds of the thesaurus."""

_COMMAND = (sys.executable, "-P", "-m", "knowledge.worker_process")
# Answers take milliseconds: a process that gives none for so long, though it is asked, hangs.
_PATIENCE_SECONDS = 10.0
# It opens the index, which takes a second or two; a million clauses on a slow disk take longer.
_START_SECONDS = 120.0
# One is started at most so often, however soon the one before ended: it may end the same way.
_REST_SECONDS = 60.0
# Who would have to wait for more than so many others is answered at once by the server itself.
_WAITING_MOST = 500
_log = logging.getLogger(__name__)


class _Process(asyncio.SubprocessProtocol):
    """One process, which answers from what ``start`` names, and what is asked of it."""

    def __init__(self, start: Start) -> None:
        self.start = start
        self.ready = False
        self.stopping = False
        self.ended = asyncio.Event()
        self._heard_at = time.monotonic()
        self._waiting: dict[int, asyncio.Future[Answer | None]] = {}
        self._asked = 0
        self._received = bytearray()
        self._encoder, self._decoder = msgspec.msgpack.Encoder(), msgspec.msgpack.Decoder(Reply)
        self._transport: asyncio.SubprocessTransport | None = None

    @property
    def serving(self) -> bool:
        """Whether it can be asked now."""
        return self.ready and not self.stopping and not self.ended.is_set() and len(self._waiting) < _WAITING_MOST

    @property
    def hangs(self) -> bool:
        """Whether it has been asked and has given no answer for too long."""
        patience = _PATIENCE_SECONDS if self.ready else _START_SECONDS
        return bool(self._waiting) and not self.ended.is_set() and time.monotonic() - self._heard_at > patience

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The process is there: tell it what to answer from, and see whether it does."""
        self._transport = cast(asyncio.SubprocessTransport, transport)
        self._send(self._encoder.encode(self.start))
        self.ask([WARM_UP]).add_done_callback(self._warmed_up)

    def _warmed_up(self, answer: asyncio.Future[Answer | None]) -> None:
        self.ready = answer.result() is not None

    def ask(self, turns: Sequence[str]) -> asyncio.Future[Answer | None]:
        """Its answer to come; None where it ends before. Raises UnicodeEncodeError for what is no text (half a surrogate)."""
        message = self._encoder.encode(Ask(self._asked + 1, list(turns)))
        self._asked += 1
        if not self._waiting:
            self._heard_at = time.monotonic()
        answer: asyncio.Future[Answer | None] = asyncio.get_running_loop().create_future()
        self._waiting[self._asked] = answer
        self._send(message)
        return answer

    def _send(self, message: bytes) -> None:
        assert self._transport is not None
        pipe = cast(asyncio.WriteTransport, self._transport.get_pipe_transport(0))
        pipe.write(framed(message))

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        """Hand over the answers that have come whole."""
        self._heard_at = time.monotonic()
        received = self._received
        received += data
        while len(received) >= HEAD.size:
            end = HEAD.size + HEAD.unpack_from(received)[0]
            if len(received) < end:
                return
            message = bytes(received[HEAD.size : end])
            del received[:end]
            try:
                reply = self._decoder.decode(message)
            except msgspec.DecodeError as error:
                _log.error("the worker said what is no answer, and is ended: %s", error)
                self.kill()
                return
            answer = self._waiting.pop(reply.number, None)
            if answer is not None and not answer.done():
                answer.set_result(reply.answer)

    def process_exited(self) -> None:
        """It is gone; what it said last may be still to come."""
        assert self._transport is not None
        # Closed where it has not closed them itself, so that connection_lost is called in any case.
        self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Let nobody wait for it any more."""
        self.ended.set()
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_result(None)
        self._waiting.clear()

    def kill(self) -> None:
        """End it at once."""
        if self._transport is not None and not self.ended.is_set():
            self._transport.kill()

    async def stop(self) -> None:
        """Let it answer what it was asked, and end; at once where it does not answer yet."""
        self.stopping = True
        if not self.ready:
            self.kill()
        if self._transport is not None and (pipe := self._transport.get_pipe_transport(0)) is not None:
            pipe.close()
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await self.ended.wait()
        except TimeoutError:
            self.kill()
            await self.ended.wait()


class Worker:
    """The process that answers for one helpdesk, and its successors. ``serve`` begins, ``close`` ends."""

    def __init__(self) -> None:
        self._process: _Process | None = None
        self._stopping: set[asyncio.Task[None]] = set()
        self._starting = asyncio.Lock()
        self._resting_until = 0.0
        self._closed = False

    @property
    def serving(self) -> bool:
        """Whether a process can be asked now."""
        return self._process is not None and self._process.serving

    async def serve(self, start: Start) -> None:
        """See to it that a process answers from what ``start`` names, or soon will; to be called again now and then.

        It takes a second or two to get ready, in which ``answer`` answers nothing.
        """
        async with self._starting:
            before = self._process
            if before is not None and before.start != start:
                self._retire(before)
                before = self._process = None
                self._resting_until = 0.0
            if before is not None and before.hangs:
                self._end(before)
            alive = before is not None and not before.ended.is_set()
            if self._closed or alive or time.monotonic() < self._resting_until:
                return
            self._resting_until = time.monotonic() + _REST_SECONDS
            try:
                # In a session of its own: Ctrl-C at a terminal is for the one who serves, who then ends this one.
                _, self._process = await asyncio.get_running_loop().subprocess_exec(
                    lambda: _Process(start), *_COMMAND, stderr=None, start_new_session=True
                )
            except OSError as error:
                _log.warning("no worker can be started, answers are worked out by the server itself: %s", error)

    async def answer(self, turns: Sequence[str]) -> Answer | None:
        """The answer to the last of ``turns`` in the light of the ones before; None where the process cannot give it now."""
        process = self._process
        if process is None or not process.serving:
            return None
        try:
            waiting = process.ask(turns)
        except UnicodeEncodeError:
            return None
        while not waiting.done():
            await asyncio.wait([waiting], timeout=_PATIENCE_SECONDS)
            if process.hangs:
                self._end(process)
        return waiting.result()

    async def close(self) -> None:
        """End the process."""
        async with self._starting:
            self._closed = True
            if self._process is not None:
                self._retire(self._process)
                self._process = None
        await asyncio.gather(*self._stopping)

    def _end(self, process: _Process) -> None:
        _log.warning("the worker gives no answer, and is ended; what it was asked is answered by the server itself")
        process.kill()

    def _retire(self, process: _Process) -> None:
        task = asyncio.create_task(process.stop())
        self._stopping.add(task)
        task.add_done_callback(self._stopping.discard)

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
# Answers take milliseconds; who waits this long waits for a process that hangs.
_PATIENCE_SECONDS = 10.0
# After one that ended unasked for, the next is not started sooner: it may end the same way.
_REST_SECONDS = 60.0
_log = logging.getLogger(__name__)


class _Process(asyncio.SubprocessProtocol):
    """One process, which answers from what ``start`` names, and what is asked of it."""

    def __init__(self, start: Start) -> None:
        self.start = start
        self.ready = False
        self.stopping = False
        self.ended = asyncio.Event()
        self._waiting: dict[int, asyncio.Future[Answer | None]] = {}
        self._asked = 0
        self._received = bytearray()
        self._encoder, self._decoder = msgspec.msgpack.Encoder(), msgspec.msgpack.Decoder(Reply)
        self._transport: asyncio.SubprocessTransport | None = None

    @property
    def serving(self) -> bool:
        """Whether it can be asked now."""
        return self.ready and not self.stopping and not self.ended.is_set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The process is there: tell it what to answer from, and see whether it does."""
        self._transport = cast(asyncio.SubprocessTransport, transport)
        self._send(self._encoder.encode(self.start))
        self.ask([WARM_UP]).add_done_callback(lambda _: setattr(self, "ready", True))

    def ask(self, turns: Sequence[str]) -> asyncio.Future[Answer | None]:
        """Its answer to come; None where it ends before."""
        self._asked += 1
        answer: asyncio.Future[Answer | None] = asyncio.get_running_loop().create_future()
        self._waiting[self._asked] = answer
        self._send(self._encoder.encode(Ask(self._asked, list(turns))))
        return answer

    def _send(self, message: bytes) -> None:
        assert self._transport is not None
        pipe = cast(asyncio.WriteTransport, self._transport.get_pipe_transport(0))
        pipe.write(framed(message))

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        """Hand over the answers that have come whole."""
        received = self._received
        received += data
        while len(received) >= HEAD.size:
            end = HEAD.size + HEAD.unpack_from(received)[0]
            if len(received) < end:
                return
            reply = self._decoder.decode(bytes(received[HEAD.size : end]))
            del received[:end]
            answer = self._waiting.pop(reply.number)
            if not answer.done():
                answer.set_result(reply.answer)

    def process_exited(self) -> None:
        """Let nobody wait for it any more."""
        self.ended.set()
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_result(None)
        self._waiting.clear()
        assert self._transport is not None
        self._transport.close()

    def kill(self) -> None:
        """End it at once."""
        if self._transport is not None and not self.ended.is_set():
            self._transport.kill()

    async def stop(self) -> None:
        """Let it answer what it was asked, and end."""
        self.stopping = True
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
        self._resting_until = 0.0

    @property
    def serving(self) -> bool:
        """Whether a process can be asked now."""
        return self._process is not None and self._process.serving

    async def serve(self, start: Start) -> None:
        """See to it that a process answers from what ``start`` names, or soon will; to be called again now and then.

        It takes a second or two to get ready, in which ``answer`` answers nothing.
        """
        before = self._process
        if before is not None and before.start == start:
            if not before.ended.is_set() or time.monotonic() < self._resting_until:
                return
        elif before is not None:
            self._retire(before)
        try:
            # In a session of its own: Ctrl-C at a terminal is for the one who serves, who then ends this one.
            _, self._process = await asyncio.get_running_loop().subprocess_exec(
                lambda: _Process(start), *_COMMAND, stderr=None, start_new_session=True
            )
        except OSError as error:
            _log.warning("no worker can be started, answers are worked out by the server itself: %s", error)
            self._process = None
            return
        self._resting_until = time.monotonic() + _REST_SECONDS

    async def answer(self, turns: Sequence[str]) -> Answer | None:
        """The answer to the last of ``turns`` in the light of the ones before; None where the process cannot give it now."""
        process = self._process
        if process is None or not self.serving:
            return None
        waiting = process.ask(turns)
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                answer = await waiting
        except TimeoutError:
            answer = None
            process.kill()
        if answer is None:
            _log.warning("the worker ended or hung; what it was asked is answered by the server itself")
        return answer

    async def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._retire(self._process)
            self._process = None
        await asyncio.gather(*self._stopping)

    def _retire(self, process: _Process) -> None:
        task = asyncio.create_task(process.stop())
        self._stopping.add(task)
        task.add_done_callback(self._stopping.discard)

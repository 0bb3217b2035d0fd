"""The process that works out answers beside the one that serves (``knowledge.worker``): questions in, answers out, until the end.

Messages go through its standard input and output: their length as four bytes, then msgpack. The first is a ``Start``, every
other an ``Ask``; to each of those there is a ``Reply``, in their order.
"""

from __future__ import annotations

import gc
import signal
import struct
import sys
from pathlib import Path
from typing import BinaryIO

import msgspec

from knowledge import segment
from knowledge.answer import Answer
from knowledge.answerer import Answerer
from knowledge.index import ClauseIndex

HEAD = struct.Struct("!I")
"""What stands before a message: how many bytes it has."""


class Start(msgspec.Struct, frozen=True, array_like=True):
    """What to answer from: the folders of the index and of the data, the number of the release, its thesaurus ("": the one
    that ships), and the region that people ask from ("" where that is not known)."""

    index: str
    data_dir: str
    release: int
    thesaurus: str
    region: str


class Ask(msgspec.Struct, frozen=True, array_like=True):
    """A question, the last of ``turns``, under a number."""

    number: int
    turns: list[str]


class Reply(msgspec.Struct, frozen=True, array_like=True):
    """The answer to the question of that number."""

    number: int
    answer: Answer


def framed(message: bytes) -> bytes:
    """A message as it is sent."""
    return HEAD.pack(len(message)) + message


def _read(stream: BinaryIO) -> bytes:
    """The next message; b"" at the end."""
    head = stream.read(HEAD.size)
    return stream.read(HEAD.unpack(head)[0]) if len(head) == HEAD.size else b""


def main() -> None:
    """Answer until the input ends."""
    # It ends when its input does, and not before it has answered what came: a service manager signals to all processes at once.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    questions, answers = sys.stdin.buffer, sys.stdout.buffer
    # What a library may print goes where it does no harm.
    sys.stdout = sys.stderr
    first = _read(questions)
    if not first:
        return
    start = msgspec.msgpack.decode(first, type=Start)
    segment.keep_dictionary_in(Path(start.data_dir))
    answerer = Answerer.shipped(ClauseIndex(Path(start.index)), start.release, start.thesaurus, start.region)
    asked, reply = msgspec.msgpack.Decoder(Ask), msgspec.msgpack.Encoder()
    while message := _read(questions):
        ask = asked.decode(message)
        answers.write(framed(reply.encode(Reply(ask.number, answerer.answer(ask.turns)))))
        answers.flush()
        if ask.number == 1:
            # What the first question loaded stays: no collection need walk it.
            gc.freeze()


if __name__ == "__main__":
    main()

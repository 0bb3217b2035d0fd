"""What the tests of the people store share: people on a fresh database, answers made to order, processes that race."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection as Pipe
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

from sqlalchemy import Executable, delete, select, text
from store_fixtures import fresh_database, opened, processes

from knowledge.answer import Answer, Citation, Decision
from knowledge.errors import HelpdeskError
from knowledge.model import Clause, Metadata
from knowledge.people import People
from knowledge.store import Store
from knowledge.store.schema import api_key, asked, audit, handled, judgement, link, member, session

BY = "the tests"

TABLES = (judgement, asked, handled, session, link, api_key, audit, member)
"""Those of the people store but its secret, so that each stands before those it refers to."""


@contextmanager
def lasting_database(kind: str, folder: Path, *, made: bool = True) -> Iterator[str]:
    """``fresh_database`` for more than one test and event loop, since making the tables takes longest."""
    with asyncio.Runner() as runner:
        database = fresh_database(kind, folder)
        url = runner.run(database.__aenter__())
        try:
            if made:
                runner.run(_make_tables(url))
            yield url
        finally:
            runner.run(database.__aexit__(None, None, None))


async def _make_tables(url: str) -> None:
    async with await Store.open(url):
        pass


async def emptied(url: str) -> None:
    """Empty the tables of a lasting database, so that numbers begin at 1 again. The secret stays."""
    if url.startswith("postgresql"):
        begin = [
            f"SELECT setval(pg_get_serial_sequence('{one.name}', 'id'), 1, false)" for one in TABLES if "id" in one.c
        ]
    else:
        begin = ["DELETE FROM sqlite_sequence"]
    await execute(url, *map(delete, TABLES), *map(text, begin))


@asynccontextmanager
async def people_on(url: str) -> AsyncIterator[People]:
    """The people of that database, as ``Helpdesk`` opens them."""
    async with await Store.open(url) as store, await People.open(store.database) as people:
        yield people


async def execute(url: str, *statements: Executable) -> None:
    """Statements past the people store, to make time pass."""
    async with opened(url) as database, database.writing() as connection:
        for statement in statements:
            await connection.execute(statement)


async def everything(url: str) -> str:
    """All that stands in the tables of the people store, as text."""
    async with opened(url) as database, database.reading() as connection:
        return "\n".join([str(row) for table in TABLES for row in await connection.execute(select(table))])


def made_answer(decision: Decision = "answer", clause_id: str | None = "a:1") -> Answer:
    """An answer that cites that clause first, or nothing."""
    citations = []
    for one in [] if clause_id is None else [clause_id, "other:1"]:
        clause = Clause(one, "文件", 0, 1, "一", "标题", "欠费不停供。", 0)
        citations.append(Citation(clause, "文件", Metadata(title="通知"), 0.9))
    return Answer("问题", decision, 0.75, tuple(citations), "", None, 3, 1.5)


# Processes that do the same thing at once


@dataclass(frozen=True, slots=True)
class Refused:
    """A HelpdeskError in another process."""

    error: str


class Crowd:
    """Processes that have the same database open, each with its ``People``."""

    def __init__(self, pipes: list[Pipe]) -> None:
        self._pipes = pipes

    def at_once(self, method: str, *calls: Mapping[str, object]) -> list[Any]:
        """Call the method in as many processes as there are calls, all at the same moment; what each call gave."""
        assert len(calls) <= len(self._pipes)
        for number, pipe in enumerate(self._pipes):
            pipe.send((method, calls[number] if number < len(calls) else None))
        return [_received(pipe) for pipe in self._pipes][: len(calls)]


def _received(pipe: Pipe) -> Any:
    assert pipe.poll(90), "a process of the crowd reports nothing"
    return pipe.recv()


@contextmanager
def crowd(url: str, size: int) -> Iterator[Crowd]:
    """That many processes on one database; killed at the end."""
    context = processes()
    barrier = context.Barrier(size)
    with ExitStack() as stack:
        pipes = []
        for _ in range(size):
            ours, theirs = context.Pipe()
            process = context.Process(target=_member_of_crowd, args=(url, theirs, barrier))
            process.start()
            stack.callback(ours.close)
            stack.callback(process.join)
            stack.callback(process.kill)
            pipes.append(ours)
            theirs.close()
        for pipe in pipes:
            assert _received(pipe) == "ready"
        yield Crowd(pipes)


def _member_of_crowd(url: str, pipe: Pipe, barrier: Barrier) -> None:
    async def work() -> None:
        barrier.wait(60)
        async with people_on(url) as people:
            pipe.send("ready")
            while True:
                method, arguments = pipe.recv()
                barrier.wait(60)
                if arguments is None:
                    pipe.send(None)
                    continue
                try:
                    found = getattr(people, method)(**arguments)
                    pipe.send(await found if asyncio.iscoroutine(found) else found)
                except HelpdeskError as error:
                    pipe.send(Refused(type(error).__name__))

    asyncio.run(work())

"""What the tests of the store share: policies made to order, a fresh database of either kind, and child processes."""

from __future__ import annotations

import asyncio
import hashlib
import multiprocessing
import os
import resource
import secrets
import signal
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from multiprocessing.connection import Connection as Pipe
from multiprocessing.context import ForkServerContext
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import Engine, event, text

from knowledge.errors import StoreError
from knowledge.model import Clause, Metadata, Policy
from knowledge.store import Store
from knowledge.store.database import Database

POSTGRES = os.environ.get("HELPDESK_TEST_POSTGRES_URL", "")

needs_postgresql = pytest.mark.skipif(not POSTGRES, reason="HELPDESK_TEST_POSTGRES_URL names no PostgreSQL server")

DATABASES = ["sqlite", pytest.param("postgresql", marks=needs_postgresql)]


def make_policy(policy_id: str, texts: Iterable[str] = ("一、第一条。\n", "二、第二条。\n"), **metadata: Any) -> Policy:
    """A policy with one clause for each text; the digest covers the texts and the metadata."""
    texts = tuple(texts)
    about = Metadata(title=f"关于{policy_id}的通知", **metadata)
    clauses: list[Clause] = []
    for ordinal, words in enumerate(texts):
        start = sum(len(earlier) for earlier in texts[:ordinal])
        clauses.append(
            Clause(f"{policy_id}:{ordinal + 1}", f"文件{policy_id}", ordinal, ordinal + 1, "一", "标题", words, start)
        )
    return Policy(
        policy_id=policy_id,
        source=f"文件{policy_id}",
        path=f"通知/文件{policy_id}.txt",
        digest=hashlib.sha256(repr((texts, about)).encode()).hexdigest(),
        metadata=about,
        body="".join(texts),
        clauses=tuple(clauses),
    )


def make_edition(edition: int, *, policies: int = 60, clauses: int = 12) -> list[Policy]:
    """Policies of which every one differs from those of every other edition, ordered by their ids."""
    return [
        make_policy(
            f"p{name:05}", [f"{ordinal}、第{edition}版第{name}号之{ordinal}。\n" * 3 for ordinal in range(clauses)]
        )
        for name in range(policies)
    ]


def renamed(policies: Sequence[Policy], prefix: str) -> list[Policy]:
    """The same policies under other ids, so that two publishers write nothing in common."""
    return [
        replace(
            policy,
            policy_id=prefix + policy.policy_id,
            clauses=tuple(replace(clause, clause_id=prefix + clause.clause_id) for clause in policy.clauses),
        )
        for policy in policies
    ]


@asynccontextmanager
async def fresh_database(kind: str, folder: Path) -> AsyncIterator[str]:
    """The URL of an empty database: a file in a folder that does not exist yet, or a PostgreSQL schema of its own."""
    if kind == "sqlite":
        yield f"sqlite:///{folder}/data/helpdesk.db"
        return
    schema = f"helpdesk_test_{secrets.token_hex(8)}"
    server = await asyncpg.connect(POSTGRES)
    try:
        await server.execute(f"CREATE SCHEMA {schema}")
        yield f"{POSTGRES}{'&' if '?' in POSTGRES else '?'}search_path={schema}"
    finally:
        await server.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
        await server.close()


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    """The database past the store, closed at the end."""
    database = Database.open(url)
    try:
        yield database
    finally:
        await database.close()


async def scalar(url: str, query: str) -> Any:
    """The first value of a query, asked past the store."""
    async with opened(url) as database, database.reading() as connection:
        return await connection.scalar(text(query))


async def refusal(url: str) -> str:
    """What opening the store says to the user, after a look that nothing gives the password (s3cret) away."""
    with pytest.raises(StoreError) as caught:
        async with await Store.open(url):
            pass
    error: BaseException | None = caught.value
    while error is not None:
        assert "s3cret" not in f"{error} {error!r} {getattr(error, 'log', '')}"
        error = error.__cause__
    return caught.value.user


def processes() -> ForkServerContext:
    """Real processes, forked from one that has imported everything: each starts in some hundredths of a second."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["pytest", "alembic.command", "asyncpg", "knowledge.store"])
    return context


# What the child processes do. Each sends its outcome through the pipe.


def publish_for_ever(url: str, pipe: Pipe) -> None:
    """Publish edition after edition (release N holds edition N) and send each number once it is published."""

    async def work() -> None:
        async with await Store.open(url) as store:
            current = await store.release_in_force()
            number = current.number if current else 0
            pipe.send(number)
            while True:
                number += 1
                await store.publish(make_edition(number))
                pipe.send(number)

    asyncio.run(work())


def publish_and_die(url: str, pipe: Pipe, statement: int) -> None:
    """Publish edition 2 and end by SIGKILL after the given statement of that (counted from 1)."""

    async def work() -> None:
        async with await Store.open(url) as store:
            _die_after(statement)
            await store.publish(make_edition(2))

    asyncio.run(work())


def open_and_die(url: str, pipe: Pipe, statement: int) -> None:
    """Open the store for the first time and end by SIGKILL after the given statement of that (counted from 1)."""

    async def work() -> None:
        _die_after(statement)
        async with await Store.open(url):
            pass

    asyncio.run(work())


def _die_after(statement: int) -> None:
    seen = 0

    def count(*_details: object) -> None:
        nonlocal seen
        seen += 1
        if seen == statement:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "after_cursor_execute", count)


def publish_some(url: str, pipe: Pipe, barrier: Barrier, prefix: str, times: int) -> None:
    """Wait for the others, then publish that many editions as fast as may be; send the release numbers."""

    async def work() -> list[int]:
        async with await Store.open(url) as store:
            barrier.wait(60)
            return [
                (await store.publish(renamed(make_edition(turn), prefix), note=f"{prefix}{turn}")).number
                for turn in range(times)
            ]

    pipe.send(asyncio.run(work()))


def open_at_once(url: str, pipe: Pipe, barrier: Barrier) -> None:
    """Wait for the others, then open the store for the first time; send "" or what the StoreError says."""

    async def work() -> str:
        barrier.wait(60)
        try:
            async with await Store.open(url) as store:
                await store.releases()
        except StoreError as error:
            return error.log
        return ""

    pipe.send(asyncio.run(work()))


def publish_without_room(url: str, pipe: Pipe, bytes_per_file: int) -> None:
    """Publish edition 2 where no file may grow beyond the limit; send what the StoreError says to the user."""

    async def work() -> str:
        async with await Store.open(url) as store:
            resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_per_file, bytes_per_file))
            try:
                await store.publish(make_edition(2))
            except StoreError as error:
                return error.user
        return ""

    pipe.send(asyncio.run(work()))


def open_as_nobody(url: str, pipe: Pipe) -> None:
    """Open and publish without root's rights over files; send what the StoreError says to the user."""

    async def work() -> str:
        try:
            async with await Store.open(url) as store:
                await store.publish(make_edition(2))
        except StoreError as error:
            return error.user
        return ""

    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)
    pipe.send(asyncio.run(work()))

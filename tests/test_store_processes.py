"""Several real processes on one database: killed, racing, out of room, without rights."""

from __future__ import annotations

import asyncio
import random
import signal
import sqlite3
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection as Pipe
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest
from conftest import slow
from store_fixtures import (
    DATABASES,
    fresh_database,
    make_edition,
    open_and_die,
    open_as_nobody,
    open_at_once,
    processes,
    publish_and_die,
    publish_for_ever,
    publish_some,
    publish_without_room,
    renamed,
    scalar,
)

from knowledge.store import Store, fingerprint


@pytest.fixture(params=DATABASES)
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    async with fresh_database(request.param, tmp_path) as url:
        yield url


@contextmanager
def child(work: Callable[..., None], *arguments: Any) -> Iterator[tuple[BaseProcess, Pipe]]:
    """A process that does the work, with the end of the pipe that it reports through; killed at the end."""
    context = processes()
    ours, theirs = context.Pipe(duplex=False)
    url, *others = arguments
    process = context.Process(target=work, args=(url, theirs, *others))
    process.start()
    theirs.close()
    try:
        yield process, ours
    finally:
        process.kill()
        process.join()
        process.close()
        ours.close()


def report(pipe: Pipe) -> Any:
    # Longer than a child waits for a lock before it gives up and says so: a slow disk is no failure.
    assert pipe.poll(90), "the child process reports nothing"
    return pipe.recv()


async def assert_whole(url: str, allowed: set[int]) -> int:
    """The store opens, the latest releases are whole, the one in force is an allowed one; returns its number."""
    if url.startswith("sqlite"):
        connection = sqlite3.connect(url.removeprefix("sqlite:///"))
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        connection.close()
    async with await Store.open(url) as store:
        current = await store.release_in_force()
        assert current is not None
        assert current.number in allowed
        releases = await store.releases()
        assert [one.number for one in releases] == list(range(current.number, 0, -1))
        assert await store.policies(current.number) == make_edition(current.number)
        for one in releases[:5]:
            digests = await store.digests(one.number)
            assert (len(digests), fingerprint(digests)) == (one.policies, one.fingerprint)
    orphans = "SELECT count(*) FROM policy_version WHERE id NOT IN (SELECT policy_version_id FROM release_policy)"
    assert await scalar(url, orphans) == 0
    return current.number


@slow
async def test_killed_at_random_moments(url: str) -> None:
    moments = random.Random(20200210)
    async with await Store.open(url) as store:
        began = time.perf_counter()
        await store.publish(make_edition(1))
        # Several publications long, also where the machine is busy.
        longest = max(0.12, 5 * (time.perf_counter() - began))
    number = 1
    for _ in range(12 if url.startswith("sqlite") else 4):
        with child(publish_for_ever, url) as (process, pipe):
            announced = report(pipe)
            await asyncio.sleep(moments.uniform(0, longest))
            process.kill()
            process.join()
            assert process.exitcode == -signal.SIGKILL
            while pipe.poll():
                try:
                    announced = pipe.recv()
                except EOFError:
                    break
        # A release that was announced is never lost; one more may be in force that could not be announced any more.
        number = await assert_whole(url, {announced, announced + 1})
    assert number > 1, "no publication came to its end: the moments test nothing"


async def test_killed_after_every_statement(url: str) -> None:
    async with await Store.open(url) as store:
        await store.publish(make_edition(1))
    statement = 1
    while True:
        with child(publish_and_die, url, statement) as (process, _pipe):
            process.join(90)
            if process.exitcode == 0:
                break
            assert process.exitcode == -signal.SIGKILL
        assert await assert_whole(url, {1}) == 1
        statement += 1
    assert statement > 7, "a publication is more statements than that: the count has missed some"
    assert await assert_whole(url, {2}) == 2


async def test_killed_while_the_tables_are_made(url: str) -> None:
    killed = 0
    for statement in range(1, 200, 6):
        with child(open_and_die, url, statement) as (process, _pipe):
            process.join(90)
            if process.exitcode == 0:
                break
            assert process.exitcode == -signal.SIGKILL
        killed += 1
    assert killed > 2, "making the tables is more statements than that: the count has missed some"
    async with await Store.open(url) as store:
        assert (await store.publish(make_edition(1))).number == 1
    assert await assert_whole(url, {1}) == 1


async def test_two_processes_publish_at_once(url: str) -> None:
    barrier = processes().Barrier(2)
    with (
        child(publish_some, url, barrier, "a", 6) as (_one, first),
        child(publish_some, url, barrier, "b", 6) as (_other, second),
    ):
        numbers = {"a": report(first), "b": report(second)}
    assert sorted(numbers["a"] + numbers["b"]) == list(range(1, 13))
    async with await Store.open(url) as store:
        notes = {one.number: one.note for one in await store.releases()}
        for prefix, given in numbers.items():
            assert given == sorted(given)
            for turn, number in enumerate(given):
                assert notes[number] == f"{prefix}{turn}"
                assert await store.policies(number) == renamed(make_edition(turn), prefix)
        assert [entry.number for entry in await store.history()] == list(range(12, 0, -1))


async def test_processes_that_start_together_on_a_new_database(url: str) -> None:
    barrier = processes().Barrier(4)
    with (
        child(open_at_once, url, barrier) as (_a, first),
        child(open_at_once, url, barrier) as (_b, second),
        child(open_at_once, url, barrier) as (_c, third),
        child(open_at_once, url, barrier) as (_d, fourth),
    ):
        assert [report(pipe) for pipe in (first, second, third, fourth)] == [""] * 4
    assert await scalar(url, "SELECT count(*) FROM alembic_version") == 1


async def test_no_room_for_the_file_to_grow(tmp_path: Path) -> None:
    async with fresh_database("sqlite", tmp_path) as url:
        async with await Store.open(url) as store:
            await store.publish(make_edition(1))
        size = (tmp_path / "data" / "helpdesk.db").stat().st_size
        with child(publish_without_room, url, size // 2) as (_process, pipe):
            assert "cannot be read or written: check the free space" in report(pipe)
        assert await assert_whole(url, {1}) == 1
        async with await Store.open(url) as store:
            assert (await store.publish(make_edition(2))).number == 2


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """A folder that every user of the machine can enter, unlike pytest's own; only its owner may write there."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "data").mkdir()
        yield folder
        allow_writing(folder, True)


def allow_writing(folder: Path, allowed: bool) -> None:
    """Give or take the owner's right to write in the folder and all that is in it; everybody may read."""
    folder.chmod(0o755 if allowed else 0o555)
    for path in folder.rglob("*"):
        path.chmod((0o755 if allowed else 0o555) if path.is_dir() else (0o644 if allowed else 0o444))


async def test_a_folder_without_the_right_to_write(public_folder: Path) -> None:
    database = public_folder / "data" / "helpdesk.db"
    refusals = {
        # Neither the folder nor the file can be made
        public_folder / "new" / "helpdesk.db": "cannot be created: name another place",
        database: "cannot be opened: check that",
    }
    allow_writing(public_folder, False)
    for file, words in refusals.items():
        with child(open_as_nobody, f"sqlite:///{file}") as (_process, pipe):
            assert words in report(pipe)
    # A database that someone else made
    allow_writing(public_folder, True)
    async with await Store.open(f"sqlite:///{database}") as store:
        await store.publish(make_edition(1))
    allow_writing(public_folder, False)
    with child(open_as_nobody, f"sqlite:///{database}") as (_process, pipe):
        assert "may not be written by this user" in report(pipe)
    allow_writing(public_folder, True)
    assert await assert_whole(f"sqlite:///{database}", {1}) == 1

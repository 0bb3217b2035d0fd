"""Publishing with its index: what cannot be indexed does not come into force, whoever is killed or comes second."""

from __future__ import annotations

import asyncio
import logging
import random
import shutil
import signal
import sqlite3
from contextlib import closing
from multiprocessing.connection import Connection as Pipe
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest
from conftest import slow
from store_fixtures import processes

from knowledge import index as indexes
from knowledge.errors import NothingToPublishError, SearchIndexError
from knowledge.helpdesk import Config, Helpdesk
from knowledge.model import Release

QUESTION = "电费交不上会不会停电"


def write(config: Config, edition: int) -> None:
    """A policy folder of that edition."""
    config.policy_dir.mkdir(exist_ok=True)
    for name in range(20):
        text = f"关于第{name}项帮扶工作的通知\n\n一、缓缴电费。企业可以申请缓缴电费，欠费不停供。\n二、第{edition}版第{name}项。\n"
        (config.policy_dir / f"通知{name}.txt").write_text(text, encoding="utf-8")


@pytest.fixture
def config(tmp_path: Path) -> Config:
    made = Config(f"sqlite:///{tmp_path}/data/helpdesk.db", tmp_path / "data", tmp_path / "policies")
    write(made, 1)
    return made


def is_indexed(config: Config, release: Release | None) -> bool:
    """Whether the index of that release is there, without making it."""
    assert release is not None
    folder = config.data_dir / "index" / f"{release.fingerprint[:20]}-{indexes.VERSION}"
    return indexes.contents(folder) is not None


async def test_what_cannot_be_indexed_does_not_come_into_force(config: Config) -> None:
    async with Helpdesk.open(config) as helpdesk:
        answer = helpdesk.ask(QUESTION)
        first = await helpdesk.release_in_force()
        write(config, 2)
        await helpdesk.publish(await helpdesk.preview())
        second = await helpdesk.release_in_force()
        # No folder can be made where a file lies.
        root = config.data_dir / "index"
        shutil.move(root, root.with_name("away"))
        root.write_text("")
        write(config, 3)
        preview = await helpdesk.preview()
        with pytest.raises(SearchIndexError, match="cannot be written under"):
            await helpdesk.publish(preview)
        with pytest.raises(SearchIndexError, match="cannot be written under"):
            await helpdesk.put_in_force(1)
        assert await helpdesk.release_in_force() == second
        assert [one.number for one in await helpdesk.releases()] == [2, 1]
        assert [entry.action for entry in await helpdesk.people.audit()] == ["publish", "publish"]
        assert helpdesk.ask(QUESTION).release == 2
        # When there is room again, the same preview will do.
        root.unlink()
        assert (await helpdesk.publish(preview)).number == 3
        assert (await helpdesk.put_in_force(1)).fingerprint == first.fingerprint  # type: ignore[union-attr]
        assert helpdesk.ask(QUESTION).citations == answer.citations


async def test_of_two_who_publish_over_the_same_release_one_does(config: Config) -> None:
    async with Helpdesk.open(config) as one, Helpdesk.open(config) as other:
        write(config, 2)
        previews = [await one.preview(), await other.preview()]
        outcomes = await asyncio.gather(
            one.publish(previews[0], note="one"), other.publish(previews[1], note="other"), return_exceptions=True
        )
        (published,) = [outcome for outcome in outcomes if isinstance(outcome, Release)]
        assert published.number == 2
        assert [type(o) for o in outcomes if not isinstance(o, Release)] == [NothingToPublishError]
        assert len(await one.releases()) == 2
        await one.refresh()
        assert one.ask(QUESTION).release == 2


async def test_what_is_in_force_is_not_called_failed_for_the_audit_trail(
    config: Config, caplog: pytest.LogCaptureFixture
) -> None:
    async with Helpdesk.open(config) as helpdesk:
        with closing(sqlite3.connect(config.data_dir / "helpdesk.db")) as connection:
            connection.execute("CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'full'); END")
        write(config, 2)
        with caplog.at_level(logging.ERROR):
            assert (await helpdesk.publish(await helpdesk.preview(), actor="#1 甲")).number == 2
            assert (await helpdesk.put_in_force(1, "#1 甲")).number == 1
        assert [one.getMessage().partition(":")[0] for one in caplog.records] == [
            "publish of release 2 is not in the audit trail",
            "rollback of release 1 is not in the audit trail",
        ]
        assert helpdesk.ask(QUESTION).release == 1
        assert [(one.number, one.actor) for one in await helpdesk.history()] == [(1, "#1 甲"), (2, "#1 甲"), (1, "")]


# Several processes


def publish_for_ever(config: Config, pipe: Pipe, edition: int) -> None:
    """Publish edition after edition; send the number of each once it is published."""

    async def work() -> None:
        number = edition
        async with Helpdesk.attach(config) as helpdesk:
            while True:
                number += 1
                write(config, number)
                pipe.send((await helpdesk.publish(await helpdesk.preview())).number)

    asyncio.run(work())


@slow
async def test_killed_at_any_moment_what_is_in_force_has_its_index(config: Config) -> None:
    moments = random.Random(20200212)
    async with Helpdesk.open(config) as helpdesk:
        number = 1
        for _ in range(5):
            ours, theirs = processes().Pipe(duplex=False)
            process = processes().Process(target=publish_for_ever, args=(config, theirs, number * 1000))
            process.start()
            theirs.close()
            # To load what it needs takes longest.
            assert ours.poll(60), "the process reports nothing"
            announced = ours.recv()
            await asyncio.sleep(moments.uniform(0, 0.3))
            process.kill()
            process.join()
            assert process.exitcode == -signal.SIGKILL
            while ours.poll():
                try:
                    announced = ours.recv()
                except EOFError:
                    break
            ours.close()
            in_force = await helpdesk.release_in_force()
            assert is_indexed(config, in_force)
            assert in_force is not None
            assert in_force.number in (announced, announced + 1)
            number = in_force.number
            assert await helpdesk.refresh()
            assert helpdesk.ask(QUESTION).release == number
            assert helpdesk.ask(QUESTION).citations[0].clause.heading == "缓缴电费"


def start_at_once(config: Config, pipe: Pipe, barrier: Barrier) -> None:
    """Wait for the others, then serve from a database that is new to all of them; send what is served."""

    async def work() -> tuple[int, int]:
        barrier.wait(60)
        async with Helpdesk.open(config) as helpdesk:
            return helpdesk.ask(QUESTION).release, len(await helpdesk.releases())

    pipe.send(asyncio.run(work()))


@slow
async def test_of_several_that_start_on_a_new_database_one_publishes(config: Config) -> None:
    context = processes()
    barrier = context.Barrier(2)
    pipes, started = [], []
    for _ in range(2):
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=start_at_once, args=(config, theirs, barrier))
        process.start()
        theirs.close()
        pipes.append(ours)
        started.append(process)
    try:
        for pipe in pipes:
            assert pipe.poll(60), "a process reports nothing"
            assert pipe.recv() == (1, 1)
    finally:
        for pipe, process in zip(pipes, started, strict=True):
            process.kill()
            process.join()
            pipe.close()

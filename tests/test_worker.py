"""The process that works out answers: the same answers, and none lost whatever befalls it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import slow

from bot import settings
from knowledge import worker
from knowledge.answer import Answer
from knowledge.helpdesk import POLICIES, Config, Helpdesk
from knowledge.worker import Worker
from knowledge.worker_process import Start

pytestmark = slow

QUESTIONS = (
    ("厂里这个月电费交不上了，会不会停电",),
    ("贷款到期还不上怎么办", "那利息呢"),
    ("dianfei keyi huanjiao ma",),
    ("今天天气怎么样",),
    ("？",),
)


@asynccontextmanager
async def working(folder: Path) -> AsyncIterator[Helpdesk]:
    config = Config(f"sqlite:///{folder / 'helpdesk.db'}", folder, POLICIES)
    async with Helpdesk.open(config, worker=True) as helpdesk:
        await ready(helpdesk)
        yield helpdesk


async def ready(helpdesk: Helpdesk) -> int:
    """The number of the process that answers, as soon as it does."""
    async with asyncio.timeout(60):
        while not helpdesk.has_worker:  # noqa: ASYNC110 - it tells no one when it is ready
            await asyncio.sleep(0.02)
    return number(its(helpdesk))


def its(helpdesk: Helpdesk) -> Worker:
    found = helpdesk._worker
    assert found is not None
    return found


def number(of: Worker) -> int:
    assert of._process is not None
    assert of._process._transport is not None
    return of._process._transport.get_pid() or 0


def untimed(answer: Answer | None) -> Answer:
    assert answer is not None
    return replace(answer, elapsed_ms=0.0)


async def asked(helpdesk: Helpdesk, turns: Sequence[str]) -> Answer:
    return untimed(await helpdesk.answer(turns[-1], turns[:-1]))


async def gone(process: int) -> None:
    async with asyncio.timeout(30):
        while _is_there(process):  # noqa: ASYNC110 - a process that ends tells its parent only
            await asyncio.sleep(0.02)


def _is_there(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


async def test_it_answers_as_the_helpdesk_itself_does(tmp_path: Path) -> None:
    async with working(tmp_path) as helpdesk:
        many = [turns for turns in QUESTIONS for _ in range(20)]
        answers = await asyncio.gather(*(its(helpdesk).answer(turns) for turns in many))
        for turns, answer in zip(many, answers, strict=True):
            assert untimed(answer) == untimed(helpdesk.ask(turns[-1], turns[:-1]))
        process = number(its(helpdesk))
    # It ends with the helpdesk.
    await gone(process)


async def test_what_a_killed_one_was_asked_is_answered_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with working(tmp_path) as helpdesk:
        first = number(its(helpdesk))
        os.kill(first, signal.SIGSTOP)
        answers = [asyncio.create_task(asked(helpdesk, turns)) for turns in QUESTIONS]
        await asyncio.sleep(0.1)
        assert not any(task.done() for task in answers)
        os.kill(first, signal.SIGKILL)
        for turns, answer in zip(QUESTIONS, answers, strict=True):
            assert await answer == untimed(helpdesk.ask(turns[-1], turns[:-1]))
        # Without one, too; and not at once is another started, which might end the same way.
        assert await its(helpdesk).answer(["电费"]) is None
        await helpdesk.refresh()
        assert (await helpdesk.answer("电费")).decision == "answer"
        assert number_or_none(its(helpdesk)) in (first, None)
        monkeypatch.setattr(its(helpdesk), "_resting_until", 0.0)
        await helpdesk.refresh()
        assert await ready(helpdesk) != first


def number_or_none(of: Worker) -> int | None:
    return number(of) if of._process is not None else None


async def test_one_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with working(tmp_path) as helpdesk:
        process = number(its(helpdesk))
        monkeypatch.setattr(worker, "_PATIENCE_SECONDS", 0.2)
        os.kill(process, signal.SIGSTOP)
        assert (await asked(helpdesk, QUESTIONS[0])).decision == "answer"
        await gone(process)


async def test_a_new_release_is_answered_from_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "policies"
    folder.mkdir()
    notice = next(POLICIES.iterdir())
    (folder / notice.name).write_bytes(notice.read_bytes())
    config = Config(f"sqlite:///{tmp_path / 'helpdesk.db'}", tmp_path, folder)
    async with Helpdesk.open(config, worker=True) as helpdesk:
        before = await ready(helpdesk)
        (folder / "停车.txt").write_text("关于停车费的通知\n一、企业停车费减半收取。\n", "utf-8")
        await helpdesk.publish(await helpdesk.preview())
        # The old one is not asked any more, and the new one is not waited for.
        answer = await helpdesk.answer("停车费减多少")
        assert (answer.release, answer.citations[0].clause.source) == (2, "停车")
        assert await ready(helpdesk) != before
        assert (await helpdesk.answer("停车费减多少")).citations[0].clause.source == "停车"
        await gone(before)


async def test_where_none_can_be_started_the_helpdesk_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(worker, "_COMMAND", (str(tmp_path / "no such program"),))
    config = Config(f"sqlite:///{tmp_path / 'helpdesk.db'}", tmp_path, POLICIES)
    async with Helpdesk.open(config, worker=True) as helpdesk:
        assert (await asked(helpdesk, QUESTIONS[0])).decision == "answer"
    assert "no worker can be started" in caplog.text


async def test_one_that_cannot_read_the_index_is_done_without(tmp_path: Path) -> None:
    it = Worker()
    await it.serve(Start(str(tmp_path / "nothing"), str(tmp_path), 1, "", ""))
    try:
        assert it._process is not None
        async with asyncio.timeout(60):
            await it._process.ended.wait()
        assert await it.answer(["电费"]) is None
    finally:
        await it.close()


def children() -> set[str]:
    """The processes that this one has started and that are there."""
    told = Path(f"/proc/self/task/{os.getpid()}/children")
    if not told.exists():
        pytest.skip("the system does not tell which processes are there")
    return set(told.read_text().split())


async def test_however_many_begin_at_once_one_is_started(tmp_path: Path) -> None:
    it, start, before = Worker(), Start(str(tmp_path), str(tmp_path), 1, "", ""), children()
    await asyncio.gather(*(it.serve(start) for _ in range(5)))
    assert len(children() - before) == 1
    await it.close()
    assert children() <= before
    # Nor does one begin when all is over.
    await it.serve(start)
    assert children() <= before


async def test_what_cannot_be_started_is_not_tried_again_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(worker, "_COMMAND", (str(tmp_path / "no such program"),))
    it, start = Worker(), Start(str(tmp_path), str(tmp_path), 1, "", "")
    for _ in range(5):
        await it.serve(start)
    await it.close()
    assert len(caplog.records) == 1


async def test_many_questions_at_once_are_not_taken_for_one_that_hangs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with working(tmp_path) as helpdesk:
        monkeypatch.setattr(worker, "_PATIENCE_SECONDS", 0.3)
        process = number(its(helpdesk))
        answers = await asyncio.gather(*(helpdesk.answer(f"{n}月电费交不上了，会不会停电") for n in range(700)))
        assert all(answer.citations[0].clause.number == 4 for answer in answers)
        assert number(its(helpdesk)) == process
        assert helpdesk.has_worker
    assert not caplog.records


async def test_half_a_character_is_answered_as_without_it(tmp_path: Path) -> None:
    async with working(tmp_path) as helpdesk:
        assert await asked(helpdesk, ["\ud800电费"]) == untimed(helpdesk.ask("\ud800电费"))
        assert helpdesk.has_worker


@pytest.mark.parametrize(
    "program", ["import time; time.sleep(60)", "print('x' * 100, flush=True); import time; time.sleep(60)"]
)
async def test_one_that_never_gets_ready_is_ended(
    program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "_COMMAND", (sys.executable, "-c", program))
    monkeypatch.setattr(worker, "_START_SECONDS", 0.3)
    it, start = Worker(), Start(str(tmp_path), str(tmp_path), 1, "", "")
    await it.serve(start)
    process = number(it)
    await asyncio.sleep(0.5)
    assert await it.answer(["电费"]) is None
    await it.serve(start)
    await gone(process)
    async with asyncio.timeout(5):
        await it.close()


async def test_one_that_has_not_begun_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "_COMMAND", (sys.executable, "-c", "import time; time.sleep(60)"))
    it = Worker()
    await it.serve(Start(str(tmp_path), str(tmp_path), 1, "", ""))
    process = number(it)
    async with asyncio.timeout(5):
        await it.close()
    assert not _is_there(process)


@pytest.mark.parametrize(
    ("said", "processors", "wanted"), [("", 1, False), ("", 2, True), ("true", 1, True), ("false", 2, False)]
)
def test_there_is_one_where_there_is_a_processor_for_it_or_it_is_wished(
    said: str, processors: int, wanted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "_processors", lambda: processors)
    monkeypatch.setenv("HELPDESK_WORKER", said)
    assert settings.load().with_worker == wanted

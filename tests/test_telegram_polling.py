"""Long polling when Telegram refuses it: complained of, tried again, and no reason to lose what was taken."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from bot_api import BotApiServer, Loopback, faults
from bot_api.errors import ApiError, not_found, unauthorized
from telegram_fixtures import EVIDENCE, NO_ANSWER, QUESTION, Stage, at_work, settings_for

from bot.server import web
from bot.telegram import Telegram, build
from handlers import telegram_texts as texts
from knowledge.errors import SettingsError
from knowledge.helpdesk import POLICIES, Helpdesk

REFUSALS = pytest.mark.parametrize("refusal", [unauthorized(), not_found()], ids=lambda one: str(one.status))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(POLICIES, tmp_path / "policies")
    return tmp_path


@pytest_asyncio.fixture
async def server() -> AsyncIterator[BotApiServer]:
    async with BotApiServer() as server:
        yield server


async def refuse_polls(server: BotApiServer, refusal: ApiError, times: int) -> None:
    """Let the next polls be refused, and wait for the first of them; the one that waits now brings a message first."""
    server.fail("getUpdates", faults.refused(refusal), times=times)
    await server.user("甲").send("/help")

    def refused() -> bool | None:
        return any(call.status == refusal.status for call in server.calls_of("getUpdates")) or None

    assert await server.world.signal.until(refused, server.settings.patience)
    # Until the bot has heard of it.
    await asyncio.sleep(0.1)


async def readiness(stage: Stage, folder: Path) -> httpx.Response:
    """What /readyz says."""
    pages = web(settings_for(stage.server, folder), stage.helpdesk, stage.telegram)
    async with Loopback(pages) as serving, httpx.AsyncClient(base_url=serving.url, trust_env=False) as client:
        return await client.get("/readyz")


@REFUSALS
async def test_polling_that_was_refused_is_complained_of_and_goes_on(
    server: BotApiServer, folder: Path, refusal: ApiError
) -> None:
    async with at_work(server, folder) as stage:
        assert (await readiness(stage, folder)).status_code == 200
        await refuse_polls(server, refusal, times=2)
        ready = await readiness(stage, folder)
        assert ready.status_code == 503
        assert ready.json()["telegram"].startswith("HELPDESK_TELEGRAM_TOKEN is refused by Telegram: copy it anew")
        assert EVIDENCE in (await server.user("乙").ask(QUESTION)).text
        first, second, third = [call.at for call in server.calls_of("getUpdates")][-4:-1]
        assert third - second > second - first > 0.9, "each pause is longer than the one before"


@REFUSALS
async def test_what_was_taken_is_answered_though_polls_are_refused_at_the_end(
    server: BotApiServer, folder: Path, refusal: ApiError
) -> None:
    others = [server.user(f"P{n}") for n in range(6)]
    async with at_work(server, folder):
        server.fail("sendMessage", faults.slow(0.5), times=len(others))
        for person in others:
            await person.send(NO_ANSWER)
        assert await server.all_taken()
        await refuse_polls(server, refusal, times=1000)
    for person in others:
        assert texts.REFUSED in (await person.next_message()).text


async def test_a_token_refused_between_connecting_and_polling_is_told_in_a_sentence(
    server: BotApiServer, folder: Path
) -> None:
    server.fail("deleteWebhook", faults.refused(unauthorized()))
    settings = settings_for(server, folder)
    async with Helpdesk.open(settings.config) as helpdesk:
        telegram = Telegram(build(settings, helpdesk), settings)
        with pytest.raises(SettingsError, match="HELPDESK_TELEGRAM_TOKEN is refused"):
            await telegram.run()
        await telegram.stop()


LOGGED = """
import logging
from bot.logs import configure

configure("info")
for name, level in ("telegram.ext.Updater", 40), ("telegram.ext.Updater", 50), ("another", 40):
    try:
        raise ValueError(f"the cause at {level}")
    except ValueError:
        logging.getLogger(name).log(level, "told", exc_info=True)
"""


def test_the_library_logs_one_line_for_a_call_that_failed() -> None:
    written = subprocess.run([sys.executable, "-c", LOGGED], capture_output=True, text=True, check=True).stderr
    assert written.startswith("ERROR telegram.ext.Updater: told\nCRITICAL telegram.ext.Updater: told\nTraceback")
    assert written.count("Traceback") == written.count("ValueError: the cause") == 2

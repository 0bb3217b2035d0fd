"""The running service, started as people start it: long polling and webhook, probes, signals, logs."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import shutil
import signal
import sys
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from bot_api import BotApiServer, Person, faults
from bot_api.client import free_port
from conftest import slow
from service_fixtures import import_path, started
from telegram_fixtures import EVIDENCE, NO_ANSWER, QUESTION

from knowledge.helpdesk import Config, Helpdesk

pytestmark = slow

ROOT = Path(__file__).resolve().parent.parent
SECRET = "A-secret_of-the_webhook"
HEADER = "X-Telegram-Bot-Api-Secret-Token"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder of the notice that ships, so that not every start has to read and index it."""
    data = tmp_path_factory.mktemp("prepared") / "data"

    async def prepare() -> None:
        async with Helpdesk.open(Config(f"sqlite:///{data / 'helpdesk.db'}", data)):
            pass

    asyncio.run(prepare())
    return data


@pytest.fixture
def folder(prepared: Path, tmp_path: Path) -> Path:
    """A folder to start in, with data of its own."""
    shutil.copytree(prepared, tmp_path / "data")
    return tmp_path


def telegram(server: BotApiServer) -> dict[str, object]:
    """The settings that lead to the server."""
    return {"TELEGRAM_TOKEN": server.token, "TELEGRAM_API_URL": server.url}


async def test_long_polling_until_sigterm_loses_nothing_and_logs_no_secrets(folder: Path) -> None:
    async with BotApiServer() as server, started(folder, **telegram(server)) as service:
        alice, others = server.user("陈老板"), [server.user(f"P{n}") for n in range(12)]
        assert EVIDENCE in (await alice.ask(QUESTION)).text
        # Stopped while all of them wait for Telegram to take their answers.
        server.fail("sendMessage", faults.slow(0.5), times=len(others))
        for person in others:
            await person.send(NO_ANSWER)
        assert await server.all_taken()
        assert await service.stop() == 0
        for person in others:
            assert "没有找到" in (await person.next_message()).text
        assert not server.world.updates.pending
        written = service.written()
        for secret in (server.token, server.token.split(":")[1], "电费", "天气", "陈老板", str(alice.user.id)):
            assert secret not in written
        events = [json.loads(line) for line in written.splitlines() if line.startswith("{")]
        assert {"serving", "telegram: at work", "stopped"} <= {event["event"] for event in events}


async def test_webhook(folder: Path) -> None:
    async with BotApiServer() as server:
        port = free_port()
        more = {"PORT": port, "WEBHOOK_URL": f"http://127.0.0.1:{port}", "WEBHOOK_SECRET": SECRET}
        async with (
            started(folder, **telegram(server), **more) as service,
            httpx.AsyncClient(trust_env=False) as client,
        ):
            alice = server.user("陈老板")
            reply = await alice.ask(QUESTION)
            assert EVIDENCE in reply.text
            assert (await alice.press(reply, "有帮助")).text
            # The answer to the webhook is lost on its way, and the update comes again.
            server.lose_answers()
            assert "/policies" in (await alice.ask("/help")).text
            assert "没有找到" in (await alice.ask(NO_ANSWER)).text
            assert len([m for m in alice.messages if m.sender.is_bot]) == 3
            hook = f"{service.url}/telegram/webhook"
            update = {"update_id": 1, "message": {}}
            attempts: list[tuple[object, dict[str, str | bytes], int]] = [
                (update, {}, 403),
                (update, {HEADER: ""}, 403),
                (update, {HEADER: SECRET + "x"}, 403),
                (update, {HEADER: "秘密".encode()}, 403),
                ([1], {HEADER: SECRET}, 400),
                ({"update_id": "x"}, {HEADER: SECRET}, 400),
                # What cannot be read is taken all the same: Telegram would send it again and again.
                ({"update_id": 2, "message": {}}, {HEADER: SECRET}, 200),
                ({"update_id": 3, "message": "x"}, {HEADER: SECRET}, 200),
                ({"update_id": 4, "callback_query": [1]}, {HEADER: SECRET}, 200),
                ({"update_id": 5, "x": "x" * 1_100_000}, {HEADER: SECRET}, 413),
            ]
            for body, headers, status in attempts:
                assert (await client.post(hook, json=body, headers=[*headers.items()])).status_code == status
            assert (await client.get(hook)).status_code == 405
            assert (await client.post(hook, content=b"\xff", headers={HEADER: SECRET})).status_code == 400
            assert (await client.post(hook, json={"update_id": 77}, headers={HEADER: SECRET})).status_code == 200
            assert (await client.get(f"{service.url}/healthz")).text == "ok"
            assert (await client.get(f"{service.url}/readyz")).json() == {"ready": True}
            server.fail("sendMessage", faults.slow(0.5), where=alice)
            last = await alice.send(QUESTION)
            assert await server.all_taken()
            assert await service.stop() == 0
            # What was taken is answered before the process ends, and nothing twice.
            assert EVIDENCE in (await alice.reply_of(last)).text
            assert len([m for m in alice.messages if m.sender.is_bot]) == 4
            assert SECRET not in service.written()
            # What is sent while nobody listens is answered by the next process.
            asked = await alice.send("/privacy")
        async with started(folder, **telegram(server), **more):
            assert "/forget" in (await alice.reply_of(asked)).text


async def test_a_role_changed_at_the_desk_changes_the_menu(folder: Path) -> None:
    async with BotApiServer() as server:
        lee = server.user("李四")
        async with Helpdesk.attach(Config(f"sqlite:///{folder}/data/helpdesk.db", folder / "data")) as helpdesk:
            people, by = helpdesk.people, "the tests"
            admin = await people.appoint(name="主任", role="admin", by=by)
            member = await people.appoint(name="李四", role="staff", telegram_id=lee.user.id, by=by)
            code = await people.new_link("login", member_id=admin.member_id, by=by, lifetime=timedelta(hours=1))
        about = {"member_id": str(member.member_id)}
        async with (
            started(folder, **telegram(server)) as service,
            httpx.AsyncClient(base_url=service.url, trust_env=False, timeout=10) as desk,
        ):
            assert await in_menu(lee, "find")
            await form(desk, "/login", "/login", code=code)
            await form(desk, "/desk/members/role", "/desk/members", **about, role="admin")
            assert await in_menu(lee, "reload")
            # Telegram out of reach keeps nobody at the desk waiting.
            server.fail("setMyCommands", faults.slow(30), times=1)
            await form(desk, "/desk/members/role", "/desk/members", **about, role="staff")
            await form(desk, "/desk/members/dismiss", "/desk/members", **about)
            assert await in_menu(lee, "find", wanted=False)


async def form(desk: httpx.AsyncClient, path: str, page: str, **fields: str) -> None:
    """Send a form as a page of the desk would."""
    found = re.search(r'name="token" value="([0-9a-f]{32})"', (await desk.get(page)).text)
    assert found
    reply = await desk.post(path, data={**fields, "token": found[1]})
    assert reply.status_code == 303, reply.text


async def in_menu(person: Person, command: str, *, wanted: bool = True) -> bool:
    """Whether the person's menu comes to have that command (unless ``wanted``: not to have it) before long."""
    for _ in range(200):
        if (command in [one.command for one in person.menu()]) is wanted:
            return True
        await asyncio.sleep(0.05)
    return False


async def test_without_a_token_there_is_no_telegram(folder: Path) -> None:
    async with started(folder) as service, httpx.AsyncClient(trust_env=False) as client:
        assert (await client.post(f"{service.url}/telegram/webhook", json={})).status_code == 404
        assert (await client.get(f"{service.url}/")).status_code == 200
        assert await service.stop(signal.SIGINT) == 0


async def test_another_token_is_refused_in_a_sentence(folder: Path) -> None:
    async with BotApiServer() as server:
        wrong = {"TELEGRAM_TOKEN": "987654321:AAanotherTokenThatNobodyKnows", "TELEGRAM_API_URL": server.url}
        async with started(folder, ready=False, **wrong) as service:
            assert await asyncio.wait_for(service.process.wait(), 30) == 1
            assert "HELPDESK_TELEGRAM_TOKEN is refused" in service.written()
            assert "AAanother" not in service.written() and "Traceback" not in service.written()


async def test_a_port_that_is_taken_is_named_in_a_sentence(folder: Path) -> None:
    async with BotApiServer() as server:
        taken = server.url.rpartition(":")[2]
        async with started(folder, ready=False, PORT=taken) as service:
            assert await asyncio.wait_for(service.process.wait(), 30) == 1
            assert f"HELPDESK_PORT={taken}" in service.written() and "Traceback" not in service.written()


async def test_half_of_a_webhook_means_polling(folder: Path) -> None:
    async with (
        BotApiServer() as server,
        started(folder, **telegram(server), WEBHOOK_URL="http://127.0.0.1:1") as service,
    ):
        assert EVIDENCE in (await server.user("A").ask(QUESTION)).text
        assert "are not both set" in service.written()


async def test_a_release_published_elsewhere_is_followed(tmp_path: Path) -> None:
    policies = tmp_path / "policies"
    policies.mkdir()
    (policies / "一.txt").write_text("关于电费的通知\n\n一、企业电费可以缓缴三个月。\n", encoding="utf-8")
    async with BotApiServer() as server, started(tmp_path, **telegram(server), POLICY_DIR=policies) as service:
        alice = server.user("A")
        await alice.ask("电费可以缓缴吗")
        (policies / "一.txt").write_text("关于电费的通知\n\n一、企业电费可以缓缴六个月。\n", encoding="utf-8")
        environment = {**os.environ, "HELPDESK_DATA_DIR": str(tmp_path / "data"), "HELPDESK_POLICY_DIR": str(policies)}
        reload = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot.main", "reload", cwd=tmp_path, env={**environment, "PYTHONPATH": import_path()},
            stdout=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        assert await reload.wait() == 0
        for _ in range(100):
            if "serving another release" in service.written():
                break
            await asyncio.sleep(0.1)
        assert "六个月" in (await alice.ask("电费可以缓缴吗")).text


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_stopping_while_telegram_is_out_of_reach(folder: Path, number: signal.Signals) -> None:
    nowhere = {
        "TELEGRAM_TOKEN": "123456789:AAtokenOfNoServerAtAll",
        "TELEGRAM_API_URL": f"http://127.0.0.1:{free_port()}",
    }
    async with started(folder, ready=False, **nowhere) as service:
        async with httpx.AsyncClient(trust_env=False) as client:
            for _ in range(600):
                with contextlib.suppress(httpx.HTTPError):
                    ready = await client.get(f"{service.url}/readyz")
                    assert ready.status_code == 503 and "telegram" in ready.json()
                    break
                await asyncio.sleep(0.05)
        assert await service.stop(number) == 0, service.written()

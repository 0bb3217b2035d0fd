"""The running service as a newcomer starts it: the page, the first link, login links, and logs that hold nothing private."""

from __future__ import annotations

import os
import re
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from bot_api.client import free_port
from conftest import slow
from web_fixtures import token

from bot.server import WEBHOOK_PATH

pytestmark = slow

QUESTION = "厂里电费交不上，会不会断电？"


@dataclass(frozen=True)
class Service:
    """The process, where it listens, and what it printed before it was ready."""

    process: subprocess.Popen[str]
    url: str
    printed: str


def environment(folder: Path, port: int, **more: str) -> dict[str, str]:
    return {**os.environ, "HELPDESK_DATA_DIR": str(folder), "HELPDESK_PORT": str(port), **more}


@contextmanager
def serving(folder: Path, port: int, lines: int, **more: str) -> Iterator[Service]:
    command = [sys.executable, "-m", "bot.main"]
    with (folder.parent / "log").open("w+") as log:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=log, text=True, env=environment(folder, port, **more)
        )
        try:
            assert process.stdout
            printed = "".join(process.stdout.readline() for _ in range(lines))
            wait_for(f"http://127.0.0.1:{port}")
            yield Service(process, f"http://127.0.0.1:{port}", printed)
        finally:
            process.send_signal(signal.SIGTERM)
            rest, _ = process.communicate(timeout=30)
        assert rest == ""


def wait_for(url: str) -> None:
    """The lines are printed as serving begins; the first connection waits in the socket until it does."""
    assert httpx.get(f"{url}/healthz", timeout=30).status_code == 200


@contextmanager
def enter(url: str, code: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=url, timeout=30) as client:
        client.post("/login", data={"code": code, "token": token(client, "/login")})
        yield client


def test_a_newcomer_starts_it_asks_and_becomes_the_administrator(tmp_path: Path) -> None:
    data, port = tmp_path / "data", free_port()
    with serving(data, port, 3, HELPDESK_METRICS_FROM="10.0.0.0/8") as service:
        assert f"The helpdesk is at {service.url}" in service.printed
        link = re.search(rf"{service.url}/login#([\w-]+)", service.printed)
        assert link, service.printed
        with httpx.Client(base_url=service.url, timeout=30) as client:
            page = client.post("/ask", data={"question": QUESTION, "token": token(client)}, follow_redirects=True)
            assert "欠费不停供" in page.text
            client.get("/suggest", params={"q": "秘密的难处"})
            assert client.get("/healthz").status_code == 200
            assert client.get("/readyz").status_code == 200
            assert client.get("/metrics").status_code == 403
        with enter(service.url, link[1]) as admin:
            assert admin.get("/desk/members").status_code == 200

        # Another link, for a colleague, from the command line beside the running service.
        made = subprocess.run(
            [sys.executable, "-m", "bot.main", "login-link", "--role", "staff", "--name", "小王"],
            env=environment(data, port),
            capture_output=True,
            text=True,
            check=True,
        )
        colleague = re.fullmatch(rf"{service.url}/login#([\w-]+)\n", made.stdout)
        assert colleague, made.stdout
        with enter(service.url, colleague[1]) as staff:
            assert staff.get("/desk").status_code == 200
            assert staff.get("/desk/members").status_code == 403
            assert "小王" in staff.get("/desk/me").text
            session = staff.cookies["helpdesk_session"]
    assert service.process.returncode == 0
    log = (tmp_path / "log").read_text()
    assert "serving" in log
    for private in (QUESTION, "秘密的难处", link[1], colleague[1], session):
        assert private not in log


def test_with_members_no_link_is_printed(tmp_path: Path) -> None:
    data, port = tmp_path / "data", free_port()
    subprocess.run(
        [sys.executable, "-m", "bot.main", "login-link", "--name", "小李"],
        env=environment(data, port),
        capture_output=True,
        check=True,
    )
    with serving(data, port, 1, HELPDESK_BASE_URL="https://policy.example.org") as service:
        pass
    assert service.printed == (
        "The helpdesk is at https://policy.example.org (the desk for staff: https://policy.example.org/desk).\n"
    )


def test_metrics_name_the_webhook_the_probes_and_the_static_files(tmp_path: Path) -> None:
    data, port = tmp_path / "data", free_port()
    with serving(data, port, 3) as service, httpx.Client(base_url=service.url, timeout=30) as client:
        client.post(WEBHOOK_PATH, json={})
        for path in ("/readyz", "/static/style.css", "/static/none.css", "/nowhere/秘密"):
            client.get(path)
        counted = client.get("/metrics").text
        # On a connection kept open a reply must not wait for the acknowledgement of the one before.
        taken = []
        for _ in range(20):
            began = time.perf_counter()
            client.get("/healthz")
            taken.append(time.perf_counter() - began)
    assert statistics.median(taken) < 0.03
    routes = set(re.findall(r'_count\{method="\w+",route="(.*?)",status="(\d+)"', counted))
    assert routes == {
        (WEBHOOK_PATH, "404"),
        ("/healthz", "200"),
        ("/readyz", "200"),
        ("/static/*", "200"),
        ("/static/*", "404"),
        ("other", "404"),
    }

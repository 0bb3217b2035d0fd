"""What the tests of the web share: the real application on a real database, served over HTTP on loopback from a thread."""

from __future__ import annotations

import asyncio
import re
import shutil
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import httpx
from bot_api.loopback import Loopback

from handlers.web.app import create_app
from handlers.web.options import WebOptions
from knowledge.helpdesk import POLICIES, Config, Helpdesk
from knowledge.people import Role

T = TypeVar("T")

PUBLIC = ["/", "/policies", "/privacy", "/login", "/api/v1/docs", "/static/style.css", "/static/chat.js"]
"""Pages that everyone may see."""

HOSTILE = "关于<script>alert(1)</script>补贴的通知"
"""The title of a notice whose file holds HTML, for pages that must not become part of it."""

HOSTILE_NOTICE = f"""{HOSTILE}

各县市区：

一、<img src=x onerror=alert(2)>稳岗补贴。对不裁员的企业返还失业保险费的50%，最高<b>10万元</b>。
二、"引号"与&amp;实体。本通知中的{{{{ 7*7 }}}}不应被计算。

长沙市人力资源和社会保障局
2020年3月1日
"""


class Web:
    """A running web: its address, its helpdesk, and its event loop for what has to be done behind its back."""

    def __init__(self, url: str, helpdesk: Helpdesk, loop: asyncio.AbstractEventLoop, folder: Path) -> None:
        self.url = url
        self.helpdesk = helpdesk
        self.folder = folder
        self._loop = loop

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do ``work`` in the server's event loop and wait for it."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=60)

    def client(self) -> httpx.Client:
        """A browser without scripts: keeps cookies, does not follow redirects."""
        return httpx.Client(base_url=self.url, timeout=30)

    def link(self, role: Role = "admin", name: str = "") -> str:
        """The code of a login link for a new member of that role."""

        async def made() -> str:
            people = self.helpdesk.people
            member = await people.appoint(name=name or f"test {role}", role=role, by="the tests")
            return await people.new_link(
                "login", member_id=member.member_id, by="the tests", lifetime=timedelta(minutes=5)
            )

        return self.run(made())

    @contextmanager
    def member(self, role: Role = "admin") -> Iterator[httpx.Client]:
        """A browser in which a member of that role is signed in."""
        with self.client() as client:
            reply = client.post("/login", data={"code": self.link(role), "token": token(client, "/login")})
            assert reply.status_code == 303, reply.text
            yield client


def token(client: httpx.Client, path: str = "/") -> str:
    """The token that forms of a page carry."""
    page = client.get(path, follow_redirects=True)
    found = re.search(r'name="token" value="([0-9a-f]{32})"', page.text)
    assert found, page.text
    return found[1]


def post(client: httpx.Client, path: str, page: str = "/desk/me", **fields: str) -> httpx.Response:
    """Send a form as a page of the site would."""
    return client.post(path, data={**fields, "token": token(client, page)})


@contextmanager
def running(
    folder: Path, options: WebOptions | None = None, *, hostile: bool = True, thesaurus: Path | None = None
) -> Iterator[Web]:
    """A web on a fresh database under ``folder``, with the notice that ships and one that holds HTML."""
    policies = folder / "policies"
    policies.mkdir()
    for path in POLICIES.iterdir():
        shutil.copy(path, policies)
    if hostile:
        (policies / "补贴.txt").write_text(HOSTILE_NOTICE, "utf-8")
    started = threading.Event()
    webs: list[Web] = []
    stops: list[Callable[[], object]] = []

    async def serve() -> None:
        loop, stop = asyncio.get_running_loop(), asyncio.Event()
        data = folder / "data"
        async with Helpdesk.open(
            Config(f"sqlite:///{data}/helpdesk.db", data, policies, thesaurus=thesaurus)
        ) as helpdesk:
            server = Loopback(
                create_app(helpdesk, options or WebOptions(ask_rate=10_000, login_rate=1000, api_rate=10_000))
            )
            await server.start()
            webs.append(Web(server.url, helpdesk, loop, policies))
            stops.append(lambda: loop.call_soon_threadsafe(stop.set))
            started.set()
            await stop.wait()
            await server.stop()

    with ThreadPoolExecutor(1, thread_name_prefix="web under test") as threads:
        serving = threads.submit(asyncio.run, serve())
        serving.add_done_callback(lambda done: started.set())
        started.wait()
        if not webs:
            serving.result()
        try:
            yield webs[0]
        finally:
            stops[0]()
            serving.result()

"""What must not be possible, as tables of cases: forged forms, missing headers, borrowed addresses, bodies that are too large."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from ipaddress import ip_network
from itertools import chain, repeat
from pathlib import Path

import httpx
import pytest
from conftest import slow
from web_fixtures import PUBLIC, Web, running, token

from handlers.web.options import WebOptions
from handlers.web.security import CONTENT_SECURITY_POLICY


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with running(tmp_path_factory.mktemp("security")) as web:
        yield web


# Forms


@pytest.mark.parametrize("path", ["/ask", "/judge", "/forget", "/login", "/logout"])
@pytest.mark.parametrize(
    ("headers", "given"),
    [
        ({}, "none"),
        ({}, "wrong"),
        ({"Origin": "https://evil.example"}, "right"),
        ({"Origin": "null"}, "right"),
        ({"Sec-Fetch-Site": "cross-site"}, "right"),
        ({"Sec-Fetch-Site": "same-site"}, "right"),
    ],
)
def test_forms_of_other_sites_are_refused(web: Web, path: str, headers: dict[str, str], given: str) -> None:
    with web.client() as client:
        right = token(client)
        fields = {"question": "房租", "asked": "1", "helpful": "yes", "code": "x"}
        if given != "none":
            fields["token"] = right if given == "right" else "0" * 32
        assert client.post(path, data=fields, headers=headers).status_code == 403


def test_the_token_of_one_visitor_is_of_no_use_to_another(web: Web) -> None:
    with web.member("staff") as mine, web.member("staff") as other:
        stolen = token(other, "/desk/me")
        assert mine.post("/desk/me", data={"token": stolen}).status_code == 403


# Headers and cookies


@pytest.mark.parametrize("path", [*PUBLIC, "/nowhere", "/api/v1/policies", "/api/v1/openapi.json", "/desk", "/metrics"])
def test_every_reply_has_the_headers(web: Web, path: str) -> None:
    with web.client() as client:
        headers = client.get(path).headers
    assert headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cache-control"] in ("no-store", "no-cache")


@pytest.mark.parametrize(
    ("base_url", "prefix", "secure"), [("", "", False), ("https://policy.example.org", "__Host-", True)]
)
def test_cookies(tmp_path: Path, base_url: str, prefix: str, secure: bool) -> None:
    with running(tmp_path, WebOptions(base_url=base_url)) as web:
        visit = httpx.get(web.url).headers["set-cookie"]
        form = re.search(r'name="token" value="(\w+)"', httpx.get(web.url, headers={"Cookie": visit}).text)
        assert form
        entered = httpx.post(
            f"{web.url}/login", headers={"Cookie": visit}, data={"code": web.link(), "token": form[1]}
        ).headers["set-cookie"]
    for cookie, name in ((visit, "helpdesk_visit"), (entered, "helpdesk_session")):
        assert cookie.startswith(f"{prefix}{name}=")
        attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
        assert {"httponly", "path=/", "samesite=lax"} <= attributes
        assert ("secure" in attributes) == secure
        assert not any(a.startswith(("domain=", "max-age=", "expires=")) for a in attributes)


# Addresses and proxies

PROXY = "127.0.0.1/32"


@pytest.mark.parametrize(
    ("trusted", "headers", "metrics", "api"),
    [
        ((), {}, 200, 200),
        # A proxy on this machine that nobody declared: its address is not the client's.
        ((), {"X-Forwarded-For": "203.0.113.9"}, 403, 401),
        ((), {"Forwarded": "for=203.0.113.9"}, 403, 401),
        ((), {"Via": "1.1 proxy"}, 403, 401),
        # A page of another site whose name points to 127.0.0.1.
        ((), {"Host": "evil.example"}, 200, 401),
        ((PROXY,), {"X-Forwarded-For": "203.0.113.9"}, 403, 401),
        # What the client wrote itself stands before what the proxy added.
        ((PROXY,), {"X-Forwarded-For": "127.0.0.1, 203.0.113.9"}, 403, 401),
        ((PROXY,), {"X-Forwarded-For": "garbage"}, 403, 401),
    ],
)
def test_who_counts_as_near(
    tmp_path: Path, trusted: tuple[str, ...], headers: dict[str, str], metrics: int, api: int
) -> None:
    with running(tmp_path, WebOptions(trusted_proxies=tuple(map(ip_network, trusted)))) as web:
        assert httpx.get(f"{web.url}/metrics", headers=headers).status_code == metrics
        assert httpx.get(f"{web.url}/api/v1/policies", headers=headers).status_code == api


def test_questions_are_limited_by_the_address_behind_the_proxy(tmp_path: Path) -> None:
    options = WebOptions(ask_rate=3, trusted_proxies=(ip_network(PROXY),))
    with running(tmp_path, options) as web:

        def ask(address: str) -> int:
            return httpx.post(
                f"{web.url}/ask", data={"question": "房租"}, headers={"X-Forwarded-For": address}
            ).status_code

        assert [ask("203.0.113.1") for _ in range(4)] == [200, 200, 200, 429]
        assert ask("203.0.113.2") == 200


# Sizes


def test_bodies_are_limited(tmp_path: Path) -> None:
    with running(tmp_path, WebOptions(max_upload_bytes=300_000)) as web, web.member() as client:
        form = token(client, "/desk/me")
        assert client.post("/ask", data={"question": "电" * 2_000_000, "token": form}).status_code == 413
        large = {"files": ("大.txt", b"x" * 400_000)}
        assert client.post("/desk/uploads", data={"token": form}, files=large).status_code == 413
        # Without a length told beforehand it is counted as it comes.
        opening = b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\n'
        chunks = chain([opening], repeat(b"x" * 65_536, 40))
        kind = {"Content-Type": "multipart/form-data; boundary=b"}
        assert client.post("/desk/uploads", content=chunks, headers=kind).status_code == 413


@slow
def test_a_document_that_unpacks_to_far_more_is_refused(web: Web) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("[Content_Types].xml", "<Types/>")
        file.writestr("word/document.xml", b"<w:document>" + b" " * 300_000_000)
    assert len(packed.getvalue()) < 1_000_000
    with web.member() as client:
        files = {"files": ("炸弹.docx", packed.getvalue())}
        reply = client.post(
            "/desk/uploads", data={"token": token(client, "/desk/me")}, files=files, follow_redirects=True
        )
    assert "无法读取" in reply.text
    assert not (web.folder / "炸弹.docx").exists()


@pytest.mark.parametrize(
    ("name", "kept_as"),
    [
        ("../../逃.txt", "逃.txt"),
        ("C:\\temp\\盘.txt", "盘.txt"),
        ("/etc/passwd.txt", "passwd.txt"),
        (".hidden.txt", None),
        ("~$锁.docx", None),
        ("程序.exe", None),
        ("无后缀", None),
        ("长" * 100 + ".txt", None),
    ],
)
def test_a_file_goes_into_the_folder_under_a_plain_name_or_not_at_all(
    tmp_path: Path, web: Web, name: str, kept_as: str | None
) -> None:
    before = {path.name for path in web.folder.rglob("*")}
    body = "测试通知\n\n一、内容。给予补贴。\n".encode()
    with web.member() as client:
        form = token(client, "/desk/me")
        reply = client.post("/desk/uploads", data={"token": form}, files={"files": (name, body)})
        page = client.get(reply.headers["location"])
        keep = re.search(r'action="(/desk/uploads/[\w-]+/keep)"', page.text)
        assert bool(keep) == (kept_as is not None), page.text
        if keep:
            client.post(keep[1], data={"token": form})
    after = {path.name for path in web.folder.rglob("*")} - before
    assert after == ({kept_as} if kept_as else set())
    for path in after:
        (web.folder / path).unlink()
    assert not (web.folder.parent / "逃.txt").exists()

"""What must not be possible, as tables of cases."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from ipaddress import ip_network
from itertools import chain, repeat
from pathlib import Path

import httpx
import pytest
from web_fixtures import Web, post, running, token

from handlers.web.entrance import first_admin_link, login_address
from handlers.web.options import WebOptions
from handlers.web.security import CONTENT_SECURITY_POLICY


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with running(tmp_path_factory.mktemp("security")) as web:
        yield web


PUBLIC = ["/", "/policies", "/privacy", "/login", "/api/v1/docs", "/static/style.css", "/static/chat.js"]
STAFF = [
    "/desk",
    "/desk?q=贷款",
    "/desk/me",
    "/desk/clause/xrmtotvz46-4",
    "/desk/compare?a=xrmtotvz46-4&b=xrmtotvz46-5",
]
ADMIN = [
    "/desk/releases",
    "/desk/releases/1",
    "/desk/trial",
    "/desk/usage",
    "/desk/members",
    "/desk/keys",
    "/desk/audit",
]
ADMIN_FORMS = [
    "/desk/releases/preview",
    "/desk/releases/1/restore",
    "/desk/jobs/none/publish",
    "/desk/uploads",
    "/desk/uploads/none/keep",
    "/desk/uploads/none/discard",
    "/desk/members",
    "/desk/members/link",
    "/desk/members/role",
    "/desk/members/dismiss",
    "/desk/members/sessions",
    "/desk/keys",
    "/desk/keys/revoke",
]


# Who may see what


def test_everyone_sees_public_pages_and_nothing_else(web: Web) -> None:
    with web.client() as client:
        assert {path: client.get(path).status_code for path in PUBLIC} == dict.fromkeys(PUBLIC, 200)
        replies = {path: client.get(path) for path in STAFF + ADMIN}
        assert {r.status_code for r in replies.values()} == {303}
        assert all(r.headers["location"].startswith("/login?next=/desk") for r in replies.values())
        assert {client.post(path).status_code for path in [*ADMIN_FORMS, "/desk/me"]} <= {400, 403}


def test_staff_see_the_desk_but_not_administration(web: Web) -> None:
    with web.member("staff") as client:
        assert {path: client.get(path).status_code for path in STAFF} == dict.fromkeys(STAFF, 200)
        assert {path: client.get(path).status_code for path in ADMIN} == dict.fromkeys(ADMIN, 403)
        form = token(client, "/desk/me")
        fields = {"token": form, "name": "x", "role": "admin", "member_id": "1", "key_id": "1"}
        assert {p: client.post(p, data=fields).status_code for p in ADMIN_FORMS} == dict.fromkeys(ADMIN_FORMS, 403)


def test_an_owner_who_signs_in_sees_no_desk(web: Web) -> None:
    with web.member("owner") as client:
        assert {client.get(path).status_code for path in STAFF + ADMIN} == {403}


def test_administrators_see_everything(web: Web) -> None:
    with web.member() as client:
        assert {path: client.get(path).status_code for path in STAFF + ADMIN} == dict.fromkeys(STAFF + ADMIN, 200)


def test_a_role_taken_away_counts_at_once(web: Web) -> None:
    with web.member("staff") as client:
        member = next(m for m in reversed(web.run(web.helpdesk.people.members())) if m.role == "staff")
        assert client.get("/desk").status_code == 200
        web.run(web.helpdesk.people.dismiss(member.member_id, "the tests"))
        assert client.get("/desk").status_code == 303


# Signing in and out


def test_a_link_works_once(web: Web) -> None:
    code = web.link("staff")
    for expected in (303, 403):
        with web.client() as client:
            assert post(client, "/login", "/login", code=code).status_code == expected
            assert ("helpdesk_session" in client.cookies) == (expected == 303)


@pytest.mark.parametrize("code", ["", "x", "a" * 32, "a" * 5000, "'; DROP TABLE link;--", "\x00", "链接"])
def test_what_is_no_link_opens_nothing(web: Web, code: str) -> None:
    with web.client() as client:
        reply = post(client, "/login", "/login", code=code)
    assert reply.status_code == 403
    assert "登录码无效" in reply.text
    assert "helpdesk_session" not in reply.cookies


def test_an_expired_link_opens_nothing(web: Web) -> None:
    async def expired() -> str:
        people = web.helpdesk.people
        return await people.new_link("login", role="admin", by="the tests", lifetime=timedelta(microseconds=1))

    code = web.run(expired())
    with web.client() as client:
        assert post(client, "/login", "/login", code=code).status_code == 403


def test_an_invitation_opens_the_desk_too(web: Web) -> None:
    code = web.run(web.helpdesk.people.new_link("invite", role="staff", by="x", lifetime=timedelta(minutes=1)))
    with web.client() as client:
        assert post(client, "/login", "/login", code=code).headers["location"] == "/desk"
        assert client.get("/desk").status_code == 200


@pytest.mark.parametrize(
    ("next_page", "leads_to"),
    [
        ("/desk/usage", "/desk/usage"),
        ("//evil.example", "/desk"),
        ("/\\evil.example", "/desk"),
        ("https://evil.example", "/desk"),
        ("/desk\r\nSet-Cookie: a=b", "/desk"),
        ("", "/desk"),
    ],
)
def test_signing_in_leads_nowhere_else(web: Web, next_page: str, leads_to: str) -> None:
    with web.client() as client:
        reply = post(client, "/login", "/login", code=web.link("staff"), next=next_page)
    assert reply.headers["location"] == leads_to


def test_signing_out_ends_the_session_on_the_server(web: Web) -> None:
    with web.member("staff") as client:
        session = client.cookies["helpdesk_session"]
        assert post(client, "/logout").status_code == 303
        client.cookies.set("helpdesk_session", session)
        assert client.get("/desk").status_code == 303


def test_sessions_are_listed_and_can_all_be_ended(web: Web) -> None:
    with web.member("staff") as client:
        assert client.get("/desk/me").text.count('name="session_id"') == 1
        assert post(client, "/desk/me").status_code == 303
        assert client.get("/desk").status_code == 303


def test_a_session_that_is_not_used_expires(tmp_path: Path) -> None:
    with (
        running(tmp_path, WebOptions(session_lifetime=timedelta(milliseconds=1))) as web,
        web.member("staff") as client,
    ):
        assert client.get("/desk").status_code == 303


def test_login_attempts_are_limited(tmp_path: Path) -> None:
    with running(tmp_path, WebOptions(login_rate=5)) as web, web.client() as client:
        form = token(client, "/login")
        statuses = [client.post("/login", data={"code": "wrong", "token": form}).status_code for _ in range(8)]
        last = client.post("/login", data={"code": web.link(), "token": form})
    assert statuses == [403] * 5 + [429] * 3
    assert last.status_code == 429
    assert int(last.headers["retry-after"]) > 0


def test_the_first_link_makes_an_administrator_and_there_is_only_one_start(tmp_path: Path) -> None:
    with running(tmp_path) as web:
        address = web.run(first_admin_link(web.helpdesk, f"{web.url}/"))
        assert address
        # Behind "#": browsers send it to nobody, so it is in no log.
        assert address.startswith(f"{web.url}/login#")
        with web.client() as client:
            assert post(client, "/login", "/login", code=address.partition("#")[2]).status_code == 303
            assert client.get("/desk/members").status_code == 200
        assert web.run(first_admin_link(web.helpdesk, web.url)) is None
    assert login_address("https://a.example/", "t") == "https://a.example/login#t"


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

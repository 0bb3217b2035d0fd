"""Who may see which page, and how members come in and leave."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from web_fixtures import PUBLIC, Web, post, running, token

from handlers.web.entrance import first_admin_link, login_address
from handlers.web.options import WebOptions


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with running(tmp_path_factory.mktemp("access")) as web:
        yield web


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


def test_who_has_to_sign_in_first_gets_to_the_very_page_asked_for(web: Web) -> None:
    wanted = "/desk?q=%E7%94%B5%E8%B4%B9+%E7%BC%93%E7%BC%B4&level=%E7%9C%81%E7%BA%A7"
    with web.client() as client:
        form = client.get(client.get(wanted).headers["location"]).text
        kept = re.search(r'name="next" value="(.*?)"', form)
        assert kept
        reply = post(client, "/login", "/login", code=web.link("staff"), next=html.unescape(kept[1]))
        assert reply.headers["location"] == wanted


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

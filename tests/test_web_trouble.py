"""While the database is away or takes nothing: questions are answered from the index all the same, unkept, and it is logged."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from web_fixtures import Web, post, running, token

QUESTION = "厂里电费交不上，会不会断电？"
EVIDENCE = "欠费不停供"
FOLLOW_UP, BEFORE = "那利息呢？", "贷款快到期了，能不能续贷？"
SCRIPT = {"X-Requested-With": "fetch"}
NOT_KEPT = "a question was not kept"


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    with running(tmp_path) as web:
        yield web


def database(web: Web) -> sqlite3.Connection:
    return sqlite3.connect(web.folder.parent / "data" / "helpdesk.db", isolation_level=None)


@contextmanager
def taking_nothing(web: Web) -> Iterator[None]:
    """A database that reads, but refuses to keep questions, as one whose disk is full."""
    with closing(database(web)) as connection:
        connection.execute("CREATE TRIGGER full BEFORE INSERT ON asked BEGIN SELECT RAISE(ABORT, 'full'); END")
        yield
        connection.execute("DROP TRIGGER full")


@contextmanager
def away(web: Web) -> Iterator[None]:
    """A database that neither keeps nor finds what people asked or who is signed in."""
    with closing(database(web)) as connection:
        for table in ("asked", "session"):
            connection.execute(f"ALTER TABLE {table} RENAME TO {table}_away")
        yield
        for table in ("asked", "session"):
            connection.execute(f"ALTER TABLE {table}_away RENAME TO {table}")


def test_a_question_that_cannot_be_kept_is_answered(web: Web, capsys: pytest.CaptureFixture[str]) -> None:
    with web.client() as client:
        post(client, "/ask", "/", question=BEFORE)
        with taking_nothing(web):
            page = post(client, "/ask", "/", question=QUESTION)
            assert page.status_code == 200
            assert EVIDENCE in page.text
            # It cannot be judged, and the page brings it along for the next question.
            assert 'action="/judge"' not in page.text
            assert f'name="earlier" value="{QUESTION}"' in page.text
            piece = client.post("/ask", data={"question": QUESTION, "token": token(client)}, headers=SCRIPT)
            assert piece.status_code == 200
            assert 'id="t-now"' in piece.text
        # What was kept before is still there, and what was not is not.
        page = client.get("/")
        assert BEFORE in page.text
        assert len(re.findall(r'<article class="turn"', page.text)) == 1
    told = capsys.readouterr()
    assert NOT_KEPT in told.out + told.err
    assert QUESTION not in told.out + told.err


def test_a_question_is_answered_while_the_database_is_away(web: Web) -> None:
    expected = web.helpdesk.ask(FOLLOW_UP, [BEFORE])
    assert expected.decision == "answer"
    with web.client() as client, web.client() as stranger:
        given = token(client)
        with away(web):
            for one in (client, stranger):
                page = one.get("/")
                assert page.status_code == 200
                assert "以前的问答暂时无法显示" in page.text
            fields = {"question": FOLLOW_UP, "token": given, "earlier": BEFORE}
            reply = client.post("/ask", data=fields)
            assert reply.status_code == 200
            assert expected.evidence in reply.text
            assert "加大金融扶持" in client.get("/suggest", params={"q": "金融"}).json()["suggestions"]
            # What needs the database says so.
            assert client.post("/judge", data={"asked": "1", "helpful": "yes", "token": given}).status_code == 503
        assert "以前的问答暂时无法显示" not in client.get("/").text


def test_members_read_on_as_strangers_and_are_still_signed_in_afterwards(web: Web) -> None:
    with web.member("admin") as client:
        given = token(client)
        with away(web):
            assert EVIDENCE in client.post("/ask", data={"question": QUESTION, "token": given}).text
            assert client.get("/policies").status_code == 200
            # Nobody gets into the desk meanwhile; nobody is sent to sign in either, for that could not be done.
            for path in ("/desk", "/desk/members"):
                assert client.get(path).status_code == 503
        assert client.get("/desk/members").status_code == 200
        assert token(client) == given


def test_the_api_answers_what_cannot_be_kept(web: Web, capsys: pytest.CaptureFixture[str]) -> None:
    expected = web.helpdesk.ask(QUESTION)
    with web.client() as client, taking_nothing(web):
        reply = client.post("/api/v1/ask", json={"question": QUESTION})
    assert reply.status_code == 200
    assert reply.json()["evidence"] == expected.evidence
    told = capsys.readouterr()
    assert NOT_KEPT in told.out + told.err

"""Addresses, files and servers that cannot be used, in plain words and without the password."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.pool import Pool
from store_fixtures import POSTGRES, fresh_database, make_edition, make_policy, needs_postgresql, refusal, scalar

from knowledge.errors import StoreError
from knowledge.store import Store
from knowledge.store.address import parse_address

# Addresses


@pytest.mark.parametrize("scheme", ["sqlite", "sqlite+aiosqlite"])
@pytest.mark.parametrize("name", ["helpdesk.db", "a b/c%20d.db", "政策/库#1.db", "file:x.db"])
async def test_a_sqlite_file_lies_where_the_address_says(tmp_path: Path, scheme: str, name: str) -> None:
    file = tmp_path / "new" / name
    async with await Store.open(f"{scheme}:///{file}") as store:
        await store.publish([make_policy("a")])
    assert file.read_bytes().startswith(b"SQLite format 3")


async def test_a_relative_sqlite_path_starts_at_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with await Store.open("sqlite:///data/helpdesk.db"):
        assert (tmp_path / "data" / "helpdesk.db").exists()


@needs_postgresql
@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+asyncpg"])
async def test_every_spelling_of_a_postgresql_address(tmp_path: Path, scheme: str) -> None:
    async with fresh_database("postgresql", tmp_path) as url:
        spelled = f"{scheme}://{url.partition('://')[2]}&{'ssl' if '+' in scheme else 'sslmode'}=prefer"
        async with await Store.open(spelled) as store:
            assert (await store.publish([make_policy("a")])).number == 1


PLACES = {
    "postgresql://u:s3cret@db.example:5432/helpdesk": "postgresql://db.example:5432/helpdesk",
    "postgres://u:s3cret%40%2F@db.example/helpdesk?sslmode=require": "postgresql://db.example/helpdesk",
    "postgresql+asyncpg://db.example/helpdesk?user=u&password=s3cret": "postgresql://db.example/helpdesk",
    "postgresql:///helpdesk?host=/run/postgresql": "postgresql:///helpdesk",
    "sqlite:///data/helpdesk.db": "data/helpdesk.db",
    " sqlite:////srv/helpdesk.db\n": "/srv/helpdesk.db",
}


@pytest.mark.parametrize(("address", "place"), PLACES.items())
def test_the_place_shown_holds_no_password(address: str, place: str) -> None:
    parsed = parse_address(address)
    assert parsed.place == place
    assert "s3cret" not in repr(parsed)


NO_ADDRESSES = {
    "": "not a database address",
    "data/helpdesk.db": "not a database address",
    "mysql://u:s3cret@host/name": "not a database address",
    "sqlite:data.db": "not a database address",
    # SQLite without a file, or with options that it does not take
    "sqlite://": "needs a file",
    "sqlite:///": "needs a file",
    "sqlite://helpdesk.db": "needs a file",
    "sqlite:///:memory:": "needs a file",
    "sqlite:///helpdesk.db?mode=ro": "takes no options",
    # Passwords that are not escaped
    "postgresql://u:s3cret/x@host/name": "%2F",
    "postgresql://u:s3cret@x@host/name": "%40",
    "postgresql://u:s3cret#x@host/name": "%23",
    "postgresql://u:s3cret?x@host/name": "%3F",
    "postgresql://u:[s3cret@host/name": "%5B",
    # What asyncpg cannot read
    "postgresql://u:s3cret@127.0.0.1:1x/name": "cannot be read",
    "postgresql://u:s3cret@127.0.0.1:99999/name": "cannot be read",
    "postgresql://u:s3cret@127.0.0.1/name?sslmode=perhaps": "cannot be read",
    "postgresql://u:s3cret@127.0.0.1/name?verbose": "name=value",
}


@pytest.mark.parametrize(("address", "words"), NO_ADDRESSES.items())
async def test_an_address_that_cannot_be_used(address: str, words: str) -> None:
    said = await refusal(address)
    assert words in said
    assert "HELPDESK_DATABASE_URL" in said


# What can be wrong with a file


def _text_file(path: Path) -> None:
    path.write_text("this is not a database, it only has its name\n" * 50, encoding="utf-8")


def _folder(path: Path) -> None:
    path.mkdir()


def _damaged(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE alembic_version (version_num)")
    connection.commit()
    connection.close()
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    content[100:110] = b"\xff" * 10
    path.write_bytes(content)


FILES: dict[str, tuple[Callable[[Path], None], str]] = {
    "a text file": (_text_file, "is not a SQLite database"),
    "a folder": (_folder, "cannot be opened"),
    "a damaged database": (_damaged, "is damaged"),
}


@pytest.mark.parametrize(("make", "words"), FILES.values(), ids=FILES.keys())
async def test_a_file_that_cannot_be_used(tmp_path: Path, make: Callable[[Path], None], words: str) -> None:
    file = tmp_path / "helpdesk.db"
    make(file)
    said = await refusal(f"sqlite:///{file}")
    assert words in said
    assert str(file) in said


async def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    _text_file(tmp_path / "data")
    assert "cannot be created" in await refusal(f"sqlite:///{tmp_path}/data/helpdesk.db")


async def test_a_full_disk_leaves_the_release_in_force(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/helpdesk.db"
    async with await Store.open(url) as store:
        published = await store.publish(make_edition(1))
    pages = await scalar(url, "PRAGMA page_count")

    def limit(connection: object, _record: object) -> None:
        cursor = connection.cursor()  # type: ignore[attr-defined]
        cursor.execute(f"PRAGMA max_page_count = {pages + 3}")
        cursor.close()

    event.listen(Pool, "connect", limit)
    try:
        async with await Store.open(url) as store:
            with pytest.raises(StoreError, match="the disk is full: free some space"):
                await store.publish(make_edition(2))
            assert await store.release_in_force() == published
    finally:
        event.remove(Pool, "connect", limit)
    async with await Store.open(url) as store:
        assert await store.releases() == [published]
        assert (await store.publish(make_edition(2))).number == 2


# What can be wrong with a server


@needs_postgresql
async def test_a_database_or_user_that_the_server_does_not_know() -> None:
    host = POSTGRES.partition("://")[2].rpartition("@")[2].partition("/")[0]
    user = POSTGRES.partition("://")[2].rpartition("@")[0].partition(":")[0]
    assert "does not exist: create it" in await refusal(f"postgresql://{user}:s3cret@{host}/no_such_database")
    assert "refused the user name or the password" in await refusal(f"postgresql://no_such_user:s3cret@{host}/postgres")
    assert "an option after '?'" in await refusal(f"postgresql://{user}:s3cret@{host}/postgres?no_such_option=1")
    assert "correct search_path" in await refusal(
        f"postgresql://{user}:s3cret@{host}/postgres?search_path=no_such_schema"
    )


async def test_a_server_that_does_not_run() -> None:
    server = await asyncio.start_server(_hang_up, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    said = await refusal(f"postgresql://u:s3cret@127.0.0.1:{port}/helpdesk")
    assert f"postgresql://127.0.0.1:{port}/helpdesk does not answer" in said


async def _hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1)
    writer.close()


async def _refuse_password(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    # https://www.postgresql.org/docs/current/protocol-flow.html, as a server does that asks for a password in the clear
    await _message(reader)
    writer.write(b"N")  # no TLS here
    await _message(reader)
    writer.write(b"R" + (8).to_bytes(4, "big") + (3).to_bytes(4, "big"))
    await reader.readexactly(1)
    await _message(reader)
    fields = b'SFATAL\0C28P01\0Mpassword authentication failed for user "u"\0\0'
    writer.write(b"E" + (len(fields) + 4).to_bytes(4, "big") + fields)
    await writer.drain()
    writer.close()


async def _message(reader: asyncio.StreamReader) -> bytes:
    return await reader.readexactly(int.from_bytes(await reader.readexactly(4), "big") - 4)


SERVERS: dict[str, tuple[Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]], str]] = {
    "hangs up": (_hang_up, "does not answer or broke the connection off"),
    "refuses the password": (_refuse_password, "refused the user name or the password"),
}


@pytest.mark.parametrize(("behaviour", "words"), SERVERS.values(), ids=SERVERS.keys())
async def test_a_server_that_breaks_off_or_refuses(
    behaviour: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]], words: str
) -> None:
    server = await asyncio.start_server(behaviour, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        assert words in await refusal(f"postgresql://u:s3cret@127.0.0.1:{port}/helpdesk")


@needs_postgresql
async def test_a_server_that_restarts_is_found_again(tmp_path: Path) -> None:
    async with (
        fresh_database("postgresql", tmp_path) as url,
        await Store.open(f"{url}&application_name=helpdesk_victim") as store,
    ):
        published = await store.publish([make_policy("a")])
        # To the client this is what a restart of the server is.
        end = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'helpdesk_victim'"
        assert await scalar(url, end) >= 1
        assert await store.release_in_force() == published

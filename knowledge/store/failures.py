"""What drivers and the operating system say, as one sentence with the remedy."""

from __future__ import annotations

import sqlite3
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from knowledge.errors import StoreError

_LOCKED = "is locked by another program: wait until that has finished, or stop it, and try again."
_FULL = "cannot grow, the disk is full: free some space and try again; the release in force is unchanged."
_UNKNOWN = "refused the work: the log has the cause."

# Primary result codes, https://www.sqlite.org/rescode.html
_SQLITE = {
    sqlite3.SQLITE_BUSY: _LOCKED,
    sqlite3.SQLITE_LOCKED: _LOCKED,
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_IOERR: "cannot be read or written: check the free space and the health of the disk.",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened: check that it is a file and that this user may write in its folder.",
    sqlite3.SQLITE_PERM: "may not be opened by this user: change its permissions or start as its owner.",
    sqlite3.SQLITE_READONLY: "may not be written by this user: change its permissions or start as its owner.",
    sqlite3.SQLITE_NOTADB: "is not a SQLite database: name another file in HELPDESK_DATABASE_URL.",
    sqlite3.SQLITE_CORRUPT: "is damaged: put a backup in its place, or move it away and reload the policies.",
}

# Error codes, then whole classes (two characters), https://www.postgresql.org/docs/current/errcodes-appendix.html
_POSTGRESQL = {
    "3D000": "does not exist: create it with createdb, or correct the name in HELPDESK_DATABASE_URL.",
    "3F000": "has no schema to create tables in: correct search_path in HELPDESK_DATABASE_URL or create the schema.",
    "22023": "does not allow the value of an option after '?' in HELPDESK_DATABASE_URL: correct it.",
    "22P05": "cannot hold Chinese text: create it anew with the encoding UTF8.",
    "25006": "is a read-only copy: name the primary server in HELPDESK_DATABASE_URL.",
    "42501": "does not let this user do that: grant the right to create and write tables, or name another user.",
    "42704": "does not know an option after '?' in HELPDESK_DATABASE_URL: correct it.",
    "42P07": "holds a table of another program under the same name: give the helpdesk a database of its own.",
    "53100": _FULL,
    "53300": "has no connection left: raise max_connections on the server or stop other programs.",
    "55P02": "does not allow an option after '?' in HELPDESK_DATABASE_URL: correct it.",
    "55P03": _LOCKED,
    "57014": "took too long over the work: try again, and if it happens again look at the load of the server.",
    "57P03": "is starting or stopping: try again in a moment.",
    "08": "does not answer or broke the connection off: check that the server runs and that the address is right.",
    "28": "refused the user name or the password: correct them in HELPDESK_DATABASE_URL.",
    "40": "was changed by another program at the same moment: try again.",
    "53": "has no resources left: look at the memory and the disk of the server.",
    "57": "broke the connection off: check that the server runs and try again.",
}


@contextmanager
def explained(place: str) -> Iterator[None]:
    """Turn what a driver, the connection pool or the operating system raises inside into a StoreError.

    ``place`` names the database in the sentence and must hold no password.
    """
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        cause = error.driver_exception if isinstance(error, DBAPIError) else error
        sentence = f"The database {place} {_remedy(cause)}"
        # Never str() of SQLAlchemy's own error: it carries the statement.
        detail = " ".join(str(cause).split())[:500]
        raise StoreError(sentence, log=f"{sentence} ({type(cause).__name__}: {detail})") from error


def _remedy(cause: BaseException) -> str:
    if isinstance(cause, sqlite3.Error):
        # Set only on what SQLite itself said; the low byte is the primary result code.
        code = getattr(cause, "sqlite_errorcode", None)
        return _UNKNOWN if code is None else _SQLITE.get(code & 0xFF, _UNKNOWN)
    state = getattr(cause, "sqlstate", None)
    if isinstance(state, str):
        return _POSTGRESQL.get(state) or _POSTGRESQL.get(state[:2], _UNKNOWN)
    if isinstance(cause, PoolTimeoutError):
        return "has no connection free: too much is asked of it at once, try again in a moment."
    if isinstance(cause, ssl.SSLError) or (isinstance(cause, ConnectionError) and "SSL" in str(cause)):
        return "does not agree on TLS: correct sslmode and sslrootcert in HELPDESK_DATABASE_URL."
    if isinstance(cause, OSError):
        return _POSTGRESQL["08"]
    return _UNKNOWN

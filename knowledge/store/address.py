"""The database's address, read from a URL without ever showing the password in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

from knowledge.errors import StoreError

_SQLITE = frozenset({"sqlite", "sqlite+aiosqlite"})
_POSTGRESQL = frozenset({"postgresql", "postgres", "postgresql+asyncpg"})


@dataclass(frozen=True, slots=True)
class Address:
    """Either a SQLite ``file`` or a PostgreSQL ``dsn`` in libpq's form, which asyncpg reads; the other is None.

    ``place`` names the database to people and logs and holds no password; ``dsn`` may hold one and is not in the repr.
    """

    place: str
    file: Path | None = None
    dsn: str | None = field(default=None, repr=False)


def parse_address(url: str) -> Address:
    """Read ``sqlite:///path`` or ``postgresql://user:password@host:port/name?options``, with or without a driver.

    Options after ``?`` are libpq's (``sslmode``, ``sslrootcert`` …) or parameters of the PostgreSQL server
    (``search_path`` …). Raises StoreError on anything else.
    """
    scheme, separator, rest = url.strip().partition("://")
    if scheme in _SQLITE and separator:
        return _sqlite(rest)
    if scheme in _POSTGRESQL and separator:
        return _postgresql(rest)
    raise StoreError(
        "HELPDESK_DATABASE_URL is not a database address: write sqlite:///data/helpdesk.db or postgresql://user@host/name."
    )


def _sqlite(rest: str) -> Address:
    path = rest.removeprefix("/")
    if path == rest or not path or path == ":memory:":
        raise StoreError("A SQLite database needs a file: write sqlite:///folder/helpdesk.db in HELPDESK_DATABASE_URL.")
    if "?" in path:
        raise StoreError("A SQLite address takes no options: leave out '?' and what follows in HELPDESK_DATABASE_URL.")
    file = Path(path)
    return Address(place=str(file), file=file)


def _postgresql(rest: str) -> Address:
    malformed = StoreError(
        "The PostgreSQL address in HELPDESK_DATABASE_URL cannot be read: in the user name and the password "
        "write @ as %40, / as %2F, ? as %3F, # as %23, [ as %5B and % as %25; an option is written name=value."
    )
    try:
        parts = urlsplit(f"postgresql://{rest}")
        options = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    except ValueError:
        # Its text may hold a piece of the password.
        raise malformed from None
    # An unescaped character in the password makes a piece of it the host, the path or an option, which are shown.
    if rest.count("@") > 1 or ("@" in rest and "@" not in parts.netloc):
        raise malformed
    # SQLAlchemy's addresses for asyncpg say ssl, libpq's say sslmode.
    query = urlencode({"sslmode" if key == "ssl" else key: value for key, value in options})
    place = f"postgresql://{parts.netloc.rpartition('@')[2]}{parts.path}"
    return Address(place=place, dsn=parts._replace(query=query).geturl())

"""The tables, as SQLAlchemy Core has them. A change needs a migration in ``migrations/versions`` and a new REVISION.

A policy is stored once for each of its versions (``policy_id`` and ``digest``); a release is a list of versions, so
that publishing one changed file of many writes one version and the list. The clauses hold no text: a clause is a
stretch of its policy's body, which stands in ``policy_version`` once. The release in force is the newest row of
``history``: there is no second place that could say otherwise.

The tables after it are those of ``knowledge.people``. Tokens and keys stand there as SHA-256 only, who asked what as a
keyed hash.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)

REVISION = "0003"
"""The migration that makes these tables; a test compares it with the newest file in ``migrations/versions``."""


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, aware and in UTC on both databases: SQLite keeps no time zone, PostgreSQL takes the session's."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


# Named constraints, because SQLite can only drop or change one that has a name.
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

policy_version = Table(
    "policy_version",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("policy_id", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("issuer", Text, nullable=False),
    Column("document_number", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("topics", JSON, nullable=False),
    Column("department", Text, nullable=False),
    Column("region", Text, nullable=False),
    Column("published", Date),
    Column("signed", Date),
    Column("in_force_from", Date),
    Column("in_force_until", Date),
    Column("references", JSON, nullable=False),
    Column("body", Text, nullable=False),
    UniqueConstraint("policy_id", "digest"),
)

clause = Table(
    "clause",
    metadata,
    Column("policy_version_id", Integer, ForeignKey(policy_version.c.id), nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("clause_id", Text, nullable=False),
    Column("number", Integer),
    Column("label", Text, nullable=False),
    Column("heading", Text, nullable=False),
    Column("start", Integer, nullable=False),
    Column("length", Integer, nullable=False),
    PrimaryKeyConstraint("policy_version_id", "ordinal"),
    Index(None, "clause_id"),
)

release = Table(
    "release",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("published_at", UtcDateTime, nullable=False),
    Column("policies", Integer, nullable=False),
    Column("clauses", Integer, nullable=False),
    Column("note", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    # The text of the thesaurus file; empty: the one that ships with the package.
    Column("thesaurus", Text, nullable=False, server_default=""),
)

release_policy = Table(
    "release_policy",
    metadata,
    Column("release_number", Integer, ForeignKey(release.c.number), nullable=False),
    Column("policy_version_id", Integer, ForeignKey(policy_version.c.id), nullable=False),
    PrimaryKeyConstraint("release_number", "policy_version_id"),
)

history = Table(
    "history",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("release_number", Integer, ForeignKey(release.c.number), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", Text, nullable=False),
)

# Members and how they come in

member = Table(
    "member",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("telegram_id", BigInteger),
    Column("appointed_by", Text, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("ended", UtcDateTime),
    # Somebody dismissed may be appointed again, as a new member: only one of the rows is in office.
    Index(None, "telegram_id", unique=True, sqlite_where=text("ended IS NULL"), postgresql_where=text("ended IS NULL")),
)

link = Table(
    "link",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("role", Text),
    Column("member_id", Integer, ForeignKey(member.c.id)),
    Column("made_by", Text, nullable=False),
    Column("expires", UtcDateTime, nullable=False),
    Column("used", UtcDateTime),
)

session = Table(
    "session",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("token_hash", Text, nullable=False),
    Column("member_id", Integer, ForeignKey(member.c.id), nullable=False),
    Column("opened", UtcDateTime, nullable=False),
    Column("seen", UtcDateTime, nullable=False),
    Column("expires", UtcDateTime, nullable=False),
    Column("lifetime_seconds", Float, nullable=False),
    UniqueConstraint("token_hash"),
    Index(None, "member_id"),
    # A session's number stands in forms that end it: never given again.
    sqlite_autoincrement=True,
)

api_key = Table(
    "api_key",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key_hash", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made", UtcDateTime, nullable=False),
    Column("used", UtcDateTime),
    Column("revoked", UtcDateTime),
    UniqueConstraint("key_hash"),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("detail", Text, nullable=False),
)

# What was asked

secret = Table(
    "secret",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", LargeBinary, nullable=False),
)

asked = Table(
    "asked",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("day", Date, nullable=False),
    Column("person", Text, nullable=False),
    Column("surface", Text, nullable=False),
    Column("question", Text, nullable=False),
    # Compared by code points on both databases, so that the index serves prefixes.
    Column("wording", Text().with_variant(Text(collation="C"), "postgresql"), nullable=False),
    Column("decision", Text, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("clause_id", Text),
    Column("release", Integer, nullable=False),
    Column("elapsed_ms", Float, nullable=False),
    Index(None, "person"),
    Index(None, "day"),
    Index(None, "wording"),
    # A question's number stands in buttons that people may press after the question was forgotten: never given again.
    sqlite_autoincrement=True,
)

judgement = Table(
    "judgement",
    metadata,
    Column("asked_id", Integer, ForeignKey(asked.c.id, ondelete="CASCADE"), nullable=False),
    Column("person", Text, nullable=False),
    Column("helpful", Boolean, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("asked_id", "person"),
    Index(None, "person"),
)

handled = Table(
    "handled",
    metadata,
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("kind", "key"),
    Index(None, "at"),
)

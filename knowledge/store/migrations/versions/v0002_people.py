"""Members, links, sessions, keys, the audit trail, and what was asked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables of ``knowledge.people``."""
    _members()
    _what_was_asked()


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _members() -> None:
    op.create_table(
        "member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("telegram_id", sa.BigInteger()),
        sa.Column("appointed_by", sa.Text(), nullable=False),
        _moment("since"),
        _moment("ended", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member")),
    )
    op.create_index(
        op.f("ix_member_telegram_id"),
        "member",
        ["telegram_id"],
        unique=True,
        sqlite_where=sa.text("ended IS NULL"),
        postgresql_where=sa.text("ended IS NULL"),
    )
    op.create_table(
        "link",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("role", sa.Text()),
        sa.Column("member_id", sa.Integer()),
        sa.Column("made_by", sa.Text(), nullable=False),
        _moment("expires"),
        _moment("used", nullable=True),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_link")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_link_member_id_member")),
    )
    op.create_table(
        "session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        _moment("opened"),
        _moment("seen"),
        _moment("expires"),
        sa.Column("lifetime_seconds", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_session_token_hash")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_session_member_id_member")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_session_member_id"), "session", ["member_id"])
    op.create_table(
        "api_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key_hash", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        _moment("made"),
        _moment("used", nullable=True),
        _moment("revoked", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_api_key_key_hash")),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        _moment("at"),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )


def _what_was_asked() -> None:
    op.create_table(
        "secret",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_secret")),
    )
    op.create_table(
        "asked",
        sa.Column("id", sa.Integer(), nullable=False),
        _moment("at"),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("surface", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("wording", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("clause_id", sa.Text()),
        sa.Column("release", sa.Integer(), nullable=False),
        sa.Column("elapsed_ms", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asked")),
        sqlite_autoincrement=True,
    )
    for column in ("person", "day", "wording"):
        op.create_index(op.f(f"ix_asked_{column}"), "asked", [column])
    op.create_table(
        "judgement",
        sa.Column("asked_id", sa.Integer(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("helpful", sa.Boolean(), nullable=False),
        _moment("at"),
        sa.PrimaryKeyConstraint("asked_id", "person", name=op.f("pk_judgement")),
        sa.ForeignKeyConstraint(
            ["asked_id"], ["asked.id"], name=op.f("fk_judgement_asked_id_asked"), ondelete="CASCADE"
        ),
    )
    op.create_index(op.f("ix_judgement_person"), "judgement", ["person"])
    op.create_table(
        "handled",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        _moment("at"),
        sa.PrimaryKeyConstraint("kind", "key", name=op.f("pk_handled")),
    )
    op.create_index(op.f("ix_handled_at"), "handled", ["at"])

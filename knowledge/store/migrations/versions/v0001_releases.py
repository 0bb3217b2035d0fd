"""Policies by version, their clauses, releases and the history of the release in force."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the first tables."""
    op.create_table(
        "policy_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("policy_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("published", sa.Date()),
        sa.Column("signed", sa.Date()),
        sa.Column("in_force_from", sa.Date()),
        sa.Column("in_force_until", sa.Date()),
        sa.Column("references", sa.JSON(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_version")),
        sa.UniqueConstraint("policy_id", "digest", name=op.f("uq_policy_version_policy_id_digest")),
    )
    op.create_table(
        "release",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("policies", sa.Integer(), nullable=False),
        sa.Column("clauses", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_release")),
    )
    op.create_table(
        "clause",
        sa.Column("policy_version_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("clause_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer()),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("heading", sa.Text(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("policy_version_id", "ordinal", name=op.f("pk_clause")),
        sa.ForeignKeyConstraint(
            ["policy_version_id"], ["policy_version.id"], name=op.f("fk_clause_policy_version_id_policy_version")
        ),
    )
    op.create_index(op.f("ix_clause_clause_id"), "clause", ["clause_id"])
    op.create_table(
        "release_policy",
        sa.Column("release_number", sa.Integer(), nullable=False),
        sa.Column("policy_version_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("release_number", "policy_version_id", name=op.f("pk_release_policy")),
        sa.ForeignKeyConstraint(
            ["release_number"], ["release.number"], name=op.f("fk_release_policy_release_number_release")
        ),
        sa.ForeignKeyConstraint(
            ["policy_version_id"],
            ["policy_version.id"],
            name=op.f("fk_release_policy_policy_version_id_policy_version"),
        ),
    )
    op.create_table(
        "history",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("release_number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history")),
        sa.ForeignKeyConstraint(["release_number"], ["release.number"], name=op.f("fk_history_release_number_release")),
    )

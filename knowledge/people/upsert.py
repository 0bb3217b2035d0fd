"""INSERT … ON CONFLICT, which SQLite and PostgreSQL share and SQLAlchemy has for each of them apart."""

from __future__ import annotations

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_for(dialect: str, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT with ``on_conflict_do_nothing`` and ``on_conflict_do_update`` for the database of that name."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)

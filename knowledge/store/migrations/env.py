"""Run by Alembic inside ``knowledge.store.migration``, which gives the connection and holds transaction and lock."""

from __future__ import annotations

from alembic import context

from knowledge.store.schema import metadata

# Batch mode: SQLite changes a column by copying the table.
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()

"""Bringing the tables of an open database to the state this code knows."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection

from knowledge.errors import StoreError
from knowledge.store.database import Database
from knowledge.store.schema import REVISION

SCRIPTS = Path(__file__).with_name("migrations")

# Alembic keeps the migration that runs in module variables: one at a time in a process, whatever the database.
_ALEMBIC = threading.Lock()


async def migrate(database: Database) -> None:
    """Bring the tables to REVISION, in one transaction and never in two processes at once.

    Raises StoreError, and changes nothing, where the tables are of a newer helpdesk or another program.
    """
    async with database.reading() as connection:
        if await _revision(connection) == REVISION:
            return
    async with database.writing() as connection:
        # Asked again, since another process may have been quicker.
        revision = await _revision(connection)
        if revision == REVISION:
            return
        while not _ALEMBIC.acquire(blocking=False):  # noqa: ASYNC110 - an asyncio lock would serve one event loop only
            await asyncio.sleep(0.01)
        try:
            await connection.run_sync(_upgrade, revision, database.place)
        finally:
            _ALEMBIC.release()


async def _revision(connection: AsyncConnection) -> str | None:
    if not await connection.run_sync(lambda sync: inspect(sync).has_table("alembic_version")):
        return None
    revision: str | None = await connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision


def _upgrade(connection: Connection, revision: str | None, place: str) -> None:
    # Alembic takes a quarter of a second to import, which a database that is up to date need not pay.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if revision is not None and revision not in known:
        raise StoreError(
            f"The database {place} was made by a newer version of the helpdesk or by another program: "
            "update the helpdesk, or name another database in HELPDESK_DATABASE_URL.",
            log=f"{place} is at revision {revision}, this code knows {sorted(known)}",
        )
    command.upgrade(config, "head")

"""The thesaurus as a part of each release: rolling back brings back the words it was answered with."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the text of the thesaurus; releases made before had the one that ships with the package (empty here)."""
    op.add_column("release", sa.Column("thesaurus", sa.Text(), nullable=False, server_default=""))

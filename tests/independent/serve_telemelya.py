"""Runs telemelya on 127.0.0.1 and the port given, with fakeredis for Redis and without MinIO: no media are sent.

To be run by the Python of telemelya's own virtual environment (``tests/independent/run``).
"""

from __future__ import annotations

import sys

import fakeredis
import uvicorn
from telemelya.server.app import app, media_manager, state_manager


async def connect_state() -> None:
    """In place of a connection to Redis."""
    state_manager._redis = fakeredis.FakeAsyncRedis(decode_responses=True)


async def connect_media() -> None:
    """In place of a connection to MinIO."""


state_manager.connect = connect_state
media_manager.connect = connect_media
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")

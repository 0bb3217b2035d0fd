"""An HTTP server on 127.0.0.1 inside the running event loop, quick to start and to stop."""

from __future__ import annotations

import asyncio

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

_GRACE_SECONDS = 0.5


class Loopback:
    """Serves ``app`` on a free port from ``start`` to ``stop``; to be used with ``async with``.

    uvicorn's own ``Server`` looks for its end every 0.1 s and takes over signals; tests want neither, so that its
    protocol is hung on a plain asyncio server.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._config = uvicorn.Config(
            app, http="h11", ws="none", lifespan="off", log_config=None, access_log=False, proxy_headers=False
        )
        self._config.load()
        self._state = ServerState()
        self._server: asyncio.Server | None = None
        self.port = 0

    @property
    def url(self) -> str:
        """Where it listens, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Listen on a free port, or on the one it had before."""

        def protocol() -> H11Protocol:
            return H11Protocol(config=self._config, server_state=self._state, app_state={})

        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(protocol, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Let the requests under way end, then close every connection."""
        if self._server is None:
            return
        self._server.close()
        for connection in list(self._state.connections):
            connection.shutdown()
        if self._state.tasks:
            _, late = await asyncio.wait(set(self._state.tasks), timeout=_GRACE_SECONDS)
            for task in late:
                task.cancel()
        for connection in list(self._state.connections):
            connection.transport.abort()
        await self._server.wait_closed()
        # Broken connections take one more turn of the loop to be gone.
        await asyncio.sleep(0)
        self._server = None

    async def abort(self, client: tuple[str, int]) -> None:
        """Break the connection of this client, as a failing network does: nothing more is sent on it."""
        for connection in list(self._state.connections):
            if isinstance(connection, H11Protocol) and connection.client == client:
                connection.transport.abort()
        # The protocol learns of it in the next turn of the loop, and then keeps silent.
        await asyncio.sleep(0)

    async def __aenter__(self) -> Loopback:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

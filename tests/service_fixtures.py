"""The helpdesk started as people start it, in a process of its own."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
from bot_api.client import free_port
from conftest import ROOT


@dataclass(frozen=True)
class Service:
    """A helpdesk in a process of its own, at ``url``."""

    process: asyncio.subprocess.Process
    url: str
    log: Path

    async def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send the signal and wait; the exit status."""
        self.process.send_signal(number)
        return await asyncio.wait_for(self.process.wait(), 20)

    def written(self) -> str:
        """Everything the process wrote."""
        return self.log.read_text(encoding="utf-8")


@contextlib.asynccontextmanager
async def started(folder: Path, ready: bool = True, **settings: object) -> AsyncIterator[Service]:
    """The helpdesk, started without a command; killed at the end if it still runs."""
    port = settings.get("PORT", free_port())
    values = {"DATA_DIR": folder / "data", "PORT": port, "LOG_LEVEL": "debug", **settings}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HELPDESK_")}
    environment = {**kept, **{f"HELPDESK_{name}": str(value) for name, value in values.items()}}
    log = folder / "log"
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot.main",
            cwd=folder,
            env={**environment, "PYTHONPATH": import_path()},
            stdout=output,
            stderr=output,
        )
    service = Service(process, f"http://127.0.0.1:{port}", log)
    try:
        if ready:
            await until_ready(service)
        yield service
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def import_path() -> str:
    """Where this process finds the project, for another one that starts in a folder of its own."""
    return os.pathsep.join(
        dict.fromkeys([*filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep)), str(ROOT)])
    )


async def until_ready(service: Service) -> None:
    """Wait for /readyz."""
    async with httpx.AsyncClient(trust_env=False) as client:
        for _ in range(600):
            assert service.process.returncode is None, service.written()
            with contextlib.suppress(httpx.HTTPError):
                if (await client.get(f"{service.url}/readyz")).status_code == 200:
                    return
            await asyncio.sleep(0.05)
    raise AssertionError(service.written())

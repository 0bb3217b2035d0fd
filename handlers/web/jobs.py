"""Long work done while a page shows how far it is: reading the policy folder, publishing."""

from __future__ import annotations

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from handlers.web import words
from knowledge.errors import HelpdeskError
from knowledge.helpdesk import Preview, Progress
from knowledge.model import Release

_KEPT = 20
_BROKEN = HelpdeskError(words.BROKEN)


@dataclass(slots=True)
class Job:
    """One piece of work. ``result`` or ``error`` is set once it is done; ``done`` of ``total`` steps of ``step`` so far."""

    job_id: str
    title: str
    owner: str
    step: str = ""
    done: int = 0
    total: int = 0
    result: Preview | Release | None = None
    error: HelpdeskError | None = None
    task: asyncio.Task[None] | None = field(default=None, repr=False)

    @property
    def running(self) -> bool:
        """Whether it still goes on."""
        return self.result is None and self.error is None

    @property
    def percent(self) -> int:
        """How much of the present step is done."""
        return 100 * self.done // self.total if self.total else 0


class Jobs:
    """The jobs of this process; the last twenty are kept."""

    def __init__(self) -> None:
        self._jobs: OrderedDict[str, Job] = OrderedDict()

    def start(self, title: str, owner: str, work: Callable[[Progress], Awaitable[Preview | Release]]) -> Job:
        """Begin ``work`` in the background; it is handed what to report its progress to (from any thread)."""
        job = Job(secrets.token_urlsafe(12), title, owner)

        def progress(what: str, done: int, total: int) -> None:
            job.step, job.done, job.total = what, done, total

        async def run() -> None:
            try:
                job.result = await work(progress)
            except HelpdeskError as error:
                job.error = error
            finally:
                if job.running:
                    job.error = _BROKEN

        job.task = asyncio.create_task(run(), name=f"web job {title}")
        self._jobs[job.job_id] = job
        while len(self._jobs) > _KEPT and not next(iter(self._jobs.values())).running:
            self._jobs.popitem(last=False)
        return job

    def get(self, job_id: str) -> Job | None:
        """The job of that id, if this process has it."""
        return self._jobs.get(job_id)

    def forget(self, job_id: str) -> None:
        """Let go of a job that is done."""
        self._jobs.pop(job_id, None)

    async def close(self) -> None:
        """Wait for what is being done: a publication is finished rather than broken off."""
        running = [job.task for job in self._jobs.values() if job.task and not job.task.done()]
        await asyncio.gather(*running, return_exceptions=True)

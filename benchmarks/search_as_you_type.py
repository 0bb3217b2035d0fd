"""The time from a key pressed at the desk to its results: ``GET /api/v1/search`` through HTTP, on loopback.

    python -m benchmarks.search_as_you_type POLICIES QUESTIONS.jsonl [--asked 300] [--letters 12]

POLICIES is a folder of notices, QUESTIONS a question set (``turns``, the last of which is looked up, cut to as many letters
as have been typed by then: 2, 3, 4 … up to ``--letters``, in turn). The server runs in a process of its own, as
``helpdesk`` starts it, with its rate limit lifted; one client asks one question after another, no question twice.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parent.parent
WARM = 20
"""Look-ups before those that count: dictionaries are loaded with the first."""


@contextlib.contextmanager
def served(policies: Path, within: float = 600) -> Iterator[httpx.Client]:
    """A client of a server that has read the notices."""
    with tempfile.TemporaryDirectory() as data, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        own = {
            "DATA_DIR": data,
            "POLICY_DIR": str(policies),
            "HOST": "127.0.0.1",
            "PORT": str(port),
            "API_RATE": "1000000",
        }
        environment = {k: v for k, v in os.environ.items() if not k.startswith("HELPDESK_")}
        environment |= {f"HELPDESK_{name}": value for name, value in own.items()}
        # Started in an empty folder, for a .env of the project's may hold the token of a bot at work.
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), environment.get("PYTHONPATH")]))
        quiet = subprocess.DEVNULL
        command = [sys.executable, "-m", "bot.main"]
        with subprocess.Popen(command, cwd=data, env=environment, stdout=quiet, stderr=quiet) as process:
            try:
                with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
                    wait_for(client, process, within)
                    yield client
            finally:
                process.send_signal(signal.SIGTERM)


def wait_for(client: httpx.Client, process: subprocess.Popen[bytes], within: float) -> None:
    """Wait until the server is ready."""
    until = time.monotonic() + within
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(httpx.TransportError):
            if client.get("/readyz").status_code == 200:
                return
        time.sleep(0.2)
    raise SystemExit("the server did not get ready")


def typed(questions: Path, count: int, letters: int) -> list[str]:
    """What has been typed of as many questions: their beginnings, no two alike."""
    beginnings: dict[str, None] = {}
    for n, line in enumerate(questions.read_text("utf-8").splitlines()):
        if line.strip() and len(beginnings) < count:
            beginnings[str(json.loads(line)["turns"][-1]).strip()[: 2 + n % (letters - 1)]] = None
    return list(beginnings)


def look_up(client: httpx.Client, query: str) -> float:
    """One look-up; the time that it took, in ms."""
    began = time.perf_counter()
    client.get("/api/v1/search", params={"q": query}).raise_for_status()
    return (time.perf_counter() - began) * 1000


def main(given: Sequence[str] | None = None) -> None:
    """Measure, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("policies", type=Path, help="a folder of notices")
    parser.add_argument("questions", type=Path, help="a question set, as JSON Lines")
    parser.add_argument("--asked", type=int, default=300, help="how many look-ups are measured")
    parser.add_argument("--letters", type=int, default=12, help="the longest beginning of a question, in letters")
    arguments = parser.parse_args(given)
    queries = typed(arguments.questions, arguments.asked + WARM, arguments.letters)
    with served(arguments.policies.resolve()) as client:
        found = client.get("/api/v1/policies", params={"limit": 1}).raise_for_status().json()["total"]
        for query in queries[:WARM]:
            look_up(client, query)
        taken = sorted(look_up(client, query) for query in queries[WARM:])
    p95 = taken[int(len(taken) * 0.95)]
    print(
        f"{found} notices, {len(taken)} look-ups: median {statistics.median(taken):.1f} ms, p95 {p95:.1f} ms, "
        f"longest {taken[-1]:.1f} ms"
    )


if __name__ == "__main__":
    main()

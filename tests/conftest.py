"""What every test relies on: settings of its own, no network beyond this machine, and where the shared files lie."""

from __future__ import annotations

import ipaddress
import os
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
EVAL = ROOT.parent / "shared" / "eval"
NOTICE = ROOT / "knowledge" / "policies" / "关于进一步做好工业企业复工复产相关工作的通知.txt"

# For processes that tests start: neither the folder they start in nor an installed copy decides what they import.
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
for key in [key for key in os.environ if key.startswith("HELPDESK_") and not key.startswith("HELPDESK_TEST_")]:
    del os.environ[key]

# A shell that runs the suite in the background has Ctrl-C ignored, in whatever is started from there as well.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


slow = pytest.mark.skipif(
    not os.environ.get("HELPDESK_TEST_SLOW"), reason="takes long: set HELPDESK_TEST_SLOW=1, as .ci/run does, to run it"
)
"""For tests that take many seconds, so that ./helpdesk test stays quick."""


class NetworkRefusedError(Exception):
    """A test reached for the network beyond this machine."""


def _refuse_network(event: str, arguments: tuple[object, ...]) -> None:
    # https://docs.python.org/3/library/audit_events.html
    match event, arguments:
        case "socket.getaddrinfo", (host, *_):
            _refuse(host)
        case (("socket.connect" | "socket.sendto" | "socket.sendmsg"), (socket.socket() as one, (host, *_))):
            if one.family != socket.AF_UNIX:
                _refuse(host)


def _refuse(host: object) -> None:
    name = host.decode() if isinstance(host, bytes) else str(host or "localhost")
    if name == "localhost":
        return
    try:
        if ipaddress.ip_address(name.partition("%")[0]).is_loopback:
            return
    except ValueError:
        pass
    raise NetworkRefusedError(f"this test reaches for {name}: only this machine may be spoken to")


sys.addaudithook(_refuse_network)


@pytest.fixture(scope="session", autouse=True)
def _empty_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Tests run in an empty folder: a developer's .env, or data beside it, would leak into them."""
    before = Path.cwd()
    os.chdir(tmp_path_factory.mktemp("started-in"))
    yield
    os.chdir(before)


@pytest.fixture(scope="session")
def evaluation() -> Path:
    """The folder of the development questions and the 599 notices."""
    if not (EVAL / "policies").is_dir():
        pytest.skip("the shared evaluation files do not lie beside this repository (../shared/eval)")
    return EVAL


@pytest.fixture(scope="session")
def corpus(evaluation: Path) -> Path:
    """The folder of the 599 notices."""
    return evaluation / "policies"


@pytest.fixture
def policy_dir(tmp_path: Path) -> Path:
    """A policy folder with the Hunan notice in it."""
    folder = tmp_path / "policies"
    folder.mkdir()
    (folder / NOTICE.name).write_bytes(NOTICE.read_bytes())
    return folder

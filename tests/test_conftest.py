"""The guard that every test runs behind."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from conftest import NetworkRefusedError


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "example.org", b"example.org", "169.254.169.254"])
def test_the_network_beyond_this_machine_is_refused(host: str | bytes) -> None:
    with pytest.raises(NetworkRefusedError):
        socket.getaddrinfo(host, 80)
    with pytest.raises(NetworkRefusedError):
        socket.create_connection((host, 80))


def test_addresses_are_refused_unresolved() -> None:
    with socket.socket() as client, pytest.raises(NetworkRefusedError):
        client.connect(("192.0.2.1", 80))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client, pytest.raises(NetworkRefusedError):
        client.sendto(b"", ("192.0.2.1", 53))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_this_machine_may_be_spoken_to(host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as client:
        client.connect((host, server.getsockname()[1]))
        assert client.getpeername() == server.getsockname()


def test_no_setting_of_the_developer_leaks_in() -> None:
    assert list(Path.cwd().glob(".env*")) == []
    assert [key for key in os.environ if key.startswith("HELPDESK_") and not key.startswith("HELPDESK_TEST_")] == []

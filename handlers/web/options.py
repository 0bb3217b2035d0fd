"""What the web needs to be told by whoever runs it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network

Network = IPv4Network | IPv6Network
LOOPBACK: tuple[Network, ...] = (ip_network("127.0.0.0/8"), ip_network("::1/128"))


@dataclass(frozen=True, slots=True)
class WebOptions:
    """How the web behaves.

    ``base_url`` is the address that people use ("" where it is whatever they typed), without "/" at its end.
    ``trusted_proxies`` are the networks whose X-Forwarded-For and X-Forwarded-Proto are believed, ``metrics_from`` those
    that may read /metrics. Rates are requests a minute: ``ask_rate`` and ``login_rate`` for each client address,
    ``api_rate`` for each key (without keys: for each address). Sizes are in bytes.
    """

    base_url: str = ""
    hotline: str = "96871"
    hotline_hours: str = ""
    topics: tuple[str, ...] = ()
    trusted_proxies: tuple[Network, ...] = ()
    metrics_from: tuple[Network, ...] = LOOPBACK
    session_lifetime: timedelta = timedelta(hours=12)
    link_lifetime: timedelta = timedelta(minutes=30)
    ask_rate: int = 60
    login_rate: int = 10
    api_rate: int = 600
    max_upload_bytes: int = 20_000_000
    max_question: int = 1000
    follow_up: timedelta = timedelta(minutes=30)

    @property
    def secure(self) -> bool:
        """Whether people come by TLS, so that cookies must not leave it."""
        return self.base_url.startswith("https://")

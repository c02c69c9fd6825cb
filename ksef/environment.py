"""Where KSeF is: the addresses of the API, of the QR verification pages and of Latarnia."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit


@dataclass(frozen=True, kw_only=True)
class Environment:
    """One KSeF. Only production has legal effect.

    ``api_url`` ends in the version (``/v2``); no address ends in a slash.
    """

    name: str
    api_url: str
    qr_url: str
    latarnia_url: str

    @property
    def is_local(self) -> bool:
        return is_loopback(self.api_url)


PRODUCTION = Environment(
    name="production",
    api_url="https://api.ksef.mf.gov.pl/v2",
    qr_url="https://qr.ksef.mf.gov.pl",
    latarnia_url="https://api-latarnia.ksef.mf.gov.pl",
)
DEMO = Environment(
    name="demo",
    api_url="https://api-demo.ksef.mf.gov.pl/v2",
    qr_url="https://qr-demo.ksef.mf.gov.pl",
    # Latarnia has no instance of its own for the demo environment.
    latarnia_url="https://api-latarnia-test.ksef.mf.gov.pl",
)
TEST = Environment(
    name="test",
    api_url="https://api-test.ksef.mf.gov.pl/v2",
    qr_url="https://qr-test.ksef.mf.gov.pl",
    latarnia_url="https://api-latarnia-test.ksef.mf.gov.pl",
)


def local(url: str) -> Environment:
    """The environment of a simulator; raises ValueError for any address but a loopback one."""
    base = url.rstrip("/")
    if not is_loopback(base):
        raise ValueError(f"not a loopback address: {url!r}")
    return Environment(
        name="local",
        api_url=base + "/v2",
        qr_url=base + "/qr",
        latarnia_url=base + "/latarnia",
    )


def is_loopback(url: str) -> bool:
    """Whether ``url`` is an http(s) address of this very machine."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and _is_loopback_host(host)


def _is_loopback_host(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False

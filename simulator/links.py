"""Pre-signed links to stored files: they carry their own permission and their own end."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote, urlencode

from .clock import read_moment
from .errors import StorageRefused
from .state import State


@dataclass(frozen=True, kw_only=True)
class Link:
    url: str
    expires_at: datetime


def sign_link(state: State, base_url: str, path: str, lifetime: timedelta) -> Link:
    """`path` below the base, such as `/storage/upo/…`."""
    expires_at = (state.clock.now() + lifetime).replace(microsecond=0)
    expiry = expires_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    query = urlencode({"se": expiry, "sp": "r", "sig": _signature(state, path, expiry)})
    return Link(url=f"{base_url}{quote(path)}?{query}", expires_at=expires_at)


def check_link(state: State, path: str, expiry: str, signature: str) -> None:
    """Raises `StorageRefused` for a forged or an expired link."""
    expected = _signature(state, path, expiry)
    if not hmac.compare_digest(expected.encode(), signature.encode()):
        raise StorageRefused(403, "AuthenticationFailed", "Signature did not match.")
    if read_moment(expiry) <= state.clock.now():
        raise StorageRefused(403, "AuthenticationFailed", "Signed expiry time is over.")


def _signature(state: State, path: str, expiry: str) -> str:
    return hmac.new(state.secret, f"{path}\n{expiry}".encode(), hashlib.sha256).hexdigest()

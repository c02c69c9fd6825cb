"""Bearer tokens: JSON Web Tokens that the simulator signs for itself with HMAC."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

from .errors import Unauthorized
from .state import Authentication, State

AUTHENTICATION = "AuthenticationToken"
ACCESS = "ContextToken"
REFRESH = "RefreshToken"

LIFETIMES = {
    AUTHENTICATION: timedelta(minutes=45),
    ACCESS: timedelta(minutes=15),
    REFRESH: timedelta(days=7),
}
_HEADER = {"alg": "HS256", "typ": "JWT"}


@dataclass(frozen=True, kw_only=True)
class IssuedToken:
    token: str = field(repr=False)
    valid_until: datetime


@dataclass(frozen=True, kw_only=True)
class Claims:
    """What a token says about its bearer. Permissions are those of the moment of issue."""

    kind: str
    authentication_reference: str
    permissions: tuple[str, ...]


def issue(
    state: State, kind: str, authentication: Authentication, permissions: tuple[str, ...] = ()
) -> IssuedToken:
    now = state.clock.now().replace(microsecond=0)
    valid_until = now + LIFETIMES[kind]
    claims = {
        "typ": kind,
        "cit": authentication.context.type,
        "civ": authentication.context.value,
        "arn": authentication.reference_number,
        "per": json.dumps(permissions),
        "jti": secrets.token_hex(8),
        "iat": int(now.timestamp()),
        "exp": int(valid_until.timestamp()),
        "iss": "ksef-simulator",
        "aud": "ksef-simulator",
    }
    signed = f"{_encode(_HEADER)}.{_encode(claims)}"
    return IssuedToken(token=f"{signed}.{_signature(state, signed)}", valid_until=valid_until)


def read(state: State, authorization: str | None, accepted: frozenset[str]) -> Claims:
    """Checks signature, kind and expiry. Raises `Unauthorized`."""
    scheme, _, token = (authorization or "").partition(" ")
    if scheme != "Bearer" or not token:
        raise Unauthorized("Brak tokena w nagłówku Authorization.")
    claims = _verified(state, token.strip())
    if claims["typ"] not in accepted:
        raise Unauthorized("Rodzaj tokena nie pozwala na wykonanie tej operacji.")
    if datetime.fromtimestamp(claims["exp"], timezone.utc) <= state.clock.now():
        raise Unauthorized("Token wygasł.")
    return Claims(
        kind=claims["typ"],
        authentication_reference=claims["arn"],
        permissions=tuple(json.loads(claims["per"])),
    )


def _verified(state: State, token: str) -> dict[str, Any]:
    signed, _, signature = token.rpartition(".")
    if not hmac.compare_digest(_signature(state, signed).encode(), signature.encode()):
        raise Unauthorized("Nieprawidłowy token.")
    payload = signed.partition(".")[2]
    padded = payload + "=" * (-len(payload) % 4)
    claims: dict[str, Any] = json.loads(urlsafe_b64decode(padded))
    return claims


def _encode(value: object) -> str:
    content = json.dumps(value, separators=(",", ":")).encode()
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def _signature(state: State, signed: str) -> str:
    digest = hmac.digest(state.secret, signed.encode(), hashlib.sha256)
    return urlsafe_b64encode(digest).rstrip(b"=").decode()

"""One request to the imitation, as its handler sees it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import IO, Generic, TypeVar

from .authority import Authority
from .errors import Forbidden, Unauthorized, invalid_input
from .links import Link, sign_link
from .numbers import KSEF_NUMBER, REFERENCE_NUMBER
from .state import Authentication, Identifier, State

B = TypeVar("B")

# CHOICE: the wording of 21405 is the simulator's own; the contract does not give any.
_ARGUMENT_RULES: Mapping[str, re.Pattern[str]] = {
    "reference_number": REFERENCE_NUMBER,
    "invoice_reference_number": REFERENCE_NUMBER,
    "upo_reference_number": REFERENCE_NUMBER,
    "ksef_number": KSEF_NUMBER,
    "serial_number": re.compile(r"[0-9A-F]{16}"),
}


@dataclass(frozen=True, kw_only=True)
class NoBody:
    """The operation has none."""


@dataclass(frozen=True, kw_only=True)
class Incoming:
    """The request as it came over the wire. Header names are lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    query: Mapping[str, tuple[str, ...]]
    stream: IO[bytes] = field(repr=False)
    content: bytes = field(default=b"", repr=False)
    address: str

    def parameter(self, name: str) -> str | None:
        """The first value of a query parameter."""
        values = self.query.get(name, ())
        return values[0] if values else None


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Whoever stands behind a valid bearer token."""

    authentication: Authentication
    token_kind: str
    permissions: frozenset[str]

    @property
    def context(self) -> Identifier:
        return self.authentication.context

    @property
    def subject(self) -> Identifier | None:
        return self.authentication.subject


@dataclass(frozen=True, kw_only=True)
class Call(Generic[B]):
    """What a handler gets: the authority, the request, the checked body."""

    authority: Authority
    state: State
    operation: str
    incoming: Incoming
    arguments: Mapping[str, str]
    body: B
    known_caller: Caller | None

    @property
    def caller(self) -> Caller:
        """Raises `Unauthorized` in an operation that is public."""
        if self.known_caller is None:
            raise Unauthorized("Brak tokena w nagłówku Authorization.")
        return self.known_caller

    def link(self, path: str, lifetime: timedelta) -> Link:
        return sign_link(self.state, self.authority.base_url, path, lifetime)

    def require_any(self, *permissions: str) -> None:
        """Raises the 403 that names what was needed and what the caller has."""
        if not self.caller.permissions.intersection(permissions):
            raise Forbidden(
                "missing-permissions",
                "Brak wymaganych uprawnień do wykonania operacji w bieżącym kontekście.",
                {
                    "requiredAnyOfPermissions": list(permissions),
                    "presentPermissions": sorted(self.caller.permissions),
                },
            )


def check_arguments(arguments: Mapping[str, str]) -> None:
    """Raises 21405 for a path argument that cannot be what it should."""
    problems = [
        f"'{name}': nieprawidłowy format."
        for name, value in arguments.items()
        if name in _ARGUMENT_RULES and not _ARGUMENT_RULES[name].fullmatch(value)
    ]
    if problems:
        raise invalid_input(*problems)

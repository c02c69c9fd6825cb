"""The client of KSeF: all verbs under one name."""

from __future__ import annotations

from datetime import timedelta
from types import TracebackType

from .auth import AuthenticationVerbs
from .batch import BatchVerbs
from .budget import Ledger, NoLedger
from .certificates import CertificateVerbs
from .environment import Environment
from .export import ExportVerbs
from .identifiers import IdentifierVerbs
from .invoices import InvoiceVerbs
from .latarnia import LatarniaVerbs
from .limits import LimitVerbs
from .sessions import SessionVerbs
from .tokens import TokenVerbs
from .transport import SystemWarning, Transport

DEFAULT_TIMEOUT = 30.0  # seconds


class Client(
    AuthenticationVerbs,
    SessionVerbs,
    BatchVerbs,
    InvoiceVerbs,
    ExportVerbs,
    TokenVerbs,
    CertificateVerbs,
    IdentifierVerbs,
    LimitVerbs,
    LatarniaVerbs,
):
    """One connection to one KSeF environment, for one context, in one thread.

    Every verb raises a child of ``KsefError`` and ends within the time limits of its calls:
    ``timeout`` seconds each, to connect, to send and to answer. With a ``budget`` a call that
    would break a rate limit is not made, but raises ``RateLimited`` with the time to wait.
    """

    def __init__(
        self,
        environment: Environment,
        *,
        access_token: str | None = None,
        timeout: float = DEFAULT_TIMEOUT,
        budget: Ledger | None = None,
    ) -> None:
        self.environment = environment
        self.access_token = access_token
        ledger = NoLedger() if budget is None else budget
        self._transport = Transport(environment, timeout=timeout, ledger=ledger)

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        self._transport.close()

    def with_access_token(self, access_token: str) -> Client:
        """A client that shares this one's connection and acts with another token."""
        other = Client.__new__(Client)
        other.environment = self.environment
        other.access_token = access_token
        other._transport = self._transport
        return other

    @property
    def warnings(self) -> tuple[SystemWarning, ...]:
        """What KSeF warned of so far, for an administrator's eyes."""
        return tuple(self._transport.warnings)

    @property
    def clock_offset(self) -> timedelta | None:
        """How far the clock of the last answer was ahead of ours, None if it told no time."""
        return self._transport.clock_offset

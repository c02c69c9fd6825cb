"""The control panel of a running simulator, for tests: what was sent, faults, clock, keys."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any
from urllib.parse import quote, urlsplit


class PanelError(Exception):
    """A command that the control API did not understand."""


class Control:
    """Speaks `{base}/control` of the simulator; every method is one request."""

    def __init__(self, base_url: str) -> None:
        self._address = urlsplit(base_url).netloc

    def documents(self) -> list[dict[str, Any]]:
        """Everything ever sent, in order: `ksefNumber`, `invoiceNumber`, `sellerNip`,
        `invoiceHash`, `status`, `sessionReferenceNumber`, `referenceNumber`, `invoicingMode`,
        `correctedHash`."""
        return list(self._call("GET", "/documents"))

    def accepted_documents(self) -> list[dict[str, Any]]:
        return [document for document in self.documents() if document["status"] == 200]

    def document(self, invoice_hash: str) -> bytes:
        """The plain XML whose SHA-256, in either Base64 alphabet, is `invoice_hash`."""
        return self._fetch("GET", f"/documents/{quote(invoice_hash, safe='')}")

    def fault(
        self, name: str, operation: str | None = None, times: int | None = 1, **options: Any
    ) -> None:
        """Arms a named fault for the next `times` requests (`None`: until cleared)."""
        body = {"name": name, "operation": operation, "times": times, "options": options}
        self._call("POST", "/faults", body)

    def faults(self) -> list[dict[str, Any]]:
        return list(self._call("GET", "/faults"))

    def clear_faults(self) -> None:
        self._call("DELETE", "/faults")

    def set_clock(self, now: str) -> None:
        """`now` is ISO 8601 with an offset; the clock goes on ticking from there."""
        self._call("POST", "/clock", {"now": now})

    def shift_clock(self, seconds: float) -> None:
        self._call("POST", "/clock", {"shift_seconds": seconds})

    def reset_clock(self) -> None:
        self._call("POST", "/clock", {"reset": True})

    def token(
        self,
        nip: str,
        permissions: tuple[str, ...] = ("InvoiceRead", "InvoiceWrite"),
        status: str = "Active",
    ) -> str:
        """The secret of a KSeF token that is ready for use (or `Revoked`, `Pending`)."""
        return str(self.issued_token(nip, permissions, status)["token"])

    def issued_token(
        self,
        nip: str,
        permissions: tuple[str, ...] = ("InvoiceRead", "InvoiceWrite"),
        status: str = "Active",
    ) -> dict[str, str]:
        """`{"referenceNumber", "token"}` of a ready KSeF token."""
        body = {"nip": nip, "permissions": list(permissions), "status": status}
        return dict(self._call("POST", "/tokens", body))

    def authorize(self, nip: str, to: str, permission: str = "SelfInvoicing") -> None:
        """The company `nip` lets the company `to` issue invoices in its name.

        `permission` is `SelfInvoicing` or `TaxRepresentative`.
        """
        self._call("POST", "/authorizations", {"nip": nip, "to": to, "permission": permission})

    def deposit(self, *contents: bytes, **values: str) -> list[str]:
        """Documents that others issued, as if KSeF had taken them; returns their KSeF numbers.

        `buyerNip` with `sellerNip` for files that are no FA(3), `storedAt`, `announcedHash`.
        """
        documents = [
            {"content": base64.b64encode(content).decode(), **values} for content in contents
        ]
        return list(self._call("POST", "/deposits", {"documents": documents}))

    def rotate_keys(self, usage: str, *, emergency: bool) -> None:
        """`usage` is `KsefTokenEncryption` or `SymmetricKeyEncryption`."""
        self._call("POST", "/keys/rotate", {"usage": usage, "emergency": emergency})

    def recertify_key(self, usage: str) -> None:
        """A new certificate for the same key."""
        self._call("POST", "/keys/recertify", {"usage": usage})

    def reset(self) -> None:
        """Forgets documents, sessions, tokens, faults, limits, delays and clock; keeps keys."""
        self._call("POST", "/reset")

    def requests(self) -> list[dict[str, Any]]:
        """Recent requests to the imitation: `method`, `path`, `operation`, `status`."""
        return list(self._call("GET", "/requests"))

    def limits(self, preset: str) -> None:
        """`production` or `fast`."""
        self._call("POST", "/limits", {"preset": preset})

    def limit(self, group: str, per_second: int, per_minute: int, per_hour: int) -> None:
        """Sets one group of `GET /rate-limits`; -1 means no limit in that window."""
        windows = {"perSecond": per_second, "perMinute": per_minute, "perHour": per_hour}
        self._call("POST", "/limits", {"groups": {group: windows}})

    def delays(self, **settings: float) -> None:
        """`processing_polls`, `processing_seconds`, `storage_seconds`, `hwm_lag_seconds`."""
        self._call("POST", "/delays", settings)

    def switches(self, **settings: bool) -> None:
        """`prd_like` (NIP checks), `refuses_self_signed`, `challenge_error_is_status`."""
        self._call("POST", "/switches", settings)

    def latarnia(self, **settings: Any) -> None:
        """`status` and `messages` as Latarnia shall answer, or `reachable=False`."""
        self._call("POST", "/latarnia", settings)

    def _call(self, method: str, path: str, body: object = None) -> Any:
        content = self._fetch(method, path, b"" if body is None else json.dumps(body).encode())
        return json.loads(content) if content else None

    def _fetch(self, method: str, path: str, body: bytes = b"") -> bytes:
        """Raises `PanelError` with the simulator's own words for a wrong command."""
        connection = HTTPConnection(self._address, timeout=30)
        try:
            connection.request(method, f"/control{path}", body=body)
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        if answer.status >= 400:
            raise PanelError(f"{method} {path}: {answer.status} {content.decode()}")
        return content


@dataclass(frozen=True, kw_only=True)
class RunningSimulator:
    """`url` is the base (`http://127.0.0.1:PORT`); the API lives at `{url}/v2`."""

    url: str
    control: Control

    @property
    def api_url(self) -> str:
        return f"{self.url}/v2"

"""What can be asked of the API: every operation the client knows, with its rate-limit group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from urllib.parse import quote


class Group(Enum):
    """Groups of operations that share one rate limit, by their names in ``GET /rate-limits``."""

    ONLINE_SESSION = "onlineSession"
    ONLINE_SESSION_CLOSE = "onlineSessionClose"
    BATCH_SESSION = "batchSession"
    BATCH_SESSION_CLOSE = "batchSessionClose"
    INVOICE_SEND = "invoiceSend"
    INVOICE_STATUS = "invoiceStatus"
    SESSION_LIST = "sessionList"
    SESSION_INVOICE_LIST = "sessionInvoiceList"
    SESSION_MISC = "sessionMisc"
    INVOICE_METADATA = "invoiceMetadata"
    INVOICE_EXPORT = "invoiceExport"
    INVOICE_EXPORT_STATUS = "invoiceExportStatus"
    INVOICE_DOWNLOAD = "invoiceDownload"
    COLLECTIVE_IDENTIFIER = "collectiveIdentifier"
    OTHER = "other"  # each operation of this group has a counter of its own
    ANONYMOUS = "anonymous"


@dataclass(frozen=True)
class Operation:
    """A method and a path with the contract's own names in braces; no group, no rate limit."""

    method: str
    path: str
    group: Group | None = Group.OTHER

    @property
    def counter(self) -> str:
        """What the operation is counted by: its group, or itself in the group of all others."""
        if self.group is Group.OTHER:
            return f"{self.group.value} {self.method} {self.path}"
        return self.group.value if self.group else ""

    @property
    def group_name(self) -> str:
        return self.group.value if self.group else ""

    def path_for(self, values: Mapping[str, str]) -> str:
        """The path with the braces filled; raises ValueError for a value that is no segment."""
        return self.path.format_map({name: _segment(value) for name, value in values.items()})


def _segment(value: str) -> str:
    if value in ("", ".", ".."):
        raise ValueError(f"not a path segment: {value!r}")
    return quote(value, safe="")

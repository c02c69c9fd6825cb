"""Export packages: invoices packed, cut into parts and encrypted with the client's key."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import IO

from .archive import TAR_GZ, ZIP, pack
from .catalogue import Filters, Finding, Record, date_key, metadata
from .cipher import SymmetricKey
from .digests import sha256_base64
from .state import Identifier, Unfolding, Verdict

MAX_RUNNING = 10
RETENTION = timedelta(days=7)
# CHOICE: how long the package itself lives is not documented; its status lives seven days.
PACKAGE_LIFETIME = timedelta(days=3)
PART_SIZE = 50_000_000
METADATA_NAME = "_metadata.json"
_SUFFIXES = {ZIP: "zip", TAR_GZ: "tar.gz"}


@dataclass(kw_only=True)
class Export:
    """An export that was ordered. `package` appears when it is done."""

    reference_number: str
    context: Identifier
    filters: Filters
    compression: str
    is_only_metadata: bool
    symmetric_key: SymmetricKey | None = field(repr=False)
    ordered_at: datetime
    unfolding: Unfolding
    record_limit: int
    left_out: int = 0  # documents that are listed and not packed
    verdict: Verdict | None = None
    completed_at: datetime | None = None
    package: ExportPackage | None = None


@dataclass(frozen=True, kw_only=True)
class ExportPart:
    """Hashes and sizes before and after encryption."""

    name: str
    content: bytes = field(repr=False)
    size: int
    plain_hash: str
    encrypted_hash: str


@dataclass(frozen=True, kw_only=True)
class ExportPackage:
    """`last_date` is the filter's date of the last record of a truncated package."""

    invoice_count: int
    size: int
    parts: tuple[ExportPart, ...]
    is_truncated: bool
    last_record: Record | None
    hwm: datetime | None


def build_package(export: Export, finding: Finding, key: SymmetricKey) -> ExportPackage:
    records = finding.records[: export.record_limit]
    is_truncated = len(finding.records) > len(records)
    with tempfile.TemporaryFile() as archive:
        pack(_files(records, export), export.compression, archive)
        size = archive.tell()
        parts = tuple(_parts(archive, export, key))
    return ExportPackage(
        invoice_count=len(records),
        size=size,
        parts=parts,
        is_truncated=is_truncated,
        last_record=records[-1] if is_truncated and records else None,
        hwm=finding.hwm,
    )


def last_date(package: ExportPackage, filters: Filters) -> object:
    """What a client continues from; `None` unless the package is truncated."""
    return None if package.last_record is None else date_key(filters)(package.last_record)


def _files(records: tuple[Record, ...], export: Export) -> Iterator[tuple[str, bytes]]:
    if not export.is_only_metadata:
        for record in records[export.left_out :]:
            yield f"{record.ksef_number}.xml", record.invoice.content
    listed = {"invoices": [metadata(record) for record in records]}
    yield METADATA_NAME, json.dumps(listed, ensure_ascii=False, default=float).encode()


def _parts(archive: IO[bytes], export: Export, key: SymmetricKey) -> Iterator[ExportPart]:
    archive.seek(0)
    number = 0
    while plain := archive.read(PART_SIZE):
        number += 1
        encrypted = key.encrypt(plain)
        suffix = _SUFFIXES[export.compression]
        yield ExportPart(
            name=f"{export.reference_number}-{number:03d}.{suffix}.aes",
            content=encrypted,
            size=len(plain),
            plain_hash=sha256_base64(plain),
            encrypted_hash=sha256_base64(encrypted),
        )

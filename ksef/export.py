"""Fetching invoices by packages, and reading on from where one was: `/invoices/exports`."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO

from . import codes
from .archive import Compression, read_archive
from .codes import Outcome
from .crypto import SessionKey, encode_base64
from .errors import BadAnswer
from .keys import KEY_ENCRYPTION, KeyVerbs, PublicKey
from .messages import Status
from .operations import Group, Operation
from .query import MAX_RANGE, InvoiceFilter, ListedInvoice, MetadataPage, Role
from .sessions import encryption_json
from .transport import Request
from .wire import Fields, parse_json

ORDER = Operation("POST", "/invoices/exports", Group.INVOICE_EXPORT)
STATUS = Operation("GET", "/invoices/exports/{referenceNumber}", Group.INVOICE_EXPORT_STATUS)
METADATA_FILE = "_metadata.json"
MAX_PART_SIZE = 100_000_000  # bytes; KSeF's own parts have at most 50 MB
MAX_PACKAGE_SIZE = 2_000_000_000  # bytes; KSeF's own packages have at most 1 GB
_NUMBER = re.compile(r"[0-9A-F\-]{35,36}")
_INVOICE_FILE = re.compile(rf"({_NUMBER.pattern})\.xml")


@dataclass(frozen=True, kw_only=True)
class PackagePart:
    """One part of a package: sizes in bytes and hashes in Base64, before and after decryption."""

    ordinal_number: int
    url: str = field(repr=False)
    size: int
    hash: str
    encrypted_size: int
    encrypted_hash: str
    valid_until: datetime | None

    @classmethod
    def from_json(cls, answer: Fields) -> PackagePart:
        return cls(
            ordinal_number=answer.integer("ordinalNumber"),
            url=answer.text("url"),
            size=answer.integer("partSize"),
            hash=answer.text("partHash"),
            encrypted_size=answer.integer("encryptedPartSize"),
            encrypted_hash=answer.text("encryptedPartHash"),
            valid_until=answer.optional_moment("expirationDate"),
        )


@dataclass(frozen=True, kw_only=True)
class Package:
    """A finished export. ``last_stored_at`` comes only if the package ``is_truncated``."""

    invoice_count: int
    parts: tuple[PackagePart, ...]
    is_truncated: bool
    compression: Compression
    last_stored_at: datetime | None
    high_water_mark: datetime | None

    @classmethod
    def from_json(cls, answer: Fields) -> Package:
        parts = map(PackagePart.from_json, answer.objects("parts"))
        return cls(
            invoice_count=answer.integer("invoiceCount"),
            parts=tuple(sorted(parts, key=lambda part: part.ordinal_number)),
            is_truncated=answer.flag("isTruncated"),
            compression=_compression(answer.optional_text("compressionType")),
            last_stored_at=answer.optional_moment("lastPermanentStorageDate"),
            high_water_mark=answer.optional_moment("permanentStorageHwmDate"),
        )


def _compression(name: str | None) -> Compression:
    """Before contract 2.9 the answer could lack it; then it is a Zip."""
    try:
        return Compression.ZIP if name is None else Compression(name)
    except ValueError as error:
        raise BadAnswer("an unknown compression") from error


@dataclass(frozen=True, kw_only=True)
class ExportStatus:
    """How an export stands; the links of its parts are new with every answer."""

    status: Status
    completed_at: datetime | None
    package_valid_until: datetime | None
    package: Package | None

    @property
    def outcome(self) -> Outcome:
        return codes.export_outcome(self.status.code)

    @classmethod
    def from_json(cls, answer: Fields) -> ExportStatus:
        package = answer.optional_fields("package")
        return cls(
            status=Status.from_json(answer.fields("status")),
            completed_at=answer.optional_moment("completedDate"),
            package_valid_until=answer.optional_moment("packageExpirationDate"),
            package=None if package is None else Package.from_json(package),
        )


@dataclass(frozen=True, kw_only=True)
class ExportedInvoice:
    """An invoice of a package, byte for byte as it was sent."""

    ksef_number: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Cursor:
    """How far the invoices of one role were read: each role has a cursor of its own.

    Reading on may bring the last invoices once more: know them by their KSeF number.
    """

    role: Role
    read_until: datetime

    def filter(self, *, now: datetime) -> InvoiceFilter:
        """What to ask for next: what is final since then, of a hundred days at most."""
        end = self.read_until + MAX_RANGE
        return InvoiceFilter(
            role=self.role,
            from_at=self.read_until,
            to_at=end if end < now else None,
            is_final_only=True,
        )

    def after(self, result: Package | MetadataPage, filters: InvoiceFilter) -> Cursor:
        """Where to go on once all that ``filters`` brought is stored; never back."""
        reached = _last_stored(result) if result.is_truncated else result.high_water_mark
        if reached is None:
            return self
        reached = min(reached, filters.to_at or reached)
        return replace(self, read_until=max(reached, self.read_until))


def _last_stored(result: Package | MetadataPage) -> datetime | None:
    if isinstance(result, Package):
        return result.last_stored_at
    return result.readable[-1].permanent_storage_at if result.readable else None


class ExportVerbs(KeyVerbs):
    """Verbs of exports: order, ask, download; then ``read_package``."""

    def order_export(
        self,
        filters: InvoiceFilter,
        key: SessionKey,
        *,
        compression: Compression = Compression.ZIP,
        now: datetime,
    ) -> str:
        """Order a package; returns its reference number. Keep the key: only we have it."""
        return self._with_key(KEY_ENCRYPTION, now, partial(self._order, filters, key, compression))

    def export_status(self, reference_number: str) -> ExportStatus:
        """Refused with 410 once it is older than seven days."""
        request = Request(operation=STATUS, values={"referenceNumber": reference_number})
        return ExportStatus.from_json(self._ask(request).fields())

    def download_package(self, package: Package, key: SessionKey, target: Path) -> None:
        """Write the decrypted archive to ``target``, every part checked by size and hash.

        The links live about an hour: ask for the status again before a late download.
        """
        if sum(part.size for part in package.parts) > MAX_PACKAGE_SIZE:
            raise BadAnswer("a package that is too large")
        with target.open("wb") as archive:
            for part in package.parts:
                self._download_part(part, key, archive)

    def _order(
        self,
        filters: InvoiceFilter,
        key: SessionKey,
        compression: Compression,
        public_key: PublicKey,
    ) -> str:
        body = {
            "encryption": encryption_json(key, public_key),
            "filters": filters.to_json(),
            "compressionType": compression.value,
        }
        return self._ask(Request(operation=ORDER, json=body)).fields().text("referenceNumber")

    def _download_part(self, part: PackagePart, key: SessionKey, archive: BinaryIO) -> None:
        if part.encrypted_size > MAX_PART_SIZE:
            raise BadAnswer("a part that is too large")
        encrypted, plain = hashlib.sha256(), hashlib.sha256()
        decryptor = key.decryptor()
        start = archive.tell()
        for chunk in self._transport.stream(part.url, size=part.encrypted_size):
            encrypted.update(chunk)
            content = decryptor.update(chunk)
            plain.update(content)
            archive.write(content)
        _check(encrypted.digest(), part.encrypted_hash)
        content = decryptor.finish()
        plain.update(content)
        archive.write(content)
        _check(plain.digest(), part.hash)
        if archive.tell() - start != part.size:
            raise BadAnswer("a part that does not have the announced size")


def _check(digest: bytes, announced: str) -> None:
    if encode_base64(digest) != announced:
        raise BadAnswer("a part that does not have the announced hash")


def read_package(path: Path, compression: Compression) -> Iterator[ExportedInvoice]:
    """The invoices of a downloaded package, one at a time; raises BadAnswer if it is hostile."""
    for packed in read_archive(path, compression):
        match = _INVOICE_FILE.fullmatch(packed.name)
        if match:
            yield ExportedInvoice(ksef_number=match[1], content=packed.content)


def in_slices(
    invoices: Iterable[ExportedInvoice], *, count: int, size: int
) -> Iterator[list[ExportedInvoice]]:
    """Lists of at most ``count`` invoices and ``size`` bytes; a larger invoice is on its own."""
    part: list[ExportedInvoice] = []
    room = size
    for invoice in invoices:
        if part and (len(part) == count or len(invoice.content) > room):
            yield part
            part, room = [], size
        part.append(invoice)
        room -= len(invoice.content)
    if part:
        yield part


def read_package_metadata(path: Path, compression: Compression) -> tuple[ListedInvoice, ...]:
    """What a downloaded package tells about its invoices; raises BadAnswer if it does not.

    An entry without a number is left out: the file of its invoice is named after the number.
    """
    for packed in read_archive(path, compression):
        if packed.name == METADATA_FILE:
            listed = Fields(parse_json(packed.content), METADATA_FILE).objects("invoices")
            return tuple(ListedInvoice.from_json(each) for each in listed if _is_numbered(each))
    raise BadAnswer("a package without metadata")


def _is_numbered(entry: Fields) -> bool:
    try:
        return bool(_NUMBER.fullmatch(entry.text("ksefNumber")))
    except BadAnswer:
        return False

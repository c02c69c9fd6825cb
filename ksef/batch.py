"""Sending many invoices at once, `POST /sessions/batch`. Memory stays flat: archives live in files.

The archive is cut into parts, each encrypted by itself. Encrypting is repeatable, so nothing
encrypted is stored: a part is encrypted once to announce its hash, once more on its way out, and
again by any other process that goes on with the upload.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO

from .archive import Compression, PackedFile, write_archive
from .crypto import SessionKey, encode_base64, encrypted_size
from .errors import BadAnswer
from .keys import KEY_ENCRYPTION, KeyVerbs, PublicKey
from .messages import FA3
from .operations import Group, Operation
from .sessions import encryption_json
from .transport import Request
from .wire import Fields

OPEN_BATCH = Operation("POST", "/sessions/batch", Group.BATCH_SESSION)
CLOSE_BATCH = Operation(
    "POST", "/sessions/batch/{referenceNumber}/close", Group.BATCH_SESSION_CLOSE
)
MAX_PART_SIZE = 100_000_000  # bytes before encryption
MAX_PARTS = 50
MAX_ARCHIVE_SIZE = 5_000_000_000  # bytes
MAX_INVOICES = 10_000
_CHUNK = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class BatchPart:
    """A stretch of the archive: where it is, and what its encrypted form is like."""

    ordinal_number: int
    offset: int
    size: int
    encrypted_hash: str

    @property
    def encrypted_size(self) -> int:
        return encrypted_size(self.size)

    def to_json(self) -> Mapping[str, object]:
        return {
            "ordinalNumber": self.ordinal_number,
            "fileSize": self.encrypted_size,
            "fileHash": self.encrypted_hash,
        }


@dataclass(frozen=True, kw_only=True)
class Batch:
    """An archive in a file, ready to be sent with the key it was measured with."""

    path: Path
    compression: Compression
    size: int
    hash: str
    parts: tuple[BatchPart, ...]

    def to_json(self) -> Mapping[str, object]:
        return {
            "fileSize": self.size,
            "fileHash": self.hash,
            "compressionType": self.compression.value,
            "fileParts": [part.to_json() for part in self.parts],
        }


@dataclass(frozen=True, kw_only=True)
class PartUpload:
    """Where KSeF wants a part, and how: the link bears its own authority."""

    ordinal_number: int
    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)

    @classmethod
    def from_json(cls, answer: Fields) -> PartUpload:
        headers = answer.optional_fields("headers") or Fields({})
        texts = {name: headers.optional_text(name) for name in headers.names()}
        return cls(
            ordinal_number=answer.integer("ordinalNumber"),
            method=answer.text("method"),
            url=answer.text("url"),
            headers={name: value for name, value in texts.items() if value is not None},
        )


@dataclass(frozen=True, kw_only=True)
class OpenedBatch:
    """A batch session; all parts have to be there within twenty minutes for each of them."""

    reference_number: str
    uploads: tuple[PartUpload, ...]

    @classmethod
    def from_json(cls, answer: Fields) -> OpenedBatch:
        return cls(
            reference_number=answer.text("referenceNumber"),
            uploads=tuple(map(PartUpload.from_json, answer.objects("partUploadRequests"))),
        )


def pack_batch(
    path: Path,
    documents: Iterable[PackedFile],
    key: SessionKey,
    *,
    compression: Compression = Compression.ZIP,
    part_size: int = MAX_PART_SIZE,
) -> Batch:
    """Write an archive to ``path`` and measure it.

    Raises ValueError where it has no documents, or is beyond the limits of a session.
    """
    count = write_archive(path, documents, compression)
    if not 1 <= count <= MAX_INVOICES:
        raise ValueError(f"{count} documents in a batch")
    return measure_batch(path, key, compression=compression, part_size=part_size)


def measure_batch(
    path: Path, key: SessionKey, *, compression: Compression, part_size: int = MAX_PART_SIZE
) -> Batch:
    """The batch of an archive that is there already; the same key gives the same batch."""
    size = path.stat().st_size
    if size > MAX_ARCHIVE_SIZE or len(split(size, part_size)) > MAX_PARTS:
        raise ValueError("an archive that is too large for one batch")
    with path.open("rb") as archive:
        parts = tuple(
            BatchPart(
                ordinal_number=number,
                offset=offset,
                size=length,
                encrypted_hash=_hash(_encrypt(archive, offset, length, key)),
            )
            for number, (offset, length) in enumerate(split(size, part_size), 1)
        )
        digest = _hash(_pieces(archive, 0, size))
    return Batch(path=path, compression=compression, size=size, hash=digest, parts=parts)


def split(size: int, part_size: int) -> list[tuple[int, int]]:
    """Offsets and sizes of the parts of a file of ``size`` bytes; none is empty."""
    return [(offset, min(part_size, size - offset)) for offset in range(0, size, part_size)]


class BatchVerbs(KeyVerbs):
    """Verbs of batch sessions: open, upload every part, close; then the verbs of all sessions."""

    def open_batch_session(
        self, batch: Batch, key: SessionKey, *, offline: bool = False, now: datetime
    ) -> OpenedBatch:
        """Open a session for FA(3) invoices, all of them issued offline or none."""
        return self._with_key(KEY_ENCRYPTION, now, partial(self._open_batch, batch, key, offline))

    def upload_part(self, upload: PartUpload, batch: Batch, key: SessionKey) -> None:
        """Send one part; doing it again does no harm."""
        part = next(
            (part for part in batch.parts if part.ordinal_number == upload.ordinal_number), None
        )
        if part is None:
            raise BadAnswer("KSeF wants a part that the batch does not have")
        with batch.path.open("rb") as archive:
            pieces = _encrypt(archive, part.offset, part.size, key)
            self._transport.upload(upload, pieces, size=part.encrypted_size)

    def close_batch_session(self, session_reference: str) -> None:
        """All parts are there: KSeF begins to judge. After an error, look at the status."""
        self._ask(Request(operation=CLOSE_BATCH, values={"referenceNumber": session_reference}))

    def _open_batch(
        self, batch: Batch, key: SessionKey, is_offline: bool, public_key: PublicKey
    ) -> OpenedBatch:
        body = {
            "formCode": FA3.to_json(),
            "batchFile": batch.to_json(),
            "encryption": encryption_json(key, public_key),
            "offlineMode": is_offline,
        }
        return OpenedBatch.from_json(self._ask(Request(operation=OPEN_BATCH, json=body)).fields())


def _encrypt(archive: BinaryIO, offset: int, size: int, key: SessionKey) -> Iterator[bytes]:
    encryptor = key.encryptor()
    for piece in _pieces(archive, offset, size):
        yield encryptor.update(piece)
    yield encryptor.finish()


def _pieces(archive: BinaryIO, offset: int, size: int) -> Iterator[bytes]:
    archive.seek(offset)
    while size > 0:
        piece = archive.read(min(size, _CHUNK))
        if not piece:
            raise ValueError("an archive that is shorter than it was")
        size -= len(piece)
        yield piece


def _hash(pieces: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return encode_base64(digest.digest())

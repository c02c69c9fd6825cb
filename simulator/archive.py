"""The package of a batch session: parts as they arrive, and the archive they make together."""

from __future__ import annotations

import io
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO

from .cipher import SymmetricKey
from .digests import sha256_base64, sha256_of_chunks

ZIP = "Zip"
TAR_GZ = "TarGz"
MAX_PART_SIZE = 100_000_000
MAX_PARTS = 50

_CHUNK = 1 << 20
_LARGEST_DOCUMENT = 50_000_000
_MAGIC = {ZIP: b"PK", TAR_GZ: b"\x1f\x8b"}
_BROKEN = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
)


class PackageRefused(Exception):
    """The whole package fails with this code of the batch session's status table."""

    def __init__(self, code: int, detail: str) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail


@dataclass(kw_only=True)
class BatchPart:
    """One encrypted part: as declared, and as received so far."""

    ordinal_number: int
    declared_size: int
    declared_hash: str
    received_size: int | None = None
    content: IO[bytes] | None = field(default=None, repr=False)

    def receive(self, stream: IO[bytes]) -> None:
        """Writes an upload to a file without a name, which vanishes with this object."""
        target = tempfile.TemporaryFile()  # noqa: SIM115
        size = 0
        while chunk := stream.read(_CHUNK):
            target.write(chunk)
            size += len(chunk)
        self.content, self.received_size = target, size

    def chunks(self) -> Iterator[bytes]:
        if self.content is None:
            return
        self.content.seek(0)
        while chunk := self.content.read(_CHUNK):
            yield chunk


@dataclass(frozen=True, kw_only=True)
class BatchPackage:
    """Size and hash are those of the archive before encryption."""

    declared_size: int
    declared_hash: str
    compression: str
    parts: tuple[BatchPart, ...]


@dataclass(frozen=True, kw_only=True)
class PackedDocument:
    """A file of the archive."""

    name: str
    content: bytes = field(repr=False)
    content_hash: str


@contextmanager
def assembled(package: BatchPackage, key: SymmetricKey) -> Iterator[IO[bytes]]:
    """The decrypted archive as a temporary file. Raises `PackageRefused` 405 and 435."""
    for part in package.parts:
        if sha256_of_chunks(part.chunks()) != part.declared_hash:
            raise PackageRefused(405, f"Nieprawidłowy skrót części {part.ordinal_number}.")
    with tempfile.TemporaryFile() as archive:
        for part in package.parts:
            _append_decrypted(archive, part, key)
        if archive.tell() != package.declared_size:
            raise PackageRefused(405, "Nieprawidłowy rozmiar paczki.")
        if sha256_of_chunks(_chunks(archive)) != package.declared_hash:
            raise PackageRefused(405, "Nieprawidłowy skrót paczki.")
        yield archive


def count_documents(archive: IO[bytes], compression: str) -> int:
    """Raises `PackageRefused` 430."""
    return sum(1 for _ in _opened(archive, compression))


def documents(archive: IO[bytes], compression: str) -> Iterator[PackedDocument]:
    """One after the other; directories are left out. Raises `PackageRefused` 430."""
    for name, stream in _opened(archive, compression):
        yield _read_document(name, stream)


def pack(files: Iterable[tuple[str, bytes]], compression: str, target: IO[bytes]) -> None:
    """Writes an archive for an export."""
    if compression == ZIP:
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
            for name, content in files:
                packed.writestr(name, content)
        return
    with tarfile.open(fileobj=target, mode="w:gz") as tar:
        for name, content in files:
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))


def _opened(archive: IO[bytes], compression: str) -> Iterator[tuple[str, IO[bytes]]]:
    archive.seek(0)
    if archive.read(2) != _MAGIC[compression]:
        raise PackageRefused(430, f"Paczka nie jest archiwum {compression}.")
    archive.seek(0)
    try:
        yield from _zip_files(archive) if compression == ZIP else _tar_files(archive)
    except _BROKEN as error:
        raise PackageRefused(430, f"Nie można rozpakować paczki: {error}") from error


def _zip_files(archive: IO[bytes]) -> Iterator[tuple[str, IO[bytes]]]:
    with zipfile.ZipFile(archive) as packed:
        for entry in packed.infolist():
            if not entry.is_dir():
                with packed.open(entry) as stream:
                    yield entry.filename, stream


def _tar_files(archive: IO[bytes]) -> Iterator[tuple[str, IO[bytes]]]:
    with tarfile.open(fileobj=archive, mode="r:gz") as packed:
        for entry in packed:
            stream = packed.extractfile(entry) if entry.isfile() else None
            if stream is not None:
                yield entry.name, stream


def _read_document(name: str, stream: IO[bytes]) -> PackedDocument:
    content = stream.read(_LARGEST_DOCUMENT + 1)
    if len(content) > _LARGEST_DOCUMENT:
        raise PackageRefused(430, f"Plik {name} jest zbyt duży.")
    digest = sha256_base64(content)
    return PackedDocument(name=name[:128], content=content, content_hash=digest)


def _append_decrypted(archive: IO[bytes], part: BatchPart, key: SymmetricKey) -> None:
    try:
        for chunk in key.decrypt_stream(part.chunks()):
            archive.write(chunk)
    except ValueError as error:
        detail = f"Część {part.ordinal_number} jest niepoprawnie zaszyfrowana."
        raise PackageRefused(435, detail) from error


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    stream.seek(0)
    while chunk := stream.read(_CHUNK):
        yield chunk

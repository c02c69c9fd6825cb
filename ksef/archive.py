"""Archives of invoices, Zip or tar.gz: written for batches, read from exports.

Reading trusts nothing that an archive says of itself: sizes are counted while bytes come out,
names are checked and never used as paths.
"""

from __future__ import annotations

import gzip
import io
import re
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import IO

from .errors import BadAnswer

MAX_FILES = 20_000  # in one archive; KSeF says 10 000, and has sent one more
MAX_FILE_SIZE = 64 * 1024 * 1024  # bytes unpacked; the metadata of 10 000 invoices has about 20 MB
MAX_TOTAL_SIZE = 16 * 1024 * 1024 * 1024  # bytes unpacked, of the whole archive
MAX_DIRECTORY_SIZE = 4 * 1024 * 1024  # bytes of a Zip's central directory, which is read at once
_NAME = re.compile(r"[\w. \-]{1,255}", re.ASCII)
_DIRECTORY_END = struct.Struct("<4s4H2LH")
_DIRECTORY_END_SIGNATURE = b"PK\x05\x06"
_ZIP64_LOCATOR_SIGNATURE = b"PK\x06\x07"  # for more than 65 535 files
_MAX_TAR_PADDING = 1024 * 1024  # bytes of nothing at the end
_TAR_REMARKS = (tarfile.XHDTYPE, tarfile.XGLTYPE)  # of the files after them, such as their times
# The oldest moment a Zip can hold: the same documents give the same archive, byte for byte.
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)


class Compression(Enum):
    """The kinds of archive that KSeF knows."""

    ZIP = "Zip"
    TAR_GZ = "TarGz"


@dataclass(frozen=True, kw_only=True)
class PackedFile:
    """A file of an archive."""

    name: str
    content: bytes = field(repr=False)


def write_archive(path: Path, files: Iterable[PackedFile], compression: Compression) -> int:
    """Write the files one after the other; returns how many there were."""
    counted = _Counted(files)
    _WRITERS[compression](path, counted)
    return counted.count


class _Counted:
    """Iterates over files and counts those that passed."""

    def __init__(self, files: Iterable[PackedFile]) -> None:
        self._files = files
        self.count = 0

    def __iter__(self) -> Iterator[PackedFile]:
        for packed in self._files:
            self.count += 1
            yield packed


def _write_zip(path: Path, files: Iterable[PackedFile]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for packed in files:
            entry = zipfile.ZipInfo(packed.name, _ZIP_EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, packed.content)


def _write_tar_gz(path: Path, files: Iterable[PackedFile]) -> None:
    with (
        path.open("wb") as target,
        gzip.GzipFile("", "wb", fileobj=target, mtime=0) as compressed,
        tarfile.open(fileobj=compressed, mode="w|", format=tarfile.PAX_FORMAT) as archive,
    ):
        for packed in files:
            entry = tarfile.TarInfo(packed.name)
            entry.size = len(packed.content)
            archive.addfile(entry, io.BytesIO(packed.content))


def read_archive(path: Path, compression: Compression) -> Iterator[PackedFile]:
    """The files of an archive, one at a time; raises BadAnswer for a broken or hostile one."""
    budget = _Unpacked()
    with _typed_errors():
        for name, source in _READERS[compression](path):
            budget.add_file()
            if not _NAME.fullmatch(name):
                raise BadAnswer("a packed file with a strange name")
            yield PackedFile(name=name, content=_read_all(source, budget))


def _read_zip(path: Path) -> Iterator[tuple[str, IO[bytes]]]:
    _check_directory(path)
    with zipfile.ZipFile(path) as archive:
        if len(archive.infolist()) > MAX_FILES:
            raise BadAnswer("an archive of too many files")
        for entry in archive.infolist():
            # Other methods may ask for gigabytes before the first byte comes out.
            if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise BadAnswer("an archive of an unknown compression")
            with archive.open(entry) as source:
                yield entry.filename, source


def _read_tar_gz(path: Path) -> Iterator[tuple[str, IO[bytes]]]:
    """Header by header: ``tarfile`` would read extended headers of any size into memory."""
    with gzip.open(path) as archive:
        while (header := _read_exactly(archive, tarfile.BLOCKSIZE)).strip(b"\0"):
            entry = tarfile.TarInfo.frombuf(header, "utf-8", "strict")
            if entry.size > MAX_FILE_SIZE:
                raise BadAnswer("a packed file that is too large")
            content = _read_exactly(archive, entry.size)
            _read_exactly(archive, -entry.size % tarfile.BLOCKSIZE)
            if entry.type in _TAR_REMARKS:
                continue
            if not entry.isreg():
                raise BadAnswer("a packed entry that is no file")
            yield entry.name, io.BytesIO(content)
        # Only at its end gzip finds out that something was damaged on the way.
        if archive.read(_MAX_TAR_PADDING).strip(b"\0") or archive.read(1):
            raise BadAnswer("an archive with something behind its end")


def _read_exactly(source: gzip.GzipFile, size: int) -> bytes:
    content = source.read(size)
    if len(content) < size:
        raise BadAnswer("a broken archive")
    return content


Writer = Callable[[Path, Iterable[PackedFile]], None]
Reader = Callable[[Path], Iterator[tuple[str, IO[bytes]]]]
_WRITERS: Mapping[Compression, Writer] = {
    Compression.ZIP: _write_zip,
    Compression.TAR_GZ: _write_tar_gz,
}
_READERS: Mapping[Compression, Reader] = {
    Compression.ZIP: _read_zip,
    Compression.TAR_GZ: _read_tar_gz,
}


class _Unpacked:
    """Counts what comes out of an archive; raises BadAnswer when it is too much."""

    def __init__(self) -> None:
        self._files = 0
        self._bytes = 0

    def add_file(self) -> None:
        self._files += 1
        if self._files > MAX_FILES:
            raise BadAnswer("an archive of too many files")

    def add_bytes(self, count: int) -> None:
        self._bytes += count
        if self._bytes > MAX_TOTAL_SIZE:
            raise BadAnswer("an archive that unpacks to too much")


def _read_all(source: IO[bytes], budget: _Unpacked) -> bytes:
    content = source.read(MAX_FILE_SIZE + 1)
    if len(content) > MAX_FILE_SIZE:
        raise BadAnswer("a packed file that is too large")
    budget.add_bytes(len(content))
    return content


def _check_directory(path: Path) -> None:
    """Look at the size of the central directory before ``zipfile`` reads all of it."""
    with path.open("rb") as archive:
        size = archive.seek(0, io.SEEK_END)
        archive.seek(max(0, size - 65_536 - _DIRECTORY_END.size))
        tail = archive.read()
    start = tail.rfind(_DIRECTORY_END_SIGNATURE)
    if start < 0 or len(tail) - start < _DIRECTORY_END.size:
        raise BadAnswer("no Zip archive")
    directory_size = _DIRECTORY_END.unpack_from(tail, start)[5]
    is_zip64 = tail[max(0, start - 20) : start].startswith(_ZIP64_LOCATOR_SIGNATURE)
    if is_zip64 or directory_size > MAX_DIRECTORY_SIZE:
        raise BadAnswer("an archive of too many files")


@contextmanager
def _typed_errors() -> Iterator[None]:
    """What the libraries raise for broken archives, as one error of ours."""
    try:
        yield
    except (
        zipfile.BadZipFile,
        tarfile.TarError,
        zlib.error,
        EOFError,
        OSError,
        ValueError,
        OverflowError,
        NotImplementedError,
        RuntimeError,
        struct.error,
    ) as error:
        raise BadAnswer("a broken archive") from error

"""Packages that are made to exhaust the memory: how much of it they get is measured."""

from __future__ import annotations

import gzip
import struct
import tarfile
import tracemalloc
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ksef.archive import MAX_DIRECTORY_SIZE, MAX_FILE_SIZE, MAX_FILES, Compression, read_archive
from ksef.errors import BadAnswer
from ksef.export import in_slices, read_package, read_package_metadata

MEGABYTE = 1024 * 1024
CHUNK = bytes(16 * MEGABYTE)
BOMB_SIZE = 256 * MEGABYTE  # unpacked
DOCUMENT_SIZE = 4 * MEGABYTE
NUMBER = "5555555555-20260302-{:012X}-E4.xml"
both = pytest.mark.parametrize("compression", list(Compression))


@contextmanager
def memory_within(limit: int) -> Iterator[None]:
    """Fails if more bytes than these are held at any moment."""
    tracemalloc.start()
    try:
        yield
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < limit, f"{peak / MEGABYTE:.0f} MB"


def make_bomb(path: Path, compression: Compression, name: str) -> Path:
    """An archive of one file of zeros."""
    if compression is Compression.ZIP:
        with (
            zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target,
            target.open(name, "w") as entry,
        ):
            for _chunk in range(BOMB_SIZE // len(CHUNK)):
                entry.write(CHUNK)
        return path
    header = tarfile.TarInfo(name)
    header.size = BOMB_SIZE
    with gzip.open(path, "wb", compresslevel=1) as packed:
        packed.write(header.tobuf())
        for _chunk in range(BOMB_SIZE // len(CHUNK)):
            packed.write(CHUNK)
    return path


def make_package(path: Path, count: int, size: int) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
        for number in range(count):
            target.writestr(NUMBER.format(number), CHUNK[:size])
    return path


@both
def test_bomb_is_given_up_at_the_limit_of_a_file(tmp_path: Path, compression: Compression) -> None:
    path = make_bomb(tmp_path / "bomb", compression, NUMBER.format(1))
    assert path.stat().st_size < 2 * MEGABYTE
    with memory_within(3 * MAX_FILE_SIZE), pytest.raises(BadAnswer):
        list(read_package(path, compression))


@both
def test_bomb_in_the_place_of_the_metadata_is_given_up(
    tmp_path: Path, compression: Compression
) -> None:
    path = make_bomb(tmp_path / "bomb", compression, "_metadata.json")
    with memory_within(3 * MAX_FILE_SIZE), pytest.raises(BadAnswer):
        read_package_metadata(path, compression)


def test_many_large_documents_are_held_a_slice_at_a_time(tmp_path: Path) -> None:
    path = make_package(tmp_path / "package", count=60, size=DOCUMENT_SIZE)
    seen = 0
    with memory_within(6 * DOCUMENT_SIZE):
        for part in in_slices(
            read_package(path, Compression.ZIP), count=100, size=2 * DOCUMENT_SIZE
        ):
            assert len(part) <= 2
            seen += len(part)
            del part
    assert seen == 60


def test_slices_keep_every_document_in_its_order(tmp_path: Path) -> None:
    path = make_package(tmp_path / "package", count=7, size=10)
    parts = list(in_slices(read_package(path, Compression.ZIP), count=3, size=1000))
    assert [len(part) for part in parts] == [3, 3, 1]
    assert [len(part) for part in in_slices(parts[0], count=3, size=1)] == [1, 1, 1]
    assert [invoice for part in parts for invoice in part] == list(
        read_package(path, Compression.ZIP)
    )


def test_too_many_tiny_files_are_given_up(tmp_path: Path) -> None:
    path = make_package(tmp_path / "package", count=MAX_FILES + 1, size=1)
    with memory_within(64 * MEGABYTE), pytest.raises(BadAnswer):
        for _packed in read_archive(path, Compression.ZIP):
            pass


def test_directory_that_names_one_file_endlessly_is_given_up(tmp_path: Path) -> None:
    path = make_package(tmp_path / "package", count=1, size=1)
    content = path.read_bytes()
    end = content.rfind(b"PK\x05\x06")
    start = struct.unpack_from("<L", content, end + 16)[0]
    entry = content[start:end]
    directory = entry * (MAX_DIRECTORY_SIZE // len(entry))
    tail = bytearray(content[end:])
    struct.pack_into("<L", tail, 12, len(directory))
    path.write_bytes(content[:start] + directory + tail)
    with memory_within(128 * MEGABYTE), pytest.raises(BadAnswer):
        for _packed in read_archive(path, Compression.ZIP):
            pass

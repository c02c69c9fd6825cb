"""Archives: written so that they can be read, and read without trusting them."""

from __future__ import annotations

import gzip
import io
import struct
import tarfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ksef import archive
from ksef.archive import Compression, PackedFile, read_archive, write_archive
from ksef.errors import BadAnswer

both = pytest.mark.parametrize("compression", list(Compression))
FILES = [PackedFile(name=f"{index}.xml", content=b"<x/>" * index) for index in range(5)]
names = st.text("abcdefgh0123456789-_", min_size=1, max_size=40)
contents = st.binary(max_size=3000)


def written(tmp_path: Path, files: list[PackedFile], compression: Compression) -> Path:
    path = tmp_path / "archive"
    assert write_archive(path, iter(files), compression) == len(files)
    return path


def zip_of(tmp_path: Path, **entries: bytes) -> Path:
    path = tmp_path / "made.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in entries.items():
            target.writestr(name, content)
    return path


def tar_of(tmp_path: Path, *entries: tuple[tarfile.TarInfo, bytes]) -> Path:
    path = tmp_path / "made.tar.gz"
    with tarfile.open(path, "w:gz") as target:
        for entry, content in entries:
            entry.size = len(content)
            target.addfile(entry, io.BytesIO(content))
    return path


def assert_bad(path: Path, compression: Compression) -> None:
    with pytest.raises(BadAnswer):
        list(read_archive(path, compression))


@both
def test_what_is_written_is_read(tmp_path: Path, compression: Compression) -> None:
    assert list(read_archive(written(tmp_path, FILES, compression), compression)) == FILES


@both
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(files=st.dictionaries(names, contents, max_size=6))
def test_any_files_are_written_and_read(
    tmp_path: Path, compression: Compression, files: dict[str, bytes]
) -> None:
    packed = [PackedFile(name=name, content=content) for name, content in files.items()]
    assert list(read_archive(written(tmp_path, packed, compression), compression)) == packed


@both
def test_same_files_make_the_same_archive(tmp_path: Path, compression: Compression) -> None:
    first = written(tmp_path, FILES, compression).read_bytes()
    assert written(tmp_path, FILES, compression).read_bytes() == first


def test_archives_are_read_by_others(tmp_path: Path) -> None:
    with zipfile.ZipFile(written(tmp_path, FILES, Compression.ZIP)) as packed:
        assert packed.testzip() is None
        assert packed.namelist() == [file.name for file in FILES]
    with tarfile.open(written(tmp_path, FILES, Compression.TAR_GZ), "r:gz") as packed:
        assert packed.getnames() == [file.name for file in FILES]


@pytest.mark.parametrize("name", ["../x.xml", "/etc/x.xml", "a/b.xml", "a\\b.xml", "C:x", "é"])
def test_name_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    assert_bad(zip_of(tmp_path, **{name: b"x"}), Compression.ZIP)
    assert_bad(tar_of(tmp_path, (tarfile.TarInfo(name), b"x")), Compression.TAR_GZ)


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, b"L", b"3"])
def test_only_files_are_unpacked(tmp_path: Path, kind: bytes) -> None:
    entry = tarfile.TarInfo("x.xml")
    entry.type, entry.linkname = kind, "/etc/passwd"
    assert_bad(tar_of(tmp_path, (entry, b"")), Compression.TAR_GZ)


def test_extended_headers_are_skipped(tmp_path: Path) -> None:
    entry = tarfile.TarInfo("x.xml")
    entry.pax_headers = {"mtime": "1.5", "comment": "written by .NET"}
    path = tar_of(tmp_path, (entry, b"<x/>"))
    [read] = read_archive(path, Compression.TAR_GZ)
    assert read == PackedFile(name="x.xml", content=b"<x/>")


def test_extended_header_of_gigabytes_is_not_read(tmp_path: Path) -> None:
    header = tarfile.TarInfo("x")
    header.type, header.size = tarfile.XHDTYPE, 8_000_000_000
    path = tmp_path / "bomb.tar.gz"
    path.write_bytes(gzip.compress(header.tobuf(tarfile.GNU_FORMAT)))
    assert_bad(path, Compression.TAR_GZ)


@both
def test_file_that_unpacks_to_too_much_is_refused(
    tmp_path: Path, compression: Compression, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MAX_FILE_SIZE", 1000)
    large = PackedFile(name="x.xml", content=bytes(1001))
    assert_bad(written(tmp_path, [large], compression), compression)
    fit = PackedFile(name="x.xml", content=bytes(1000))
    assert list(read_archive(written(tmp_path, [fit], compression), compression)) == [fit]


@both
def test_archive_that_unpacks_to_too_much_is_refused(
    tmp_path: Path, compression: Compression, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MAX_TOTAL_SIZE", 2999)
    files = [PackedFile(name=f"{index}", content=bytes(1000)) for index in range(3)]
    path = written(tmp_path, files, compression)
    reader = read_archive(path, compression)
    assert [next(reader), next(reader)] == files[:2]
    with pytest.raises(BadAnswer):
        next(reader)


@both
def test_archive_of_too_many_files_is_refused(
    tmp_path: Path, compression: Compression, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MAX_FILES", 4)
    assert_bad(written(tmp_path, FILES, compression), compression)


def test_zip_that_lies_about_a_size_is_refused(tmp_path: Path) -> None:
    path = zip_of(tmp_path, x=b"y" * 5000)
    lying = path.read_bytes().replace(struct.pack("<L", 5000), struct.pack("<L", 10))
    path.write_bytes(lying)
    assert_bad(path, Compression.ZIP)


def test_zip_with_a_giant_directory_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MAX_DIRECTORY_SIZE", 100)
    assert_bad(zip_of(tmp_path, a=b"", b=b"", c=b""), Compression.ZIP)


def test_zip_of_the_large_kind_is_refused(tmp_path: Path) -> None:
    path = zip_of(tmp_path, a=b"")
    content = path.read_bytes()
    end = content.rfind(b"PK\x05\x06")
    path.write_bytes(content[:end] + b"PK\x06\x07" + bytes(16) + content[end:])
    assert_bad(path, Compression.ZIP)


def test_other_compressions_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "lzma.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as target:
        target.writestr("x", b"y" * 1000)
    assert_bad(path, Compression.ZIP)


def test_encrypted_zip_is_refused(tmp_path: Path) -> None:
    path = zip_of(tmp_path, x=b"y")
    content = bytearray(path.read_bytes())
    content[6] |= 1
    content[content.find(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    assert_bad(path, Compression.ZIP)


def test_something_behind_the_end_of_a_tar_is_refused(tmp_path: Path) -> None:
    whole = gzip.decompress(written(tmp_path, FILES, Compression.TAR_GZ).read_bytes())
    path = tmp_path / "longer"
    path.write_bytes(gzip.compress(whole + b"more"))
    assert_bad(path, Compression.TAR_GZ)


@both
@pytest.mark.parametrize("content", [b"", b"PK", b"\x1f\x8b", b"garbage" * 100, bytes(10_000)])
def test_garbage_is_refused(tmp_path: Path, compression: Compression, content: bytes) -> None:
    path = tmp_path / "garbage"
    path.write_bytes(content)
    assert_bad(path, compression)


@both
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(data=st.data())
def test_damaged_archive_is_refused_or_read_in_part(
    tmp_path: Path, compression: Compression, data: st.DataObject
) -> None:
    content = bytearray(written(tmp_path, FILES, compression).read_bytes())
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= data.draw(st.integers(1, 255))
    path = tmp_path / "damaged"
    path.write_bytes(content)
    try:
        read = list(read_archive(path, compression))
    except BadAnswer:
        return
    assert len(read) <= len(FILES)


@both
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(data=st.data())
def test_truncated_archive_is_refused(
    tmp_path: Path, compression: Compression, data: st.DataObject
) -> None:
    content = written(tmp_path, FILES, compression).read_bytes()
    path = tmp_path / "truncated"
    path.write_bytes(content[: data.draw(st.integers(0, len(content) - 1))])
    assert_bad(path, compression)

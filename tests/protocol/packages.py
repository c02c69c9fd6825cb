"""Packages for batch sessions, made by hand and, where a test wants it, made wrong."""

from __future__ import annotations

import io
import tarfile
import zipfile
from dataclasses import dataclass
from typing import Any

from wire import FORM, Reply, SessionCrypto, Wire, await_status, fetch, sha256

BLOB = {"x-ms-blob-type": "BlockBlob"}


def zipped(documents: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in documents.items():
            archive.writestr(name, content)
    return target.getvalue()


def tarred(documents: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w:gz") as archive:
        for name, content in documents.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return target.getvalue()


@dataclass(frozen=True, kw_only=True)
class Package:
    """An archive cut into parts, each encrypted."""

    archive: bytes
    crypto: SessionCrypto
    parts: tuple[bytes, ...]

    def body(self, wire: Wire, **batch_file: Any) -> dict[str, Any]:
        declared = {
            "fileSize": len(self.archive),
            "fileHash": sha256(self.archive),
            "fileParts": [
                {"ordinalNumber": number, "fileSize": len(part), "fileHash": sha256(part)}
                for number, part in enumerate(self.parts, start=1)
            ],
            **batch_file,
        }
        return {
            "formCode": FORM,
            "batchFile": declared,
            "encryption": self.crypto.encryption(wire),
        }


def package(archive: bytes, *, count: int = 1) -> Package:
    crypto = SessionCrypto()
    size = -(-len(archive) // count)
    pieces = [archive[start : start + size] for start in range(0, len(archive), size)]
    parts = tuple(crypto.encrypt(piece) for piece in pieces)
    return Package(archive=archive, crypto=crypto, parts=parts)


@dataclass(frozen=True, kw_only=True)
class BatchSession:
    """A batch session that is open."""

    wire: Wire
    reference: str
    uploads: list[dict[str, Any]]

    @property
    def path(self) -> str:
        return f"/sessions/{self.reference}"

    def upload(self, number: int, content: bytes, headers: dict[str, str] | None = None) -> Reply:
        asked = self.uploads[number - 1]
        sent = asked["headers"] if headers is None else headers
        return fetch(asked["url"], method=asked["method"], body=content, headers=sent)

    def upload_all(self, packed: Package) -> None:
        for number, part in enumerate(packed.parts, start=1):
            assert self.upload(number, part).status == 201

    def close(self) -> Reply:
        return self.wire.post(f"/sessions/batch/{self.reference}/close")

    def final_status(self) -> dict[str, Any]:
        return await_status(lambda: self.wire.get(self.path).json, seconds=90)

    def invoices(self) -> list[dict[str, Any]]:
        return list(self.wire.get(f"{self.path}/invoices?pageSize=1000").json["invoices"])


def open_batch(wire: Wire, body: dict[str, Any]) -> BatchSession:
    opened = wire.post("/sessions/batch", body)
    assert opened.status == 201, opened.content
    return BatchSession(
        wire=wire,
        reference=opened.json["referenceNumber"],
        uploads=opened.json["partUploadRequests"],
    )


def send_batch(wire: Wire, packed: Package, **batch_file: Any) -> BatchSession:
    """Opened, uploaded and closed."""
    session = open_batch(wire, packed.body(wire, **batch_file))
    session.upload_all(packed)
    assert session.close().status == 204
    return session

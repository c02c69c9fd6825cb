"""`/sessions/batch`: open, close; the parts go to storage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from ..answers import Answer, empty_answer, json_answer
from ..archive import MAX_PART_SIZE, MAX_PARTS, ZIP, BatchPackage, BatchPart
from ..batch import UPLOAD_TIME_PER_PART, close_batch, process_package
from ..bodies import Hash, Items, PositiveSize, Range
from ..call import Call, NoBody
from ..cipher import IV_SIZE
from ..errors import bad_request, invalid_input
from ..operations import Operation
from ..permissions import ENFORCEMENT_OPERATIONS, INVOICE_WRITE
from ..sessions import Opening, open_session
from ..state import BATCH, Session
from .session_access import (
    FormCodeBody,
    apply_slowness,
    checks_identifiers,
    find_session,
    read_form_code,
)
from .shared import EncryptionInfo, read_symmetric_key

_PERMISSIONS = (INVOICE_WRITE, ENFORCEMENT_OPERATIONS)
_LARGEST_PACKAGE = 5_000_000_000
# A part may be 100 MB before encryption, and encryption adds up to one block.
_LARGEST_ENCRYPTED_PART = MAX_PART_SIZE + IV_SIZE


@dataclass(frozen=True, kw_only=True)
class FilePart:
    ordinal_number: PositiveSize
    file_size: PositiveSize
    file_hash: Hash


@dataclass(frozen=True, kw_only=True)
class BatchFile:
    file_size: Annotated[int, Range(minimum=1, maximum=_LARGEST_PACKAGE)]
    file_hash: Hash
    file_parts: Annotated[tuple[FilePart, ...], Items(minimum=1)]
    compression_type: Literal["Zip", "TarGz"] | None = None


@dataclass(frozen=True, kw_only=True)
class OpenBatchSession:
    form_code: FormCodeBody
    batch_file: BatchFile
    encryption: EncryptionInfo
    offline_mode: bool = False


def open_batch(call: Call[OpenBatchSession]) -> Answer:
    package = _read_package(call.body.batch_file)
    opening = Opening(
        kind=BATCH,
        form_code=read_form_code(call.body.form_code),
        symmetric_key=read_symmetric_key(call, call.body.encryption),
        lifetime=UPLOAD_TIME_PER_PART * len(package.parts),
        checks_identifiers=checks_identifiers(call),
        is_offline=call.body.offline_mode,
        package=package,
    )
    session = open_session(call.state, call.caller.authentication, opening)
    uploads = [_upload(call, session, part) for part in package.parts]
    return json_answer(
        {"referenceNumber": session.reference_number, "partUploadRequests": uploads}, 201
    )


def close(call: Call[NoBody]) -> Answer:
    session = find_session(call, BATCH)
    close_batch(call.state, session)
    apply_slowness(call, session.unfolding)
    call.authority.work(lambda: process_package(call.state, session))
    return empty_answer()


def _read_package(file: BatchFile) -> BatchPackage:
    """Raises 21157, 21161 and 21405."""
    if len(file.file_parts) > MAX_PARTS:
        raise bad_request(21161, f"Dozwolona liczba części: {MAX_PARTS}.")
    parts = sorted(file.file_parts, key=lambda part: part.ordinal_number)
    if [part.ordinal_number for part in parts] != list(range(1, len(parts) + 1)):
        raise invalid_input("'fileParts': numery części muszą być kolejne, od 1.")
    for part in parts:
        if part.file_size > _LARGEST_ENCRYPTED_PART:
            raise bad_request(
                21157,
                f"Rozmiar części {part.ordinal_number} przekroczył dozwolony rozmiar 100MB.",
            )
    return BatchPackage(
        declared_size=file.file_size,
        declared_hash=file.file_hash,
        compression=file.compression_type or ZIP,
        parts=tuple(
            BatchPart(
                ordinal_number=part.ordinal_number,
                declared_size=part.file_size,
                declared_hash=part.file_hash,
            )
            for part in parts
        ),
    )


def _upload(call: Call[OpenBatchSession], session: Session, part: BatchPart) -> dict[str, object]:
    path = f"/storage/batch/{session.reference_number}/{part.ordinal_number}"
    link = call.link(path, session.valid_until - session.opened_at)
    return {
        "ordinalNumber": part.ordinal_number,
        "method": "PUT",
        "url": link.url,
        "headers": {"x-ms-blob-type": "BlockBlob"},
    }


OPERATIONS = (
    Operation(
        name="batch-open",
        method="POST",
        path="/sessions/batch",
        handler=open_batch,
        group="batchSession",
        permissions=_PERMISSIONS,
        body=OpenBatchSession,
    ),
    Operation(
        name="batch-close",
        method="POST",
        path="/sessions/batch/<reference_number>/close",
        handler=close,
        group="batchSessionClose",
        permissions=_PERMISSIONS,
    ),
)

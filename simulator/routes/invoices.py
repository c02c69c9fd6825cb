"""`/invoices`: download of single invoices, metadata, export packages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from ..answers import Answer, json_answer, xml_answer
from ..archive import ZIP
from ..call import Call, NoBody
from ..catalogue import (
    MAX_RECORDS,
    Filters,
    check_filters,
    metadata,
    search,
)
from ..clock import wire_moment, wire_optional
from ..errors import BadRequest, Gone, NotFound, bad_request, invalid_input
from ..exports import (
    MAX_RUNNING,
    PACKAGE_LIFETIME,
    RETENTION,
    Export,
    ExportPackage,
    ExportPart,
    build_package,
    last_date,
)
from ..numbers import EXPORT, reference_number
from ..operations import NO_LIMIT, PUBLIC, Operation
from ..pages import PageSizes, numbered_page
from ..permissions import INVOICE_READ
from ..verdicts import EXPORT as EXPORT_STATUS
from ..verdicts import verdict
from ..visibility import roles_of
from .session_access import apply_slowness
from .shared import EncryptionInfo, read_symmetric_key, status_info
from .storage import check_storage_access

PART_LINK_LIFETIME = timedelta(hours=1)
_QUERY_SIZES = PageSizes(maximum=250)
_LAST_DATES = {
    "Issue": "lastIssueDate",
    "Invoicing": "lastInvoicingDate",
    "PermanentStorage": "lastPermanentStorageDate",
}


@dataclass(frozen=True, kw_only=True)
class ExportRequest:
    encryption: EncryptionInfo
    filters: Filters
    only_metadata: bool = False
    compression_type: Literal["Zip", "TarGz"] | None = None


def download_invoice(call: Call[NoBody]) -> Answer:
    """The exact bytes that were sent."""
    number = call.arguments["ksef_number"]
    invoice = call.state.by_ksef_number.get(number)
    # CHOICE: an invoice of others answers like one that does not exist.
    if invoice is None or not roles_of(call.caller.context, invoice):
        raise bad_request(21164, f"Faktura o numerze KSeF {number} nie została znaleziona.")
    if invoice.stored_at is None or invoice.stored_at > call.state.clock.now():
        raise bad_request(
            21165,
            f"Faktura o numerze KSeF {number} została przetworzona, ale nie jest jeszcze "
            "dostępna do pobrania. Spróbuj ponownie później.",
        )
    return xml_answer(invoice.content)


def query_metadata(call: Call[Filters]) -> Answer:
    order = call.incoming.parameter("sortOrder") or "Asc"
    if order not in ("Asc", "Desc"):
        raise invalid_input("'sortOrder': dozwolone wartości Asc, Desc.")
    check_filters(call.body, call.state.clock.now())
    finding = search(call.state, call.caller.context, call.body)
    records = finding.records if order == "Asc" else finding.records[::-1]
    within = records[: record_limit(call)]
    page = numbered_page(call, within, _QUERY_SIZES)
    is_truncated = len(records) > len(within) and not page.has_more
    return json_answer(
        {
            "hasMore": page.has_more or is_truncated,
            "isTruncated": is_truncated,
            "permanentStorageHwmDate": wire_optional(finding.hwm),
            "invoices": [metadata(record) for record in page.items],
        }
    )


def start_export(call: Call[ExportRequest]) -> Answer:
    body = call.body
    check_filters(body.filters, call.state.clock.now())
    _check_context(call)
    export = Export(
        reference_number=reference_number(EXPORT, call.state.clock.today()),
        context=call.caller.context,
        filters=body.filters,
        compression=body.compression_type or ZIP,
        is_only_metadata=body.only_metadata,
        symmetric_key=read_symmetric_key(call, body.encryption),
        ordered_at=call.state.clock.now(),
        unfolding=call.state.unfolding(),
        record_limit=record_limit(call),
        left_out=_left_out(call),
    )
    apply_slowness(call, export.unfolding)
    with call.state.lock:
        _check_running(call)
        call.state.exports[export.reference_number] = export
    call.authority.work(lambda: _build(call, export))
    return json_answer({"referenceNumber": export.reference_number}, 201)


def export_status(call: Call[NoBody]) -> Answer:
    export = _find_export(call)
    with call.state.lock:
        is_shown = export.unfolding.look(call.state.clock.ticks())
    if not is_shown or export.verdict is None:
        return json_answer({"status": status_info(verdict(EXPORT_STATUS, 100))})
    if call.state.clock.now() > export.ordered_at + PACKAGE_LIFETIME:
        return json_answer({"status": status_info(verdict(EXPORT_STATUS, 210))})
    description: dict[str, object] = {
        "status": status_info(export.verdict),
        "completedDate": wire_optional(export.completed_at),
    }
    if export.package is not None:
        description["packageExpirationDate"] = wire_moment(export.ordered_at + PACKAGE_LIFETIME)
        description["package"] = _described(call, export, export.package)
    return json_answer(description)


def download_part(call: Call[NoBody]) -> Answer:
    check_storage_access(call)
    export = call.state.exports.get(call.arguments["export_reference"])
    for part in export.package.parts if export is not None and export.package else ():
        if part.name == call.arguments["part_name"]:
            return Answer(
                status=200,
                content=part.content,
                content_type="application/octet-stream",
                headers={"x-ms-meta-hash": part.encrypted_hash},
            )
    raise NotFound


def record_limit(call: Call[Any]) -> int:
    """How many records one filter set may bring; the fault `record-limit` makes it small."""
    fault = call.authority.faults.take("record-limit", call.operation)
    return MAX_RECORDS if fault is None else int(fault.options.get("limit", 2))


def _left_out(call: Call[Any]) -> int:
    """How many documents the archive lacks; the fault `lost-files` makes it some."""
    fault = call.authority.faults.take("lost-files", call.operation)
    return 0 if fault is None else int(fault.options.get("count", 1))


def _check_context(call: Call[ExportRequest]) -> None:
    """CHOICE: 21181 for a context that cannot have invoices in any role."""
    context = call.caller.context
    if context.type not in ("Nip", "InternalId"):
        raise bad_request(
            21181,
            "Nie można wyeksportować paczki faktur dla wybranego podmiotu "
            f"({call.body.filters.subject_type}) i zalogowanego identyfikatora kontekstu "
            f"({context.type}).",
        )


def _check_running(call: Call[ExportRequest]) -> None:
    ticks = call.state.clock.ticks()
    running = [
        export
        for export in call.state.exports.values()
        if export.context == call.caller.context
        and (export.verdict is None or not export.unfolding.is_due(ticks))
    ]
    if len(running) >= MAX_RUNNING:
        raise bad_request(
            21182,
            "Dla uwierzytelnionego podmiotu w bieżącym kontekście osiągnięto maksymalny limit "
            f"{MAX_RUNNING} równoczesnych eksportów faktur. Spróbuj ponownie później.",
        )


def _build(call: Call[ExportRequest], export: Export) -> None:
    """Runs in the background; what goes wrong becomes the status of the export."""
    try:
        if export.symmetric_key is None:
            export.verdict = verdict(EXPORT_STATUS, 415)
            return
        finding = search(call.state, export.context, export.filters)
        export.package = build_package(export, finding, export.symmetric_key)
        export.completed_at = call.state.clock.now()
        export.verdict = verdict(EXPORT_STATUS, 200)
    except BadRequest as error:
        export.verdict = verdict(EXPORT_STATUS, 420, *error.problems[0].details)


def _find_export(call: Call[NoBody]) -> Export:
    """Raises 21175, and `Gone` after seven days."""
    export = call.state.exports.get(call.arguments["reference_number"])
    if export is None or export.context != call.caller.context:
        raise bad_request(21175)
    if call.state.clock.now() - export.ordered_at > RETENTION:
        raise Gone
    return export


def _described(call: Call[NoBody], export: Export, package: ExportPackage) -> dict[str, object]:
    found = last_date(package, export.filters)
    return {
        "invoiceCount": package.invoice_count,
        "size": package.size,
        "parts": [
            _described_part(call, export, part, number)
            for number, part in enumerate(package.parts, start=1)
        ],
        "isTruncated": package.is_truncated,
        _LAST_DATES[export.filters.date_range.date_type]: _wire_date(found),
        "permanentStorageHwmDate": wire_optional(package.hwm),
        "compressionType": export.compression,
    }


def _described_part(
    call: Call[NoBody], export: Export, part: ExportPart, number: int
) -> dict[str, object]:
    path = f"/storage/export/{export.reference_number}/{part.name}"
    link = call.link(path, PART_LINK_LIFETIME)
    return {
        "ordinalNumber": number,
        "partName": part.name,
        "method": "GET",
        "url": link.url,
        "partSize": part.size,
        "partHash": part.plain_hash,
        "encryptedPartSize": len(part.content),
        "encryptedPartHash": part.encrypted_hash,
        "expirationDate": wire_moment(link.expires_at),
    }


def _wire_date(value: object) -> str | None:
    if isinstance(value, datetime):
        return wire_moment(value)
    return value.isoformat() if isinstance(value, date) else None


OPERATIONS = (
    Operation(
        name="download",
        method="GET",
        path="/invoices/ksef/<ksef_number>",
        handler=download_invoice,
        group="invoiceDownload",
        permissions=(INVOICE_READ,),
    ),
    Operation(
        name="query",
        method="POST",
        path="/invoices/query/metadata",
        handler=query_metadata,
        group="invoiceMetadata",
        permissions=(INVOICE_READ,),
        body=Filters,
    ),
    Operation(
        name="export",
        method="POST",
        path="/invoices/exports",
        handler=start_export,
        group="invoiceExport",
        permissions=(INVOICE_READ,),
        body=ExportRequest,
    ),
    Operation(
        name="export-status",
        method="GET",
        path="/invoices/exports/<reference_number>",
        handler=export_status,
        group="invoiceExportStatus",
        permissions=(INVOICE_READ,),
    ),
    Operation(
        name="export-link",
        method="GET",
        path="/storage/export/<export_reference>/<part_name>",
        handler=download_part,
        group=NO_LIMIT,
        bearer=PUBLIC,
        is_outside_api=True,
    ),
)

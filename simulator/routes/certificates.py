"""`/certificates`: KSeF certificates of the subject that logged in, whatever the context."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from ..answers import Answer, empty_answer, json_answer
from ..bodies import Items, Text, read_body
from ..ca import der_of
from ..call import Call, NoBody
from ..certificates import names_of
from ..clock import wire_moment, wire_optional
from ..enrolments import (
    ISSUED,
    CertificateRequest,
    active_certificates,
    enrol,
    shown_status,
    used_enrolments,
)
from ..errors import Gone, bad_request
from ..null_parameters import with_null_parameters
from ..operations import Operation
from ..pages import PageSizes, numbered_page
from ..register import ACTIVE, REVOKED, status_of
from ..state import Identifier, KsefCertificate
from .shared import require_no_token, status_info

_SIZES = PageSizes(maximum=50)
_RETENTION = timedelta(days=30)
_NAME = re.compile(r"[a-zA-Z0-9_\- ąćęłńóśźżĄĆĘŁŃÓŚŹŻ]+")
SerialNumber = Annotated[str, Text(pattern=re.compile(r"[0-9A-F]{16}"))]
CertificateType = Literal["Authentication", "Offline"]
CertificateStatus = Literal["Active", "Blocked", "Revoked", "Expired"]


@dataclass(frozen=True, kw_only=True)
class EnrolBody:
    certificate_name: Annotated[str, Text(minimum=5, maximum=100, pattern=_NAME)]
    certificate_type: CertificateType
    csr: bytes
    valid_from: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class RetrieveBody:
    certificate_serial_numbers: Annotated[tuple[SerialNumber, ...], Items(minimum=1, maximum=10)]


@dataclass(frozen=True, kw_only=True)
class RevokeBody:
    revocation_reason: Literal["Unspecified", "Superseded", "KeyCompromise"] | None = None


@dataclass(frozen=True, kw_only=True)
class CertificateQuery:
    certificate_serial_number: SerialNumber | None = None
    name: str | None = None
    type: CertificateType | None = None
    status: CertificateStatus | None = None
    expires_after: datetime | None = None


def certificate_limits(call: Call[NoBody]) -> Answer:
    subject = _subject(call)
    limits = call.state.limits_of_subject(subject)
    with call.state.lock:
        enrolments = limits.max_enrolments - used_enrolments(call.state, subject)
        certificates = limits.max_certificates - active_certificates(call.state, subject)
    is_token = call.caller.authentication.token_reference is not None
    return json_answer(
        {
            "canRequest": not is_token and enrolments > 0 and certificates > 0,
            "enrollment": {"remaining": max(enrolments, 0), "limit": limits.max_enrolments},
            "certificate": {"remaining": max(certificates, 0), "limit": limits.max_certificates},
        }
    )


def enrolment_data(call: Call[NoBody]) -> Answer:
    if call.caller.authentication.token_reference is not None:
        raise bad_request(25001)
    return json_answer(dict(_csr_names(call)))


def start_enrolment(call: Call[EnrolBody]) -> Answer:
    if call.caller.authentication.token_reference is not None:
        raise bad_request(25002)
    request = CertificateRequest(
        subject=_subject(call),
        names=_csr_names(call),
        certificate_name=call.body.certificate_name,
        certificate_type=call.body.certificate_type,
        csr=call.body.csr,
        valid_from=call.body.valid_from,
    )
    enrolment = enrol(call.state, call.authority.ca, request)
    return json_answer(
        {
            "referenceNumber": enrolment.reference_number,
            "timestamp": wire_moment(enrolment.requested_at),
        },
        202,
    )


def enrolment_status(call: Call[NoBody]) -> Answer:
    enrolment = call.state.enrolments.get(call.arguments["reference_number"])
    if enrolment is None or enrolment.subject != call.caller.subject:
        raise bad_request(25005)
    if call.state.clock.now() - enrolment.requested_at > _RETENTION:
        raise Gone
    with call.state.lock:
        status = shown_status(call.state, enrolment)
    return json_answer(
        {
            "requestDate": wire_moment(enrolment.requested_at),
            "status": status_info(status),
            "certificateSerialNumber": enrolment.serial_number if status.code == ISSUED else None,
        }
    )


def retrieve(call: Call[RetrieveBody]) -> Answer:
    """CHOICE: serial numbers of others are left out, without an error."""
    is_odd = call.authority.faults.take("null-parameters", call.operation) is not None
    found = [
        entry
        for serial in call.body.certificate_serial_numbers
        if (entry := call.state.certificates.get(serial)) is not None
        and entry.subject == call.caller.subject
    ]
    certificates = []
    for entry in found:
        der = der_of(entry.certificate)
        certificates.append(
            {
                "certificate": b64encode(with_null_parameters(der) if is_odd else der).decode(),
                "certificateName": entry.name,
                "certificateSerialNumber": entry.serial_number,
                "certificateType": entry.type,
            }
        )
    return json_answer({"certificates": certificates})


def revoke(call: Call[NoBody]) -> Answer:
    """The body is optional; when there is one it is checked."""
    require_no_token(call)
    if call.incoming.content:
        read_body(RevokeBody, call.incoming.content)
    entry = own_certificate(call)
    with call.state.lock:
        if status_of(call.state, entry) != ACTIVE:
            raise bad_request(25009)
        entry.status = REVOKED
    return empty_answer()


def query(call: Call[CertificateQuery]) -> Answer:
    with call.state.lock:
        found = [
            entry
            for entry in call.state.certificates.values()
            if entry.subject == call.caller.subject and _matches(call, entry)
        ]
    found.sort(key=lambda entry: entry.requested_at, reverse=True)
    page = numbered_page(call, found, _SIZES)
    return json_answer(
        {
            "certificates": [_described(call, entry) for entry in page.items],
            "hasMore": page.has_more,
        }
    )


def own_certificate(call: Call[Any]) -> KsefCertificate:
    """Raises 25008."""
    entry = call.state.certificates.get(call.arguments["serial_number"])
    if entry is None or entry.subject != call.caller.subject:
        raise bad_request(25008)
    return entry


def _subject(call: Call[Any]) -> Identifier:
    """The subject of any login that got as far as an access token."""
    subject = call.caller.subject
    if subject is None:
        raise bad_request(25001)
    return subject


def _csr_names(call: Call[Any]) -> dict[str, str]:
    """What the certificate at login said. The authority writes `TINPL-` for an older `NIP-`."""
    names = dict(call.caller.authentication.certificate_names)
    serial = names.get("serialNumber", "")
    if serial.startswith("NIP-"):
        names["serialNumber"] = f"TINPL-{serial.removeprefix('NIP-')}"
    return names


def _matches(call: Call[CertificateQuery], entry: KsefCertificate) -> bool:
    wanted = call.body
    return (
        wanted.certificate_serial_number in (None, entry.serial_number)
        and wanted.type in (None, entry.type)
        and wanted.status in (None, status_of(call.state, entry))
        and (wanted.name or "").lower() in entry.name.lower()
        and (wanted.expires_after is None or entry.valid_to > wanted.expires_after)
    )


def _described(call: Call[CertificateQuery], entry: KsefCertificate) -> dict[str, object]:
    names = names_of(entry.certificate.subject)
    return {
        "certificateSerialNumber": entry.serial_number,
        "name": entry.name,
        "type": entry.type,
        "commonName": names.get("commonName", ""),
        "status": status_of(call.state, entry),
        "subjectIdentifier": {"type": entry.subject.type, "value": entry.subject.value},
        "validFrom": wire_moment(entry.certificate.not_valid_before_utc),
        "validTo": wire_moment(entry.valid_to),
        "lastUseDate": wire_optional(entry.last_used_at),
        "requestDate": wire_moment(entry.requested_at),
    }


OPERATIONS = (
    Operation(
        name="certificate-limits",
        method="GET",
        path="/certificates/limits",
        handler=certificate_limits,
    ),
    Operation(
        name="enrolment-data",
        method="GET",
        path="/certificates/enrollments/data",
        handler=enrolment_data,
    ),
    Operation(
        name="enrol",
        method="POST",
        path="/certificates/enrollments",
        handler=start_enrolment,
        body=EnrolBody,
    ),
    Operation(
        name="enrolment-status",
        method="GET",
        path="/certificates/enrollments/<reference_number>",
        handler=enrolment_status,
    ),
    Operation(
        name="certificate-retrieve",
        method="POST",
        path="/certificates/retrieve",
        handler=retrieve,
        body=RetrieveBody,
    ),
    Operation(
        name="certificate-revoke",
        method="POST",
        path="/certificates/<serial_number>/revoke",
        handler=revoke,
    ),
    Operation(
        name="certificate-query",
        method="POST",
        path="/certificates/query",
        handler=query,
        body=CertificateQuery,
    ),
)

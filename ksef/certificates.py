"""Certificates that KSeF issues: for logging in, and for invoices issued offline.

The order is: limits, data, a key of our own, a request signed with it, enrolment, waiting,
retrieving. All but the reading of lists needs a login with a certificate.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from . import codes
from .codes import Outcome
from .credentials import CertificateType, PrivateKey
from .crypto import decode_base64, encode_base64
from .errors import BadAnswer
from .holder import ORGANIZATION_IDENTIFIER
from .messages import Context, Status
from .operations import Operation
from .transport import Request
from .verbs import Verbs
from .wire import Fields, format_moment

LIMITS = Operation("GET", "/certificates/limits")
DATA = Operation("GET", "/certificates/enrollments/data")
ENROLL = Operation("POST", "/certificates/enrollments")
ENROLLMENT = Operation("GET", "/certificates/enrollments/{referenceNumber}")
RETRIEVE = Operation("POST", "/certificates/retrieve")
REVOKE = Operation("POST", "/certificates/{certificateSerialNumber}/revoke")
QUERY = Operation("POST", "/certificates/query")
MAX_RETRIEVED = 10
_PAGE_SIZE = ("pageSize", "50")


@dataclass(frozen=True, kw_only=True)
class CertificateLimits:
    """How many enrolments and certificates the one who logged in has left."""

    can_request: bool
    enrollments_left: int
    enrollments_limit: int
    certificates_left: int
    certificates_limit: int

    @classmethod
    def from_json(cls, answer: Fields) -> CertificateLimits:
        enrollment, certificate = answer.fields("enrollment"), answer.fields("certificate")
        return cls(
            can_request=answer.flag("canRequest"),
            enrollments_left=enrollment.integer("remaining"),
            enrollments_limit=enrollment.integer("limit"),
            certificates_left=certificate.integer("remaining"),
            certificates_limit=certificate.integer("limit"),
        )


@dataclass(frozen=True, kw_only=True)
class EnrollmentData:
    """The names that a request for a certificate has to bear, exactly."""

    common_name: str
    country_name: str
    given_name: str | None = None
    surname: str | None = None
    serial_number: str | None = None
    unique_identifier: str | None = None
    organization_name: str | None = None
    organization_identifier: str | None = None

    @classmethod
    def from_json(cls, answer: Fields) -> EnrollmentData:
        return cls(
            common_name=answer.text("commonName"),
            country_name=answer.text("countryName"),
            given_name=answer.optional_text("givenName"),
            surname=answer.optional_text("surname"),
            serial_number=answer.optional_text("serialNumber"),
            unique_identifier=answer.optional_text("uniqueIdentifier"),
            organization_name=answer.optional_text("organizationName"),
            organization_identifier=answer.optional_text("organizationIdentifier"),
        )

    def to_name(self) -> x509.Name:
        """The subject of the request, in the order of the ministry's own client."""
        attributes = (
            (NameOID.COMMON_NAME, self.common_name),
            (NameOID.SURNAME, self.surname),
            (NameOID.GIVEN_NAME, self.given_name),
            (NameOID.ORGANIZATION_NAME, self.organization_name),
            (ORGANIZATION_IDENTIFIER, self.organization_identifier),
            (NameOID.COUNTRY_NAME, self.country_name),
            (NameOID.SERIAL_NUMBER, self.serial_number),
            (NameOID.X500_UNIQUE_IDENTIFIER, self.unique_identifier),
        )
        return x509.Name([x509.NameAttribute(oid, value) for oid, value in attributes if value])


@dataclass(frozen=True, kw_only=True)
class EnrollmentStatus:
    """How a request for a certificate stands; the serial number is there once it is accepted."""

    status: Status
    requested_at: datetime
    serial_number: str | None

    @property
    def outcome(self) -> Outcome:
        return codes.enrollment_outcome(self.status.code)

    @classmethod
    def from_json(cls, answer: Fields) -> EnrollmentStatus:
        return cls(
            status=Status.from_json(answer.fields("status")),
            requested_at=answer.moment("requestDate"),
            serial_number=answer.optional_text("certificateSerialNumber"),
        )


@dataclass(frozen=True, kw_only=True)
class IssuedCertificate:
    """A certificate as KSeF gives it out; ``der`` is to be kept byte for byte."""

    serial_number: str
    name: str
    type: str
    der: bytes = field(repr=False)

    @classmethod
    def from_json(cls, answer: Fields) -> IssuedCertificate:
        return cls(
            serial_number=answer.text("certificateSerialNumber"),
            name=answer.text("certificateName"),
            type=answer.text("certificateType"),
            der=decode_base64(answer.text("certificate")),
        )


@dataclass(frozen=True, kw_only=True)
class ListedCertificate:
    """A certificate as listed; ``status`` is Active, Blocked, Revoked or Expired."""

    serial_number: str
    name: str
    type: str
    common_name: str
    status: str
    subject: Context
    valid_from: datetime
    valid_until: datetime
    used_at: datetime | None
    requested_at: datetime

    @classmethod
    def from_json(cls, answer: Fields) -> ListedCertificate:
        return cls(
            serial_number=answer.text("certificateSerialNumber"),
            name=answer.text("name"),
            type=answer.text("type"),
            common_name=answer.text("commonName"),
            status=answer.text("status"),
            subject=Context.from_json(answer.fields("subjectIdentifier")),
            valid_from=answer.moment("validFrom"),
            valid_until=answer.moment("validTo"),
            used_at=answer.optional_moment("lastUseDate"),
            requested_at=answer.moment("requestDate"),
        )


@dataclass(frozen=True, kw_only=True)
class CertificateFilter:
    """Which certificates to list; ``name`` is any part of one."""

    serial_number: str | None = None
    name: str | None = None
    type: CertificateType | None = None
    status: str | None = None
    expires_after: datetime | None = None

    def to_json(self) -> Mapping[str, object]:
        values = {
            "certificateSerialNumber": self.serial_number,
            "name": self.name,
            "type": self.type and self.type.value,
            "status": self.status,
            "expiresAfter": self.expires_after and format_moment(self.expires_after),
        }
        return {name: value for name, value in values.items() if value is not None}


def generate_key() -> PrivateKey:
    """A new key of the kind that KSeF recommends: EC P-256."""
    return generate_private_key(SECP256R1())


def make_request(data: EnrollmentData, key: PrivateKey) -> bytes:
    """A PKCS#10 request in DER; an RSA key must have exactly 2048 bits.

    Raises BadAnswer for data that no certificate can bear.
    """
    try:
        builder = x509.CertificateSigningRequestBuilder().subject_name(data.to_name())
        return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)
    except ValueError as error:
        raise BadAnswer("names that no certificate can bear") from error


class CertificateVerbs(Verbs):
    """Verbs of the certificates of the one who logged in, whatever the context."""

    def certificate_limits(self) -> CertificateLimits:
        return CertificateLimits.from_json(self._ask(Request(operation=LIMITS)).fields())

    def enrollment_data(self) -> EnrollmentData:
        """What a request has to say; refused with 25001 after a login with a token."""
        return EnrollmentData.from_json(self._ask(Request(operation=DATA)).fields())

    def enroll_certificate(
        self,
        name: str,
        certificate_type: CertificateType,
        certificate_request: bytes,
        *,
        valid_from: datetime | None = None,
    ) -> str:
        """Ask for a certificate; returns the reference number to ask for its making."""
        body: dict[str, object] = {
            "certificateName": name,
            "certificateType": certificate_type.value,
            "csr": encode_base64(certificate_request),
        }
        if valid_from is not None:
            body["validFrom"] = format_moment(valid_from)
        answer = self._ask(Request(operation=ENROLL, json=body))
        return answer.fields().text("referenceNumber")

    def enrollment_status(self, reference_number: str) -> EnrollmentStatus:
        """Refused with 410 once it is older than thirty days."""
        request = Request(operation=ENROLLMENT, values={"referenceNumber": reference_number})
        return EnrollmentStatus.from_json(self._ask(request).fields())

    def retrieve_certificates(self, serial_numbers: Sequence[str]) -> tuple[IssuedCertificate, ...]:
        """Up to ten certificates, by their serial numbers."""
        body = {"certificateSerialNumbers": list(serial_numbers)}
        answer = self._ask(Request(operation=RETRIEVE, json=body)).fields()
        return tuple(map(IssuedCertificate.from_json, answer.objects("certificates")))

    def revoke_certificate(self, serial_number: str, reason: str = "Unspecified") -> None:
        """``reason`` is Unspecified, Superseded or KeyCompromise. There is no way back."""
        request = Request(
            operation=REVOKE,
            values={"certificateSerialNumber": serial_number},
            json={"revocationReason": reason},
        )
        self._ask(request)

    def list_certificates(self, filters: CertificateFilter) -> Iterator[ListedCertificate]:
        request = Request(operation=QUERY, parameters=(_PAGE_SIZE,), json=filters.to_json())
        for page in self._numbered_pages(request):
            yield from map(ListedCertificate.from_json, page.objects("certificates"))

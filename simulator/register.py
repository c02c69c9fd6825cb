"""The register of KSeF certificates."""

from __future__ import annotations

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from .state import KsefCertificate, State

ACTIVE = "Active"
BLOCKED = "Blocked"
REVOKED = "Revoked"
EXPIRED = "Expired"

_LOGIN_PROBLEMS = {
    BLOCKED: "Certyfikat zawieszony",
    REVOKED: "Certyfikat odwołany",
    EXPIRED: "Nieważny certyfikat",
}


def serial_text(certificate: x509.Certificate) -> str:
    """16 upper-case hex digits, padded with zeros."""
    return f"{certificate.serial_number:016X}"


def registered(state: State, certificate: x509.Certificate) -> KsefCertificate | None:
    """The entry for exactly this certificate, not for another one of the same serial number."""
    entry = state.certificates.get(serial_text(certificate))
    if entry is None:
        return None
    is_same = entry.certificate.public_bytes(Encoding.DER) == certificate.public_bytes(Encoding.DER)
    return entry if is_same else None


def status_of(state: State, entry: KsefCertificate) -> str:
    if entry.status == ACTIVE and state.clock.now() > entry.valid_to:
        return EXPIRED
    return entry.status


def certificate_problem(state: State, certificate: x509.Certificate) -> str | None:
    """Why a registered certificate cannot log in; `None` for others: self-signed ones may."""
    entry = registered(state, certificate)
    return None if entry is None else _LOGIN_PROBLEMS.get(status_of(state, entry))

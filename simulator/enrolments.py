"""Requests for KSeF certificates: the data they must contain, and what comes of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from .ca import CertificateAuthority, Wish
from .certificates import NAME_OIDS, names_of
from .errors import bad_request
from .numbers import ENROLMENT, reference_number
from .register import ACTIVE, serial_text, status_of
from .state import Enrolment, Identifier, KsefCertificate, State, Verdict

ACCEPTED, ISSUED, REFUSED = 100, 200, 400
_WORDS = {
    ACCEPTED: "Wniosek przyjęty do realizacji",
    ISSUED: "Wniosek obsłużony (certyfikat wygenerowany)",
    REFUSED: "Wniosek odrzucony",
}
_RSA_BITS = 2048
_HASHES = (hashes.SHA1, hashes.SHA256, hashes.SHA384, hashes.SHA512)

BACKDATED = timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True)
class CertificateRequest:
    """What a subject asks for; `names` is what the CSR must repeat exactly."""

    subject: Identifier
    names: Mapping[str, str]
    certificate_name: str
    certificate_type: str
    csr: bytes = field(repr=False)
    valid_from: datetime | None


def enrol(state: State, authority: CertificateAuthority, request: CertificateRequest) -> Enrolment:
    """Raises 25003, 25004, 25006, 25007, 25010 and 25011."""
    csr, key = _read_csr(request)
    with state.lock:
        _check_limits(state, request.subject)
        enrolment = Enrolment(
            reference_number=reference_number(ENROLMENT, state.clock.today()),
            subject=request.subject,
            requested_at=state.clock.now(),
            verdict=_verdict(ISSUED),
            unfolding=state.unfolding(),
        )
        state.enrolments[enrolment.reference_number] = enrolment
        if _is_certified_for_another(state, request.subject, key):
            enrolment.verdict = _verdict(
                REFUSED, "Klucz publiczny został już certyfikowany przez inny podmiot."
            )
            return enrolment
        # CHOICE: begins a little earlier, as authorities do for those whose clock is slow
        valid_from = request.valid_from or state.clock.now() - BACKDATED
        wish = Wish(
            subject=csr.subject,
            public_key=key,
            type=request.certificate_type,
            valid_from=valid_from,
        )
        enrolment.serial_number = _store(state, request, authority.issue(wish))
        return enrolment


def shown_status(state: State, enrolment: Enrolment) -> Verdict:
    """One poll."""
    is_shown = enrolment.unfolding.look(state.clock.ticks())
    return enrolment.verdict if is_shown else _verdict(ACCEPTED)


def used_enrolments(state: State, subject: Identifier) -> int:
    return sum(1 for enrolment in state.enrolments.values() if enrolment.subject == subject)


def active_certificates(state: State, subject: Identifier) -> int:
    return sum(
        1
        for entry in state.certificates.values()
        if entry.subject == subject and status_of(state, entry) == ACTIVE
    )


def _verdict(code: int, *details: str) -> Verdict:
    return Verdict(code=code, description=_WORDS[code], details=details)


def _read_csr(
    request: CertificateRequest,
) -> tuple[x509.CertificateSigningRequest, rsa.RSAPublicKey | ec.EllipticCurvePublicKey]:
    try:
        csr = x509.load_der_x509_csr(request.csr)
        is_signed = csr.is_signature_valid
        algorithm = csr.signature_hash_algorithm
    except (ValueError, UnsupportedAlgorithm, InvalidSignature) as error:
        raise bad_request(25004) from error
    if not is_signed:
        raise bad_request(25004)
    if not isinstance(algorithm, _HASHES):
        raise bad_request(25011)
    key = csr.public_key()
    if names_of(csr.subject) != request.names or _has_other_names(csr.subject):
        raise bad_request(25003)
    if isinstance(key, rsa.RSAPublicKey) and key.key_size == _RSA_BITS:
        return csr, key
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return csr, key
    raise bad_request(25010)


def _has_other_names(subject: x509.Name) -> bool:
    known = {oid.dotted_string for oid in NAME_OIDS.values()}
    found = [attribute.oid.dotted_string for attribute in subject]
    return len(found) != len(set(found)) or not known.issuperset(found)


def _check_limits(state: State, subject: Identifier) -> None:
    limits = state.limits_of_subject(subject)
    if used_enrolments(state, subject) >= limits.max_enrolments:
        raise bad_request(25006)
    if active_certificates(state, subject) >= limits.max_certificates:
        raise bad_request(25007)


def _is_certified_for_another(
    state: State, subject: Identifier, key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey
) -> bool:
    wanted = _spki(key)
    return any(
        entry.subject != subject and _spki(entry.certificate.public_key()) == wanted
        for entry in state.certificates.values()
    )


def _spki(key: object) -> bytes:
    if not isinstance(key, (rsa.RSAPublicKey, ec.EllipticCurvePublicKey)):
        return b""
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _store(state: State, request: CertificateRequest, certificate: x509.Certificate) -> str:
    serial = serial_text(certificate)
    state.certificates[serial] = KsefCertificate(
        serial_number=serial,
        name=request.certificate_name,
        type=request.certificate_type,
        certificate=certificate,
        subject=request.subject,
        requested_at=state.clock.now(),
        valid_to=certificate.not_valid_after_utc,
    )
    return serial

"""The checks behind both verification links, as the pages of the authority show them."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode
from binascii import Error as Base64Error
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from .ca import OFFLINE
from .facts import InvoiceFacts
from .permissions import INVOICE_WRITE, may_act_for, permissions_of
from .register import ACTIVE, status_of
from .state import Identifier, KsefCertificate, SessionInvoice, State

_CONTEXTS = ("Nip", "InternalId", "NipVatUe", "PeppolId")
_SERIAL = re.compile(r"[0-9A-F]{16}")
_HASH = re.compile(r"[A-Za-z0-9_-]{43}")
_P256_SIGNATURE = 64


@dataclass(frozen=True, kw_only=True)
class Check:
    """One line of a page. `is_passed` is `None` for what is only told, not judged."""

    name: str
    words: str
    is_passed: bool | None


@dataclass(frozen=True, kw_only=True)
class CertificateLink:
    """The parts of a link II. `signed_text` is the link without scheme and signature."""

    context_type: str
    context_value: str
    seller_nip: str
    serial_number: str
    invoice_hash: str
    signature: str
    signed_text: str


def find_by_link(state: State, link_hash: str) -> SessionInvoice | None:
    """The accepted invoice with this hash, or the technical correction that replaced it."""
    if _HASH.fullmatch(link_hash) is None:
        return None
    standard = link_hash.replace("-", "+").replace("_", "/") + "="
    with state.lock:
        for invoice in state.by_hash.get(standard, ()):
            if invoice.is_accepted:
                return invoice
        corrections = (i for i in state.by_ksef_number.values() if i.corrected_hash == standard)
        return next(corrections, None)


def check_invoice_link(
    state: State, seller_nip: str, issued_on: str, link_hash: str
) -> Iterator[Check]:
    """Link I: hash, seller and date must all belong to one invoice."""
    invoice = find_by_link(state, link_hash)
    facts = None if invoice is None else invoice.facts
    yield Check(
        name="hash",
        words="Faktura o tym skrócie jest w KSeF",
        is_passed=facts is not None,
    )
    if facts is None:
        return
    yield Check(name="seller", words="NIP sprzedawcy", is_passed=facts.seller_nip == seller_nip)
    yield Check(name="date", words="Data wystawienia", is_passed=_date_text(facts) == issued_on)


def check_certificate_link(state: State, link: CertificateLink) -> Iterator[Check]:
    """Link II: who issued the invoice, with which certificate, and whether they may."""
    yield Check(
        name="context-type",
        words="Typ kontekstu",
        is_passed=link.context_type in _CONTEXTS,
    )
    is_serial = _SERIAL.fullmatch(link.serial_number) is not None
    yield Check(name="serial", words="Zapis numeru seryjnego", is_passed=is_serial)
    entry = state.certificates.get(link.serial_number)
    yield Check(name="register", words="Certyfikat w rejestrze", is_passed=entry is not None)
    if entry is not None:
        yield from _check_certificate(state, link, entry)
    is_known = find_by_link(state, link.invoice_hash) is not None
    words = "Faktura jest w KSeF" if is_known else "Faktury jeszcze nie ma w KSeF"
    yield Check(name="known", words=words, is_passed=None)


def _check_certificate(
    state: State, link: CertificateLink, entry: KsefCertificate
) -> Iterator[Check]:
    context = Identifier(type=link.context_type, value=link.context_value)
    yield Check(name="type", words="Typ certyfikatu", is_passed=entry.type == OFFLINE)
    status = status_of(state, entry)
    yield Check(name="status", words=f"Status certyfikatu: {status}", is_passed=status == ACTIVE)
    yield Check(
        name="validity",
        words="Ważność certyfikatu",
        is_passed=_is_begun(entry, state.clock.now()),
    )
    yield Check(name="signature", words="Podpis linku", is_passed=_is_signed(link, entry))
    permissions = permissions_of(state, entry.subject, context)
    yield Check(
        name="permission",
        words="Uprawnienie do wystawiania faktur w kontekście",
        is_passed=INVOICE_WRITE in permissions,
    )
    yield Check(
        name="seller",
        words="Kontekst może wystawiać w imieniu sprzedawcy",
        is_passed=may_act_for(state, context, link.seller_nip),
    )


def _is_begun(entry: KsefCertificate, now: datetime) -> bool:
    return entry.certificate.not_valid_before_utc <= now


def _is_signed(link: CertificateLink, entry: KsefCertificate) -> bool:
    """RSA: PSS with a salt of 32 bytes. EC: R‖S of 64 bytes, or ASN.1."""
    key = entry.certificate.public_key()
    message = link.signed_text.encode()
    try:
        signature = _decode(link.signature)
        if isinstance(key, rsa.RSAPublicKey):
            pss = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=32)
            key.verify(signature, message, pss, hashes.SHA256())
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(_as_asn1(signature), message, ec.ECDSA(hashes.SHA256()))
        else:
            return False
    except (InvalidSignature, Base64Error, ValueError):
        return False
    return True


def _as_asn1(signature: bytes) -> bytes:
    if len(signature) != _P256_SIGNATURE:
        return signature
    half = _P256_SIGNATURE // 2
    r, s = (int.from_bytes(part, "big") for part in (signature[:half], signature[half:]))
    return encode_dss_signature(r, s)


def _decode(text: str) -> bytes:
    """Base64URL without padding; anything else is refused."""
    if re.fullmatch(r"[A-Za-z0-9_-]+", text) is None:
        raise ValueError("not Base64URL without padding")
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _date_text(facts: InvoiceFacts) -> str:
    return f"{facts.issued_on:%d-%m-%Y}"

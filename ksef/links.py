"""The two verification links behind the QR codes of an invoice.

Link I shows the invoice to anyone who has it; link II, on invoices issued offline, proves who
issued it. Both hold the hash of the exact bytes of the document.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from .credentials import CertificateCredential, PrivateKey, fixed_length_signature
from .crypto import encode_base64
from .environment import Environment
from .messages import Context

SALT_LENGTH = 32  # bytes, of the RSASSA-PSS signature
_URL_ALPHABET = str.maketrans("+/", "-_")
_BASE64_ALPHABET = str.maketrans("-_", "+/")
_INVOICE_LINK = re.compile(
    r"/invoice/(?P<nip>[0-9]{10})/(?P<day>[0-9]{2})-(?P<month>[0-9]{2})-(?P<year>[0-9]{4})"
    r"/(?P<hash>[A-Za-z0-9_-]{43})(?![A-Za-z0-9_-])"
)


@dataclass(frozen=True, kw_only=True)
class InvoiceLink:
    """What link I tells: ``issued_on`` is P_1, the hash is as that of ``crypto.hash_base64``."""

    seller_nip: str
    issued_on: date
    document_hash: str


def invoice_link(
    environment: Environment, seller_nip: str, issued_on: date, document_hash: str
) -> str:
    """Link I; ``issued_on`` is P_1, the hash is that of ``crypto.hash_base64``."""
    day = issued_on.strftime("%d-%m-%Y")
    return f"{environment.qr_url}/invoice/{seller_nip}/{day}/{url_safe(document_hash)}"


def read_invoice_link(text: str) -> InvoiceLink | None:
    """Link I of any environment in what somebody pasted; ``None`` where there is none."""
    match = _INVOICE_LINK.search(text)
    if match is None:
        return None
    try:
        issued_on = date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        return None
    padded = match["hash"].translate(_BASE64_ALPHABET) + "="
    return InvoiceLink(seller_nip=match["nip"], issued_on=issued_on, document_hash=padded)


def certificate_link(
    environment: Environment,
    context: Context,
    seller_nip: str,
    credential: CertificateCredential,
    document_hash: str,
) -> str:
    """Link II, signed with the key of a certificate of type Offline.

    Whether it may sign is not looked at here: ``credential.check_for_links`` does.
    """
    address = "/".join(
        (
            environment.qr_url,
            "certificate",
            context.type,
            context.value,
            seller_nip,
            serial_number(credential),
            url_safe(document_hash),
        )
    )
    _scheme, _, signed = address.partition("://")
    signature = encode_base64(_sign(signed.encode(), credential.private_key))
    return f"{address}/{url_safe(signature)}"


def serial_number(credential: CertificateCredential) -> str:
    """The serial number of a KSeF certificate: sixteen upper-case hex digits."""
    return f"{credential.certificate.serial_number:016X}"


def url_safe(base64_text: str) -> str:
    """The alphabet of URLs, without padding: the hash of a link has 43 characters."""
    return base64_text.translate(_URL_ALPHABET).rstrip("=")


def _sign(data: bytes, key: PrivateKey) -> bytes:
    if isinstance(key, RSAPrivateKey):
        padding = PSS(mgf=MGF1(hashes.SHA256()), salt_length=SALT_LENGTH)
        return key.sign(data, padding, hashes.SHA256())
    return fixed_length_signature(key.sign(data, ECDSA(hashes.SHA256())), key)

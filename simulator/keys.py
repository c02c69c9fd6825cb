"""The authority's RSA keys: one for KSeF tokens, one for invoices, and what became of old ones."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from .clock import Clock
from .digests import sha256_base64
from .workers import begin

TOKEN_ENCRYPTION = "KsefTokenEncryption"
INVOICE_ENCRYPTION = "SymmetricKeyEncryption"
USAGES = (TOKEN_ENCRYPTION, INVOICE_ENCRYPTION)

# Two sizes on purpose: a client that takes every ciphertext for 256 bytes shall fail.
_KEY_BITS = {TOKEN_ENCRYPTION: 2048, INVOICE_ENCRYPTION: 4096}
_OAEP = padding.OAEP(mgf=padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=None)


@dataclass(frozen=True, kw_only=True)
class PublishedKey:
    """A key pair with the certificate that shows its public half to the world."""

    private_key: rsa.RSAPrivateKey
    certificate: x509.Certificate
    usage: str

    @property
    def key_id(self) -> str:
        """Base64 SHA-256 of the SubjectPublicKeyInfo."""
        public = self.private_key.public_key()
        spki = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return sha256_base64(spki)

    @property
    def certificate_der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def certificate_id(self) -> str:
        return sha256_base64(self.certificate_der)

    def decrypt(self, ciphertext: bytes) -> bytes | None:
        """RSA-OAEP with SHA-256 for hash and mask; `None` for anything else."""
        try:
            return self.private_key.decrypt(ciphertext, _OAEP)
        except ValueError:
            return None


class KeyRing:
    """The keys now in force. They are made in the background, so that a start is quick."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._keys: list[PublishedKey] = []
        valid_from = clock.now() - timedelta(days=1)
        self._first_keys = [begin(partial(_make_key, usage, valid_from)) for usage in USAGES]

    def published(self) -> tuple[PublishedKey, ...]:
        """All keys that are not withdrawn, the oldest first."""
        with self._lock:
            self._take_first_keys()
            return tuple(self._keys)

    def find(self, key_id: str | None, usage: str) -> PublishedKey | None:
        """The key of that name and usage; without a name the one a client ought to use."""
        of_usage = [key for key in self.published() if key.usage == usage]
        if key_id is None:
            return of_usage[-1]
        return next((key for key in of_usage if key.key_id == key_id), None)

    def rotate(self, usage: str) -> None:
        """Planned rotation: a new key beside the old one."""
        key = _make_key(usage, self._clock.now())
        with self._lock:
            self._take_first_keys()
            self._keys.append(key)

    def replace(self, usage: str) -> None:
        """Emergency rotation: every older key of that usage is withdrawn at once."""
        key = _make_key(usage, self._clock.now())
        with self._lock:
            self._take_first_keys()
            self._keys = [old for old in self._keys if old.usage != usage] + [key]

    def recertify(self, usage: str) -> None:
        """The key stays, its certificate is renewed: same key id, new certificate id."""
        with self._lock:
            self._take_first_keys()
            old = next(key for key in reversed(self._keys) if key.usage == usage)
            new = _certify(old.private_key, usage, self._clock.now())
            self._keys = [key for key in self._keys if key is not old] + [new]

    def _take_first_keys(self) -> None:
        self._keys.extend(first.result() for first in self._first_keys)
        self._first_keys.clear()


def _make_key(usage: str, valid_from: datetime) -> PublishedKey:
    private_key = rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS[usage])
    return _certify(private_key, usage, valid_from)


def _certify(key: rsa.RSAPrivateKey, usage: str, valid_from: datetime) -> PublishedKey:
    name = authority_name("Ministerstwo Finansów")
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(valid_from)
        .not_valid_after(valid_from + timedelta(days=730))
        .sign(key, hashes.SHA256())
    )
    return PublishedKey(private_key=key, certificate=certificate, usage=usage)


def authority_name(common_name: str) -> x509.Name:
    """A distinguished name of the authority, marked as not the real one."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "PL"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Symulator KSeF"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )

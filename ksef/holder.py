"""Whose certificate it is, as KSeF reads it out of the subject."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cryptography import x509
from cryptography.x509.oid import NameOID

ORGANIZATION_IDENTIFIER = x509.ObjectIdentifier("2.5.4.97")  # unnamed before cryptography 42
_SEAL_NIP = re.compile(r"VATPL.*?(\d{10})")
_PERSON_NUMBERS = (
    ("pesel", re.compile(r"(?:PNOPL|PESEL).*?(\d{11})")),
    ("nip", re.compile(r"(?:TINPL|NIP).*?(\d{10})")),
)


@dataclass(frozen=True, kw_only=True)
class Holder:
    """``kind`` is nip or pesel, or empty where KSeF knows the holder by fingerprint only."""

    name: str
    kind: str
    number: str
    is_organisation: bool

    @property
    def is_known_by_fingerprint(self) -> bool:
        return not self.number


def read_holder(certificate: x509.Certificate) -> Holder:
    """The holder by the rules of the chapter "KSeF API": seals by 2.5.4.97, persons by 2.5.4.5."""
    seal = _text(certificate, ORGANIZATION_IDENTIFIER)
    kind, number = _seal_number(seal) if seal else _person_number(certificate)
    return Holder(name=_name(certificate), kind=kind, number=number, is_organisation=bool(seal))


def _seal_number(identifier: str) -> tuple[str, str]:
    match = _SEAL_NIP.search(identifier)
    return ("nip", match[1]) if match else ("", "")


def _person_number(certificate: x509.Certificate) -> tuple[str, str]:
    serial = _text(certificate, NameOID.SERIAL_NUMBER)
    for kind, pattern in _PERSON_NUMBERS:
        if match := pattern.search(serial):
            return kind, match[1]
    return "", ""


def _name(certificate: x509.Certificate) -> str:
    """The organisation, the person, or whatever stands there as the common name."""
    person = (_text(certificate, NameOID.GIVEN_NAME), _text(certificate, NameOID.SURNAME))
    return (
        _text(certificate, NameOID.ORGANIZATION_NAME)
        or " ".join(filter(None, person))
        or _text(certificate, NameOID.COMMON_NAME)
    )


def _text(certificate: x509.Certificate, oid: x509.ObjectIdentifier) -> str:
    return " ".join(
        str(attribute.value) for attribute in certificate.subject.get_attributes_for_oid(oid)
    )

"""Certificates that log in: how they are read, what they say about their holder."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.x509.oid import ObjectIdentifier

from .errors import bad_request
from .null_parameters import without_null_parameters
from .state import Identifier

_NAMES = {
    "2.5.4.3": "commonName",
    "2.5.4.4": "surname",
    "2.5.4.5": "serialNumber",
    "2.5.4.6": "countryName",
    "2.5.4.10": "organizationName",
    "2.5.4.42": "givenName",
    "2.5.4.45": "uniqueIdentifier",
    "2.5.4.97": "organizationIdentifier",
}
NAME_OIDS: Mapping[str, ObjectIdentifier] = {
    name: ObjectIdentifier(oid) for oid, name in _NAMES.items()
}
_PERSON = ("givenName", "surname", "serialNumber", "commonName", "countryName")
_ORGANISATION = ("organizationName", "organizationIdentifier", "commonName", "countryName")
_PESEL = re.compile(r"(?:PNOPL|PESEL).*?(\d{11})")
_NIP = re.compile(r"(?:TINPL|NIP).*?(\d{10})")
_SEAL_NIP = re.compile(r"VATPL.*?(\d{10})")


@dataclass(frozen=True, kw_only=True)
class Holder:
    """Whose certificate it is. `is_seal` tells an organisation's from a person's."""

    identifier: Identifier
    names: Mapping[str, str]
    is_seal: bool


def certificate_from_der(der: bytes) -> x509.Certificate:
    """Raises 21115 for bytes that are no certificate. One with NULL parameters is read without
    them: whatever is said about its bytes is said about the original."""
    try:
        return x509.load_der_x509_certificate(der)
    except ValueError:
        pass
    try:
        return x509.load_der_x509_certificate(without_null_parameters(der))
    except ValueError as error:
        raise bad_request(21115) from error


def names_of(name: x509.Name) -> dict[str, str]:
    """The attributes of a subject under the names of the authority's API."""
    return {
        _NAMES[attribute.oid.dotted_string]: str(attribute.value)
        for attribute in name
        if attribute.oid.dotted_string in _NAMES
    }


def holder_by_subject(certificate: x509.Certificate) -> Holder:
    """Reads NIP or PESEL out of the subject. Raises 21115 when the subject breaks the rules for
    seals (2.5.4.97, no personal names) or for persons (2.5.4.5 and both names)."""
    names = names_of(certificate.subject)
    if "organizationIdentifier" in names:
        return _organisation(names)
    if not all(name in names for name in _PERSON):
        raise bad_request(21115, "Brak wymaganych atrybutów podmiotu certyfikatu.")
    serial = names["serialNumber"]
    for pattern, kind in ((_PESEL, "Pesel"), (_NIP, "Nip")):
        match = pattern.search(serial)
        if match is not None:
            identifier = Identifier(type=kind, value=match.group(1))
            return Holder(identifier=identifier, names=names, is_seal=False)
    raise bad_request(21115, "Atrybut serialNumber nie zawiera numeru NIP ani PESEL.")


def holder_by_fingerprint(certificate: x509.Certificate, der: bytes) -> Holder:
    """SHA-256 of the certificate as 64 upper-case hex digits."""
    fingerprint = hashlib.sha256(der).hexdigest().upper()
    names = names_of(certificate.subject)
    return Holder(
        identifier=Identifier(type="Fingerprint", value=fingerprint),
        names=names,
        is_seal="organizationIdentifier" in names,
    )


def is_valid_at(certificate: x509.Certificate, moment: datetime) -> bool:
    return certificate.not_valid_before_utc <= moment <= certificate.not_valid_after_utc


def is_for_signing_offline_only(certificate: x509.Certificate) -> bool:
    """Key usage nonRepudiation without digitalSignature: the type that cannot log in."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return False
    return usage.content_commitment and not usage.digital_signature


def _organisation(names: Mapping[str, str]) -> Holder:
    is_mixed = "givenName" in names or "surname" in names
    if is_mixed or not all(name in names for name in _ORGANISATION):
        raise bad_request(21115, "Nieprawidłowe atrybuty podmiotu pieczęci.")
    match = _SEAL_NIP.search(names["organizationIdentifier"])
    if match is None:
        raise bad_request(21115, "Atrybut organizationIdentifier nie zawiera numeru NIP.")
    return Holder(
        identifier=Identifier(type="Nip", value=match.group(1)), names=names, is_seal=True
    )

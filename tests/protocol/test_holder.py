"""Whose certificate it is: the rules by which KSeF reads subjects."""

from __future__ import annotations

from certificates import make_certificate, make_ec_key, person_name, seal_name
from cryptography import x509
from cryptography.x509.oid import NameOID
from wire import SELLER

from ksef.credentials import CertificateCredential
from ksef.holder import Holder

KEY = make_ec_key()


def holder_of(subject: x509.Name) -> Holder:
    der = make_certificate(subject, KEY)
    return CertificateCredential(certificate_der=der, private_key=KEY).holder


def name(serial_number: str) -> x509.Name:
    attributes = ((NameOID.COMMON_NAME, "Anna Nowa"), (NameOID.SERIAL_NUMBER, serial_number))
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in attributes])


def test_seal_belongs_to_an_organisation() -> None:
    holder = holder_of(seal_name(SELLER))
    assert (holder.kind, holder.number, holder.is_organisation) == ("nip", SELLER, True)
    assert holder.name == "Testowa Sp. z o.o."


def test_signature_belongs_to_a_person() -> None:
    holder = holder_of(person_name(SELLER))
    assert (holder.kind, holder.number, holder.is_organisation) == ("nip", SELLER, False)
    assert holder.name == "Jan Testowy"


def test_pesel_is_found_in_both_spellings() -> None:
    for serial in ("PNOPL-44051401359", "PESEL:44051401359"):
        holder = holder_of(name(serial))
        assert (holder.kind, holder.number, holder.name) == ("pesel", "44051401359", "Anna Nowa")


def test_foreigner_is_known_by_fingerprint() -> None:
    holder = holder_of(name("PNODE-44051401"))
    assert holder.is_known_by_fingerprint
    assert not holder_of(seal_name(SELLER)).is_known_by_fingerprint

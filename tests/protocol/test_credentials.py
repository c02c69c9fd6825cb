"""Certificates and keys from all the files that people have, good ones and bad ones."""

from __future__ import annotations

import base64

import pytest
from certificates import make_certificate, make_ec_key, make_rsa_key, seal_name
from company import now
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from hypothesis import example, given
from hypothesis import strategies as st
from null_parameters import (
    with_null_parameters,
    with_other_certificate,
    without_authentication,
)
from wire import SELLER

from ksef.certificate_der import read_certificate
from ksef.credentials import (
    CertificateCredential,
    CertificateType,
    load_files,
    load_pkcs12,
)
from ksef.errors import KeyProblem, UnusableKey, WrongPassword
from ksef.messages import Context
from ksef.pkcs12 import open_pkcs12
from ksef.xades import sign_request

PASSWORD = "zażółć gęślą"
KEY = make_ec_key()
CERTIFICATE = make_certificate(seal_name(SELLER), KEY)
NULLED = with_null_parameters(CERTIFICATE, KEY)
MODERN = BestAvailableEncryption(PASSWORD.encode())
TRIPLE_DES = (
    PrivateFormat.PKCS12.encryption_builder()
    .key_cert_algorithm(pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC)
    .hmac_hash(hashes.SHA1())
    .build(PASSWORD.encode())
)


def pem(der: bytes) -> bytes:
    return x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM)


def pem_by_hand(der: bytes) -> bytes:
    """For certificates that the library does not take."""
    body = base64.encodebytes(der)
    return b"-----BEGIN CERTIFICATE-----\n" + body + b"-----END CERTIFICATE-----\n"


def key_file(
    encoding: Encoding = Encoding.PEM, encryption: KeySerializationEncryption | None = None
) -> bytes:
    return KEY.private_bytes(encoding, PrivateFormat.PKCS8, encryption or NoEncryption())


def p12(encryption: KeySerializationEncryption, der: bytes = CERTIFICATE) -> bytes:
    certificate = x509.load_der_x509_certificate(der)
    return pkcs12.serialize_key_and_certificates(b"name", KEY, certificate, None, encryption)


def problem_of(certificate: bytes, key: bytes, password: str = "") -> KeyProblem:
    with pytest.raises(UnusableKey) as caught:
        load_files(certificate, key, password)
    return caught.value.problem


def assert_is_ours(credential: CertificateCredential, der: bytes = CERTIFICATE) -> None:
    assert credential.certificate_der == der
    assert credential.private_key.public_key() == KEY.public_key()


@pytest.mark.parametrize("certificate", [CERTIFICATE, pem(CERTIFICATE)], ids=["DER", "PEM"])
@pytest.mark.parametrize("encoding", [Encoding.DER, Encoding.PEM])
@pytest.mark.parametrize("encryption", [None, MODERN], ids=["open", "encrypted"])
def test_pair_of_files_is_read(
    certificate: bytes, encoding: Encoding, encryption: KeySerializationEncryption | None
) -> None:
    assert_is_ours(load_files(certificate, key_file(encoding, encryption), PASSWORD))


def test_one_pem_may_hold_both() -> None:
    both = pem(CERTIFICATE) + key_file()
    assert_is_ours(load_files(both, both))


def test_certificate_of_the_key_is_chosen_from_a_chain() -> None:
    other = make_certificate(seal_name(SELLER), make_ec_key())
    assert_is_ours(load_files(pem(other) + pem(CERTIFICATE), key_file()))


@pytest.mark.parametrize("encryption", [MODERN, TRIPLE_DES])
def test_pkcs12_is_read(encryption: KeySerializationEncryption) -> None:
    assert_is_ours(load_pkcs12(p12(encryption), PASSWORD))


def test_pkcs12_without_password_is_read() -> None:
    assert_is_ours(load_pkcs12(p12(NoEncryption()), ""))


@pytest.mark.parametrize(
    ("encryption", "password"), [(MODERN, PASSWORD), (TRIPLE_DES, PASSWORD), (NoEncryption(), "")]
)
def test_pkcs12_opened_by_hand_holds_the_same(
    encryption: KeySerializationEncryption, password: str
) -> None:
    opened = open_pkcs12(p12(encryption), password)
    assert opened.certificates == (CERTIFICATE,)
    assert isinstance(opened.key, ec.EllipticCurvePrivateKey)
    assert opened.key.private_numbers() == KEY.private_numbers()


def test_rsa_key_is_read() -> None:
    key = make_rsa_key()
    der = make_certificate(seal_name(SELLER), key)
    file = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    assert load_files(der, file).private_key.public_key() == key.public_key()


@pytest.mark.parametrize("encryption", [MODERN, TRIPLE_DES])
@pytest.mark.parametrize("password", ["", "wrong"])
def test_wrong_password_of_pkcs12_is_told(
    encryption: KeySerializationEncryption, password: str
) -> None:
    with pytest.raises(WrongPassword):
        load_pkcs12(p12(encryption), password)


@pytest.mark.parametrize("encoding", [Encoding.DER, Encoding.PEM])
@pytest.mark.parametrize("password", ["", "wrong"])
def test_wrong_password_of_a_key_is_told(encoding: Encoding, password: str) -> None:
    with pytest.raises(WrongPassword):
        load_files(CERTIFICATE, key_file(encoding, MODERN), password)


@pytest.mark.parametrize("content", [b"", b"garbage", CERTIFICATE, b"\x30\x82\xff\xff", b"0\x80"])
def test_garbage_for_pkcs12_is_unreadable(content: bytes) -> None:
    with pytest.raises(UnusableKey) as caught:
        load_pkcs12(content, PASSWORD)
    assert caught.value.problem is KeyProblem.UNREADABLE


def test_truncated_pkcs12_is_unusable() -> None:
    whole = p12(MODERN)
    for size in range(0, len(whole), 37):
        with pytest.raises(UnusableKey):
            load_pkcs12(whole[:size], PASSWORD)


@pytest.mark.parametrize(
    ("certificate", "key", "problem"),
    [
        (b"garbage", key_file(), KeyProblem.UNREADABLE),
        (b"-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----", b"", KeyProblem.UNREADABLE),
        (b"-----BEGIN CERTIFICATE-----abc-----END CERTIFICATE-----", b"", KeyProblem.UNREADABLE),
        (CERTIFICATE, b"garbage", KeyProblem.UNREADABLE),
        (CERTIFICATE, b"-----BEGIN PRIVATE KEY-----\n!", KeyProblem.UNREADABLE),
        (key_file(), key_file(), KeyProblem.NO_CERTIFICATE),
        (make_certificate(seal_name(SELLER), make_ec_key()), key_file(), KeyProblem.OTHER_KEY),
    ],
)
def test_bad_pair_says_what_is_wrong(certificate: bytes, key: bytes, problem: KeyProblem) -> None:
    assert problem_of(certificate, key) is problem


def test_short_rsa_key_is_too_weak() -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    file = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    assert problem_of(CERTIFICATE, file) is KeyProblem.WEAK


@pytest.mark.parametrize(
    "key",
    [
        ec.generate_private_key(ec.SECP384R1()),
        ed25519.Ed25519PrivateKey.generate(),
        dsa.generate_private_key(1024),
    ],
    ids=["P-384", "Ed25519", "DSA"],
)
def test_other_keys_are_not_supported(key: ec.EllipticCurvePrivateKey) -> None:
    file = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    assert problem_of(CERTIFICATE, file) is KeyProblem.UNSUPPORTED


def test_unknown_curve_is_not_supported() -> None:
    known, unknown = bytes.fromhex("2a8648ce3d030107"), bytes.fromhex("2a8648ce3d030163")
    file = key_file(Encoding.DER).replace(known, unknown)
    assert problem_of(CERTIFICATE, file) is KeyProblem.UNSUPPORTED


def test_forgotten_cipher_of_pkcs12_is_not_supported() -> None:
    triple_des = bytes.fromhex("2a864886f70d010c0103")
    rc4 = bytes.fromhex("2a864886f70d010c0101")
    with pytest.raises(UnusableKey) as caught:
        load_pkcs12(without_authentication(p12(TRIPLE_DES).replace(triple_des, rc4)), PASSWORD)
    assert caught.value.problem is KeyProblem.UNSUPPORTED


def test_wrong_password_without_authentication_is_unusable() -> None:
    with pytest.raises(UnusableKey):
        load_pkcs12(without_authentication(p12(MODERN)), "wrong")


def test_derivation_without_end_is_not_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ksef.pkcs12.MAX_ITERATIONS", 100)
    with pytest.raises(UnusableKey) as caught:
        open_pkcs12(p12(MODERN), PASSWORD)
    assert caught.value.problem is KeyProblem.UNSUPPORTED


def test_pkcs12_without_a_key_is_told() -> None:
    certificate = x509.load_der_x509_certificate(CERTIFICATE)
    file = pkcs12.serialize_key_and_certificates(b"n", None, certificate, None, NoEncryption())
    with pytest.raises(UnusableKey) as caught:
        load_pkcs12(file, "")
    assert caught.value.problem is KeyProblem.NO_KEY


def test_the_library_refuses_null_parameters() -> None:
    with pytest.raises(ValueError, match="signature_alg"):
        x509.load_der_x509_certificate(NULLED)


@pytest.mark.parametrize("certificate", [NULLED, pem_by_hand(NULLED)], ids=["DER", "PEM"])
def test_null_parameters_are_read_from_files(certificate: bytes) -> None:
    assert_is_ours(load_files(certificate, key_file()), NULLED)


def test_null_parameters_are_read_from_pkcs12() -> None:
    file = with_other_certificate(p12(NoEncryption()), NULLED)
    with pytest.raises(ValueError, match="signature_alg"):
        pkcs12.load_key_and_certificates(file, None)
    assert_is_ours(load_pkcs12(file, ""), NULLED)


def test_key_that_begins_with_zeros_is_read_from_pkcs12() -> None:
    """One key in 256 does."""
    key = ec.derive_private_key(2**240 - 1, ec.SECP256R1())
    plain = make_certificate(seal_name(SELLER), key)
    nulled = with_null_parameters(plain, key)
    readable = x509.load_der_x509_certificate(plain)
    file = pkcs12.serialize_key_and_certificates(b"n", key, readable, None, NoEncryption())
    credential = load_pkcs12(with_other_certificate(file, nulled), "")
    assert credential.certificate_der == nulled
    assert credential.private_key.private_numbers() == key.private_numbers()


def test_certificate_with_null_parameters_tells_the_same() -> None:
    plain, nulled = read_certificate(CERTIFICATE), read_certificate(NULLED)
    assert nulled.subject == plain.subject
    assert nulled.serial_number == plain.serial_number
    assert nulled.not_valid_after_utc == plain.not_valid_after_utc
    assert nulled.public_key() == plain.public_key()


@pytest.mark.parametrize("size", range(0, len(NULLED), 7))
def test_truncated_certificate_is_unreadable(size: int) -> None:
    with pytest.raises(UnusableKey):
        read_certificate(NULLED[:size])


BARE_P12 = without_authentication(p12(NoEncryption()))


def damages(file: bytes) -> st.SearchStrategy[list[tuple[int, int]]]:
    """Positions in a file, and what shall stand there."""
    place = st.tuples(st.integers(0, len(file) - 1), st.integers(0, 255))
    return st.lists(place, min_size=1, max_size=3)


def damaged(file: bytes, damage: list[tuple[int, int]]) -> bytes:
    content = bytearray(file)
    for position, value in damage:
        content[position] = value
    return bytes(content)


@given(damages(CERTIFICATE))
@example([(CERTIFICATE.index(b"\xa0\x03\x02\x01\x02") + 4, 9)])  # a version of the future
@example([(CERTIFICATE.index(b"Testowa"), 1)])  # a name that XML cannot hold
@example([(CERTIFICATE.index(bytes.fromhex("2a8648ce3d0201")), 0)])  # a key of unknown kind
@example([(CERTIFICATE.index(bytes.fromhex("0603551d0f")) + 5, 9)])  # an extension that is none
def test_damaged_certificate_is_usable_or_told(damage: list[tuple[int, int]]) -> None:
    try:
        credential = load_files(damaged(CERTIFICATE, damage), key_file())
        credential.check_for_login(now())
        sign_request("challenge", Context(value=SELLER), credential, now=now())
    except UnusableKey as error:
        assert error.problem is not KeyProblem.WRONG_PASSWORD


@given(damages(BARE_P12))
@example([(BARE_P12.index(bytes.fromhex("2a8648ce3d030107")) + 7, 99)])  # an unknown curve
@example([(BARE_P12.rindex(bytes.fromhex("2a8648ce3d030107")) + 7, 99)])
@example([(BARE_P12.index(b"\xa0\x03\x02\x01\x02") + 4, 1)])  # a version that never was
def test_damaged_pkcs12_is_usable_or_told(damage: list[tuple[int, int]]) -> None:
    try:
        credential = load_pkcs12(damaged(BARE_P12, damage), "")
        assert credential.certificate.public_key() == credential.private_key.public_key()
    except UnusableKey as error:
        assert error.problem is not KeyProblem.WRONG_PASSWORD


def test_damaged_certificate_of_an_issuer_does_no_harm() -> None:
    both = pem_by_hand(b"garbage") + pem(CERTIFICATE)
    assert_is_ours(load_files(both, key_file()))


@pytest.mark.parametrize("is_offline", [True, False])
def test_type_is_told_by_key_usage(is_offline: bool) -> None:
    der = make_certificate(seal_name(SELLER), KEY, is_offline=is_offline)
    wanted = CertificateType.OFFLINE if is_offline else CertificateType.AUTHENTICATION
    assert CertificateCredential(certificate_der=der, private_key=KEY).type is wanted


def test_qualified_certificate_may_have_the_usage_of_an_offline_one() -> None:
    der = make_certificate(seal_name(SELLER), KEY, is_offline=True)
    CertificateCredential(certificate_der=der, private_key=KEY).check_for_login(now())


def test_only_offline_certificates_sign_links() -> None:
    credential = CertificateCredential(certificate_der=CERTIFICATE, private_key=KEY)
    with pytest.raises(UnusableKey) as caught:
        credential.check_for_links(now())
    assert caught.value.problem is KeyProblem.WRONG_TYPE
    offline = make_certificate(seal_name(SELLER), KEY, is_offline=True)
    CertificateCredential(certificate_der=offline, private_key=KEY).check_for_links(now())


def test_certificate_without_usage_has_no_type() -> None:
    start = read_certificate(CERTIFICATE).not_valid_before_utc
    certificate = (
        x509.CertificateBuilder()
        .subject_name(seal_name(SELLER))
        .issuer_name(seal_name(SELLER))
        .public_key(KEY.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(read_certificate(CERTIFICATE).not_valid_after_utc)
        .sign(KEY, hashes.SHA256())
    )
    der = certificate.public_bytes(Encoding.DER)
    assert CertificateCredential(certificate_der=der, private_key=KEY).type is None


def test_credential_hides_its_key() -> None:
    assert "private_key" not in repr(CertificateCredential(certificate_der=b"", private_key=KEY))
    assert PASSWORD not in repr(open_pkcs12(p12(MODERN), PASSWORD))

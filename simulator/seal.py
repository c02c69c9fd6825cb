"""The authority's own signature, as it stands under every receipt: enveloped XAdES."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from .digests import sha256_base64
from .keys import authority_name
from .workers import begin

DS = "http://www.w3.org/2000/09/xmldsig#"
XADES = "http://uri.etsi.org/01903/v1.3.2#"
EXCLUSIVE_C14N = "http://www.w3.org/2001/10/xml-exc-c14n#"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
ENVELOPED = f"{DS}enveloped-signature"
SIGNED_PROPERTIES_TYPE = "http://uri.etsi.org/01903#SignedProperties"


@dataclass(frozen=True, kw_only=True)
class SealKey:
    private_key: rsa.RSAPrivateKey = field(repr=False)
    certificate: x509.Certificate


class Seal:
    """Signs with a key that is made in the background at the start."""

    def __init__(self) -> None:
        self._key = begin(_make_key)

    @property
    def certificate(self) -> x509.Certificate:
        return self._key.result().certificate

    def sign(self, document: etree._Element, signed_at: datetime) -> bytes:
        """Appends the signature to the root and returns the finished bytes."""
        key = self._key.result()
        document_digest = sha256_base64(_canonical(document))
        signature = etree.SubElement(
            document, f"{{{DS}}}Signature", nsmap={"ds": DS}, Id="Signature"
        )
        signed_info = etree.SubElement(signature, f"{{{DS}}}SignedInfo")
        value = etree.SubElement(signature, f"{{{DS}}}SignatureValue")
        _append_key_info(signature, key.certificate)
        properties = _append_properties(signature, key.certificate, signed_at)
        _fill_signed_info(signed_info, document_digest, sha256_base64(_canonical(properties)))
        raw = key.private_key.sign(_canonical(signed_info), padding.PKCS1v15(), hashes.SHA256())
        value.text = b64encode(raw).decode()
        return etree.tostring(document, xml_declaration=True, encoding="utf-8")


def _fill_signed_info(
    signed_info: etree._Element, document_digest: str, properties_digest: str
) -> None:
    _append(signed_info, "CanonicalizationMethod", Algorithm=EXCLUSIVE_C14N)
    _append(signed_info, "SignatureMethod", Algorithm=RSA_SHA256)
    document = _append(signed_info, "Reference", URI="")
    _fill_reference(document, (ENVELOPED, EXCLUSIVE_C14N), document_digest)
    properties = _append(
        signed_info, "Reference", Type=SIGNED_PROPERTIES_TYPE, URI="#SignedProperties"
    )
    _fill_reference(properties, (EXCLUSIVE_C14N,), properties_digest)


def _fill_reference(reference: etree._Element, transforms: tuple[str, ...], digest: str) -> None:
    parent = _append(reference, "Transforms")
    for algorithm in transforms:
        _append(parent, "Transform", Algorithm=algorithm)
    _append(reference, "DigestMethod", Algorithm=SHA256)
    _append(reference, "DigestValue").text = digest


def _append_key_info(signature: etree._Element, certificate: x509.Certificate) -> None:
    data = _append(_append(signature, "KeyInfo"), "X509Data")
    der = certificate.public_bytes(Encoding.DER)
    _append(data, "X509Certificate").text = b64encode(der).decode()


def _append_properties(
    signature: etree._Element, certificate: x509.Certificate, signed_at: datetime
) -> etree._Element:
    qualifying = etree.SubElement(
        _append(signature, "Object"),
        f"{{{XADES}}}QualifyingProperties",
        nsmap={"xades": XADES},
        Target="#Signature",
    )
    properties = _xades(qualifying, "SignedProperties", Id="SignedProperties")
    signature_properties = _xades(properties, "SignedSignatureProperties")
    moment = signed_at.astimezone(timezone.utc)
    _xades(signature_properties, "SigningTime").text = f"{moment:%Y-%m-%dT%H:%M:%SZ}"
    cert = _xades(_xades(signature_properties, "SigningCertificate"), "Cert")
    digest = _xades(cert, "CertDigest")
    _append(digest, "DigestMethod", Algorithm=SHA256)
    _append(digest, "DigestValue").text = sha256_base64(certificate.public_bytes(Encoding.DER))
    issuer = _xades(cert, "IssuerSerial")
    _append(issuer, "X509IssuerName").text = certificate.issuer.rfc4514_string()
    _append(issuer, "X509SerialNumber").text = str(certificate.serial_number)
    return properties


def _append(parent: etree._Element, name: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{DS}}}{name}", attributes)


def _xades(parent: etree._Element, name: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{XADES}}}{name}", attributes)


def _canonical(element: etree._Element) -> bytes:
    return etree.tostring(element, method="c14n", exclusive=True, with_comments=False)


def _make_key() -> SealKey:
    private_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = authority_name("Symulator KSeF, pieczęć UPO")
    now = datetime.now(timezone.utc)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private_key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=3650))
        .sign(private_key, hashes.SHA256())
    )
    return SealKey(private_key=private_key, certificate=certificate)

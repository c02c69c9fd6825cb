"""The signed request to log in: AuthTokenRequest in a XAdES-BES signature."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from enum import Enum

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from lxml import etree

from .credentials import CertificateCredential, PrivateKey, fixed_length_signature
from .crypto import encode_base64, hash_base64
from .holder import Holder
from .messages import Context

REQUEST = "http://ksef.mf.gov.pl/auth/token/2.0"
DS = "http://www.w3.org/2000/09/xmldsig#"
XADES = "http://uri.etsi.org/01903/v1.3.2#"
SIGNED_PROPERTIES = "http://uri.etsi.org/01903#SignedProperties"
ENVELOPED = DS + "enveloped-signature"
EXCLUSIVE_C14N = "http://www.w3.org/2001/10/xml-exc-c14n#"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
ECDSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"

_SIGNATURE_ID = "Signature"
_PROPERTIES_ID = "SignedProperties"
# KSeF refuses a time of signing in its future: leave room for a clock that is fast.
_CLOCK_TOLERANCE = timedelta(minutes=1)


class SubjectIdentification(Enum):
    """How KSeF finds out who signs: by the names in the certificate, or by its fingerprint."""

    CERTIFICATE_SUBJECT = "certificateSubject"
    CERTIFICATE_FINGERPRINT = "certificateFingerprint"


def identification_of(holder: Holder) -> SubjectIdentification:
    """The way in which KSeF can find out who this holder is."""
    if holder.is_known_by_fingerprint:
        return SubjectIdentification.CERTIFICATE_FINGERPRINT
    return SubjectIdentification.CERTIFICATE_SUBJECT


def sign_request(
    challenge: str,
    context: Context,
    credential: CertificateCredential,
    *,
    identification: SubjectIdentification = SubjectIdentification.CERTIFICATE_SUBJECT,
    now: datetime,
) -> bytes:
    """The signed AuthTokenRequest, to be sent byte for byte."""
    root = _request(challenge, context, identification)
    return sign(root, credential, signed_at=now - _CLOCK_TOLERANCE)


def fingerprint(certificate_der: bytes) -> str:
    """SHA-256 of a certificate in upper-case hex: the identifier a permission is granted to."""
    return hashlib.sha256(certificate_der).hexdigest().upper()


def sign(root: etree._Element, credential: CertificateCredential, *, signed_at: datetime) -> bytes:
    """The document with an enveloped signature as the last child of ``root``."""
    document_digest = hash_base64(_canonical(root))  # what the signature's transforms leave of it
    signature = _child(root, DS, "Signature", nsmap={"ds": DS}, Id=_SIGNATURE_ID)
    signed_info = _child(signature, DS, "SignedInfo")
    value = _child(signature, DS, "SignatureValue")
    key_info = _child(_child(signature, DS, "KeyInfo"), DS, "X509Data")
    _text(key_info, DS, "X509Certificate", encode_base64(credential.certificate_der))
    properties = _add_properties(signature, credential, signed_at)
    _fill_signed_info(signed_info, document_digest, properties, credential.private_key)
    value.text = encode_base64(_signature(_canonical(signed_info), credential.private_key))
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")


def _request(
    challenge: str, context: Context, identification: SubjectIdentification
) -> etree._Element:
    root = etree.XML(f'<AuthTokenRequest xmlns="{REQUEST}"/>')
    _text(root, REQUEST, "Challenge", challenge)
    _text(_child(root, REQUEST, "ContextIdentifier"), REQUEST, context.type, context.value)
    _text(root, REQUEST, "SubjectIdentifierType", identification.value)
    return root


def _add_properties(
    signature: etree._Element, credential: CertificateCredential, signed_at: datetime
) -> etree._Element:
    holder = _child(
        _child(signature, DS, "Object"),
        XADES,
        "QualifyingProperties",
        nsmap={"xades": XADES},
        Target=f"#{_SIGNATURE_ID}",
    )
    properties = _child(holder, XADES, "SignedProperties", Id=_PROPERTIES_ID)
    signed = _child(properties, XADES, "SignedSignatureProperties")
    moment = signed_at.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    _text(signed, XADES, "SigningTime", moment)
    _add_certificate(_child(signed, XADES, "SigningCertificate"), credential)
    return properties


def _add_certificate(parent: etree._Element, credential: CertificateCredential) -> None:
    certificate = _child(parent, XADES, "Cert")
    digest = _child(certificate, XADES, "CertDigest")
    _child(digest, DS, "DigestMethod", Algorithm=SHA256)
    _text(digest, DS, "DigestValue", hash_base64(credential.certificate_der))
    serial = _child(certificate, XADES, "IssuerSerial")
    _text(serial, DS, "X509IssuerName", credential.certificate.issuer.rfc4514_string())
    _text(serial, DS, "X509SerialNumber", str(credential.certificate.serial_number))


@dataclass(frozen=True, kw_only=True)
class _Reference:
    """A ds:Reference: what is digested, how, and the digest."""

    uri: str
    type: str = ""
    transforms: tuple[str, ...]
    digest: str


def _fill_signed_info(
    signed_info: etree._Element,
    document_digest: str,
    properties: etree._Element,
    key: PrivateKey,
) -> None:
    algorithm = RSA_SHA256 if isinstance(key, RSAPrivateKey) else ECDSA_SHA256
    _child(signed_info, DS, "CanonicalizationMethod", Algorithm=EXCLUSIVE_C14N)
    _child(signed_info, DS, "SignatureMethod", Algorithm=algorithm)
    transforms = (ENVELOPED, EXCLUSIVE_C14N)
    _add_reference(signed_info, _Reference(uri="", transforms=transforms, digest=document_digest))
    about_properties = _Reference(
        uri=f"#{_PROPERTIES_ID}",
        type=SIGNED_PROPERTIES,
        transforms=(EXCLUSIVE_C14N,),
        digest=hash_base64(_canonical(properties)),
    )
    _add_reference(signed_info, about_properties)


def _add_reference(signed_info: etree._Element, reference: _Reference) -> None:
    element = _child(signed_info, DS, "Reference", URI=reference.uri)
    if reference.type:
        element.set("Type", reference.type)
    transforms = _child(element, DS, "Transforms")
    for algorithm in reference.transforms:
        _child(transforms, DS, "Transform", Algorithm=algorithm)
    _child(element, DS, "DigestMethod", Algorithm=SHA256)
    _text(element, DS, "DigestValue", reference.digest)


def _signature(data: bytes, key: PrivateKey) -> bytes:
    """PKCS#1 v1.5, or R and S of the same length one after the other (never DER)."""
    if isinstance(key, RSAPrivateKey):
        return key.sign(data, PKCS1v15(), hashes.SHA256())
    return fixed_length_signature(key.sign(data, ECDSA(hashes.SHA256())), key)


def _canonical(element: etree._Element) -> bytes:
    return etree.tostring(element, method="c14n", exclusive=True, with_comments=False)


def _child(
    parent: etree._Element,
    namespace: str,
    name: str,
    nsmap: dict[str, str] | None = None,
    **attributes: str,
) -> etree._Element:
    return etree.SubElement(parent, f"{{{namespace}}}{name}", attributes, nsmap=nsmap)


def _text(parent: etree._Element, namespace: str, name: str, text: str) -> None:
    _child(parent, namespace, name).text = text

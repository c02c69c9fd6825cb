"""Login documents signed by hand, rightly or wrongly, with self-made certificates."""

from __future__ import annotations

import datetime
import hashlib
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree
from wire import SELLER

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

DS = "http://www.w3.org/2000/09/xmldsig#"
XADES = "http://uri.etsi.org/01903/v1.3.2#"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
INCLUSIVE = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
NAMESPACE = "http://ksef.mf.gov.pl/auth/token/2.0"

SEAL_SUBJECT = (
    ("2.5.4.10", "Firma Testowa"),
    ("2.5.4.97", f"VATPL-{SELLER}"),
    ("2.5.4.3", "Firma Testowa"),
    ("2.5.4.6", "PL"),
)
PERSON_SUBJECT = (
    ("2.5.4.42", "Anna"),
    ("2.5.4.4", "Testowa"),
    ("2.5.4.5", f"TINPL-{SELLER}"),
    ("2.5.4.3", "Anna Testowa"),
    ("2.5.4.6", "PL"),
)


@dataclass(frozen=True, kw_only=True)
class Signer:
    """A key with its certificate."""

    key: PrivateKey
    certificate: x509.Certificate

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    def raw_signature(self, data: bytes) -> bytes:
        if isinstance(self.key, rsa.RSAPrivateKey):
            return self.key.sign(data, padding.PKCS1v15(), hashes.SHA256())
        size = (self.key.curve.key_size + 7) // 8
        r, s = decode_dss_signature(self.key.sign(data, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(size, "big") + s.to_bytes(size, "big")


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How to sign. The defaults are right; a test changes what it wants to be wrong."""

    canonicalization: str = EXCLUSIVE
    certificate_digest: Callable[[bytes], bytes] = field(
        default=lambda der: hashlib.sha256(der).digest()
    )
    signed_at: datetime.datetime | None = None
    references_properties: bool = True
    names_certificate: bool = True
    further_reference: str | None = None
    method: str | None = None
    sign: Callable[[Signer, bytes], bytes] = field(
        default=lambda signer, data: signer.raw_signature(data)
    )


def self_signed(
    key: PrivateKey | None = None,
    *,
    subject: tuple[tuple[str, str], ...] = SEAL_SUBJECT,
    days: int = 365,
    starts_in_days: int = -1,
    extensions: tuple[x509.ExtensionType, ...] = (),
) -> Signer:
    own_key = key or ec.generate_private_key(ec.SECP256R1())
    name = x509.Name(
        [x509.NameAttribute(x509.ObjectIdentifier(oid), value) for oid, value in subject]
    )
    start = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=starts_in_days)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(own_key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + datetime.timedelta(days=days))
    )
    for extension in extensions:
        builder = builder.add_extension(extension, critical=True)
    return Signer(key=own_key, certificate=builder.sign(own_key, hashes.SHA256()))


def login_request(
    challenge: str,
    *,
    context: str = f"<Nip>{SELLER}</Nip>",
    subject_type: str = "certificateSubject",
    namespace: str = NAMESPACE,
    policy: str = "",
) -> bytes:
    return (
        f'<AuthTokenRequest xmlns="{namespace}"><Challenge>{challenge}</Challenge>'
        f"<ContextIdentifier>{context}</ContextIdentifier>"
        f"<SubjectIdentifierType>{subject_type}</SubjectIdentifierType>{policy}"
        "</AuthTokenRequest>"
    ).encode()


def sign(document: bytes, signer: Signer, recipe: Recipe | None = None) -> bytes:
    """Appends an enveloped XAdES signature."""
    chosen = recipe or Recipe()
    root = etree.fromstring(document)
    document_digest = _digest(_canonical(root, chosen.canonicalization))
    signature = etree.SubElement(root, f"{{{DS}}}Signature", nsmap={"ds": DS}, Id="Signature")
    info = _ds(signature, "SignedInfo")
    value = _ds(signature, "SignatureValue")
    key_info = _ds(signature, "KeyInfo", Id="KeyInfo")
    data = _ds(key_info, "X509Data")
    _ds(data, "X509Certificate").text = b64encode(signer.der).decode()
    properties = _append_properties(signature, signer, chosen)
    _ds(info, "CanonicalizationMethod", Algorithm=chosen.canonicalization)
    _ds(info, "SignatureMethod", Algorithm=chosen.method or _method(signer))
    transforms = (f"{DS}enveloped-signature", chosen.canonicalization)
    _append_reference(info, "", transforms, document_digest)
    if chosen.references_properties:
        digest = _digest(_canonical(properties, chosen.canonicalization))
        reference = _append_reference(info, "#Properties", (chosen.canonicalization,), digest)
        reference.set("Type", "http://uri.etsi.org/01903#SignedProperties")
    if chosen.further_reference is not None:
        digest = _digest(_canonical(key_info, INCLUSIVE))
        _append_reference(info, chosen.further_reference, (), digest)
    raw = chosen.sign(signer, _canonical(info, chosen.canonicalization))
    value.text = b64encode(raw).decode()
    return etree.tostring(root)


def _append_properties(signature: etree._Element, signer: Signer, recipe: Recipe) -> etree._Element:
    qualifying = etree.SubElement(
        _ds(signature, "Object"),
        f"{{{XADES}}}QualifyingProperties",
        nsmap={"xades": XADES},
        Target="#Signature",
    )
    properties = etree.SubElement(qualifying, f"{{{XADES}}}SignedProperties", Id="Properties")
    inner = etree.SubElement(properties, f"{{{XADES}}}SignedSignatureProperties")
    moment = recipe.signed_at or datetime.datetime.now(datetime.timezone.utc)
    etree.SubElement(inner, f"{{{XADES}}}SigningTime").text = f"{moment:%Y-%m-%dT%H:%M:%SZ}"
    if recipe.names_certificate:
        cert = etree.SubElement(
            etree.SubElement(inner, f"{{{XADES}}}SigningCertificate"), f"{{{XADES}}}Cert"
        )
        digest = etree.SubElement(cert, f"{{{XADES}}}CertDigest")
        _ds(digest, "DigestMethod", Algorithm="http://www.w3.org/2001/04/xmlenc#sha256")
        found = recipe.certificate_digest(signer.der)
        _ds(digest, "DigestValue").text = b64encode(found).decode()
        issuer = etree.SubElement(cert, f"{{{XADES}}}IssuerSerial")
        _ds(issuer, "X509IssuerName").text = signer.certificate.issuer.rfc4514_string()
        _ds(issuer, "X509SerialNumber").text = str(signer.certificate.serial_number)
    return properties


def _append_reference(
    info: etree._Element, uri: str, transforms: tuple[str, ...], digest: str
) -> etree._Element:
    reference = _ds(info, "Reference", URI=uri)
    parent = _ds(reference, "Transforms")
    for algorithm in transforms:
        _ds(parent, "Transform", Algorithm=algorithm)
    _ds(reference, "DigestMethod", Algorithm="http://www.w3.org/2001/04/xmlenc#sha256")
    _ds(reference, "DigestValue").text = digest
    return reference


def _method(signer: Signer) -> str:
    kind = "rsa" if isinstance(signer.key, rsa.RSAPrivateKey) else "ecdsa"
    return f"http://www.w3.org/2001/04/xmldsig-more#{kind}-sha256"


def _ds(parent: etree._Element, name: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{DS}}}{name}", attributes)


def _canonical(element: etree._Element, algorithm: str) -> bytes:
    return etree.tostring(element, method="c14n", exclusive=algorithm == EXCLUSIVE)


def _digest(content: bytes) -> str:
    return b64encode(hashlib.sha256(content).digest()).decode()

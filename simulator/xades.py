"""Verification of signed login requests: XML-DSig and XAdES, read from scratch.

Stricter than the authority on purpose: enveloped signatures only, the document and the signed
properties referenced, no transforms beyond those a login needs, no SHA-1.
"""

from __future__ import annotations

import hashlib
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from lxml import etree

from .certificates import certificate_from_der
from .clock import read_moment
from .errors import BadRequest, bad_request
from .seal import DS, ENVELOPED, SIGNED_PROPERTIES_TYPE, XADES

_NS = {"ds": DS, "xades": XADES}
_CLOCK_SKEW = timedelta(minutes=1)
_MINIMUM_RSA_BITS = 2048
_MINIMUM_EC_BITS = 256
_MORE = "http://www.w3.org/2001/04/xmldsig-more#"
_2007 = "http://www.w3.org/2007/05/xmldsig-more#"
_ENC = "http://www.w3.org/2001/04/xmlenc#"

_C14N = {
    "http://www.w3.org/TR/2001/REC-xml-c14n-20010315": False,
    "http://www.w3.org/2006/12/xml-c14n11": False,
    "http://www.w3.org/2001/10/xml-exc-c14n#": True,
}
_COMMENTS = ("#WithComments", "WithComments")
_DIGESTS: Mapping[str, hashes.HashAlgorithm] = {
    f"{_ENC}sha256": hashes.SHA256(),
    f"{_MORE}sha384": hashes.SHA384(),
    f"{_ENC}sha512": hashes.SHA512(),
    f"{_2007}sha3-256": hashes.SHA3_256(),
    f"{_2007}sha3-384": hashes.SHA3_384(),
    f"{_2007}sha3-512": hashes.SHA3_512(),
}
_RSA_PKCS1: Mapping[str, hashes.HashAlgorithm] = {
    f"{_MORE}rsa-sha256": hashes.SHA256(),
    f"{_MORE}rsa-sha384": hashes.SHA384(),
    f"{_MORE}rsa-sha512": hashes.SHA512(),
}
_RSA_PSS: Mapping[str, hashes.HashAlgorithm] = {
    f"{_2007}sha256-rsa-MGF1": hashes.SHA256(),
    f"{_2007}sha384-rsa-MGF1": hashes.SHA384(),
    f"{_2007}sha512-rsa-MGF1": hashes.SHA512(),
    f"{_2007}sha3-256-rsa-MGF1": hashes.SHA3_256(),
    f"{_2007}sha3-384-rsa-MGF1": hashes.SHA3_384(),
    f"{_2007}sha3-512-rsa-MGF1": hashes.SHA3_512(),
}
_ECDSA: Mapping[str, hashes.HashAlgorithm] = {
    f"{_MORE}ecdsa-sha256": hashes.SHA256(),
    f"{_MORE}ecdsa-sha384": hashes.SHA384(),
    f"{_MORE}ecdsa-sha512": hashes.SHA512(),
    "http://www.w3.org/2021/04/xmldsig-more#ecdsa-sha3-256": hashes.SHA3_256(),
    "http://www.w3.org/2021/04/xmldsig-more#ecdsa-sha3-384": hashes.SHA3_384(),
    "http://www.w3.org/2021/04/xmldsig-more#ecdsa-sha3-512": hashes.SHA3_512(),
}


@dataclass(frozen=True, kw_only=True)
class SignedDocument:
    """A document whose signature holds: what was signed, without the signature, and by whom."""

    content: etree._Element
    certificate: x509.Certificate
    certificate_der: bytes


def verify(root: etree._Element, now: datetime) -> SignedDocument:
    """Raises 9102 without a signature, 9103 for several, 21115 for an unusable certificate and
    9105 for everything that is wrong with the one signature."""
    signature = _only_signature(root)
    der = _decode(_text(signature, "ds:KeyInfo/ds:X509Data/ds:X509Certificate"))
    certificate = certificate_from_der(der)
    properties = _signed_properties(signature)
    content = _without_signature(root, signature)
    _check_references(signature, properties, content)
    _check_signing_certificate(properties, der)
    _check_signing_time(properties, now)
    _check_value(signature, certificate)
    return SignedDocument(content=content, certificate=certificate, certificate_der=der)


def _only_signature(root: etree._Element) -> etree._Element:
    found = list(root.iter(f"{{{DS}}}Signature"))
    if not found:
        raise bad_request(9102)
    if len(found) > 1:
        raise bad_request(9103)
    if found[0].getparent() is not root:
        raise _wrong_profile()
    return found[0]


def _without_signature(root: etree._Element, signature: etree._Element) -> etree._Element:
    """A copy of the document as it was before it was signed."""
    place = root.index(signature)
    copy = deepcopy(root)
    twin = copy[place]
    _keep_tail(copy, twin)
    copy.remove(twin)
    return copy


def _keep_tail(parent: etree._Element, child: etree._Element) -> None:
    """lxml removes the text after an element together with it; the transform does not."""
    if not child.tail:
        return
    before = child.getprevious()
    if before is None:
        parent.text = (parent.text or "") + child.tail
    else:
        before.tail = (before.tail or "") + child.tail


def _signed_properties(signature: etree._Element) -> etree._Element:
    path = "ds:Object/xades:QualifyingProperties/xades:SignedProperties"
    found = signature.findall(path, namespaces=_NS)
    if len(found) != 1 or not found[0].get("Id"):
        raise _wrong_profile()
    return found[0]


def _check_references(
    signature: etree._Element, properties: etree._Element, content: etree._Element
) -> None:
    """Document and signed properties must be referenced; other parts of the signature may be."""
    references = signature.findall("ds:SignedInfo/ds:Reference", namespaces=_NS)
    by_uri = {reference.get("URI", ""): reference for reference in references}
    own_uri = f"#{properties.get('Id')}"
    if len(by_uri) != len(references) or not by_uri.keys() >= {"", own_uri}:
        raise _wrong_profile()
    if by_uri[own_uri].get("Type") != SIGNED_PROPERTIES_TYPE:
        raise _wrong_profile()
    if ENVELOPED not in _transforms(by_uri[""]):
        raise _wrong_profile()
    for uri, reference in by_uri.items():
        _check_digest(reference, _part(signature, uri) if uri else content)


def _part(signature: etree._Element, uri: str) -> etree._Element:
    """The one element of the signature with that identifier."""
    found = [node for node in signature.iter() if node.get("Id") == uri.removeprefix("#")]
    if not uri.startswith("#") or len(found) != 1:
        raise _wrong_profile()
    return found[0]


def _check_digest(reference: etree._Element, target: etree._Element) -> None:
    algorithms = [name for name in _transforms(reference) if name != ENVELOPED]
    if len(algorithms) > 1:
        raise _wrong_profile()
    canonical = _canonical(target, algorithms[0] if algorithms else next(iter(_C14N)))
    digest = _decode(_text(reference, "ds:DigestValue"))
    if _hash(_algorithm(reference, "ds:DigestMethod"), canonical) != digest:
        raise _wrong_signature()


def _transforms(reference: etree._Element) -> list[str]:
    found = reference.findall("ds:Transforms/ds:Transform", namespaces=_NS)
    return [node.get("Algorithm", "") for node in found]


def _check_signing_certificate(properties: etree._Element, der: bytes) -> None:
    for version in ("SigningCertificate", "SigningCertificateV2"):
        path = f"xades:SignedSignatureProperties/xades:{version}/xades:Cert/xades:CertDigest"
        found = properties.find(path, namespaces=_NS)
        if found is not None:
            if _hash(_algorithm(found, "ds:DigestMethod"), der) != _decode(
                _text(found, "ds:DigestValue")
            ):
                raise _wrong_signature()
            return
    raise _wrong_profile()


def _check_signing_time(properties: etree._Element, now: datetime) -> None:
    text = _text(properties, "xades:SignedSignatureProperties/xades:SigningTime")
    try:
        signed_at = read_moment(text)
    except ValueError as error:
        raise _wrong_profile() from error
    if signed_at > now + _CLOCK_SKEW:
        raise _wrong_signature()


def _check_value(signature: etree._Element, certificate: x509.Certificate) -> None:
    method = _algorithm(signature, "ds:SignedInfo/ds:SignatureMethod")
    signed_info = signature.find("ds:SignedInfo", namespaces=_NS)
    canonicalization = _algorithm(signature, "ds:SignedInfo/ds:CanonicalizationMethod")
    signed = _canonical(signed_info, canonicalization) if signed_info is not None else b""
    value = _decode(_text(signature, "ds:SignatureValue"))
    key = certificate.public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey):
            _verify_rsa(key, method, value, signed)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            _verify_ecdsa(key, method, value, signed)
        else:
            raise bad_request(21115)
    except InvalidSignature as error:
        raise _wrong_signature() from error


def _verify_rsa(key: rsa.RSAPublicKey, method: str, value: bytes, signed: bytes) -> None:
    if key.key_size < _MINIMUM_RSA_BITS:
        raise bad_request(21115, "Klucz RSA krótszy niż 2048 bitów.")
    if method in _RSA_PKCS1:
        key.verify(value, signed, padding.PKCS1v15(), _RSA_PKCS1[method])
    elif method in _RSA_PSS:
        digest = _RSA_PSS[method]
        pss = padding.PSS(mgf=padding.MGF1(digest), salt_length=digest.digest_size)
        key.verify(value, signed, pss, digest)
    else:
        raise _wrong_profile()


def _verify_ecdsa(key: ec.EllipticCurvePublicKey, method: str, value: bytes, signed: bytes) -> None:
    """The value is R‖S, each as long as the curve; ASN.1 is not accepted."""
    if key.curve.key_size < _MINIMUM_EC_BITS:
        raise bad_request(21115, "Krzywa eliptyczna krótsza niż 256 bitów.")
    if method not in _ECDSA:
        raise _wrong_profile()
    size = (key.curve.key_size + 7) // 8
    if len(value) != 2 * size:
        raise _wrong_signature()
    r, s = int.from_bytes(value[:size], "big"), int.from_bytes(value[size:], "big")
    key.verify(encode_dss_signature(r, s), signed, ec.ECDSA(_ECDSA[method]))


def _canonical(element: etree._Element, algorithm: str) -> bytes:
    base = algorithm
    for suffix in _COMMENTS:
        base = base.removesuffix(suffix)
    name = base if base in _C14N else f"{base}#"
    if name not in _C14N:
        raise _wrong_profile()
    return etree.tostring(
        element,
        method="c14n",
        exclusive=_C14N[name],
        with_comments=algorithm.endswith("WithComments"),
    )


def _hash(algorithm: str, content: bytes) -> bytes:
    if algorithm not in _DIGESTS:
        raise _wrong_profile()
    return hashlib.new(_DIGESTS[algorithm].name.replace("sha3-", "sha3_"), content).digest()


def _algorithm(node: etree._Element, path: str) -> str:
    found = node.find(path, namespaces=_NS)
    return "" if found is None else found.get("Algorithm", "")


def _text(node: etree._Element, path: str) -> str:
    text = node.findtext(path, namespaces=_NS)
    if not text:
        raise _wrong_profile()
    return text


def _decode(text: str) -> bytes:
    try:
        return b64decode("".join(text.split()), validate=True)
    except Base64Error as error:
        raise _wrong_signature() from error


def _wrong_signature() -> BadRequest:
    return bad_request(9105, "Podpis zweryfikowany negatywnie.")


def _wrong_profile() -> BadRequest:
    return bad_request(9105, "Format podpisu niezgodny z akceptowanymi profilami XAdES.")

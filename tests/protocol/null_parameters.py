"""Certificates with NULL parameters in their signature algorithm, as KSeF has issued them.

No library makes such certificates on purpose: a good one is rebuilt, and signed anew, so that
everything about it is right but the NULLs.
"""

from __future__ import annotations

from asn1crypto import core, pkcs12, x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey


class _Algorithm(core.Sequence):
    _fields = [("algorithm", core.ObjectIdentifier), ("parameters", core.Null)]


_ALGORITHM = _Algorithm(
    {"algorithm": core.ObjectIdentifier("1.2.840.10045.4.3.2"), "parameters": core.Null()}
).dump()


def with_null_parameters(der: bytes, issuer_key: EllipticCurvePrivateKey) -> bytes:
    """The certificate as ``issuer_key`` would have signed it with NULL parameters."""
    certificate = x509.Certificate.load(der)
    old = certificate["signature_algorithm"].dump()
    signed = _sequence(certificate["tbs_certificate"].dump(), old)
    signature = issuer_key.sign(signed, ECDSA(hashes.SHA256()))
    value = core.OctetBitString(signature).dump()
    return _wrap(signed + _ALGORITHM + value)


def with_other_certificate(file: bytes, certificate_der: bytes) -> bytes:
    """A PKCS#12 file without encryption, its certificate replaced by one that no library takes."""
    pfx = pkcs12.Pfx.load(file)
    safe = pfx.authenticated_safe
    for info in safe:
        bags = pkcs12.SafeContents.load(info["content"].native)
        changed = _wrap(b"".join(_exchange(bag, certificate_der) for bag in bags))
        info["content"] = core.OctetString(changed)
    content = {"content_type": "data", "content": core.OctetString(safe.dump(force=True))}
    return pkcs12.Pfx({"version": "v3", "auth_safe": content}).dump()


def _exchange(bag: pkcs12.SafeBag, certificate_der: bytes) -> bytes:
    """Keys stay to the byte: written anew, one that begins with zeros would lose them."""
    if bag["bag_id"].native != "cert_bag":
        return bytes(bag.dump())
    bag["bag_value"]["cert_value"] = core.ParsableOctetString(certificate_der)
    return bytes(bag.dump(force=True))


def without_authentication(file: bytes) -> bytes:
    """A PKCS#12 file without the code over its content."""
    content = pkcs12.Pfx.load(file)["auth_safe"]
    return pkcs12.Pfx({"version": "v3", "auth_safe": content}).dump()


def _sequence(signed: bytes, old: bytes) -> bytes:
    content = core.Sequence.load(signed).contents
    return _wrap(content.replace(old, _ALGORITHM, 1))


def _wrap(content: bytes) -> bytes:
    sequence = core.Sequence()
    sequence.contents = content
    return sequence.dump()

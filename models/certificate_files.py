"""Certificates as people hand them over, and what stands in the way of using them."""

from dataclasses import dataclass, field
from datetime import datetime, timezone

from ..ksef import errors
from ..ksef.credentials import load_files, load_pkcs12
from ..ksef.links import serial_number
from .failure import Failure

AUTHENTICATION, OFFLINE = "ksef_authentication", "ksef_offline"


@dataclass(frozen=True, kw_only=True)
class CertificateFiles:
    """Either one PKCS#12 file (`container`), or a certificate with its key in two."""

    container: bytes = field(default=b"", repr=False)
    certificate: bytes = field(default=b"", repr=False)
    key: bytes = field(default=b"", repr=False)
    password: str = field(default="", repr=False)

    def is_complete(self):
        return bool(self.container or (self.certificate and self.key))

    def load(self):
        """Return the `CertificateCredential`.

        :raises UnusableKey: with the reason; nothing is kept of the password
        """
        if self.container:
            return load_pkcs12(self.container, self.password)
        return load_files(self.certificate, self.key, self.password)


@dataclass(frozen=True, kw_only=True)
class Inspection:
    """What is in the files: a `credential` if they can be read, a `failure` if it is no use."""

    credential: object = field(default=None, repr=False)
    failure: Failure | None = None

    @classmethod
    def of_files(cls, files, scope, nip):
        """Look at files for a purpose (`scope`) of a taxpayer."""
        try:
            credential = files.load()
        except errors.UnusableKey as error:
            return cls(failure=Failure.from_error(error))
        return cls(credential=credential, failure=find_fault(credential, scope, nip))

    def facts(self):
        """What people want to know about the certificate; no secret among it."""
        if not self.credential:
            return {}
        holder, credential = self.credential.holder, self.credential
        return {
            "serial_number": serial_number(credential),
            "holder": holder.name,
            "identifier": f"{holder.kind.upper()} {holder.number}" if holder.number else False,
            "issuer": credential.issuer_name,
            "key_name": credential.key_name,
            "valid_from": credential.valid_from.replace(tzinfo=None),
            "valid_until": credential.valid_until.replace(tzinfo=None),
        }

    def acts_by_permission(self, nip):
        """Whether the holder is somebody else than the taxpayer, for KSeF."""
        holder = self.credential.holder
        return (holder.kind, holder.number) != ("nip", nip)

    @property
    def is_foreign(self):
        return bool(self.failure and self.failure.kind == "foreign_certificate")


def find_fault(credential, scope, nip):
    """Why a taxpayer cannot use a certificate for this purpose now, or None."""
    return find_unfitness(credential, scope) or _find_other_owner(credential, nip)


def find_unfitness(credential, scope):
    """Why nobody could use a certificate for this purpose now, or None."""
    now = datetime.now(timezone.utc)
    try:
        if scope == AUTHENTICATION:
            credential.check_for_login(now)
        else:
            credential.check_for_links(now)
    except errors.UnusableKey as error:
        return _failure(error.problem, scope)
    return None


def _failure(problem, scope):
    if problem is errors.KeyProblem.WRONG_TYPE and scope == OFFLINE:
        return Failure(kind="key_not_offline")
    return Failure(kind=f"key_{problem.value}")


def _find_other_owner(credential, nip):
    """A seal is good for its own organisation; persons act by their permissions in KSeF."""
    holder = credential.holder
    if holder.is_organisation and holder.kind == "nip" and holder.number != nip:
        return Failure(kind="foreign_certificate", details=(f"{holder.number} ≠ {nip}",))
    return None

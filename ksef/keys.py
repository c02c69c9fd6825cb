"""The public keys of KSeF: fetched, chosen, kept for a day at most."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from .certificate_der import read_certificate
from .codes import ExceptionCode
from .credentials import MIN_RSA_BITS
from .crypto import decode_base64
from .environment import Environment
from .errors import BadAnswer, KeyProblem, Refused, UnusableKey
from .operations import Group, Operation
from .transport import Request
from .verbs import Verbs
from .wire import Fields, parse_json

T = TypeVar("T")

TOKEN_ENCRYPTION = "KsefTokenEncryption"
KEY_ENCRYPTION = "SymmetricKeyEncryption"
MAX_AGE = timedelta(hours=24)
LIST_KEYS = Operation("GET", "/security/public-key-certificates", Group.ANONYMOUS)


@dataclass(frozen=True, kw_only=True)
class PublicKey:
    """A certificate of KSeF; ``public_key_id`` tells KSeF which of its keys we used."""

    public_key_id: str
    certificate_id: str
    certificate_der: bytes
    usages: tuple[str, ...]
    valid_from: datetime
    valid_until: datetime

    @classmethod
    def from_json(cls, answer: Fields) -> PublicKey:
        return cls(
            public_key_id=answer.text("publicKeyId"),
            certificate_id=answer.text("certificateId"),
            certificate_der=decode_base64(answer.text("certificate")),
            usages=answer.texts("usage"),
            valid_from=answer.moment("validFrom"),
            valid_until=answer.moment("validTo"),
        )

    def rsa_key(self) -> RSAPublicKey:
        """Raises UnusableKey for an EC key: the contract knows RSA-OAEP only, and no weak ones."""
        key = read_certificate(self.certificate_der).public_key()
        if not isinstance(key, RSAPublicKey) or key.key_size < MIN_RSA_BITS:
            raise UnusableKey(KeyProblem.UNSUPPORTED)
        return key

    def serves(self, usage: str, now: datetime) -> bool:
        return usage in self.usages and self.valid_from <= now <= self.valid_until


@dataclass(frozen=True, kw_only=True)
class _Fetched:
    keys: tuple[PublicKey, ...]
    at: datetime


_cache: dict[str, _Fetched] = {}


def choose_key(keys: Iterable[PublicKey], usage: str, now: datetime) -> PublicKey:
    """The newest key of this usage that is valid now; raises UnusableKey if there is none."""
    fit = [key for key in keys if key.serves(usage, now)]
    if not fit:
        raise UnusableKey(KeyProblem.NO_KEY)
    return max(fit, key=lambda key: key.valid_from)


def forget_keys(environment: Environment) -> None:
    _cache.pop(environment.api_url, None)


class KeyVerbs(Verbs):
    """Fetching KSeF's public keys and using the right one."""

    def public_keys(self, *, now: datetime) -> tuple[PublicKey, ...]:
        """All keys, from a list that this process fetched less than a day ago."""
        fetched = _cache.get(self.environment.api_url)
        if fetched is None or not timedelta(0) <= now - fetched.at < MAX_AGE:
            fetched = _Fetched(keys=self._fetch_keys(), at=now)
            _cache[self.environment.api_url] = fetched
        return fetched.keys

    def _fetch_keys(self) -> tuple[PublicKey, ...]:
        listed = parse_json(self._transport.exchange(Request(operation=LIST_KEYS)).content)
        if not isinstance(listed, list):
            raise BadAnswer("no list of keys")
        return tuple(PublicKey.from_json(Fields(key, "key")) for key in listed)

    def _with_key(self, usage: str, now: datetime, use: Callable[[PublicKey], T]) -> T:
        """Call ``use`` with the right key; once more with a fresh one if KSeF withdrew it."""
        try:
            return use(self._key_for(usage, now))
        except Refused as refusal:
            if refusal.code != ExceptionCode.PUBLIC_KEY:
                raise
        forget_keys(self.environment)
        return use(self._key_for(usage, now))

    def _key_for(self, usage: str, now: datetime) -> PublicKey:
        """A key that is valid now; a list without any is fetched anew before giving up."""
        try:
            return choose_key(self.public_keys(now=now), usage, now)
        except UnusableKey:
            forget_keys(self.environment)
            return choose_key(self.public_keys(now=now), usage, now)

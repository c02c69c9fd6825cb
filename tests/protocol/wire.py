"""KSeF spoken by hand: a client for tests that knows the wire and nothing else.

It hides nothing, repeats nothing and believes nothing, so that the simulator can be tested
without the client of the product, and can be told wrong things.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import secrets
import time
import urllib.parse
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from typing import Any

from contract import CONTRACT, Exchange
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

SELLER = "5555555555"
BUYER = "1234563218"
FORM = {"systemCode": "FA (3)", "schemaVersion": "1-0E", "value": "FA"}
_WITHOUT_CONTRACT = (404, 405, 413, 415)  # the answers of a router and of a gateway
OAEP = padding.OAEP(mgf=padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=None)


@dataclass(frozen=True, kw_only=True)
class Reply:
    """An HTTP answer. Header names are lower case."""

    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.content)

    @property
    def codes(self) -> list[int]:
        """The error codes of a 400 in the old shape."""
        found = self.json["exception"]["exceptionDetailList"]
        return [problem["exceptionCode"] for problem in found]

    @property
    def details(self) -> str:
        """All details of a 400 in the old shape, as one text to search in."""
        found = self.json["exception"]["exceptionDetailList"]
        return " ".join(text for problem in found for text in problem["details"])


class Wire:
    """One base URL; every call is one request on a fresh connection.

    Answers must keep to the contract, unless `reads_along` is switched off: for answers that
    were spoilt on purpose.
    """

    def __init__(self, base_url: str, bearer: str | None = None) -> None:
        self.base_url = base_url
        self.bearer = bearer
        self.reads_along = True

    def get(self, path: str, **headers: str) -> Reply:
        return self.call("GET", path, headers=headers)

    def delete(self, path: str, **headers: str) -> Reply:
        return self.call("DELETE", path, headers=headers)

    def post(self, path: str, body: object = None, **headers: str) -> Reply:
        return self.call("POST", path, body=body, headers=headers)

    def call(
        self, method: str, path: str, *, body: object = None, headers: dict[str, str] | None = None
    ) -> Reply:
        """`path` below `/v2`. Keyword names of headers are written with `_` for `-`."""
        sent = {name.replace("_", "-"): value for name, value in (headers or {}).items()}
        if self.bearer is not None:
            sent.setdefault("Authorization", f"Bearer {self.bearer}")
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            sent.setdefault("Content-Type", "application/json")
        url = f"{self.base_url}/v2{path}"
        reply = fetch(url, method=method, body=body, headers=sent)
        if self.reads_along:
            assert_kept(method, url, reply)
        return reply

    def as_bearer(self, token: str) -> Wire:
        return Wire(self.base_url, token)

    def public_key(self, usage: str) -> tuple[str, rsa.RSAPublicKey]:
        """Key id and key of the newest certificate with that usage."""
        published = self.get("/security/public-key-certificates").json
        entry = [entry for entry in published if usage in entry["usage"]][-1]
        certificate = x509.load_der_x509_certificate(b64decode(entry["certificate"]))
        key = certificate.public_key()
        assert isinstance(key, rsa.RSAPublicKey)
        return entry["publicKeyId"], key

    def challenge(self) -> dict[str, Any]:
        return dict(self.post("/auth/challenge").json)

    def token_login_body(self, nip: str, token: str) -> dict[str, Any]:
        challenge = self.challenge()
        key_id, key = self.public_key("KsefTokenEncryption")
        plain = f"{token}|{challenge['timestampMs']}".encode()
        return {
            "challenge": challenge["challenge"],
            "contextIdentifier": {"type": "Nip", "value": nip},
            "encryptedToken": b64encode(key.encrypt(plain, OAEP)).decode(),
            "publicKeyId": key_id,
        }

    def login_with_token(self, nip: str, token: str) -> Wire:
        """A wire that bears an access token."""
        started = self.post("/auth/ksef-token", self.token_login_body(nip, token))
        assert started.status == 202, started.content
        return self.finish_login(started)

    def finish_login(self, started: Reply) -> Wire:
        status = self.await_login(started)
        assert status["code"] == 200, status
        return self.as_bearer(self.redeem(started)["accessToken"]["token"])

    def await_login(self, started: Reply) -> dict[str, Any]:
        """Polls a login to its end; returns the status."""
        waiting = self.as_bearer(started.json["authenticationToken"]["token"])
        path = f"/auth/{started.json['referenceNumber']}"
        return await_status(lambda: waiting.get(path).json)["status"]

    def redeem(self, started: Reply) -> dict[str, Any]:
        waiting = self.as_bearer(started.json["authenticationToken"]["token"])
        return dict(waiting.post("/auth/token/redeem").json)

    def open_session(self, **changes: Any) -> Session:
        """An online session with a fresh key; `changes` replace members of the body."""
        crypto = SessionCrypto()
        body = {"formCode": FORM, "encryption": crypto.encryption(self), **changes}
        opened = self.post("/sessions/online", body)
        assert opened.status == 201, opened.content
        return Session(wire=self, crypto=crypto, reference=opened.json["referenceNumber"])


@dataclass(frozen=True, kw_only=True)
class SessionCrypto:
    key: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    iv: bytes = field(default_factory=lambda: secrets.token_bytes(16))

    def encrypt(self, plain: bytes) -> bytes:
        padder = PKCS7(128).padder()
        encryptor = Cipher(algorithms.AES(self.key), modes.CBC(self.iv)).encryptor()
        padded = padder.update(plain) + padder.finalize()
        return encryptor.update(padded) + encryptor.finalize()

    def decrypt(self, ciphertext: bytes) -> bytes:
        unpadder = PKCS7(128).unpadder()
        decryptor = Cipher(algorithms.AES(self.key), modes.CBC(self.iv)).decryptor()
        padded = decryptor.update(ciphertext) + decryptor.finalize()
        return unpadder.update(padded) + unpadder.finalize()

    def encryption(self, wire: Wire) -> dict[str, str]:
        key_id, key = wire.public_key("SymmetricKeyEncryption")
        return {
            "encryptedSymmetricKey": b64encode(key.encrypt(self.key, OAEP)).decode(),
            "initializationVector": b64encode(self.iv).decode(),
            "publicKeyId": key_id,
        }


@dataclass(frozen=True, kw_only=True)
class Session:
    """An online session that is open."""

    wire: Wire
    crypto: SessionCrypto
    reference: str

    @property
    def path(self) -> str:
        return f"/sessions/{self.reference}"

    def send_body(self, xml: bytes, **changes: Any) -> dict[str, Any]:
        encrypted = self.crypto.encrypt(xml)
        return {
            "invoiceHash": sha256(xml),
            "invoiceSize": len(xml),
            "encryptedInvoiceHash": sha256(encrypted),
            "encryptedInvoiceSize": len(encrypted),
            "encryptedInvoiceContent": b64encode(encrypted).decode(),
            "offlineMode": False,
            **changes,
        }

    def send(self, xml: bytes, **changes: Any) -> Reply:
        return self.post_body(self.send_body(xml, **changes))

    def post_body(self, body: dict[str, Any]) -> Reply:
        return self.wire.post(f"/sessions/online/{self.reference}/invoices", body)

    def verdict(self, sent: Reply) -> dict[str, Any]:
        """Polls an invoice to its end; the whole description."""
        assert sent.status == 202, sent.content
        path = f"{self.path}/invoices/{sent.json['referenceNumber']}"
        return await_status(lambda: self.wire.get(path).json)

    def send_and_wait(self, xml: bytes, **changes: Any) -> dict[str, Any]:
        return self.verdict(self.send(xml, **changes))

    def close(self) -> Reply:
        return self.wire.post(f"/sessions/online/{self.reference}/close")

    def final_status(self) -> dict[str, Any]:
        return await_status(lambda: self.wire.get(self.path).json)


def fetch(
    url: str,
    *,
    method: str = "GET",
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
) -> Reply:
    parts = urllib.parse.urlsplit(url)
    assert parts.hostname is not None
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)
    try:
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        connection.request(method, target, body=body, headers=headers or {})
        answer = connection.getresponse()
        found = {name.lower(): value for name, value in answer.getheaders()}
        return Reply(status=answer.status, headers=found, content=answer.read())
    finally:
        connection.close()


def assert_kept(method: str, url: str, reply: Reply) -> None:
    """The answer is one that the contract knows; what no contract speaks of is left alone."""
    exchange = Exchange(
        method=method,
        url=url,
        headers={},
        body=b"",
        status=reply.status,
        answer_headers=reply.headers,
        answer=reply.content,
    )
    if reply.status not in _WITHOUT_CONTRACT:
        problems = CONTRACT.answer_problems(exchange)
        assert not problems, problems


def await_status(look: Any, *, seconds: float = 20.0) -> dict[str, Any]:
    """Looks until the status code is none of those that mean "wait"."""
    ends_at = time.monotonic() + seconds
    while time.monotonic() < ends_at:
        found: dict[str, Any] = look()
        if found["status"]["code"] not in (100, 150, 170):
            return found
        time.sleep(0.002)
    raise AssertionError(f"still {found['status']} after {seconds} s")


def sha256(content: bytes) -> str:
    return b64encode(hashlib.sha256(content).digest()).decode()


def urlsafe(value: str) -> str:
    """The Base64 of links: other alphabet, no padding."""
    return value.replace("+", "-").replace("/", "_").rstrip("=")

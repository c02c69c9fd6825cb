"""A company that talks to the simulator with the client of the product."""

from __future__ import annotations

from datetime import datetime, timezone

from certificates import make_certificate, make_ec_key, seal_name
from replay import read_along
from wire import SELLER

from ksef.certificates import IssuedCertificate, make_request
from ksef.client import Client
from ksef.codes import Outcome
from ksef.credentials import CertificateCredential, CertificateType, PrivateKey
from ksef.crypto import SessionKey
from ksef.environment import local
from ksef.messages import AuthenticationStarted, AuthenticationStatus, Context, InvoiceStatus
from simulator.panel import RunningSimulator

PATIENCE = 200  # questions until an asynchronous answer has to be there


def now() -> datetime:
    return datetime.now(timezone.utc)


def connect(simulator: RunningSimulator) -> Client:
    """A client that is not logged in; KSeF judges and stores as fast as one asks."""
    simulator.control.delays(processing_seconds=0, storage_seconds=0, hwm_lag_seconds=0)
    return read_along(Client(local(simulator.url), timeout=10))


def seal(nip: str = SELLER) -> CertificateCredential:
    """A self-signed seal of a company."""
    key = make_ec_key()
    return CertificateCredential(
        certificate_der=make_certificate(seal_name(nip), key), private_key=key
    )


def finish_login(client: Client, started: AuthenticationStarted) -> AuthenticationStatus:
    """The final status of a login."""
    for _ in range(PATIENCE):
        status = client.authentication_status(started)
        if status.outcome is not Outcome.PENDING:
            return status
    raise AssertionError("a login without end")


def log_in(
    simulator: RunningSimulator,
    nip: str = SELLER,
    permissions: tuple[str, ...] = ("InvoiceRead", "InvoiceWrite"),
) -> Client:
    """A client that is logged in with a KSeF token."""
    client = connect(simulator)
    token = simulator.control.token(nip, permissions)
    return _redeem(client, client.authenticate_with_token(token, Context(value=nip), now=now()))


def log_in_as_owner(simulator: RunningSimulator, nip: str = SELLER) -> Client:
    """A client that is logged in with a certificate of the company itself."""
    client = connect(simulator)
    started = client.authenticate_with_certificate(seal(nip), Context(value=nip), now=now())
    return _redeem(client, started)


def _redeem(client: Client, started: AuthenticationStarted) -> Client:
    status = finish_login(client, started)
    assert status.outcome is Outcome.ACCEPTED, status
    client.access_token = client.redeem(started.authentication_token.value).access_token.value
    return client


def send(client: Client, *documents: bytes) -> list[InvoiceStatus]:
    """The final statuses of documents that were sent in one session, which is closed."""
    key = SessionKey.generate()
    session = client.open_online_session(key, now=now()).reference_number
    references = [client.send_invoice(session, document, key) for document in documents]
    statuses = [judged(client, session, reference) for reference in references]
    client.close_online_session(session)
    return statuses


def judged(client: Client, session: str, reference: str) -> InvoiceStatus:
    """The final status of an invoice."""
    for _ in range(PATIENCE):
        status = client.invoice_status(session, reference)
        if status.outcome is not Outcome.PENDING:
            return status
    raise AssertionError("an invoice without a verdict")


def issue(client: Client, kind: CertificateType, key: PrivateKey) -> IssuedCertificate:
    """A new certificate of the one who is logged in."""
    request = make_request(client.enrollment_data(), key)
    reference = client.enroll_certificate("Odoo - test", kind, request)
    for _ in range(PATIENCE):
        status = client.enrollment_status(reference)
        if status.outcome is not Outcome.PENDING:
            break
    assert status.outcome is Outcome.ACCEPTED, status
    [issued] = client.retrieve_certificates([status.serial_number or ""])
    return issued

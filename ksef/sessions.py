"""Sending: sessions, their invoices, their receipts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import Enum
from functools import partial

from .answers import Answer
from .crypto import SessionKey, encode_base64, hash_base64, wrap
from .errors import BadAnswer
from .keys import KEY_ENCRYPTION, KeyVerbs, PublicKey
from .messages import FA3, InvoiceStatus, ListedSession, OpenedSession, SessionStatus, Upo
from .operations import Group, Operation
from .transport import XML_LIMIT, Request
from .wire import format_moment

OPEN_ONLINE = Operation("POST", "/sessions/online", Group.ONLINE_SESSION)
SEND_INVOICE = Operation("POST", "/sessions/online/{referenceNumber}/invoices", Group.INVOICE_SEND)
CLOSE_ONLINE = Operation(
    "POST", "/sessions/online/{referenceNumber}/close", Group.ONLINE_SESSION_CLOSE
)
LIST_SESSIONS = Operation("GET", "/sessions", Group.SESSION_LIST)
SESSION_STATUS = Operation("GET", "/sessions/{referenceNumber}", Group.SESSION_MISC)
SESSION_INVOICES = Operation(
    "GET", "/sessions/{referenceNumber}/invoices", Group.SESSION_INVOICE_LIST
)
FAILED_INVOICES = Operation(
    "GET", "/sessions/{referenceNumber}/invoices/failed", Group.SESSION_INVOICE_LIST
)
INVOICE_STATUS = Operation(
    "GET", "/sessions/{referenceNumber}/invoices/{invoiceReferenceNumber}", Group.INVOICE_STATUS
)
INVOICE_UPO = Operation(
    "GET",
    "/sessions/{referenceNumber}/invoices/{invoiceReferenceNumber}/upo",
    Group.SESSION_MISC,
)
NUMBER_UPO = Operation(
    "GET", "/sessions/{referenceNumber}/invoices/ksef/{ksefNumber}/upo", Group.SESSION_MISC
)
SESSION_UPO = Operation(
    "GET", "/sessions/{referenceNumber}/upo/{upoReferenceNumber}", Group.SESSION_MISC
)
META_HASH = "x-ms-meta-hash"
_PAGE_SIZE = ("pageSize", "1000")


class SessionType(Enum):
    """The two kinds of sessions."""

    ONLINE = "Online"
    BATCH = "Batch"


class SessionVerbs(KeyVerbs):
    """Verbs of sending. ``session_reference`` is that of an online or of a batch session, but
    where the name says otherwise."""

    def open_online_session(self, key: SessionKey, *, now: datetime) -> OpenedSession:
        """Open a session for FA(3) invoices; a wrong key shows later, as session status 415."""
        return self._with_key(KEY_ENCRYPTION, now, partial(self._open_online, key))

    def send_invoice(
        self,
        session_reference: str,
        document: bytes,
        key: SessionKey,
        *,
        offline: bool = False,
        corrected_hash: str | None = None,
    ) -> str:
        """Hand in one invoice; returns the reference number to ask for its status.

        ``offline`` declares an invoice issued offline. ``corrected_hash`` (with ``offline``) makes
        it the technical correction of the rejected document of that hash. Whatever is raised,
        ``may_have_arrived`` tells whether KSeF may have taken it: then look for its hash in
        ``session_invoices`` before sending again.
        """
        body = _invoice_json(document, key)
        body["offlineMode"] = offline
        if corrected_hash is not None:
            body["hashOfCorrectedInvoice"] = corrected_hash
        request = Request(
            operation=SEND_INVOICE, values={"referenceNumber": session_reference}, json=body
        )
        return self._ask(request).fields().text("referenceNumber")

    def close_online_session(self, session_reference: str) -> None:
        """After an error, look at the status: KSeF may have closed it all the same."""
        self._ask(Request(operation=CLOSE_ONLINE, values={"referenceNumber": session_reference}))

    def session_status(self, session_reference: str) -> SessionStatus:
        request = Request(operation=SESSION_STATUS, values={"referenceNumber": session_reference})
        return SessionStatus.from_json(self._ask(request).fields())

    def list_sessions(
        self, session_type: SessionType, *, created_from: datetime
    ) -> Iterator[ListedSession]:
        """The sessions opened since then: also one whose opening was never answered."""
        parameters = (
            ("sessionType", session_type.value),
            ("dateCreatedFrom", format_moment(created_from)),
            _PAGE_SIZE,
        )
        for page in self._pages(Request(operation=LIST_SESSIONS, parameters=parameters)):
            yield from map(ListedSession.from_json, page.objects("sessions"))

    def session_invoices(self, session_reference: str) -> Iterator[InvoiceStatus]:
        """All invoices of a session, page after page."""
        return self._list_invoices(SESSION_INVOICES, session_reference)

    def failed_invoices(self, session_reference: str) -> Iterator[InvoiceStatus]:
        """The rejected invoices of a session, page after page."""
        return self._list_invoices(FAILED_INVOICES, session_reference)

    def invoice_status(self, session_reference: str, invoice_reference: str) -> InvoiceStatus:
        values = {
            "referenceNumber": session_reference,
            "invoiceReferenceNumber": invoice_reference,
        }
        request = Request(operation=INVOICE_STATUS, values=values)
        return InvoiceStatus.from_json(self._ask(request).fields())

    def invoice_upo(self, session_reference: str, invoice_reference: str) -> Upo:
        """The receipt of an accepted invoice; raises BadAnswer if its hash is not the bytes'."""
        values = {
            "referenceNumber": session_reference,
            "invoiceReferenceNumber": invoice_reference,
        }
        return self._upo(Request(operation=INVOICE_UPO, values=values, limit=XML_LIMIT))

    def upo_by_ksef_number(self, session_reference: str, ksef_number: str) -> Upo:
        values = {"referenceNumber": session_reference, "ksefNumber": ksef_number}
        return self._upo(Request(operation=NUMBER_UPO, values=values, limit=XML_LIMIT))

    def session_upo(self, session_reference: str, upo_reference: str) -> Upo:
        """One page of the receipt of a whole session."""
        values = {"referenceNumber": session_reference, "upoReferenceNumber": upo_reference}
        return self._upo(Request(operation=SESSION_UPO, values=values, limit=XML_LIMIT))

    def download_upo(self, url: str) -> Upo:
        """A receipt from the link of a status: needs no token and eats no rate limit."""
        return _upo_of(self._transport.fetch(url, limit=XML_LIMIT))

    def _open_online(self, key: SessionKey, public_key: PublicKey) -> OpenedSession:
        body = {"formCode": FA3.to_json(), "encryption": encryption_json(key, public_key)}
        return OpenedSession.from_json(
            self._ask(Request(operation=OPEN_ONLINE, json=body)).fields()
        )

    def _list_invoices(
        self, operation: Operation, session_reference: str
    ) -> Iterator[InvoiceStatus]:
        request = Request(
            operation=operation,
            values={"referenceNumber": session_reference},
            parameters=(_PAGE_SIZE,),
        )
        for page in self._pages(request):
            yield from map(InvoiceStatus.from_json, page.objects("invoices"))

    def _upo(self, request: Request) -> Upo:
        return _upo_of(self._ask(request))


def encryption_json(key: SessionKey, public_key: PublicKey) -> dict[str, object]:
    """The part of a request that tells KSeF the key of the files to come."""
    return {
        "encryptedSymmetricKey": encode_base64(wrap(key.key, public_key.rsa_key())),
        "initializationVector": encode_base64(key.initialization_vector),
        "publicKeyId": public_key.public_key_id,
    }


def checked_hash(answer: Answer) -> str:
    """The hash that KSeF sent with a document; raises BadAnswer if it is not the document's."""
    announced = answer.headers.get(META_HASH, "")
    if announced != hash_base64(answer.content):
        raise BadAnswer("a document that does not have the announced hash")
    return announced


def _upo_of(answer: Answer) -> Upo:
    return Upo(content=answer.content, content_hash=checked_hash(answer))


def _invoice_json(document: bytes, key: SessionKey) -> dict[str, object]:
    encrypted = key.encrypt(document)
    return {
        "invoiceHash": hash_base64(document),
        "invoiceSize": len(document),
        "encryptedInvoiceHash": hash_base64(encrypted),
        "encryptedInvoiceSize": len(encrypted),
        "encryptedInvoiceContent": encode_base64(encrypted),
    }

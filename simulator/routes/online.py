"""`/sessions/online`: open, send, close."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..answers import Answer, empty_answer, json_answer
from ..bodies import Hash, PositiveSize
from ..call import Call, NoBody
from ..clock import wire_moment
from ..digests import sha256_base64
from ..errors import bad_request
from ..judge import EncryptedDocument, judge_encrypted
from ..operations import Operation
from ..permissions import ENFORCEMENT_OPERATIONS, INVOICE_WRITE, PEF_INVOICE_WRITE
from ..sessions import Opening, Registration, close_session, open_session, take_invoice
from ..state import ONLINE, SessionInvoice
from .session_access import (
    FormCodeBody,
    apply_session_faults,
    apply_slowness,
    checks_identifiers,
    find_session,
    forced_verdict,
    read_form_code,
)
from .shared import EncryptionInfo, read_symmetric_key

_PERMISSIONS = (INVOICE_WRITE, PEF_INVOICE_WRITE, ENFORCEMENT_OPERATIONS)


@dataclass(frozen=True, kw_only=True)
class OpenOnlineSession:
    form_code: FormCodeBody
    encryption: EncryptionInfo


@dataclass(frozen=True, kw_only=True)
class SendInvoice:
    invoice_hash: Hash
    invoice_size: PositiveSize
    encrypted_invoice_hash: Hash
    encrypted_invoice_size: PositiveSize
    encrypted_invoice_content: bytes = field(repr=False)
    offline_mode: bool = False
    hash_of_corrected_invoice: Hash | None = None


def open_online(call: Call[OpenOnlineSession]) -> Answer:
    opening = Opening(
        kind=ONLINE,
        form_code=read_form_code(call.body.form_code),
        symmetric_key=read_symmetric_key(call, call.body.encryption),
        checks_identifiers=checks_identifiers(call),
    )
    session = open_session(call.state, call.caller.authentication, opening)
    return json_answer(
        {
            "referenceNumber": session.reference_number,
            "validUntil": wire_moment(session.valid_until),
        },
        201,
    )


def send_invoice(call: Call[SendInvoice]) -> Answer:
    session = find_session(call, ONLINE)
    apply_session_faults(call, session)
    ciphertext = _checked_content(call.body)
    document = EncryptedDocument(
        ciphertext=ciphertext,
        plain_hash=call.body.invoice_hash,
        plain_size=call.body.invoice_size,
    )
    registration = Registration(
        invoice_hash=call.body.invoice_hash,
        is_offline=call.body.offline_mode,
        corrected_hash=call.body.hash_of_corrected_invoice,
    )
    invoice = take_invoice(call.state, session, registration)
    _pass_on(call, invoice, document)
    return json_answer({"referenceNumber": invoice.reference_number}, 202)


def close_online(call: Call[NoBody]) -> Answer:
    close_session(call.state, find_session(call, ONLINE))
    return empty_answer()


def _checked_content(body: SendInvoice) -> bytes:
    """What is checked while the client waits: length and hash of the ciphertext."""
    content = body.encrypted_invoice_content
    if len(content) != body.encrypted_invoice_size:
        raise bad_request(21402, "Długość treści nie zgadza się z rozmiarem pliku.")
    if sha256_base64(content) != body.encrypted_invoice_hash:
        raise bad_request(21403, "Skrót treści nie zgadza się ze skrótem pliku.")
    return content


def _pass_on(call: Call[SendInvoice], invoice: SessionInvoice, document: EncryptedDocument) -> None:
    apply_slowness(call, invoice.unfolding)
    invoice.verdict = forced_verdict(call)
    if invoice.verdict is None:
        call.authority.work(lambda: judge_encrypted(call.state, invoice, document))


OPERATIONS = (
    Operation(
        name="open",
        method="POST",
        path="/sessions/online",
        handler=open_online,
        group="onlineSession",
        permissions=_PERMISSIONS,
        body=OpenOnlineSession,
    ),
    Operation(
        name="send",
        method="POST",
        path="/sessions/online/<reference_number>/invoices",
        handler=send_invoice,
        group="invoiceSend",
        permissions=_PERMISSIONS,
        body=SendInvoice,
    ),
    Operation(
        name="close",
        method="POST",
        path="/sessions/online/<reference_number>/close",
        handler=close_online,
        group="onlineSessionClose",
        permissions=_PERMISSIONS,
    ),
)

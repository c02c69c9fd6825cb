"""Documents that lie in the system without anybody having sent them: what others issued.

A test deposits them by the control API, with facts of its choice where the file is no invoice.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from .clock import polish_date, read_moment
from .digests import sha256_base64
from .facts import InvoiceFacts, Party, read_facts
from .markup import MalformedXml, parse_strictly
from .numbers import INVOICE, ONLINE_SESSION, ksef_number, reference_number
from .state import (
    ONLINE,
    Authentication,
    FormCode,
    Identifier,
    Method,
    Session,
    SessionInvoice,
    State,
)
from .verdicts import INVOICE as INVOICE_STATUS
from .verdicts import verdict

_FORM = FormCode(system_code="FA (3)", schema_version="1-0E", value="FA")
_METHOD = Method(category="Other", code="deposit", display_name="Depozyt", legacy_name="Other")


def deposit(state: State, values: Mapping[str, Any]) -> SessionInvoice:
    """Puts `content` (Base64) into the catalogue.

    `buyerNip`, `sellerNip`, `invoiceNumber`: facts for files that are no FA(3), or other ones than
    the file's. `storedAt`: ISO 8601. `announcedHash`: what the metadata shall claim.
    """
    content = base64.b64decode(values["content"])
    facts = _facts(content, values, state.clock.today())
    now = state.clock.now()
    stored_at = read_moment(values["storedAt"]) if "storedAt" in values else now
    invoice = SessionInvoice(
        reference_number=reference_number(INVOICE, state.clock.today()),
        ordinal_number=1,
        session=_session(state, facts),
        invoice_hash=values.get("announcedHash") or sha256_base64(content),
        invoicing_at=stored_at,
        unfolding=state.unfolding(),
        content=content,
        verdict=verdict(INVOICE_STATUS, 200),
        facts=facts,
        ksef_number=ksef_number(facts.seller_nip, polish_date(stored_at)),
        acquired_at=stored_at,
        stored_at=stored_at,
        invoicing_mode="Online",
    )
    with state.lock:
        state.by_ksef_number[invoice.ksef_number or ""] = invoice
    return invoice


def _facts(content: bytes, values: Mapping[str, Any], today: date) -> InvoiceFacts:
    if "buyerNip" not in values:
        try:
            return read_facts(parse_strictly(content))
        except (MalformedXml, IndexError) as error:
            raise ValueError("no invoice: say whose it is") from error
    buyer = Party(type="Nip", value=values["buyerNip"], name="Nabywca z depozytu")
    return InvoiceFacts(
        seller_nip=values["sellerNip"],
        seller_name="Sprzedawca z depozytu",
        buyer=buyer,
        third_subjects=(),
        authorized_subject=None,
        invoice_number=values.get("invoiceNumber", "D/1"),
        invoice_type="VAT",
        issued_on=today,
        net_amount=Decimal(100),
        gross_amount=Decimal(123),
        vat_amount=Decimal(23),
        currency="PLN",
        is_self_invoicing=False,
        has_attachment=False,
    )


def _session(state: State, facts: InvoiceFacts) -> Session:
    """A session of the seller, who is not asked."""
    now = state.clock.now()
    seller = Identifier(type="Nip", value=facts.seller_nip)
    authentication = Authentication(
        reference_number="",
        context=seller,
        subject=None,
        method=_METHOD,
        started_at=now,
        verdict=verdict(INVOICE_STATUS, 200),
        unfolding=state.unfolding(),
    )
    return Session(
        reference_number=reference_number(ONLINE_SESSION, state.clock.today()),
        kind=ONLINE,
        form_code=_FORM,
        context=seller,
        authentication=authentication,
        symmetric_key=None,
        opened_at=now,
        updated_at=now,
        valid_until=now + timedelta(hours=12),
        unfolding=state.unfolding(),
    )

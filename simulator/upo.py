"""UPO, the official receipt, version 4-3: for one invoice or for a whole session."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from lxml import etree

from .clock import WARSAW
from .seal import Seal
from .state import Authentication, Identifier, Session, SessionInvoice, State, UpoPage

NAMESPACE = "http://upo.schematy.mf.gov.pl/KSeF/v4-3"
RECIPIENT = "Ministerstwo Finansów - środowisko testowe (TE)"

_CONTEXT_ELEMENTS = {
    "Nip": "Nip",
    "InternalId": "IdWewnetrzny",
    "NipVatUe": "IdZlozonyVatUE",
    "PeppolId": "IdDostawcyUslugPeppol",
}


def invoice_upo(state: State, seal: Seal, invoice: SessionInvoice) -> bytes:
    """The receipt of one accepted invoice, made once: later calls return the same bytes."""
    with state.lock:
        if invoice.upo is None:
            root = _head(invoice.session)
            _append_form(root, invoice.session)
            _append_document(root, invoice)
            invoice.upo = seal.sign(root, state.clock.now())
        return invoice.upo


def session_upo(state: State, seal: Seal, session: Session, page: UpoPage) -> bytes:
    """The receipt of one page of a session's accepted invoices."""
    with state.lock:
        if page.content is None:
            root = _head(session)
            _append_description(root, session, page)
            _append_form(root, session)
            _append_documents(root, page.invoices)
            page.content = seal.sign(root, state.clock.now())
        return page.content


def _head(session: Session) -> etree._Element:
    root = etree.Element(f"{{{NAMESPACE}}}Potwierdzenie", nsmap={None: NAMESPACE})
    _append(root, "NazwaPodmiotuPrzyjmujacego", RECIPIENT)
    _append(root, "NumerReferencyjnySesji", session.reference_number)
    login = _append(root, "Uwierzytelnienie")
    _append_context(_append(login, "IdKontekstu"), session.context)
    _append_proof(login, session.authentication)
    return root


def _append_context(parent: etree._Element, context: Identifier) -> None:
    _append(parent, _CONTEXT_ELEMENTS[context.type], context.value)


def _append_proof(login: etree._Element, authentication: Authentication) -> None:
    if authentication.token_reference is not None:
        _append(login, "NumerReferencyjnyTokenaKSeF", authentication.token_reference)
    else:
        _append(login, "SkrotDokumentuUwierzytelniajacego", authentication.document_hash)


def _append_description(root: etree._Element, session: Session, page: UpoPage) -> None:
    # CHOICE: the schema's annotation calls the upper bound exclusive, the official samples
    # show it inclusive.
    last_number = page.first_number + len(page.invoices) - 1
    total = sum(len(each.invoices) for each in session.upo_pages)
    description = _append(root, "OpisPotwierdzenia")
    _append(description, "Strona", str(session.upo_pages.index(page) + 1))
    _append(description, "LiczbaStron", str(len(session.upo_pages)))
    _append(description, "ZakresDokumentowOd", str(page.first_number))
    _append(description, "ZakresDokumentowDo", str(last_number))
    _append(description, "CalkowitaLiczbaDokumentow", str(total))


def _append_form(root: etree._Element, session: Session) -> None:
    code = session.form_code
    schema = f"Schemat_{code.system_code.replace(' ', '')}_v{code.schema_version}.xsd"
    _append(root, "NazwaStrukturyLogicznej", schema)
    _append(root, "KodFormularza", code.system_code)


def _append_documents(root: etree._Element, invoices: Iterable[SessionInvoice]) -> None:
    for invoice in invoices:
        _append_document(root, invoice)


def _append_document(root: etree._Element, invoice: SessionInvoice) -> None:
    facts = invoice.facts
    if facts is None or invoice.acquired_at is None:
        raise ValueError(f"{invoice.reference_number} was not accepted")
    document = _append(root, "Dokument")
    _append(document, "NipSprzedawcy", facts.seller_nip)
    _append(document, "NumerKSeFDokumentu", invoice.ksef_number)
    _append(document, "NumerFaktury", facts.invoice_number)
    _append(document, "DataWystawieniaFaktury", facts.issued_on.isoformat())
    _append(document, "DataPrzeslaniaDokumentu", _local_moment(invoice.invoicing_at))
    _append(document, "DataNadaniaNumeruKSeF", _local_moment(invoice.acquired_at))
    _append(document, "SkrotDokumentu", invoice.invoice_hash)
    _append(document, "TrybWysylki", invoice.invoicing_mode)


def _append(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    element = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    element.text = text
    return element


def _local_moment(moment: datetime) -> str:
    """Polish time with its offset and milliseconds, as in the official samples."""
    return moment.astimezone(WARSAW).isoformat(timespec="milliseconds")

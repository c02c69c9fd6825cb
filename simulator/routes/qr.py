"""`/qr`: the pages that a person sees after scanning a code."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from ..answers import Answer, html_answer
from ..call import Call, NoBody
from ..operations import NO_LIMIT, PUBLIC, Operation
from ..state import SessionInvoice
from ..verification import (
    CertificateLink,
    Check,
    check_certificate_link,
    check_invoice_link,
    find_by_link,
)

_PAGE = """<!doctype html>
<html lang="pl"><head><meta charset="utf-8"><title>{title}</title></head>
<body><h1>{title}</h1><p data-verdict="{verdict}">{words}</p><ul>{checks}</ul>{facts}
<p>Symulator KSeF. Bez mocy prawnej.</p></body></html>"""
_LINE = '<li data-check="{name}" data-result="{result}">{words}: {mark}</li>'
_RESULTS = {True: ("passed", "tak"), False: ("failed", "nie"), None: ("told", "informacja")}


def invoice_page(call: Call[NoBody]) -> Answer:
    """Link I."""
    values = call.arguments
    checks = tuple(
        check_invoice_link(
            call.state, values["seller_nip"], values["issued_on"], values["invoice_hash"]
        )
    )
    invoice = find_by_link(call.state, values["invoice_hash"])
    facts = "" if invoice is None else _facts(invoice)
    return _page("Weryfikacja faktury", checks, facts)


def certificate_page(call: Call[NoBody]) -> Answer:
    """Link II. The signature covers host and path, so it is checked for the host called."""
    values = call.arguments
    link = CertificateLink(
        context_type=values["context_type"],
        context_value=values["context_value"],
        seller_nip=values["seller_nip"],
        serial_number=values["certificate_serial"],
        invoice_hash=values["invoice_hash"],
        signature=values["signature"],
        signed_text=_signed_text(call),
    )
    return _page("Weryfikacja wystawcy faktury", check_certificate_link(call.state, link), "")


def _signed_text(call: Call[NoBody]) -> str:
    path = call.incoming.path.rpartition("/")[0]
    return f"{call.incoming.headers.get('host', '')}{path}"


def _page(title: str, checks: Iterable[Check], facts: str) -> Answer:
    listed = tuple(checks)
    is_passed = all(check.is_passed is not False for check in listed)
    return html_answer(
        _PAGE.format(
            title=title,
            verdict="passed" if is_passed else "failed",
            words="Weryfikacja pozytywna." if is_passed else "Weryfikacja negatywna.",
            checks="".join(_line(check) for check in listed),
            facts=facts,
        )
    )


def _line(check: Check) -> str:
    result, mark = _RESULTS[check.is_passed]
    return _LINE.format(name=check.name, result=result, words=escape(check.words), mark=mark)


def _facts(invoice: SessionInvoice) -> str:
    facts = invoice.facts
    if facts is None:
        return ""
    shown = {
        "Numer KSeF": invoice.ksef_number or "",
        "Numer faktury": facts.invoice_number,
        "Sprzedawca": facts.seller_name,
        "Nabywca": facts.buyer.name or "",
        "Kwota": f"{facts.gross_amount} {facts.currency}",
    }
    rows = (f"<dt>{name}</dt><dd>{escape(value)}</dd>" for name, value in shown.items())
    return f"<dl>{''.join(rows)}</dl>"


OPERATIONS = (
    Operation(
        name="qr-invoice",
        method="GET",
        path="/qr/invoice/<seller_nip>/<issued_on>/<invoice_hash>",
        handler=invoice_page,
        group=NO_LIMIT,
        bearer=PUBLIC,
        is_outside_api=True,
    ),
    Operation(
        name="qr-certificate",
        method="GET",
        path="/qr/certificate/<context_type>/<context_value>/<seller_nip>/<certificate_serial>"
        "/<invoice_hash>/<signature>",
        handler=certificate_page,
        group=NO_LIMIT,
        bearer=PUBLIC,
        is_outside_api=True,
    ),
)

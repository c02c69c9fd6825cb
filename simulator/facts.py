"""What the authority reads out of an FA(3) document once its schema holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from lxml import etree

NAMESPACE = "http://crd.gov.pl/wzor/2025/06/25/13775/"
_NS = {"fa": NAMESPACE}

INVOICE_TYPES = {
    "VAT": "Vat",
    "KOR": "Kor",
    "ZAL": "Zal",
    "ROZ": "Roz",
    "UPR": "Upr",
    "KOR_ZAL": "KorZal",
    "KOR_ROZ": "KorRoz",
}
_NET_FIELDS = (
    *("P_13_1", "P_13_2", "P_13_3", "P_13_4", "P_13_5", "P_13_6_1", "P_13_6_2", "P_13_6_3"),
    *("P_13_7", "P_13_8", "P_13_9", "P_13_10", "P_13_11"),
)
# The amount in zloty stands in the field with the suffix W when the invoice is in a currency.
_VAT_FIELDS = ("P_14_1", "P_14_2", "P_14_3", "P_14_4", "P_14_5")


@dataclass(frozen=True, kw_only=True)
class Party:
    """A buyer or a third subject; `type` is Nip, VatUe, InternalId, Other or None."""

    type: str
    value: str | None
    name: str | None
    role: int | None = None


@dataclass(frozen=True, kw_only=True)
class InvoiceFacts:
    """Names follow the authority's metadata; amounts as in the document, VAT in zloty."""

    seller_nip: str
    seller_name: str
    buyer: Party
    third_subjects: tuple[Party, ...]
    authorized_subject: Party | None
    invoice_number: str
    invoice_type: str
    issued_on: date
    net_amount: Decimal
    gross_amount: Decimal
    vat_amount: Decimal
    currency: str
    is_self_invoicing: bool
    has_attachment: bool

    @property
    def identity(self) -> tuple[str, str, str]:
        """What must be unique in the whole system."""
        return (self.seller_nip, self.invoice_type, self.invoice_number)


def read_facts(root: etree._Element) -> InvoiceFacts:
    """Reads a document that is valid against the schema."""
    return InvoiceFacts(
        seller_nip=_text(root, "fa:Podmiot1/fa:DaneIdentyfikacyjne/fa:NIP") or "",
        seller_name=_text(root, "fa:Podmiot1/fa:DaneIdentyfikacyjne/fa:Nazwa") or "",
        buyer=_read_party(_only(root, "fa:Podmiot2/fa:DaneIdentyfikacyjne")),
        third_subjects=tuple(_read_third_subject(node) for node in _all(root, "fa:Podmiot3")),
        authorized_subject=_read_authorized(root),
        invoice_number=_text(root, "fa:Fa/fa:P_2") or "",
        invoice_type=_text(root, "fa:Fa/fa:RodzajFaktury") or "",
        issued_on=date.fromisoformat((_text(root, "fa:Fa/fa:P_1") or "")[:10]),
        net_amount=sum((_amount(root, name) for name in _NET_FIELDS), Decimal(0)),
        gross_amount=_amount(root, "P_15"),
        vat_amount=sum((_vat_in_zloty(root, name) for name in _VAT_FIELDS), Decimal(0)),
        currency=_text(root, "fa:Fa/fa:KodWaluty") or "",
        is_self_invoicing=_text(root, "fa:Fa/fa:Adnotacje/fa:P_17") == "1",
        has_attachment=bool(_all(root, "fa:Zalacznik")),
    )


def _read_authorized(root: etree._Element) -> Party | None:
    found = _all(root, "fa:PodmiotUpowazniony")
    if not found:
        return None
    party = _read_party(_only(found[0], "fa:DaneIdentyfikacyjne"))
    return _with_role(party, _text(found[0], "fa:RolaPU"))


def _read_third_subject(node: etree._Element) -> Party:
    party = _read_party(_only(node, "fa:DaneIdentyfikacyjne"))
    return _with_role(party, _text(node, "fa:Rola") or "0")


def _with_role(party: Party, role: str | None) -> Party:
    number = None if role is None else int(role)
    return Party(type=party.type, value=party.value, name=party.name, role=number)


def _read_party(node: etree._Element) -> Party:
    name = _text(node, "fa:Nazwa")
    for element, kind in (("NIP", "Nip"), ("IDWew", "InternalId"), ("NrID", "Other")):
        if (value := _text(node, f"fa:{element}")) is not None:
            return Party(type=kind, value=value, name=name)
    number = _text(node, "fa:NrVatUE")
    if number is not None:
        return Party(type="VatUe", value=f"{_text(node, 'fa:KodUE') or ''}{number}", name=name)
    return Party(type="None", value=None, name=name)


def _vat_in_zloty(root: etree._Element, name: str) -> Decimal:
    return _amount(root, f"{name}W") or _amount(root, name)


def _amount(root: etree._Element, name: str) -> Decimal:
    return Decimal(_text(root, f"fa:Fa/fa:{name}") or 0)


def _text(node: etree._Element, path: str) -> str | None:
    return node.findtext(path, namespaces=_NS)


def _all(node: etree._Element, path: str) -> list[etree._Element]:
    return node.findall(path, namespaces=_NS)


def _only(node: etree._Element, path: str) -> etree._Element:
    return _all(node, path)[0]

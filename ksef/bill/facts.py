"""What a received document is: its form, parties, number, dates and amounts.

Any bytes may come: nothing here raises because of them. All forms that KSeF hands out are known,
FA(3) and FA(2) by the same elements, FA_RR and PEF (UBL) by their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import TypeVar

from lxml import etree

from ..errors import InvalidDocument
from ..fa3.faktura import NAMESPACE
from ..fa3.rates import GROUPS
from ..fa3.schema import parse
from ..fa3.simple_types import collapse_blanks, read_date, read_decimal
from ..nip import clean_nip

V = TypeVar("V")

# KSeF takes 3 MB at most; what is far beyond is no invoice.
MAX_BYTES = 12_000_000
MAX_AMOUNT = Decimal(10) ** 13
EARLIEST, LATEST = date(2006, 1, 1), date(2100, 1, 1)  # of the schema, with room for nonsense

_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
_CBC, _CAC = f"{{{_UBL}CommonBasicComponents-2}}", f"{{{_UBL}CommonAggregateComponents-2}}"
_MOST_PARTIES = 200


class Form(Enum):
    """The structure of a document; the values are KSeF's names."""

    FA3 = "FA (3)"
    FA2 = "FA (2)"
    FA_RR = "FA_RR"
    PEF = "PEF"
    UNKNOWN = ""


class Obstacle(Enum):
    """Why nothing can be read."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    NO_XML = "no_xml"  # also with a DOCTYPE, which entities need
    UNKNOWN_ROOT = "unknown_root"


class Role(Enum):
    """What a party is in a document; numbers are those of ``Podmiot3/Rola``."""

    SELLER = "seller"
    BUYER = "buyer"
    AUTHORIZED = "authorized"
    FACTOR = "1"
    RECIPIENT = "2"
    PREDECESSOR = "3"
    ADDITIONAL_BUYER = "4"
    ISSUER = "5"
    PAYER = "6"
    JST_ISSUER = "7"
    JST_RECIPIENT = "8"
    GROUP_ISSUER = "9"
    GROUP_RECIPIENT = "10"
    EMPLOYEE = "11"
    OTHER = "other"


# Who has to book the document as a purchase; the others get it for information.
BUYING_ROLES = frozenset(
    {
        Role.BUYER,
        Role.RECIPIENT,
        Role.ADDITIONAL_BUYER,
        Role.JST_RECIPIENT,
        Role.GROUP_RECIPIENT,
        Role.EMPLOYEE,
    }
)
_ROLE_OF_NUMBER = {role.value: role for role in Role if role.value.isdigit()}
_FORM_OF_NAMESPACE = {
    NAMESPACE: Form.FA3,
    "http://crd.gov.pl/wzor/2023/06/29/12648/": Form.FA2,
    "http://crd.gov.pl/wzor/2026/03/06/14189/": Form.FA_RR,
}
_UBL_ROOTS = frozenset(f"{{{_UBL}{name}-2}}{name}" for name in ("Invoice", "CreditNote"))


@dataclass(frozen=True, kw_only=True)
class Party:
    """``nip`` has ten digits or is empty; ``internal_id`` is NIP-ddddd."""

    role: Role
    nip: str = ""
    name: str = ""
    internal_id: str = ""

    @property
    def owner_nip(self) -> str:
        return self.nip or self.internal_id[:10]


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Amounts are in ``currency``; what the document does not say is empty or ``None``.

    ``kind`` is ``RodzajFaktury``. ``reason`` says in words what ``obstacle`` is about.
    """

    form: Form
    obstacle: Obstacle | None = None
    reason: str = ""
    kind: str = ""
    number: str = ""
    issued_on: date | None = None
    currency: str = ""
    net_amount: Decimal | None = None
    tax_amount: Decimal | None = None
    gross_amount: Decimal | None = None
    is_self_billed: bool = False
    parties: tuple[Party, ...] = ()

    @property
    def seller_nip(self) -> str:
        return self._first(Role.SELLER).nip

    @property
    def seller_name(self) -> str:
        return self._first(Role.SELLER).name

    @property
    def buyer_nip(self) -> str:
        return self._first(Role.BUYER).nip

    def roles_of(self, nip: str) -> frozenset[Role]:
        """What the owner of the NIP is in the document; an internal unit counts as its owner."""
        return frozenset(party.role for party in self.parties if nip and party.owner_nip == nip)

    def unit_of(self, nip: str) -> str:
        """The internal identifier (IDWew) of a unit of the owner of the NIP; empty without one."""
        units = (party.internal_id for party in self.parties if nip and party.owner_nip == nip)
        return next(filter(None, units), "")

    def _first(self, role: Role) -> Party:
        return next((party for party in self.parties if party.role is role), Party(role=role))


def read_facts(document: bytes) -> Facts:
    obstacle = _obstacle_to_parsing(document)
    if obstacle:
        return Facts(form=Form.UNKNOWN, obstacle=obstacle)
    try:
        root = parse(document)
    except InvalidDocument:
        return Facts(form=Form.UNKNOWN, obstacle=Obstacle.NO_XML)
    form = form_of(root)
    if form is Form.UNKNOWN:
        return Facts(form=form, obstacle=Obstacle.UNKNOWN_ROOT)
    return _READERS[form](root, form)


def form_of(root: etree._Element) -> Form:
    if root.tag in _UBL_ROOTS:
        return Form.PEF
    name = etree.QName(root)
    is_polish = name.localname in ("Faktura", "FakturaRR")
    return _FORM_OF_NAMESPACE.get(name.namespace or "", Form.UNKNOWN) if is_polish else Form.UNKNOWN


def _obstacle_to_parsing(document: bytes) -> Obstacle | None:
    if not document:
        return Obstacle.EMPTY
    return Obstacle.TOO_LARGE if len(document) > MAX_BYTES else None


# --- FA(3), FA(2), FA_RR --------------------------------------------------------------------


def _read_polish(root: etree._Element, form: Form) -> Facts:
    body = _find(root, "FakturaRR" if form is Form.FA_RR else "Fa")
    return Facts(
        form=form,
        kind=_text(body, "RodzajFaktury"),
        number=_text(body, "P_2") or _text(body, "P_4C"),
        issued_on=_day(_text(body, "P_1") or _text(body, "P_4B")),
        currency=_text(body, "KodWaluty"),
        net_amount=_sum(body, [group.base for group in GROUPS]),
        tax_amount=_sum(body, [group.tax for group in GROUPS if group.tax]),
        gross_amount=_amount(_text(body, "P_15") or _text(body, "P_12_1")),
        is_self_billed=_text(body, "Adnotacje/P_17") == "1",
        parties=tuple(_parties(root)),
    )


def _parties(root: etree._Element) -> Iterator[Party]:
    yield _party(_find(root, "Podmiot1"), Role.SELLER)
    yield _party(_find(root, "Podmiot2"), Role.BUYER)
    name = f"{{{etree.QName(root).namespace}}}Podmiot3"
    for count, element in enumerate(root.iterchildren(name)):
        if count < _MOST_PARTIES:
            yield _party(element, _ROLE_OF_NUMBER.get(_text(element, "Rola"), Role.OTHER))
    authorized = _find(root, "PodmiotUpowazniony")
    if authorized is not None:
        yield _party(authorized, Role.AUTHORIZED)


def _party(element: etree._Element | None, role: Role) -> Party:
    return Party(
        role=role,
        nip=_nip(_text(element, "DaneIdentyfikacyjne/NIP")),
        name=_text(element, "DaneIdentyfikacyjne/Nazwa")[:512],
        internal_id=_text(element, "DaneIdentyfikacyjne/IDWew")[:20],
    )


# --- PEF ------------------------------------------------------------------------------------


def _read_ubl(root: etree._Element, form: Form) -> Facts:
    total = f"{_CAC}LegalMonetaryTotal/{_CBC}"
    return Facts(
        form=form,
        kind=etree.QName(root).localname,
        number=_text_at(root, f"{_CBC}ID"),
        issued_on=_day(_text_at(root, f"{_CBC}IssueDate")),
        currency=_text_at(root, f"{_CBC}DocumentCurrencyCode"),
        net_amount=_amount(_text_at(root, f"{total}TaxExclusiveAmount")),
        tax_amount=_amount(_text_at(root, f"{_CAC}TaxTotal/{_CBC}TaxAmount")),
        gross_amount=_amount(_text_at(root, f"{total}TaxInclusiveAmount")),
        parties=(
            _ubl_party(root, "AccountingSupplierParty", Role.SELLER),
            _ubl_party(root, "AccountingCustomerParty", Role.BUYER),
        ),
    )


def _ubl_party(root: etree._Element, name: str, role: Role) -> Party:
    party = f"{_CAC}{name}/{_CAC}Party/{_CAC}"
    return Party(
        role=role,
        nip=_nip(_text_at(root, f"{party}PartyTaxScheme/{_CBC}CompanyID")),
        name=_text_at(root, f"{party}PartyLegalEntity/{_CBC}RegistrationName")[:512],
    )


_READERS: dict[Form, Callable[[etree._Element, Form], Facts]] = {
    Form.FA3: _read_polish,
    Form.FA2: _read_polish,
    Form.FA_RR: _read_polish,
    Form.PEF: _read_ubl,
}


# --- values ---------------------------------------------------------------------------------


def _find(element: etree._Element | None, path: str) -> etree._Element | None:
    """The element at a path of local names, all in the namespace of the one it starts from."""
    if element is None:
        return None
    namespace = etree.QName(element).namespace
    return element.find("/".join(f"{{{namespace}}}{name}" for name in path.split("/")))


def _text(element: etree._Element | None, path: str) -> str:
    found = _find(element, path)
    return "" if found is None else collapse_blanks(found.text or "")


def _text_at(element: etree._Element, path: str) -> str:
    return collapse_blanks(element.findtext(path) or "")


def _sum(element: etree._Element | None, names: list[str]) -> Decimal | None:
    amounts = [_amount(_text(element, name)) for name in names]
    found = [amount for amount in amounts if amount is not None]
    return sum(found, Decimal(0)) if found else None


def _nip(text: str) -> str:
    digits = clean_nip(text)
    return digits if len(digits) == 10 and digits.isdigit() else ""


def _amount(text: str) -> Decimal | None:
    amount = _value(text, read_decimal)
    return amount if amount is not None and abs(amount) < MAX_AMOUNT else None


def _day(text: str) -> date | None:
    day = _value(text, read_date)
    return day if day and EARLIEST <= day < LATEST else None


def _value(text: str, read: Callable[[str], V]) -> V | None:
    try:
        return read(text)
    except ValueError:
        return None

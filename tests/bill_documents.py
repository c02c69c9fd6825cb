"""Documents FA(3) of other sellers, written by hand: what comes in was not made by our writer."""

from datetime import date
from xml.sax.saxutils import escape

from ..ksef.number import check_digits

SELLER_NIP = "9999999999"
NAMESPACE = "http://crd.gov.pl/wzor/2025/06/25/13775/"
ACCOUNT = "61109010140000071219812874"


def number_of(seller=SELLER_NIP, day="20260216", part="010080DD2B5E"):
    """A KSeF number with the right check digits."""
    bare = f"{seller}-{day}-{part}"
    return f"{bare}-{check_digits(f'{bare}-00')}"


def element(name, content):
    """An element; a dictionary or a list of pairs becomes its children, a list is repeated."""
    if isinstance(content, list):
        return "".join(element(name, entry) for entry in content)
    if isinstance(content, dict):
        inner = "".join(element(key, value) for key, value in content.items())
    else:
        inner = escape(str(content))
    return f"<{name}>{inner}</{name}>"


def party(nip, name, **more):
    return {
        "DaneIdentyfikacyjne": {"NIP": nip, "Nazwa": name},
        "Adres": {"KodKraju": "PL", "AdresL1": "ul. Sadowa 1 lok. 3", "AdresL2": "00-002 Kraków"},
        **more,
    }


def row(number, name="Towar", quantity=1, price=None, net=None, code="23", **more):
    """A net row; `None` leaves an element out."""
    values = {
        "NrWierszaFa": number,
        "P_7": name,
        "P_8B": quantity,
        "P_9A": price,
        "P_11": net,
        "P_12": code,
        **more,
    }
    return {key: value for key, value in values.items() if value is not None}


def totals_of(total, *groups):
    """P_13 … P_15 out of the total and (number, net amount, tax) of groups of rates."""
    stated = {}
    for number, net, tax in groups:
        stated |= {f"P_13_{number}": net, f"P_14_{number}": tax}
    return {**stated, "P_15": total}


def document(*, buyer, totals, rows=(), kind="VAT", seller=SELLER_NIP, **more):
    """The bytes of a document.

    `buyer` and `seller` are NIPs, `totals` the P_13 … P_15 as a dictionary. Of `more`, `Podmiot3`
    and `Zalacznik` go to the root, everything else into `Fa`.
    """
    third, attachment = more.pop("Podmiot3", None), more.pop("Zalacznik", None)
    invoice = {
        "KodWaluty": more.pop("KodWaluty", "PLN"),
        "P_1": more.pop("P_1", date(2026, 2, 15)),
        "P_2": more.pop("P_2", "FV/2026/02/150"),
        **totals,
        "RodzajFaktury": kind,
        "FaWiersz": list(rows),
        **more,
    }
    root = {
        "Podmiot1": party(seller, "ABC AGD sp. z o.o."),
        "Podmiot2": party(buyer, "Nasza spółka", JST=2, GV=2),
        **({"Podmiot3": third} if third else {}),
        "Fa": invoice,
        **({"Zalacznik": attachment} if attachment else {}),
    }
    body = "".join(element(name, content) for name, content in root.items())
    return f'<Faktura xmlns="{NAMESPACE}">{body}</Faktura>'.encode()

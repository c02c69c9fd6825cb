"""By which number a party is known on an FA(3) invoice, out of what Odoo's partner has."""

import re
from dataclasses import dataclass

from stdnum import get_cc_module

from ...ksef.fa3.schema import read_values
from ...ksef.nip import clean_nip

# VAT prefixes of the EU; Greece and Northern Ireland have others than their country codes.
_PREFIXES = read_values("TKodyKrajowUE")
_PREFIX_OF_COUNTRY = {"GR": "EL"}
_OTHER_SPELLINGS = {"EL": ("EL", "GR"), "XI": ("XI", "GB")}
_MODULE_OF_PREFIX = {"EL": "gr", "XI": "gb"}


@dataclass(frozen=True, kw_only=True)
class Identity:
    """One of: a Polish `nip`, `eu_number` with `eu_prefix`, `other_number`, or nothing."""

    nip: str = ""
    eu_prefix: str = ""
    eu_number: str = ""
    country: str = ""
    other_number: str = ""

    @property
    def is_missing(self):
        return not (self.nip or self.eu_number or self.other_number)

    @property
    def elements(self):
        """What `TPodmiot2` and `TPodmiot3` say of it."""
        return {
            "NIP": self.nip or None,
            "KodUE": self.eu_prefix or None,
            "NrVatUE": self.eu_number or None,
            "KodKraju": self.country or None,
            "NrID": self.other_number or None,
            "BrakID": self.is_missing,
        }


def clean_number(vat):
    """The number without blanks, dashes and dots, in capitals. "/" is Odoo's word for none."""
    return re.sub(r"[^0-9A-Z+*]", "", (vat or "").upper())


def identify(vat, country):
    """Return the `Identity` of a partner from its VAT number and country code.

    Odoo keeps the number with or without the country's prefix, as it was typed.
    """
    number = clean_number(vat)
    prefix = _PREFIX_OF_COUNTRY.get(country, country)
    if not number:
        return Identity()
    if number.startswith("PL") or (number.isdigit() and country in ("PL", False, "")):
        return Identity(nip=clean_nip(number))
    if prefix in _PREFIXES and prefix != "PL":
        return _identify_in_eu(number, prefix)
    if _has_eu_prefix(number) and len(re.findall(r"\d", number[2:])) >= 2:
        return _eu_identity(number[:2], number[2:])
    if country == "PL":
        return Identity(nip=number)  # no Polish number: the check of the NIP tells
    return Identity(country=country or "", other_number=_without_country(number, country))


def identify_partner(partner):
    """Return the `Identity` by which a partner is named as buyer."""
    number = "" if partner.ksef_is_without_id else partner.vat
    return identify(number, partner.country_id.code)


def identify_party(partner):
    """Return the `Identity` of a third party. Odoo gives contacts the number of their company."""
    is_independent = partner.commercial_partner_id == partner
    return identify_partner(partner) if is_independent else Identity()


def _identify_in_eu(number, prefix):
    for spelling in _OTHER_SPELLINGS.get(prefix, (prefix,)):
        if number.startswith(spelling):
            return _eu_identity(prefix, number.removeprefix(spelling))
    if _has_eu_prefix(number) and _is_valid(number[:2], number[2:]):
        return _eu_identity(number[:2], number[2:])
    return _eu_identity(prefix, number)


def _eu_identity(prefix, number):
    return Identity(eu_prefix=_PREFIX_OF_COUNTRY.get(prefix, prefix), eu_number=number)


def _has_eu_prefix(number):
    return _PREFIX_OF_COUNTRY.get(number[:2], number[:2]) in _PREFIXES


def _is_valid(prefix, number):
    module = get_cc_module(_MODULE_OF_PREFIX.get(prefix, prefix.lower()), "vat")
    return bool(module) and module.is_valid(number)


def _without_country(number, country):
    """A prefix is dropped only before a digit: the Swiss number starts with CHE."""
    if country and re.match(rf"{country}\d", number):
        number = number.removeprefix(country)
    return number

"""Elements of FA(3) in the words of an accountant, for what the schema has against a document."""

import re

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

_STEP = re.compile(r"([^/\[]+)(?:\[(\d+)\])?")
ELEMENTS = {
    "Podmiot1": _lt("seller"),
    "Podmiot1K": _lt("seller before the correction"),
    "Podmiot2": _lt("buyer"),
    "Podmiot2K": _lt("buyer before the correction"),
    "Podmiot3": _lt("third party"),
    "PodmiotUpowazniony": _lt("authorized entity"),
    "NIP": _lt("NIP"),
    "IDWew": _lt("internal identifier"),
    "KodUE": _lt("country of the EU VAT number"),
    "NrVatUE": _lt("EU VAT number"),
    "NrID": _lt("tax number"),
    "Nazwa": _lt("name"),
    "NrEORI": _lt("EORI number"),
    "NrKlienta": _lt("customer number"),
    "Adres": _lt("address"),
    "AdresKoresp": _lt("postal address"),
    "AdresPrzewoznika": _lt("address"),
    "KodKraju": _lt("country"),
    "AdresL1": _lt("street"),
    "AdresL2": _lt("postcode and town"),
    "Email": _lt("e-mail"),
    "Telefon": _lt("phone"),
    "KodWaluty": _lt("currency"),
    "P_1": _lt("invoice date"),
    "P_1M": _lt("place of issue"),
    "P_2": _lt("invoice number"),
    "WZ": _lt("delivery note"),
    "P_6": _lt("date of supply"),
    "P_6A": _lt("date of supply"),
    "OkresFa": _lt("period of supply"),
    "P_15": _lt("total"),
    "KursWaluty": _lt("exchange rate"),
    "KursWalutyZ": _lt("exchange rate"),
    "Zwolnienie": _lt("exemption"),
    "PrzyczynaKorekty": _lt("reason of the correction"),
    "DaneFaKorygowanej": _lt("corrected invoice"),
    "DodatkowyOpis": _lt("additional description"),
    "Klucz": _lt("heading"),
    "Wartosc": _lt("content"),
    "FakturaZaliczkowa": _lt("advance invoice"),
    "ZaliczkaCzesciowa": _lt("advance payment"),
    "FaWiersz": _lt("line"),
    "P_7": _lt("name of the goods or service"),
    "Indeks": _lt("product code"),
    "GTIN": _lt("barcode"),
    "P_8A": _lt("unit"),
    "P_8B": _lt("quantity"),
    "P_9A": _lt("unit price"),
    "P_9B": _lt("unit price with VAT"),
    "P_10": _lt("discount"),
    "P_11": _lt("net value"),
    "P_11A": _lt("value with VAT"),
    "P_12": _lt("VAT rate"),
    "P_12_XII": _lt("VAT rate of the consumer's country"),
    "GTU": _lt("GTU"),
    "Procedura": _lt("procedure"),
    "Rozliczenie": _lt("charges and deductions"),
    "Platnosc": _lt("payment"),
    "Termin": _lt("due date"),
    "RachunekBankowy": _lt("bank account"),
    "RachunekBankowyFaktora": _lt("bank account of the factor"),
    "NrRB": _lt("account number"),
    "NazwaBanku": _lt("name of the bank"),
    "WarunkiTransakcji": _lt("conditions"),
    "Umowy": _lt("contract"),
    "Zamowienia": _lt("order"),
    "DataZamowienia": _lt("date"),
    "DataUmowy": _lt("date"),
    "WarunkiDostawy": _lt("delivery terms"),
    "Transport": _lt("transport"),
    "Przewoznik": _lt("carrier"),
    "Zamowienie": _lt("order"),
    "ZamowienieWiersz": _lt("line of the order"),
    "Stopka": _lt("footer"),
}
# What the validator says, and what it means
_COMPLAINTS = (
    (re.compile(r"length.* greater than (\d+)"), _lt("it has more than %s characters")),
    (re.compile(r"length.* less(?:er)? than"), _lt("it is empty or too short")),
    (re.compile(r"must be one of"), _lt("KSeF does not know this value")),
    (re.compile(r"match any pattern"), _lt("it does not have the form that KSeF requires")),
    (re.compile(r"greater or equal|lesser or equal|less or equal"), _lt("it is out of range")),
)


def name_place(env, path):
    """The place in words, and the path itself, which a technician needs."""
    words = []
    for name, number in _STEP.findall(path):
        if name in ELEMENTS:
            word = env._(ELEMENTS[name])
            words.append(f"{word} {number}" if number else word)
    return f"{' › '.join(words)} ({path})" if words else path


def name_rule_broken(env, rule):
    """What the schema has against a value, in words where they are known."""
    for pattern, words in _COMPLAINTS:
        if match := pattern.search(rule):
            sentence = env._(words)
            return sentence % match.groups() if match.groups() else sentence
    return rule.rstrip(".")

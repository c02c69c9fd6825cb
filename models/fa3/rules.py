"""What each rule is about, in a few words: the headings under which problems are listed.

E-… forbids sending, W-… warns. The rules themselves are the methods `_check_*` beside this file,
and those on a finished document in `ksef/fa3`.
"""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

RULES = {
    "E-TYP-01": _lt("Kind of document that is not supported"),
    # parties
    "E-NIP-01": _lt("NIP of the seller"),
    "E-NIP-02": _lt("NIP of the buyer"),
    "E-NIP-03": _lt("NIP of another party"),
    "E-IDW-01": _lt("Internal identifier of a third party"),
    "E-IDN-01": _lt("Number, name or address that KSeF cannot take"),
    "E-DUP-01": _lt("Number that was used already"),
    "E-CTX-01": _lt("Seller that the access to KSeF is not for"),
    "E-BUY-01": _lt("Polish company without a NIP"),
    "E-BUY-02": _lt("Contact with another tax number than its company"),
    "E-ADR-01": _lt("Incomplete address"),
    "E-JST-01": _lt("Unit of the buyer is not named"),
    "W-JST-02": _lt("Unit of the buyer is named, but not marked"),
    # taxes
    "E-TAX-01": _lt("Tax without a KSeF rate code"),
    "E-TAX-02": _lt("Line without a VAT rate"),
    "E-TAX-03": _lt("Line with several VAT rates"),
    "W-TAX-04": _lt("Rate that does not fit goods or services"),
    "E-TAX-05": _lt("Import scheme (IOSS) or non-Union scheme"),
    "E-TAX-06": _lt("Buyer without an EU VAT number"),
    "E-TAX-07": _lt("Rate of a tax and its code differ"),
    "E-EXM-01": _lt("Legal basis of the exemption"),
    "E-TRI-01": _lt("Buyer in a triangular transaction"),
    "W-TRI-02": _lt("Other lines in a triangular transaction"),
    "E-MAR-01": _lt("Kinds of margin"),
    "W-PRC-01": _lt("Several procedures for one line"),
    "E-NST-01": _lt("New means of transport"),
    "W-MPP-01": _lt("Goods that may be in Annex 15"),
    "W-MPP-02": _lt("Split payment of advances and the rest"),
    "W-MPP-03": _lt("Split payment without a bank account"),
    "W-MPP-04": _lt("Split payment below the limit"),
    "E-UPR-01": _lt("Simplified invoice that is not allowed"),
    # lines and amounts
    "E-LIN-01": _lt("Line without a name"),
    "E-LIN-02": _lt("Invoice without lines"),
    "E-CNT-01": _lt("More entries than KSeF takes"),
    "E-SIZ": _lt("Document that is too large"),
    "E-ATT-01": _lt("Attachment that cannot be sent"),
    "E-AMT-01": _lt("VAT far from its rate"),
    "W-AMT-01": _lt("VAT that differs from its rate"),
    "E-AMT-02": _lt("Amounts that do not add up"),
    "W-AMT-02": _lt("Prices with and without VAT"),
    "E-AMT-03": _lt("Negative amount at one rate"),
    "E-AMT-04": _lt("Cash rounding that changes the VAT"),
    "E-CUR-01": _lt("VAT in PLN is missing"),
    "E-CUR-02": _lt("Currency or amount that KSeF cannot show"),
    "W-CUR-03": _lt("VAT in PLN that differs from the rate"),
    "W-CUR-04": _lt("Exchange rates of the lines"),
    "E-CUR-05": _lt("Books that are not in PLN"),
    "E-CUR-06": _lt("No exchange rate for the day"),
    "W-CUR-07": _lt("Old exchange rate"),
    "E-XSD": _lt("Data that KSeF would refuse"),
    "W-TXT-01": _lt("Text that is too long"),
    # dates and payment
    "E-DAT-01": _lt("Date that KSeF refuses"),
    "W-DAT-02": _lt("Invoice date that has passed"),
    "E-DAT-03": _lt("Period of the supply"),
    "W-DAT-04": _lt("Supply more than 60 days later"),
    "W-PAY-02": _lt("Bank account"),
    "E-PAY-04": _lt("Early payment discount"),
    "E-KNO-01": _lt("KSeF number that is not valid"),
    # corrections, advances, settlements
    "E-KOR-01": _lt("Corrected invoice is not named"),
    "E-KOR-02": _lt("Correction of different kinds of invoices"),
    "E-KOR-03": _lt("Corrected invoice has no KSeF number yet"),
    "W-KOR-04": _lt("Effect of the correction"),
    "W-KOR-05": _lt("Corrections exceed the invoice"),
    "W-KOR-06": _lt("Amounts are left after a full correction"),
    "E-KOR-07": _lt("NIP of the buyer in a correction"),
    "E-ZAL-01": _lt("Value of the order"),
    "E-ZAL-02": _lt("Advance for several orders"),
    "W-ZAL-03": _lt("Lines of the order do not add up"),
    "E-ROZ-01": _lt("Advance invoice without a number"),
    "W-ROZ-02": _lt("Advances have paid for everything"),
    "E-ROZ-03": _lt("Advances exceed the sale"),
    "E-ROZ-04": _lt("Advances that are not deducted in full"),
    "W-ROZ-05": _lt("Forgotten advances"),
}


def name_rule(env, code):
    """The heading of a rule in the user's language; the code itself where there is none."""
    return env._(RULES[code]) if code in RULES else code

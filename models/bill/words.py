from odoo import fields, models
from odoo.tools import format_date, formatLang
from odoo.tools.translate import LazyTranslate

from ...ksef.bill.draft import Doubt
from ...ksef.bill.facts import Obstacle

_lt = LazyTranslate(__name__)

OBSTACLES = {
    Obstacle.EMPTY: _lt("The file is empty. Download the document from KSeF again."),
    Obstacle.TOO_LARGE: _lt(
        "The file is larger than any document that KSeF takes (3 MB), so it is not read. Open the "
        "original file."
    ),
    Obstacle.NO_XML: _lt(
        "The file is not well-formed XML, or it has a document type declaration (DOCTYPE), which "
        "is refused because it may be used for attacks. Ask the sender for the right file."
    ),
    Obstacle.UNKNOWN_ROOT: _lt(
        "The file is none of the documents that KSeF hands out: FA(3), FA(2), FA_RR or PEF. Look "
        "at the original file."
    ),
}
# %(subject)s, %(found)s and %(stated)s are those of the remark
DOUBTS = {
    Doubt.FORMAL: _lt(
        "A correction of data only: it changes no amount, so there is no bill to make."
    ),
    Doubt.RATE_ONLY: _lt(
        "A correction of the exchange rate: only the VAT in PLN changes. Book the difference by a "
        "journal entry."
    ),
    Doubt.NO_AMOUNTS: _lt("The document has no amounts, so there is no bill to make."),
    Doubt.GROUP_DIFFERS: _lt(
        "The rows with VAT %(subject)s come to %(found)s net, but the document states %(stated)s. "
        "Compare the lines with the document and ask the vendor for a correction."
    ),
    Doubt.TAX_DIFFERS: _lt(
        "The VAT of rate %(subject)s is %(found)s here, but %(stated)s in the document. Check the "
        "tax on the lines."
    ),
    Doubt.TAX_IN_PLN: _lt(
        "The document states %(stated)s PLN of VAT at the rate %(subject)s, which does not fit the "
        "VAT in its currency. The VAT in PLN follows from the exchange rate here: check it."
    ),
    Doubt.TOTAL_DIFFERS: _lt(
        "The amounts come to %(found)s, but the total due of the document is %(stated)s."
    ),
    Doubt.NEGATIVE: _lt(
        "The total is negative although the document is no correction. It was made a refund."
    ),
    Doubt.RATE_UNKNOWN: _lt(
        "Rows worth %(found)s name no VAT rate, or one that does not exist. Choose their tax."
    ),
    Doubt.RATES_DIFFER: _lt(
        "The rows have several exchange rates (%(found)s). The rate of the bill is the one that "
        "gives the VAT in PLN of the document."
    ),
    Doubt.CHARGES: _lt("%(stated)s is to be paid beside the invoice; it has lines of its own."),
    Doubt.DEDUCTIONS: _lt(
        "The vendor deducts %(stated)s from the payment. It is not booked on this bill."
    ),
    Doubt.RECEIPT: _lt(
        "The sale was on a cash register before (FP). Make sure that the receipt is not booked too."
    ),
    Doubt.CASH_METHOD: _lt(
        "The vendor uses the cash method: VAT may be deducted when the bill is paid (art. 86(10e) "
        "VAT Act)."
    ),
    Doubt.FACTOR: _lt("The bill is to be paid to a factor, not to the vendor."),
    Doubt.PAID: _lt("According to the document it is paid already (%(stated)s)."),
    Doubt.INSTALMENTS: _lt(
        "Payable by instalments (%(stated)s), and a document of KSeF does not state how much each "
        "is. The due date is the last one: choose payment terms with the days and shares agreed "
        "with the vendor."
    ),
    Doubt.REVERSE_CHARGE: _lt(
        "Reverse charge: the buyer accounts for the VAT. Check the taxes of the lines."
    ),
    Doubt.TAX_MISSING: _lt(
        "There is no active purchase tax with the KSeF rate code %(subject)s. Choose a tax on the "
        "lines, or set the code on a purchase tax in Accounting, Configuration, Taxes."
    ),
    Doubt.TAX_POINT_LATER: _lt(
        "The tax point (%(stated)s) is in a later period than the receipt: VAT may be deducted "
        "only from then on (art. 86(10) VAT Act). Check the accounting date."
    ),
    Doubt.VENDOR_NEW: _lt("The vendor was not known: a contact was made from the document."),
    Doubt.VENDOR_UNKNOWN: _lt("The document does not tell who the vendor is. Choose the vendor."),
    Doubt.ACCOUNT_NEW: _lt(
        "The bank account %(subject)s is new and not trusted yet. Check it, for example in the "
        "register of VAT taxpayers, before you pay to it."
    ),
    Doubt.CURRENCY_UNKNOWN: _lt(
        "The currency “%(subject)s” is unknown. Enter the amounts by hand."
    ),
    Doubt.ORIGINAL_UNKNOWN: _lt("The corrected document %(subject)s is not in Odoo."),
    Doubt.ADVANCE_UNKNOWN: _lt(
        "The invoice of the advance that is settled, %(subject)s, is not in Odoo. Check the "
        "account of the line that deducts it."
    ),
    Doubt.MANY_ROWS: _lt(
        "The document has %(found)s rows, so the bill has one line for each VAT rate. The rows "
        "stand in the KSeF document."
    ),
    Doubt.TWIN: _lt(
        "%(subject)s has the same vendor, reference and amount. If it is the same document, delete "
        "this draft and tie the document to that bill."
    ),
    Doubt.OTHER_FORM: _lt(
        "A document of the form %(subject)s is not read line by line. It is kept with this draft: "
        "enter the amounts by hand."
    ),
    Doubt.DEFECT: _lt(
        "An error inside Odoo stopped the reading. The document is kept; enter the bill by hand. "
        "Your administrator finds the details in the server's log."
    ),
}
# Remarks are stored as documents write their values; of the other doubts they are texts
NUMBERS = {
    Doubt.GROUP_DIFFERS,
    Doubt.TAX_DIFFERS,
    Doubt.TAX_IN_PLN,
    Doubt.TOTAL_DIFFERS,
    Doubt.RATE_UNKNOWN,
    Doubt.RATES_DIFFER,
    Doubt.CHARGES,
    Doubt.DEDUCTIONS,
}
DAYS = {Doubt.PAID, Doubt.INSTALMENTS, Doubt.TAX_POINT_LATER}
MOST_DECIMALS = 6
MOST_NAMED = 5


class KsefBillReader(models.AbstractModel):
    """Texts for people about documents that were received."""

    _inherit = "ksef.bill.reader"

    def _words_of(self, remarks):
        """The texts of remarks in the language of the user."""
        return tuple(self._words_of_remark(remark) for remark in remarks)

    def _words_of_remark(self, remark):
        text = DOUBTS[remark.doubt]._translate(self.env.lang or "en_US")
        return text % {
            "subject": remark.subject,
            "found": self._say(remark.found, remark.doubt),
            "stated": self._say(remark.stated, remark.doubt) or "–",
        }

    def _say(self, values, doubt):
        """Values of a remark, in the document separated by commas, as the language has them."""
        listed = values.split(", ") if values else []
        if doubt in NUMBERS:
            return "; ".join(map(self._say_number, listed))
        return ", ".join(map(self._say_day, listed)) if doubt in DAYS else values

    def _say_number(self, number):
        """With its decimals, of which exchange rates have more than amounts."""
        decimals = len(number.partition(".")[2])
        return formatLang(self.env, float(number), digits=min(max(2, decimals), MOST_DECIMALS))

    def _say_day(self, day):
        return format_date(self.env, fields.Date.to_date(day))

    def _words_of_obstacle(self, obstacle):
        return OBSTACLES[obstacle]._translate(self.env.lang or "en_US") if obstacle else ""

    def _words_of_roles(self, roles, facts, company):
        """Why a document that we are not the buyer of makes no bill."""
        nip = company._ksef_nip()
        if any(role.value == "seller" for role in roles):
            return self.env._(
                "%(company)s itself is the seller of %(number)s. It is a sale, not a bill.",
                company=company.name,
                number=facts.number or "–",
            )
        if roles:
            return self.env._(
                "%(company)s is named in %(number)s for information only, for example as payer or "
                "issuer, and not as the buyer. Nothing is to be booked.",
                company=company.name,
                number=facts.number or "–",
            )
        return self.env._(
            "The document is addressed to NIP %(buyer)s, but %(company)s has NIP %(nip)s. Mark it "
            "as not ours, or open it in the company that it belongs to.",
            buyer=facts.buyer_nip or "–",
            company=company.name,
            nip=nip or "–",
        )

    def _words_of_keepers(self, bills):
        return self.env._(
            "It is kept with the corrected %(bills)s.",
            bills=", ".join(bill.display_name for bill in bills[:MOST_NAMED]),
        )

    def _words_of_wrong_number(self, number):
        return self.env._(
            "“%(number)s” is not a KSeF number, or its check digits are wrong. Copy the number "
            "again from KSeF.",
            number=number,
        )

    def _words_of_other_number(self, number, facts):
        return self.env._(
            "The KSeF number %(number)s does not fit the document: it belongs to a seller with NIP "
            "%(nip)s, but the seller in the document has NIP %(seller)s. Fetch the document again.",
            number=number,
            nip=number[:10],
            seller=facts.seller_nip or "–",
        )

    def _words_of_taken_number(self, other):
        return self.env._(
            "%(bill)s has the KSeF number %(number)s already.",
            bill=other.display_name,
            number=other.ksef_number,
        )

"""What each kind of correction issues, and why it usually is made, in an accountant's words.

`kind` is KOR, or what corrects an advance invoice (KOR_ZAL) or its settlement (KOR_ROZ).
"""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

EXPLANATIONS = {
    "cancel": _lt(
        "A credit note (%(kind)s) that takes every line back, to zero. An invoice with a KSeF "
        "number cannot be deleted; this is how it is cancelled."
    ),
    "return": _lt(
        "A credit note (%(kind)s) for the goods that came back: you enter the quantities that "
        "stay with the buyer. The price stays as it was."
    ),
    "lines": _lt(
        "One correction (%(kind)s) with the lines before and after. If the buyer has to pay "
        "less it is a credit note, if more a debit note; if only a name changes, the "
        "amounts are zero."
    ),
    "amount": _lt(
        "One correction (%(kind)s) of the advance that the invoice is for, or that it deducts. "
        "If the buyer has to pay less it is a credit note, if more a debit note."
    ),
    "discount": _lt(
        "One credit note (KOR) for all invoices of the period. It names the invoices and "
        "the period; the discount is entered for each VAT rate."
    ),
    "buyer": _lt(
        "A correction of data (%(kind)s) over 0.00: the document shows the buyer as it was "
        "and as it is. The NIP must be the same. The contact is corrected too."
    ),
    "vendor": _lt(
        "A correction of data (%(kind)s) over 0.00: the document shows the vendor, who is the "
        "seller, as it was and as it is. The NIP must be the same. The contact is corrected too."
    ),
    "nip": _lt(
        "Two documents: a credit note (KOR) to zero for the buyer of the invoice, with "
        "the wrong NIP, and a new invoice for the right buyer. KSeF does not let a NIP be "
        "corrected."
    ),
    "data": _lt(
        "A correction of data (%(kind)s) over 0.00 with the right contents. You fill in only "
        "what was wrong."
    ),
    "number": _lt(
        "A correction of data (%(kind)s) over 0.00 that names the wrong number and the right "
        "one. In Odoo the invoice keeps its number."
    ),
    "rate": _lt(
        "A correction (KOR) that leaves the amounts in the foreign currency and changes "
        "the VAT in PLN, and a journal entry with the differences in PLN."
    ),
}
USUAL_REASONS = {
    "cancel": _lt("Cancellation of the invoice"),
    "return": _lt("Return of goods"),
    "amount": _lt("Wrong amount of the advance"),
    "discount": _lt("Discount after the sale"),
    "buyer": _lt("Wrong data of the buyer"),
    "vendor": _lt("Wrong data of the vendor"),
    "nip": _lt("Wrong NIP of the buyer"),
    "number": _lt("Wrong number of the invoice"),
    "rate": _lt("Wrong exchange rate"),
}

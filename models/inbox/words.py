"""Texts of the inbox for people."""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

FAULTS = [
    ("missing", "The file has not come yet"),
    ("refused", "KSeF does not hand the file out"),
    ("hash", "The file is not the one that KSeF announced"),
    ("number", "The KSeF number does not fit the file"),
    ("unreadable", "The file cannot be read"),
    ("misaddressed", "The document is not addressed to this company"),
]
FAULT_WORDS = {
    "missing": _lt(
        "KSeF listed this document, but the package held no file for it. It is downloaded by "
        "itself within the next hours."
    ),
    "refused": _lt(
        "KSeF lists this document and does not hand it out. Look for it in the KSeF application, "
        "and ask the seller for a copy."
    ),
    "hash": _lt(
        "What was received differs from what KSeF announced, so the file may be damaged. Compare "
        "it with the document in the KSeF application before it is booked."
    ),
    "number": _lt(
        "The KSeF number begins with the NIP of somebody who does not appear in the file, or its "
        "check digits are wrong. Compare it with the document in the KSeF application."
    ),
    # of a well-formed file; what else stands in the way of reading has words of its own
    "unreadable": _lt(
        "An error inside Odoo stopped the reading. The original is kept here. Your administrator "
        "finds the details in the server's log."
    ),
    "misaddressed": _lt(
        "The NIP of this company does not appear in the document. Do not book it. If the seller "
        "has used a wrong NIP, mark the document as not ours and ask for a correction."
    ),
}

from datetime import timedelta
from decimal import Decimal

from odoo import models
from odoo.exceptions import UserError

from ...ksef import number as ksef_numbers
from ...ksef.bill.draft import Doubt, Remark
from ...ksef.bill.references import reference_key
from ..account_move_bill import BILL_TYPES

_MOST = 50
_DAYS = timedelta(days=45)
_CENT = 0.011


class KsefBillReader(models.AbstractModel):
    """Bills that somebody made before their document came from KSeF, and their ties to it."""

    _inherit = "ksef.bill.reader"

    # === FINDING === #

    def _find_twins(self, facts, company):
        """Return the bills without a number that may be the one of `facts`, the nearest first.

        Near is the same reference, or the same amount at about the same time; those for which
        `_is_exact_twin` holds are the same beyond doubt. A bill made of an uploaded file is one
        of them: what KSeF hands out is worth more than the file.
        """
        found = self._find_alike(facts, company, [("ksef_number", "=", False)])
        return found.sorted(lambda bill: -self._likeness(bill, facts))

    def _find_alike(self, facts, company, domain):
        """The bills of `domain` that are like a document."""
        vendor = self._find_vendor(facts.seller_nip, company).commercial_partner_id
        likenesses = self._likenesses(facts)
        if not likenesses:
            return self.env["account.move"]
        return self.env["account.move"].search(
            [
                ("company_id", "=", company.id),
                ("move_type", "in", BILL_TYPES),
                ("state", "!=", "cancel"),
                ("commercial_partner_id", "in", (False, vendor.id)),
                *domain,
                *likenesses,
            ],
            order="invoice_date DESC, id DESC",
            limit=_MOST,
        )

    def _likenesses(self, facts):
        """Domain of what is similar; empty where the document says too little to compare."""
        domains = []
        if facts.number:
            domains.append([("ref", "=ilike", facts.number.replace("%", r"\%"))])
            domains.append([("payment_reference", "=ilike", facts.number.replace("%", r"\%"))])
        if facts.gross_amount and facts.issued_on:
            gross = float(abs(facts.gross_amount))
            domains.append(
                [
                    "&",
                    "&",
                    ("amount_total", ">=", gross - _CENT),
                    ("amount_total", "<=", gross + _CENT),
                    "|",
                    ("invoice_date", "=", False),
                    "&",
                    ("invoice_date", ">=", facts.issued_on - _DAYS),
                    ("invoice_date", "<=", facts.issued_on + _DAYS),
                ]
            )
        return [*["|"] * (len(domains) - 1), *(part for domain in domains for part in domain)]

    def _is_exact_twin(self, bill, facts):
        """Whether vendor, reference and amount agree."""
        return bool(
            bill.commercial_partner_id
            and self._is_same_reference(bill, facts.number)
            and self._is_same_amount(bill, facts)
        )

    def _likeness(self, bill, facts):
        return (
            4 * self._is_same_reference(bill, facts.number)
            + 2 * self._is_same_amount(bill, facts)
            + (bill.invoice_date == facts.issued_on)
        )

    def _is_same_reference(self, bill, number):
        key = reference_key(number)
        return bool(key) and key in (
            reference_key(bill.ref or ""),
            reference_key(bill.payment_reference or ""),
        )

    def _is_same_amount(self, bill, facts):
        """The total and what it is in; a refund is not the invoice that it takes back."""
        if facts.gross_amount is None or bill.currency_id.name != facts.currency:
            return False
        is_refund = facts.gross_amount < 0
        total = round(Decimal(repr(bill.amount_total)), 2)
        return is_refund == (bill.move_type == "in_refund") and total == abs(facts.gross_amount)

    def _twin_remarks(self, facts, source, move):
        """Uploaded files become bills at once, so a twin can only be told of.

        Also one that has its number: the same file may have come from KSeF before.
        """
        twins = self._find_alike(facts, source.company, [("id", "!=", move.id)])
        exact = twins.filtered(lambda bill: self._is_exact_twin(bill, facts))[:1]
        if not exact:
            return ()
        return (Remark(doubt=Doubt.TWIN, subject=exact.display_name, found=str(exact.id)),)

    # === TYING === #

    def _tie(self, move, document, ksef_number=None):
        """Give an existing bill its document and its KSeF number.

        :raises UserError: if the number is not one, or belongs to another document
        """
        facts = self._facts(document)
        if ksef_number:
            self._check_tie(facts, ksef_number, move)
            move.write({"ksef_number": ksef_number, "ksef_outside_reason": False})
        move._ksef_keep_document(document)
        move.message_post(
            body=self.env._(
                "Tied to the KSeF document %(number)s of %(seller)s.",
                number=ksef_number or facts.number or "–",
                seller=facts.seller_name or facts.seller_nip or "–",
            )
        )

    def _check_tie(self, facts, ksef_number, move):
        if not ksef_numbers.is_valid(ksef_number):
            raise UserError(self._words_of_wrong_number(ksef_number))
        if facts.parties and ksef_number[:10] not in {party.nip for party in facts.parties}:
            raise UserError(self._words_of_other_number(ksef_number, facts))
        other = move._ksef_bills_numbered([ksef_number]) - move
        if other:
            raise UserError(self._words_of_taken_number(other[:1]))

    def _untie(self, move):
        """Take number and document off a bill again; the bill itself stays as it is."""
        move.message_post(
            body=self.env._("No longer tied to the KSeF document %s.", move.ksef_number or "–")
        )
        move.ksef_number = False
        move.sudo().write(
            {
                "ksef_document": False,
                "ksef_document_hash": False,
                "ksef_remarks": False,
                "ksef_is_to_review": False,
            }
        )

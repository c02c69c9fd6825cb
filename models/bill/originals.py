from odoo import models

from ...ksef.bill.draft import Doubt, Outcome, Remark
from ...ksef.bill.terms import day
from ..account_move_bill import BILL_TYPES

_MOST_ORDERS = 50


class KsefBillReader(models.AbstractModel):
    """What a document refers to: the bill it corrects, the order it fulfils."""

    _inherit = "ksef.bill.reader"

    # === CORRECTED BILLS === #

    def _original_values(self, fa, draft, source):
        """A refund of one known bill is tied to it; others name in the note what they correct."""
        originals = self._find_originals(fa.DaneFaKorygowanej, source)
        is_one = len(fa.DaneFaKorygowanej) == 1 and len(originals) == 1
        if draft.outcome is not Outcome.REFUND or not is_one:
            return {}
        return {"reversed_entry_id": originals.id}

    def _find_originals(self, corrected, source):
        """The bills that a correction names, by KSeF number, else by reference and day."""
        bills = self.env["account.move"]
        numbers = [entry.NrKSeFFaKorygowanej for entry in corrected if entry.NrKSeFFaKorygowanej]
        domain = [
            ("company_id", "=", source.company.id),
            ("move_type", "in", BILL_TYPES),
            ("state", "!=", "cancel"),
        ]
        found = bills.search([*domain, ("ksef_number", "in", numbers)]) if numbers else bills
        if found or len(corrected) != 1:
            return found
        return self._find_original_by_reference(domain, corrected[0], source)

    def _find_original_by_reference(self, domain, corrected, source):
        vendor = self._find_vendor(self._facts_of_seller(source), source.company)
        if not vendor or not corrected.NrFaKorygowanej:
            return self.env["account.move"]
        issued_on = day(corrected.DataWystFaKorygowanej)
        return self.env["account.move"].search(
            [
                *domain,
                ("commercial_partner_id", "=", vendor.commercial_partner_id.id),
                ("ref", "=", corrected.NrFaKorygowanej),
                *([("invoice_date", "=", issued_on)] if issued_on else []),
            ]
        )

    def _facts_of_seller(self, source):
        return self._facts(source.document).seller_nip

    def _original_remarks(self, fa, source):
        """Corrections of documents that are not here are booked all the same."""
        corrected = fa.DaneFaKorygowanej
        if not corrected or self._find_originals(corrected, source):
            return ()
        names = ", ".join(filter(None, (entry.NrFaKorygowanej for entry in corrected[:5])))
        return (Remark(doubt=Doubt.ORIGINAL_UNKNOWN, subject=names),)

    # === ORDERS === #

    def _match_order(self, bill, fa):
        """Name the order on the bill, and let Odoo match it where Purchase is installed."""
        named = fa.WarunkiTransakcji.Zamowienia if fa.WarunkiTransakcji else ()
        numbers = [order.NrZamowienia for order in named[:_MOST_ORDERS] if order.NrZamowienia]
        if not numbers:
            return
        bill.invoice_origin = ", ".join(numbers)[:256]
        if "purchase.order" in self.env:
            self._tell_orders(bill, numbers)

    def _tell_orders(self, bill, numbers):
        """A link to the orders: whether the goods came is for a person to see."""
        orders = (
            self.env["purchase.order"]
            .sudo()
            .search(
                [
                    ("company_id", "=", bill.company_id.id),
                    ("partner_id", "child_of", bill.commercial_partner_id.id),
                    "|",
                    ("name", "in", numbers),
                    ("partner_ref", "in", numbers),
                ],
                limit=_MOST_ORDERS,
            )
        )
        if orders:
            links = ", ".join(order.name for order in orders)
            bill.message_post(
                body=self.env._("The document names these purchase orders: %s", links)
            )

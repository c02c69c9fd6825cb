from odoo import models

from ...ksef.bill.draft import Doubt, Outcome, Remark
from ...ksef.bill.terms import day
from ..account_move_bill import BILL_TYPES

# Where Odoo keeps what a document corrects; the second needs its module of debit notes
ORIGIN_FIELDS = {Outcome.REFUND: "reversed_entry_id", Outcome.BILL: "debit_origin_id"}


class KsefBillReader(models.AbstractModel):
    """What a document refers to: the bills that it corrects."""

    _inherit = "ksef.bill.reader"

    def _find_originals(self, corrected, vendor, source):
        """The bills that a correction names, by KSeF number, else by reference and day."""
        bills = self.env["account.move"]
        numbers = [entry.NrKSeFFaKorygowanej for entry in corrected if entry.NrKSeFFaKorygowanej]
        domain = [
            ("company_id", "=", source.company.id),
            ("move_type", "in", BILL_TYPES),
            ("state", "!=", "cancel"),
        ]
        found = bills.search([*domain, ("ksef_number", "in", numbers)]) if numbers else bills
        if found or len(corrected) != 1 or not vendor or not corrected[0].NrFaKorygowanej:
            return found
        issued_on = day(corrected[0].DataWystFaKorygowanej)
        return bills.search(
            [
                *domain,
                ("commercial_partner_id", "=", vendor.commercial_partner_id.id),
                ("ref", "=", corrected[0].NrFaKorygowanej),
                *([("invoice_date", "=", issued_on)] if issued_on else []),
            ]
        )

    def _original_values(self, originals, fa, draft):
        """The field of Odoo that ties a correction to the one known bill that it corrects."""
        if len(fa.DaneFaKorygowanej) != 1 or len(originals) != 1:
            return {}
        name = ORIGIN_FIELDS[draft.outcome]
        return {name: originals.id} if name in originals._fields else {}

    def _original_remarks(self, originals, fa):
        """Corrections of documents that are not here are booked all the same."""
        corrected = fa.DaneFaKorygowanej
        if not corrected or originals:
            return ()
        names = ", ".join(filter(None, (entry.NrFaKorygowanej for entry in corrected[:5])))
        return (Remark(doubt=Doubt.ORIGINAL_UNKNOWN, subject=names),)

    def _name_correction(self, bill, originals):
        """Whoever looks at a corrected bill finds the correction there."""
        for original in originals:
            original.message_post(
                body=self.env._("Corrected by %s.", bill._get_html_link(title=bill.ref or None))
            )

    def _tell_originals(self, document, source):
        """Keep a correction that books nothing with the bills that it corrects."""
        name = f"{source.ksef_number or document.Fa.P_2}.xml".replace("/", "_")
        vendor = self._find_vendor(self._facts(source.document).seller_nip, source.company)
        for bill in self._find_originals(document.Fa.DaneFaKorygowanej, vendor, source):
            if name not in bill.message_ids.attachment_ids.mapped("name"):
                bill.with_context(disable_attachment_import=True).message_post(
                    body=self.env._(
                        "A correction without amounts has come: %s",
                        document.Fa.PrzyczynaKorekty or document.Fa.P_2,
                    ),
                    attachments=[(name, source.document)],
                )

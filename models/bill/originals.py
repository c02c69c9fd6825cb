from odoo import models

from ...ksef.bill.draft import Doubt, Outcome, Remark
from ...ksef.bill.terms import day
from ..account_move_bill import BILL_TYPES


class KsefBillReader(models.AbstractModel):
    """What a document refers to: the bills that it corrects."""

    _inherit = "ksef.bill.reader"

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

    def _tell_originals(self, document, source):
        """Keep a correction that books nothing with the bills that it corrects."""
        name = f"{source.ksef_number or document.Fa.P_2}.xml".replace("/", "_")
        for bill in self._find_originals(document.Fa.DaneFaKorygowanej, source):
            if name not in bill.message_ids.attachment_ids.mapped("name"):
                bill.with_context(disable_attachment_import=True).message_post(
                    body=self.env._(
                        "A correction without amounts has come: %s",
                        document.Fa.PrzyczynaKorekty or document.Fa.P_2,
                    ),
                    attachments=[(name, source.document)],
                )

"""What the tests of corrections share: invoices that KSeF has accepted, and their reversal."""

import base64
from zlib import crc32

from odoo import Command, fields

from ..ksef.number import check_digits
from .fa3_common import SELLER_NIP, Fa3Common


class CorrectionsCommon(Fa3Common):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"ksef_is_enabled": True, "ksef_environment": "test"})

    def accept(self, invoice):
        """Have KSeF take the invoice as it is built now."""
        self.build(invoice)
        document = self.env["ksef.fa3"]._document_bytes(invoice)[invoice]
        self.env["ksef.submission"].sudo().create(
            {
                "move_id": invoice.id,
                "company_id": invoice.company_id.id,
                "document_number": invoice.name,
                "document": base64.b64encode(document),
                "state": "accepted",
                "accepted_at": fields.Datetime.now(),
                "ksef_number": self.number_for(invoice),
            }
        )
        invoice.sudo().ksef_number = self.number_for(invoice)
        return invoice

    def number_for(self, invoice):
        """A number that depends on that of the invoice alone, so that documents can be kept."""
        body = f"{SELLER_NIP}-20260302-{crc32(invoice.name.encode()):012X}"
        return f"{body}-{check_digits(f'{body}-00')}"

    def assert_corrects(self, document, invoice):
        """The document names this invoice, and its number in KSeF, as what it corrects."""
        self.assertEqual(
            document.fields("Fa/DaneFaKorygowanej"),
            [
                ("DataWystFaKorygowanej", "2026-03-02"),
                ("NrFaKorygowanej", invoice.name),
                ("NrKSeF", "1"),
                ("NrKSeFFaKorygowanej", invoice.ksef_number),
            ],
        )

    def sell_accepted(self, *lines, **values):
        return self.accept(self.sell(*lines, **values))

    def sell_keyboards(self):
        """Ten at 99.99 less 10%: 899.91."""
        line = self.line(
            name="Klawiatura",
            product_id=self.product.id,
            quantity=10,
            price_unit=99.99,
            discount=10,
        )
        return self.sell_accepted(line, taxable_supply_date="2026-02-27")

    def reverse(self, invoice, reason="zwrot towaru"):
        """The draft that Odoo's own wizard makes."""
        self.reversal_of(invoice, reason).refund_moves()
        return invoice.reversal_move_ids.sorted("id")[-1]

    def reversal_of(self, invoice, reason):
        wizard = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        return wizard.create({"journal_id": invoice.journal_id.id, "reason": reason})

    def credit(self, invoice, **line):
        """Post a credit note of the whole invoice, or of its only line with other values."""
        refund = self.reverse(invoice)
        if line:
            refund.invoice_line_ids = [Command.update(refund.invoice_line_ids.id, line)]
        refund.action_post()
        return refund

    def rows(self, document):
        """Quantity, net price, net amount and "before" or "after" for each row."""
        return [
            (
                row["P_8B"],
                row["P_9A"],
                row["P_11"],
                "before" if row["StanPrzed"] else "after",
            )
            for row in document.all("Fa/FaWiersz")
        ]

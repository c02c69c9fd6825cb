from odoo import api, fields, models


class KsefInboxMatch(models.TransientModel):
    """Shows the bills that may be a received document, for a person to choose from."""

    _name = "ksef.inbox.match"
    _description = "Match of a received KSeF document"

    inbox_id = fields.Many2one("ksef.inbox", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="inbox_id.company_id")
    currency_id = fields.Many2one(related="inbox_id.currency_id")
    document_number = fields.Char(related="inbox_id.document_number")
    seller_name = fields.Char(related="inbox_id.seller_name")
    issued_on = fields.Date(related="inbox_id.issued_on")
    gross_amount = fields.Monetary(related="inbox_id.gross_amount")
    line_ids = fields.One2many("ksef.inbox.match.line", "wizard_id", readonly=True)
    bill_id = fields.Many2one(
        "account.move",
        string="Another bill",
        domain="[('company_id', '=', company_id), ('ksef_number', '=', False),"
        " ('move_type', 'in', ('in_invoice', 'in_refund', 'in_receipt')),"
        " ('state', '!=', 'cancel')]",
    )

    @api.model
    def _open_for(self, row):
        """Return the window with the bills that are near to the document, the nearest first."""
        lines = [fields.Command.create({"bill_id": bill.id}) for bill in row._near_bills()]
        wizard = self.create({"inbox_id": row.id, "line_ids": lines})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Match with a bill"),
            "res_model": self._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_match(self):
        """Tie the document to the bill that was picked by hand."""
        self.ensure_one()
        return self._match(self.bill_id)

    def _match(self, bill):
        bill.check_access("write")
        self.inbox_id.check_access("read")
        self.inbox_id.sudo()._tie(bill)
        return bill._get_records_action(name=self.env._("Bill"))


class KsefInboxMatchLine(models.TransientModel):
    _name = "ksef.inbox.match.line"
    _description = "Bill near to a received KSeF document"

    wizard_id = fields.Many2one("ksef.inbox.match", required=True, ondelete="cascade", index=True)
    bill_id = fields.Many2one("account.move", required=True, readonly=True, ondelete="cascade")
    ref = fields.Char(related="bill_id.ref")
    partner_id = fields.Many2one(related="bill_id.partner_id")
    invoice_date = fields.Date(related="bill_id.invoice_date")
    currency_id = fields.Many2one(related="bill_id.currency_id")
    amount_total = fields.Monetary(related="bill_id.amount_total")
    state = fields.Selection(related="bill_id.state")

    def action_choose(self):
        """Tie the document to this bill."""
        self.ensure_one()
        return self.wizard_id._match(self.bill_id)

from odoo import api, fields, models


class KsefCorrectedDocument(models.Model):
    """An invoice that a correction names, also one that was issued in another program."""

    _name = "ksef.corrected.document"
    _inherit = ["ksef.document.part"]
    _description = "Invoice corrected in KSeF"
    _order = "issued_on, id"

    move_id = fields.Many2one(string="Correction")
    company_id = fields.Many2one(related="move_id.company_id", store=True)
    corrected_move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        domain="[('company_id', '=', company_id), ('state', '=', 'posted'), "
        "'|', ('move_type', '=', 'out_invoice'), "
        "'&', ('move_type', '=', 'in_invoice'), ('journal_id.is_self_billing', '=', True)]",
        ondelete="restrict",
        help="Empty for an invoice that is not in Odoo.",
    )
    issued_on = fields.Date(
        string="Issued on",
        compute="_compute_from_move",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
    )
    number = fields.Char(
        size=256,
        compute="_compute_from_move",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
    )
    ksef_number = fields.Char(
        string="KSeF number",
        size=36,
        help="Empty for an invoice that was issued outside KSeF. For an invoice of Odoo its own "
        "number counts.",
    )

    @api.depends("corrected_move_id")
    def _compute_from_move(self):
        for document in self.filtered("corrected_move_id"):
            document.issued_on = document.corrected_move_id.invoice_date
            document.number = document.corrected_move_id.name

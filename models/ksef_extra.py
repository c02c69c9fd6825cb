from odoo import fields, models


class KsefExtra(models.Model):
    """A pair of words that the document shows for what has no field of its own."""

    _name = "ksef.extra"
    _inherit = ["ksef.document.part"]
    _description = "Additional description of an invoice in KSeF"
    _order = "sequence, id"

    sequence = fields.Integer(default=10)
    line_id = fields.Many2one(
        "account.move.line",
        string="Invoice line",
        domain="[('move_id', '=', move_id), ('display_type', '=', 'product')]",
        ondelete="set null",
        help="Empty for what concerns the whole invoice.",
    )
    key = fields.Char(string="Heading", required=True, size=256)
    value = fields.Text(string="Content", required=True)

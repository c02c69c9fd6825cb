from odoo import fields, models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    ksef_corrected_line_id = fields.Many2one(
        "account.move.line",
        string="Corrected line",
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        domain="[('move_id.commercial_partner_id', '=', partner_id), "
        "('display_type', '=', 'product'), ('parent_state', '=', 'posted')]",
        help="The line of the earlier invoice that this line of a correction changes. Without it "
        "KSeF shows the difference only.",
    )
    ksef_kor_mode = fields.Selection(
        [("quantity", "Quantity"), ("price", "Price")],
        string="Correction of",
        copy=False,
        help="Empty: the quantity where the price is that of the corrected line, else the price.",
    )

    def _ksef_root_line(self):
        """The line of the original invoice, through any corrections in between."""
        line = self
        while line.ksef_corrected_line_id:
            line = line.ksef_corrected_line_id
        return line

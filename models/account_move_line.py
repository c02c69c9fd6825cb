from uuid import uuid4

from odoo import api, fields, models
from odoo.tools.sql import column_exists, create_column

from .account_tax import PROCEDURES, RATE_CODES

# Only a rate without tax can be another one than that of the tax: the amounts stay the same.
UNTAXED_CODES = ("0 KR", "0 WDT", "0 EX", "zw", "oo", "np I", "np II")


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    ksef_uuid = fields.Char(
        string="KSeF row identifier",
        compute="_compute_ksef_uuid",
        store=True,
        copy=False,
        help="Tells later corrections which row of the invoice they correct.",
    )
    ksef_rate_code = fields.Selection(
        [pair for pair in RATE_CODES if pair[0] in UNTAXED_CODES],
        string="KSeF rate code",
        help="Only where it differs from that of the tax.",
    )
    ksef_procedure = fields.Selection(
        PROCEDURES, string="KSeF procedure", help="Only where it differs from that of the tax."
    )
    ksef_gtu = fields.Selection(
        lambda self: self.env["product.template"]._fields["l10n_pl_vat_gtu"].selection,
        string="GTU",
        help="Only where it differs from that of the product.",
    )
    ksef_is_annex15 = fields.Boolean(
        string="Annex 15",
        help="Goods or services of Annex 15 to the VAT Act, also if the product is not marked so.",
    )
    ksef_supplied_on = fields.Date(
        string="Supply date of the row",
        copy=False,
        help="Only where the lines of the invoice were supplied on different days.",
    )
    ksef_rate = fields.Float(
        string="Exchange rate of the row",
        digits=(16, 6),
        copy=False,
        help="PLN for one unit of the currency, where this line has another rate than the invoice.",
    )

    def _auto_init(self):
        """Lines that were posted before us get no identifier: that would be a write to millions."""
        if not column_exists(self.env.cr, self._table, "ksef_uuid"):
            create_column(self.env.cr, self._table, "ksef_uuid", "varchar")
        return super()._auto_init()

    @api.depends("parent_state")
    def _compute_ksef_uuid(self):
        """Set at the first posting and kept from then on, through drafts too."""
        for line in self:
            if not line.ksef_uuid and line._ksef_is_row():
                line.ksef_uuid = uuid4().hex

    def _ksef_is_row(self):
        return (
            self.parent_state == "posted"
            and self.display_type == "product"
            and self.move_id.is_invoice()
        )

from odoo import fields, models


class AccountMove(models.Model):
    """Data that a correction without amounts puts right; empty is what was right already."""

    _inherit = "account.move"

    ksef_right_number = fields.Char(
        string="Right number of the invoice",
        size=256,
        copy=False,
        help="Where the number of the corrected invoice itself was wrong (NrFaKorygowany).",
    )
    ksef_right_supply_on = fields.Date(string="Right date of supply", copy=False)
    ksef_right_due_on = fields.Date(string="Right due date", copy=False)
    ksef_right_bank_id = fields.Many2one(
        "res.partner.bank",
        string="Right bank account",
        copy=False,
        domain="[('partner_id.ref_company_ids', '=', company_id)]",
    )
    ksef_right_rate = fields.Float(
        string="Right exchange rate",
        digits=(16, 6),
        copy=False,
        help="PLN for one unit of the currency, where only the conversion was wrong: the amounts "
        "in the currency of the invoice stay, the VAT in PLN changes.",
    )
    ksef_is_period_part = fields.Boolean(
        string="Some supplies of the period only",
        copy=False,
        help="The lines then appear in KSeF with their names.",
    )

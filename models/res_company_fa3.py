import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

_KRS = re.compile(r"\d{10}", re.ASCII)
_REGON = re.compile(r"\d{9}(\d{5})?", re.ASCII)


class ResCompany(models.Model):
    """What the invoices of this company say of it, and how they say it."""

    _inherit = "res.company"

    ksef_legal_name = fields.Char(
        string="Name on invoices", size=512, help="Empty: the name of the company."
    )
    ksef_eori = fields.Char(string="EORI number", size=256, help="Shown on exports of goods.")
    ksef_taxpayer_status = fields.Selection(
        [
            ("1", "In liquidation"),
            ("2", "In restructuring"),
            ("3", "In bankruptcy"),
            ("4", "Enterprise in succession"),
        ],
        string="Status of the taxpayer",
    )
    ksef_krs = fields.Char(
        string="KRS", size=10, help="Empty: the company registry, if it has ten digits."
    )
    ksef_regon = fields.Char(string="REGON", size=14)
    ksef_bdo = fields.Char(string="BDO", size=9)
    ksef_issue_place = fields.Char(string="Place of issue", size=256)
    ksef_footer = fields.Text(
        string="Footer", help="For example the share capital and the registry court."
    )
    ksef_discount_mode = fields.Selection(
        [
            ("in_price", "In the unit price"),
            ("p10_unit", "Beside the price, for one unit"),
            ("p10_total", "Beside the price, for the whole line"),
        ],
        string="Discounts of lines",
        default="in_price",
        required=True,
    )
    ksef_is_with_jpk_codes = fields.Boolean(
        string="GTU, procedures, TP and FP",
        default=True,
        help="Invoices may show the codes that the VAT register needs.",
    )
    ksef_is_rate_on_zero_rows = fields.Boolean(
        string="Exchange rate on rows without VAT", default=True
    )
    ksef_is_b2c_sent = fields.Boolean(
        string="Invoices to consumers", help="They may be issued in KSeF but need not."
    )
    ksef_is_cash_method = fields.Boolean(
        string="Cash method", help="The company accounts for VAT when it is paid (art. 21 VAT Act)."
    )
    ksef_is_shipping_recipient = fields.Boolean(
        string="Delivery address as recipient",
        help="A branch of the buyer to which the goods go is named as a third party.",
    )
    ksef_issuer_partner_id = fields.Many2one(
        "res.partner",
        string="Issuer in our name",
        help="For example the accounting office. Invoices name it as a third party.",
    )
    ksef_exempt_basis = fields.Char(
        string="Legal basis of exemptions",
        size=256,
        help="Used where neither tax nor product names one, for example "
        '"art. 113 ust. 1 ustawy o VAT".',
    )

    @api.constrains("ksef_krs")
    def _check_ksef_krs(self):
        for company in self.filtered("ksef_krs"):
            if not _KRS.fullmatch(company.ksef_krs):
                raise ValidationError(self.env._("A KRS number has ten digits."))

    @api.constrains("ksef_regon")
    def _check_ksef_regon(self):
        for company in self.filtered("ksef_regon"):
            if not _REGON.fullmatch(company.ksef_regon):
                raise ValidationError(self.env._("A REGON number has 9 or 14 digits."))

    def _ksef_krs_number(self):
        """The KRS number, which Polish companies often keep in Odoo's company registry."""
        registry = (self.company_registry or "").strip()
        return self.ksef_krs or (registry if _KRS.fullmatch(registry) else None)

import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .account_move import ACCOUNTANTS

_PAYMENT_CODE = re.compile(r"[0-9]{3}[A-Za-z0-9]{10}", re.ASCII)
_PAYMENT_LINK = re.compile(
    r"https?://([a-zA-Z0-9][a-zA-Z0-9-]*\.)+[a-zA-Z]{2,}(:[0-9]{1,5})?(/[^\s?#]*)?"
    r"\?([^#\s]*&)?IPKSeF=([0-9]{3}[a-zA-Z0-9]{10})(&[^#\s]*)?(#.*)?",
    re.ASCII,
)


class AccountMove(models.Model):
    """Terms of the transaction that few invoices have: transport, vehicles, contract currency."""

    _inherit = "account.move"

    ksef_transport_ids = fields.One2many(
        "ksef.transport", "move_id", string="Transport", copy=False, groups=ACCOUNTANTS
    )
    ksef_new_transport_ids = fields.One2many(
        "ksef.new.transport",
        "move_id",
        string="New means of transport",
        copy=False,
        groups=ACCOUNTANTS,
    )
    ksef_has_community_goods = fields.Boolean(
        compute="_compute_ksef_has_community_goods", compute_sudo=True
    )
    ksef_contract_currency_id = fields.Many2one(
        "res.currency",
        string="Contract currency",
        copy=False,
        help="Of an invoice in PLN whose prices were agreed in another currency. It has nothing "
        "to do with the rate that VAT is converted at.",
    )
    ksef_contract_rate = fields.Float(
        string="Contract rate",
        digits=(16, 6),
        copy=False,
        help="PLN for one unit of the contract currency.",
    )
    ksef_payment_code = fields.Char(
        string="Payment identifier (IPKSeF)",
        size=13,
        copy=False,
        help="Three digits and ten letters or digits, which a payment provider assigned.",
    )
    ksef_payment_link = fields.Char(
        string="Payment link",
        size=512,
        copy=False,
        help="The address of the payment provider, which contains IPKSeF= and the identifier.",
    )

    @api.depends("invoice_line_ids.tax_ids", "ksef_new_transport_ids")
    def _compute_ksef_has_community_goods(self):
        """Only intra-Community supplies of goods can be of new means of transport."""
        for move in self:
            codes = move.invoice_line_ids.tax_ids.mapped("ksef_rate_code")
            move.ksef_has_community_goods = "0 WDT" in codes or bool(move.ksef_new_transport_ids)

    @api.constrains("ksef_contract_currency_id", "ksef_contract_rate")
    def _check_ksef_contract_rate(self):
        for move in self:
            if bool(move.ksef_contract_currency_id) != (move.ksef_contract_rate > 0):
                raise ValidationError(
                    self.env._("A contract currency needs its rate, and a rate its currency.")
                )

    @api.constrains("ksef_payment_code", "ksef_payment_link")
    def _check_ksef_payment_code(self):
        for move in self:
            code, link = move.ksef_payment_code, move.ksef_payment_link
            match = _PAYMENT_LINK.fullmatch(link or "")
            is_wrong_code = code and not _PAYMENT_CODE.fullmatch(code)
            if is_wrong_code or (link and (not match or match[5] != (code or match[5]))):
                raise ValidationError(
                    self.env._(
                        "The payment identifier has three digits and ten letters or digits, and "
                        "the payment link contains it as IPKSeF=…"
                    )
                )

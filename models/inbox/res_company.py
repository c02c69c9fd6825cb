from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .fetch import SHORTEST

LONGEST = 1440  # minutes between two looks
CAUSES = {"ksef_is_enabled", "ksef_environment", "ksef_fetch_policy", "ksef_fetch_interval"}


class ResCompany(models.Model):
    """How a company gets its bills from KSeF."""

    _inherit = "res.company"

    ksef_fetch_policy = fields.Selection(
        [("manual", "By hand"), ("interval", "By itself")],
        string="Fetch vendor bills",
        default="manual",
        required=True,
    )
    ksef_fetch_interval = fields.Integer(string="Fetch every … minutes", default=60)
    ksef_fetch_from = fields.Date(
        string="Fetch from",
        help="The first day whose documents are fetched. Years are fetched in several runs. Empty: "
        "from the first day of the month in which the fetching begins.",
    )
    ksef_bill_journal_id = fields.Many2one(
        "account.journal",
        string="Journal of bills from KSeF",
        domain="[('type', '=', 'purchase'), ('company_id', '=', id)]",
        help="Empty: the first journal of purchases. Rules of vendors can name another one.",
    )
    ksef_advance_account_id = fields.Many2one(
        "account.account",
        string="Account of advances to vendors",
        domain="[('company_ids', 'parent_of', id)]",
        help="Where advance invoices of vendors are booked, and where the settling invoice takes "
        "them off. Empty: where the vendor's other bills are.",
    )
    ksef_charge_account_id = fields.Many2one(
        "account.account",
        string="Account of deposits and other charges",
        domain="[('company_ids', 'parent_of', id)]",
        help="Where that is booked which is paid with a bill and outside its VAT, such as deposits "
        "for returnable packaging. Empty: where the vendor's other bills are.",
    )
    ksef_digest_user_ids = fields.Many2many(
        "res.users",
        "ksef_digest_user_rel",
        string="Daily e-mail to",
        domain="[('share', '=', False), ('company_ids', 'in', [id])]",
        help="Who gets an e-mail each morning about new documents in the KSeF inbox.",
    )

    @api.constrains("ksef_fetch_interval")
    def _check_ksef_fetch_interval(self):
        for company in self:
            if not SHORTEST <= company.ksef_fetch_interval <= LONGEST:
                raise ValidationError(
                    self.env._(
                        "KSeF can be asked for new documents every %(shortest)s to %(longest)s "
                        "minutes.",
                        shortest=SHORTEST,
                        longest=LONGEST,
                    )
                )

    def write(self, vals):
        result = super().write(vals)
        if CAUSES & vals.keys():
            for company in self.filtered(lambda company: company._ksef_fetches_by_itself()):
                self.env["ksef.fetch"].sudo()._prepare(company)
        if vals.get("ksef_fetch_from"):
            for company in self:
                self.env["ksef.fetch"].sudo()._of(company)._start_over()
        return result

    def _ksef_fetches_by_itself(self):
        return self.ksef_is_enabled and self.ksef_fetch_policy == "interval"

    def _ksef_fetch_now(self):
        """Look at KSeF at once, as a person asked."""
        fetches = self.env["ksef.fetch"].sudo()
        fetches._prepare(self)
        fetches._of(self)._look_now()

    def _ksef_bill_journal(self):
        """The journal whose card shows the inbox."""
        return self.ksef_bill_journal_id or self.env["account.journal"].search(
            [("company_id", "=", self.id), ("type", "=", "purchase")], limit=1
        )

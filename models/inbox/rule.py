"""How the documents of a vendor, or for a unit, are dealt with."""

from itertools import product

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...ksef.nip import is_valid_internal_id
from ..bill.reading import Rule


class KsefInboxRule(models.Model):
    """What happens to documents of a vendor, for a unit of ours, or to all the others."""

    _name = "ksef.inbox.rule"
    _description = "Rule of the KSeF inbox"
    _inherit = ["analytic.mixin"]
    _rec_name = "partner_id"
    _check_company_auto = True

    _one_idx = models.UniqueIndex(
        "(company_id, COALESCE(partner_id, 0), COALESCE(internal_id, ''))",
        "There is a rule for this vendor and internal unit in this company already.",
    )

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Vendor",
        domain="[('is_company', '=', True)]",
        help="Empty: all vendors that have no rule of their own.",
        ondelete="cascade",
        index=True,
    )
    internal_id = fields.Char(
        string="Internal unit",
        help="Identifier of our unit (IDWew), NIP and five digits: 5265877635-12345. A rule of the "
        "vendor comes before that of the unit. Empty: whatever unit a document names, or none.",
    )
    journal_id = fields.Many2one(
        "account.journal",
        domain="[('type', '=', 'purchase'), ('company_id', '=', company_id)]",
        check_company=True,
    )
    account_id = fields.Many2one("account.account", check_company=True)
    user_id = fields.Many2one(
        "res.users",
        string="Assigned to",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    is_by_rate = fields.Boolean(
        string="One line per VAT rate",
        help="Otherwise the bill has a line for each row of the document.",
    )
    booking = fields.Selection(
        [
            ("manual", "By hand"),
            ("draft", "Make a draft bill by itself"),
            ("posted", "Make a bill by itself and post it"),
        ],
        default="manual",
        required=True,
        help="Bills with something to check are never posted by themselves.",
    )

    @api.constrains("internal_id", "company_id")
    def _check_internal_id(self):
        """A unit that no document can name would leave its rule unused without a word."""
        for rule in self.filtered("internal_id"):
            nip = rule.company_id._ksef_nip()
            is_ours = nip and rule.internal_id.startswith(nip)
            if not is_ours or not is_valid_internal_id(rule.internal_id):
                raise ValidationError(
                    self.env._(
                        "“%(unit)s” is no internal unit of %(company)s. It consists of the NIP of "
                        "the company (%(nip)s), a dash and five digits. Copy it from KSeF.",
                        unit=rule.internal_id,
                        company=rule.company_id.name,
                        nip=nip or "–",
                    )
                )

    def _as_reading_rule(self):
        """The `Rule` for the reader of bills; one that says nothing where there is no rule."""
        return Rule(
            account=self.account_id or None,
            analytic_distribution=self.analytic_distribution or None,
            is_by_rate=self.is_by_rate,
        )


class KsefInbox(models.Model):
    _inherit = "ksef.inbox"

    def _rules(self):
        """Return `{row: rule}`; a row that no rule is for has an empty one."""
        rules = self.env["ksef.inbox.rule"].search(
            [
                ("company_id", "in", self.company_id.ids),
                ("partner_id", "in", (False, *self.partner_id.ids)),
                ("internal_id", "in", (False, *self.mapped("internal_id"))),
            ]
        )
        found = {(rule.company_id, rule.partner_id, rule.internal_id): rule for rule in rules}
        return {row: row._rule_among(found) for row in self}

    def _rule_among(self, rules):
        """The closest one: for the vendor and unit, for the vendor, for the unit, for all."""
        vendors = self.partner_id, self.env["res.partner"]
        keys = product((self.company_id,), vendors, (self.internal_id, False))
        return next(filter(None, map(rules.get, keys)), self.env["ksef.inbox.rule"])

    def _apply_rules(self):
        """Give new rows to whom the rules name."""
        rules = self._rules()
        for user, group in self.grouped(lambda row: rules[row].user_id).items():
            if user:
                group.write({"user_id": user.id})
                group.filtered(lambda row: row.state == "new")._move_to("assigned")

    def _book_by_rule(self):
        """Make bills of new rows where the rules say so; a document in doubt waits for a person."""
        for row, rule in self._rules().items():
            if rule.booking in ("draft", "posted") and row._may_be_booked():
                row._make_bill(rule)
                row._post_by_rule(rule)

    def _post_by_rule(self, rule):
        if rule.booking == "posted" and self.bill_id and not self.bill_id.ksef_is_to_review:
            self._post_safely()

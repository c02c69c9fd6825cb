"""How the documents of a vendor are dealt with."""

from odoo import fields, models

from ..bill.reading import Rule


class KsefInboxRule(models.Model):
    """What happens to documents of a vendor, or of all vendors without a rule of their own."""

    _name = "ksef.inbox.rule"
    _description = "Rule of the KSeF inbox"
    _inherit = ["analytic.mixin"]
    _rec_name = "partner_id"
    _check_company_auto = True

    _one_idx = models.UniqueIndex(
        "(company_id, COALESCE(partner_id, 0))", "This vendor has a rule in this company already."
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
        """Return `{row: rule}`: that of the vendor, else that of all vendors, else none."""
        rules = self.env["ksef.inbox.rule"].search(
            [
                ("company_id", "in", self.company_id.ids),
                ("partner_id", "in", (False, *self.partner_id.ids)),
            ]
        )
        found = {(rule.company_id, rule.partner_id): rule for rule in rules}
        nobody, none = self.env["res.partner"], self.env["ksef.inbox.rule"]
        return {
            row: found.get((row.company_id, row.partner_id))
            or found.get((row.company_id, nobody), none)
            for row in self
        }

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

from odoo import fields, models


class KsefInboxDecision(models.TransientModel):
    """Asks what a decision about received documents needs: a person or a reason."""

    _name = "ksef.inbox.decision"
    _description = "Decision about received KSeF documents"

    kind = fields.Selection(
        [("assign", "Assign"), ("dispute", "Dispute"), ("not_ours", "Not ours")],
        required=True,
        readonly=True,
    )
    inbox_ids = fields.Many2many("ksef.inbox", string="Documents")
    user_id = fields.Many2one(
        "res.users", string="Assign to", domain=lambda self: self._domain_of_readers()
    )
    reason = fields.Text()

    def _domain_of_readers(self):
        group = self.env.ref("account_ksef.group_ksef_inbox")
        return [("all_group_ids", "in", group.ids), ("share", "=", False)]

    def action_confirm(self):
        """Carry the decision out."""
        self.ensure_one()
        if self.kind == "assign":
            self.inbox_ids._assign(self.user_id)
        else:
            state = "disputed" if self.kind == "dispute" else "not_ours"
            self.inbox_ids._object(state, self.reason)

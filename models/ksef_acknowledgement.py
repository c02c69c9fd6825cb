from odoo import api, fields, models

from .fa3.rules import name_rule


class KsefAcknowledgement(models.Model):
    """Somebody has seen a warning and answers for sending the invoice as it is.

    Who and when are `create_uid` and `create_date`. It is for one `fact` (`Problem.fact`): where
    another amount or day makes it another warning, people are asked again.
    """

    _name = "ksef.acknowledgement"
    _description = "Acknowledged warning of an invoice in KSeF"
    _order = "id"

    move_id = fields.Many2one("account.move", required=True, ondelete="cascade", index=True)
    code = fields.Char(required=True)
    fact = fields.Char(required=True)
    message = fields.Text(string="Warning", required=True)
    title = fields.Char(string="About", compute="_compute_title")

    _fact_is_unique = models.UniqueIndex(
        "(move_id, code, fact)", "This warning of the invoice is acknowledged already."
    )

    @api.depends("code")
    @api.depends_context("lang")
    def _compute_title(self):
        for acknowledgement in self:
            acknowledgement.title = name_rule(self.env, acknowledgement.code)

    @api.model
    def _known_facts(self, moves):
        """Return `{(id of the move, code, fact)}` for all that is acknowledged on the moves."""
        rows = self.sudo().search_fetch([("move_id", "in", moves.ids)], ["move_id", "code", "fact"])
        return {(row.move_id.id, row.code, row.fact) for row in rows}

from odoo import fields, models
from odoo.exceptions import UserError

PERMISSIONS = {
    "may_write": "InvoiceWrite",
    "may_read": "InvoiceRead",
    "may_introspect": "Introspection",
}


class KsefTokenGenerate(models.TransientModel):
    """Asks what a new token shall be good for."""

    _name = "ksef.token.generate"
    _description = "Generate a KSeF token"

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    description = fields.Char(required=True, default="Odoo", size=200)
    may_write = fields.Boolean(string="Issue invoices", default=True)
    may_read = fields.Boolean(string="Read invoices", default=True)
    may_introspect = fields.Boolean(string="See the sessions of others")
    is_to_replace_old = fields.Boolean(
        string="Revoke the token before",
        default=True,
        help="The token that is in the settings now, once the new one works.",
    )

    def action_generate(self):
        """Have it made, and show how far it is."""
        permissions = [name for field, name in PERMISSIONS.items() if self[field]]
        if not permissions:
            raise UserError(self.env._("Choose at least one permission."))
        token = self.company_id._ksef_generate_token(
            permissions, self.description, self.is_to_replace_old
        )
        return token._open(self.env._("KSeF token"))

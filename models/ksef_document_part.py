from odoo import api, fields, models


class KsefDocumentPart(models.AbstractModel):
    """Rows of an invoice that stand in its document, and are locked with it."""

    _name = "ksef.document.part"
    _description = "Part of a KSeF document"

    move_id = fields.Many2one("account.move", required=True, ondelete="cascade", index=True)

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        parts._ksef_check_unlocked()
        return parts

    def write(self, vals):
        self._ksef_check_unlocked()
        result = super().write(vals)
        if "move_id" in vals:
            self._ksef_check_unlocked()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_ksef(self):
        self._ksef_check_unlocked()

    def _ksef_check_unlocked(self):
        """:raises UserError: if one of the invoices is in KSeF, or may be"""
        self.move_id._ksef_check_unlocked(self.env["ir.model"]._get(self._name).name)

from odoo import api, models


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    @api.model
    def _index(self, bin_data, file_type, checksum=None):
        """Private keys are no text to search for: Odoo would copy them into its search index."""
        if b"PRIVATE KEY-----" in (bin_data or b""):
            return None
        return super()._index(bin_data, file_type, checksum)

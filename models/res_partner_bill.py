from odoo import models

from ..ksef.nip import is_valid_nip


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _ksef_nip(self):
        """The NIP of this contact as ten digits; empty if it has no valid one."""
        signs = "".join(sign for sign in (self.vat or "").upper() if sign.isalnum())
        nip = signs.removeprefix("PL")
        return nip if is_valid_nip(nip) else ""

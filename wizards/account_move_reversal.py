from odoo import models


class AccountMoveReversal(models.TransientModel):
    _inherit = "account.move.reversal"

    def reverse_moves(self, is_modify=False):
        """An invoice that is replaced is taken back as it was: its buyer may have been wrong."""
        snapshot = "original" if is_modify else "current"
        return super(
            AccountMoveReversal, self.with_context(ksef_party_snapshot=snapshot)
        ).reverse_moves(is_modify)

    def _prepare_default_reversal(self, move):
        """Odoo may post the reversal at once, so KSeF must be told here why it was made."""
        values = super()._prepare_default_reversal(move)
        if move._ksef_is_issued_here():
            values["ksef_correction_reason"] = self.reason
            values["ksef_party_snapshot"] = self.env.context.get("ksef_party_snapshot", "current")
        return values

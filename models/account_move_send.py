from odoo import models


class AccountMoveSend(models.AbstractModel):
    _inherit = "account.move.send"

    def _get_all_extra_edis(self):
        """Silence the sending of `l10n_pl_edi` where ours is switched on: never two senders."""
        edis = super()._get_all_extra_edis()
        if "pl_ksef" in edis:
            is_applicable = edis["pl_ksef"]["is_applicable"]
            edis["pl_ksef"]["is_applicable"] = lambda move: (
                not move.company_id.ksef_is_enabled and is_applicable(move)
            )
        return edis

"""What KSeF handed out is evidence: nobody changes it on a bill, by RPC neither."""

from odoo import api, models
from odoo.exceptions import AccessError

# Written under `sudo` by the reading and by ties to documents
FACTS = {
    "ksef_document",
    "ksef_document_hash",
    "ksef_received_on",
    "ksef_remarks",
    "ksef_is_to_review",
}
DEFAULT = "default_"


class AccountMove(models.Model):
    _inherit = "account.move"

    @api.model_create_multi
    def create(self, vals_list):
        defaults = {name.removeprefix(DEFAULT) for name in self.env.context if DEFAULT in name}
        if not self.env.su and FACTS & defaults.union(*vals_list):
            raise AccessError(self._ksef_words_of_facts())
        return super().create(vals_list)

    def _ksef_is_guarded(self, vals):
        return bool(FACTS & vals.keys()) or super()._ksef_is_guarded(vals)

    def _ksef_words_of_facts(self):
        return self.env._("The KSeF document of a bill cannot be changed. Untie it instead.")


class IrAttachment(models.Model):
    """The files of these fields, which could be changed past the bill."""

    _inherit = "ir.attachment"

    @api.model_create_multi
    def create(self, vals_list):
        attachments = super().create(vals_list)
        attachments._ksef_check_facts()
        return attachments

    def write(self, vals):
        self._ksef_check_facts()
        result = super().write(vals)
        self._ksef_check_facts()
        return result

    def unlink(self):
        self._ksef_check_facts()
        return super().unlink()

    def _ksef_check_facts(self):
        """Keep the documents of bills as they are.

        :raises AccessError: to whoever comes past the reading
        """
        if not self.env.su and any(
            attachment.res_model == "account.move" and attachment.res_field in FACTS
            for attachment in self.sudo()
        ):
            raise AccessError(self.env["account.move"]._ksef_words_of_facts())

from odoo import api, fields, models

from ..models.account_move_send import KSEF


class AccountMoveSendWizard(models.TransientModel):
    _inherit = "account.move.send.wizard"

    ksef_is_shown = fields.Boolean(compute="_compute_ksef_is_shown")
    ksef_is_document_mailed = fields.Boolean(
        string="Attach the FA(3) document",
        compute="_compute_ksef_mailed",
        store=True,
        readonly=False,
    )
    ksef_is_upo_mailed = fields.Boolean(
        string="Attach the UPO", compute="_compute_ksef_mailed", store=True, readonly=False
    )

    @api.depends("move_id", "extra_edis")
    def _compute_ksef_is_shown(self):
        for wizard in self:
            is_sent_now = KSEF in (wizard.extra_edis or ())
            wizard.ksef_is_shown = bool(wizard.move_id._ksef_mail_files(is_sent_now))

    @api.depends("move_id")
    def _compute_ksef_mailed(self):
        for wizard in self:
            wizard.ksef_is_document_mailed = wizard.company_id.ksef_is_document_mailed
            wizard.ksef_is_upo_mailed = wizard.company_id.ksef_is_upo_mailed

    @api.depends("move_id")
    def _compute_extra_edi_checkboxes(self):
        """Offer KSeF, unticked, where it is a choice; never to those who may not send."""
        result = super()._compute_extra_edi_checkboxes()
        is_sender = self.env["account.move"]._ksef_user_may_send()
        for wizard in self:
            boxes = dict(wizard.extra_edi_checkboxes or {})
            if not is_sender:
                boxes.pop(KSEF, None)
            elif KSEF not in boxes and wizard.move_id.ksef_is_sendable:
                edi = self._get_all_extra_edis()[KSEF]
                boxes[KSEF] = {"checked": False, "label": edi["label"], "help": edi["help"]}
            wizard.extra_edi_checkboxes = boxes
        return result

    @api.depends("ksef_is_document_mailed", "ksef_is_upo_mailed")
    def _compute_mail_attachments_widget(self):
        return super()._compute_mail_attachments_widget()

    def _ksef_wished_kinds(self, move):
        if not self:
            return super()._ksef_wished_kinds(move)
        wizard = self.filtered(lambda wizard: wizard.move_id == move)[:1]
        kinds = {"document": wizard.ksef_is_document_mailed, "upo": wizard.ksef_is_upo_mailed}
        return {kind for kind, is_wished in kinds.items() if is_wished}

    def action_send_and_print(self, allow_fallback_pdf=False):
        """Tell that the e-mail has not left yet, where it waits for its number."""
        action = super().action_send_and_print(allow_fallback_pdf=allow_fallback_pdf)
        move = self.move_id
        if not move.sudo().ksef_sending_data or move._ksef_may_be_handed_over():
            return action
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "title": self.env._("Waiting for KSeF"),
                "message": self._ksef_waiting_text(),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _ksef_waiting_text(self):
        if "email" in (self.sending_methods or ()):
            return self.env._(
                "The e-mail leaves by itself as soon as KSeF has given the invoice its number."
            )
        return self.env._(
            "The PDF is made by itself as soon as KSeF has given the invoice its number."
        )

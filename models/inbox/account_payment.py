from odoo import models


class AccountPayment(models.Model):
    _inherit = "account.payment"

    def write(self, vals):
        """A refused document is not paid, however the payment was made."""
        if vals.get("state") in ("in_process", "paid"):
            drafts = self.filtered(lambda payment: payment.state == "draft")
            (drafts.invoice_ids | drafts.reconciled_bill_ids)._ksef_check_objections()
        return super().write(vals)


class AccountPaymentRegister(models.TransientModel):
    _inherit = "account.payment.register"

    def _create_payments(self):
        self.line_ids.move_id._ksef_check_objections()
        return super()._create_payments()

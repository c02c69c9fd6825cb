from odoo import models


class AccountPayment(models.Model):
    _inherit = "account.payment"

    def action_post(self):
        """A refused document is not paid, however the payment was made."""
        (self.invoice_ids | self.reconciled_bill_ids)._ksef_check_objections()
        return super().action_post()


class AccountPaymentRegister(models.TransientModel):
    _inherit = "account.payment.register"

    def _create_payments(self):
        self.line_ids.move_id._ksef_check_objections()
        return super()._create_payments()

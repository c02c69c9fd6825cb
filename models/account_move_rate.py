from odoo import api, models


class AccountMove(models.Model):
    """The exchange rate at which the VAT Act wants an invoice in another currency converted."""

    _inherit = "account.move"

    def _get_invoice_currency_rate_date(self):
        """An invoice from before the supply is converted at the rate of its issue (art. 31a(2)).

        Odoo takes the day of supply, also where that comes later.
        """
        day = super()._get_invoice_currency_rate_date()
        is_ours = self.company_id.ksef_is_enabled and self._ksef_is_issued_here()
        return min(day, self.invoice_date) if is_ours and self.invoice_date else day

    def _get_expected_currency_rate_at(self, date):
        """A correction is converted at the rate of what it corrects (art. 31b(1) VAT Act)."""
        origin = self.ksef_origin_move_id
        is_same = origin.currency_id == self.currency_id and origin.invoice_currency_rate
        if self.company_id.ksef_is_enabled and is_same:
            return origin.invoice_currency_rate
        return super()._get_expected_currency_rate_at(date)

    @api.depends("ksef_origin_move_id")
    def _compute_expected_currency_rate(self):
        return super()._compute_expected_currency_rate()

    @api.depends("ksef_origin_move_id")
    def _compute_invoice_currency_rate(self):
        return super()._compute_invoice_currency_rate()

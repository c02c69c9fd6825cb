from datetime import timedelta

from odoo import models

from ..problem import Problem

# An invoice must not be issued earlier before the supply (art. 106i(7) VAT Act).
_EARLIEST = timedelta(days=60)


class KsefFa3ChecksDates(models.AbstractModel):
    _inherit = "ksef.fa3"

    def _check_period(self, invoice):
        starts_on = invoice.move.ksef_period_starts_on
        ends_on = invoice.move.ksef_period_ends_on
        if bool(starts_on) != bool(ends_on) or (starts_on and starts_on > ends_on):
            yield Problem(
                code="E-DAT-03",
                record=invoice.move,
                field="ksef_period_ends_on" if starts_on else "ksef_period_starts_on",
                message=self._name_invoice(
                    invoice, self.env._("the period of the supply needs a first and a later day.")
                ),
                remedy=self.env._("Correct the period on the invoice, tab KSeF."),
            )

    def _check_supply_day(self, invoice):
        move = invoice.move
        days = {*invoice.supply_days, move.ksef_period_ends_on} - {False}
        late = [day for day in days if move.invoice_date and day - move.invoice_date > _EARLIEST]
        if late:
            yield Problem(
                code="W-DAT-04",
                record=move,
                field="taxable_supply_date",
                message=self._name_invoice(
                    invoice,
                    self.env._(
                        "the supply on %(day)s is more than 60 days after the invoice date.",
                        day=max(late),
                    ),
                ),
                remedy=self.env._("Issue the invoice later, or correct the date of supply."),
            )

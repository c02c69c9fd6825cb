from datetime import date, timedelta

from odoo import models

# An invoice must not be issued earlier before the supply (art. 106i(7) VAT Act).
_EARLIEST = timedelta(days=60)
# The days that the schema takes: of sales, of payments, of contracts, of transports
_FIRST_DAY, _LAST_DAY = date(2006, 1, 1), date(2050, 1, 1)
_FIRST_PAYMENT_DAY, _FIRST_CONTRACT_DAY = date(2016, 7, 1), date(1990, 1, 1)
_FIRST_TRANSPORT_DAY = date(2021, 10, 1)


class KsefFa3ChecksDates(models.AbstractModel):
    _inherit = "ksef.fa3"

    def _check_period(self, invoice):
        starts_on = invoice.move.ksef_period_starts_on
        ends_on = invoice.move.ksef_period_ends_on
        if bool(starts_on) != bool(ends_on) or (starts_on and starts_on > ends_on):
            yield self._problem(
                invoice,
                code="E-DAT-03",
                field="ksef_period_ends_on" if starts_on else "ksef_period_starts_on",
                message=self.env._("the period of the supply needs a first and a later day."),
                remedy=self.env._("Correct the period on the invoice, tab KSeF."),
            )

    def _check_date_bounds(self, invoice):
        """Days that are typed wrongly, as 0026 for 2026."""
        for first_day, days in self._days_by_bound(invoice):
            for day in sorted({day for day in days if day}):
                if not first_day <= day <= _LAST_DAY:
                    yield self._problem_of_bounds(invoice, day, first_day)

    def _days_by_bound(self, invoice):
        """Yield the first day that the schema takes, and the days that it holds for."""
        move, transports = invoice.move, invoice.move.ksef_transport_ids
        yield _FIRST_DAY, self._days_of_sale(invoice)
        yield _FIRST_PAYMENT_DAY, self._days_of_payment(invoice)
        yield _FIRST_CONTRACT_DAY, [move.ksef_contract_on]
        moments = [*transports.mapped("starts_at"), *transports.mapped("ends_at")]
        yield _FIRST_TRANSPORT_DAY, [moment.date() for moment in moments if moment]

    def _days_of_sale(self, invoice):
        move, correction = invoice.move, invoice.correction
        return [
            move.invoice_date,
            move.ksef_period_starts_on,
            move.ksef_period_ends_on,
            move.ksef_advance_on,
            move.ksef_right_supply_on,
            *invoice.supply_days,
            *move.ksef_partial_advance_ids.mapped("paid_on"),
            *move.ksef_new_transport_ids.mapped("first_used_on"),
            *(corrected.issued_on for corrected in (correction.corrected if correction else ())),
        ]

    def _days_of_payment(self, invoice):
        return [
            *self._terms_of(invoice.move).mapped("date_maturity"),
            *(payment.paid_on for payment in invoice.payments),
            invoice.move.ksef_right_due_on,
        ]

    def _problem_of_bounds(self, invoice, day, first_day):
        return self._problem(
            invoice,
            code="E-DAT-01",
            field="invoice_date",
            message=self.env._(
                "KSeF refuses the date %(day)s: it takes dates from %(first)s to %(last)s.",
                day=day,
                first=first_day,
                last=_LAST_DAY,
            ),
            remedy=self.env._("Look for the date on the invoice and correct it."),
        )

    def _check_supply_day(self, invoice):
        move = invoice.move
        days = {*invoice.supply_days, move.ksef_period_ends_on} - {False}
        late = [day for day in days if move.invoice_date and day - move.invoice_date > _EARLIEST]
        if late:
            yield self._problem(
                invoice,
                code="W-DAT-04",
                field="taxable_supply_date",
                message=self.env._(
                    "the supply on %(day)s is more than 60 days after the invoice date.",
                    day=max(late),
                ),
                remedy=self.env._("Issue the invoice later, or correct the date of supply."),
            )

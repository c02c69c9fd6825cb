from datetime import timedelta

from odoo import models

from ...ksef.fa3.amounts import round_money, to_decimal
from ...ksef.fa3.schema import read_values
from ..problem import Problem

_RATE_AGE = timedelta(days=7)


class KsefFa3ChecksAmounts(models.AbstractModel):
    _inherit = "ksef.fa3"

    def _check_company_currency(self, invoice):
        currency = invoice.move.company_currency_id
        if currency.name != "PLN":
            yield Problem(
                code="E-CUR-05",
                record=invoice.move.company_id,
                field="currency_id",
                message=self.env._(
                    "%(company)s keeps its books in %(currency)s, so the VAT in PLN is not known.",
                    company=invoice.move.company_id.name,
                    currency=currency.name,
                ),
                remedy=self.env._("Invoices for KSeF need a company with books in PLN."),
            )

    def _check_currency(self, invoice):
        currency, total = invoice.move.currency_id, to_decimal(invoice.move.amount_total)
        if currency.name not in read_values("TKodWaluty") or round_money(total) != total:
            yield self._problem(
                invoice,
                code="E-CUR-02",
                field="currency_id",
                message=self.env._(
                    "KSeF cannot show %(total)s %(currency)s: it does not know this currency, "
                    "or the amount has more than two decimals.",
                    total=total,
                    currency=currency.name,
                ),
                remedy=self.env._("Choose another currency or round the amounts."),
            )

    def _check_currency_rate(self, invoice):
        """A rate of a later day, or 1.0, is what Odoo takes where there is none."""
        move = invoice.move
        if invoice.rate is None or self._is_rate_typed(move):
            return
        if invoice.rate_on is None:
            yield self._problem_of_no_rate(invoice)
        elif move._get_invoice_currency_rate_date() - invoice.rate_on > _RATE_AGE:
            yield self._problem(
                invoice,
                code="W-CUR-07",
                field="invoice_currency_rate",
                message=self.env._(
                    "the newest rate of %(currency)s is of %(day)s, more than a week old.",
                    currency=move.currency_id.name,
                    day=invoice.rate_on,
                ),
                remedy=self.env._("Load the rates of the NBP and refresh the rate of the invoice."),
            )

    def _is_rate_typed(self, move):
        return abs(move.invoice_currency_rate - move.expected_currency_rate) > 1e-9

    def _problem_of_no_rate(self, invoice):
        return self._problem(
            invoice,
            code="E-CUR-06",
            field="invoice_currency_rate",
            message=self.env._(
                "there is no rate of %(currency)s on or before the day it is needed for; "
                "Odoo used %(rate)s.",
                currency=invoice.move.currency_id.name,
                rate=invoice.rate,
            ),
            remedy=self.env._(
                "Enter the rate of the NBP, reset the invoice to draft and refresh its rate."
            ),
        )

    def _check_total(self, invoice):
        total = round_money(invoice.move.amount_total)
        if invoice.due != total:
            yield self._problem(
                invoice,
                code="E-AMT-02",
                field="amount_total",
                message=self.env._(
                    "the lines and their VAT come to %(sum)s, but the invoice to %(total)s.",
                    sum=invoice.due,
                    total=total,
                ),
                remedy=self.env._(
                    "Check the taxes of the lines; if they look right, tell your administrator."
                ),
            )

    def _check_cash_rounding(self, invoice):
        rounding = invoice.move.line_ids.filtered(lambda line: line.display_type == "rounding")
        if rounding.tax_repartition_line_id:
            yield self._problem(
                invoice,
                code="E-AMT-04",
                field="invoice_cash_rounding_id",
                message=self.env._("the cash rounding changes the VAT, which KSeF cannot show."),
                remedy=self.env._('Choose a rounding with the strategy "Add a rounding line".'),
            )

    def _check_price_kinds(self, invoice):
        kinds = {row.taxes[:1].price_include for row in invoice.rows if not row.is_margin}
        if len(kinds) > 1:
            yield self._problem(
                invoice,
                code="W-AMT-02",
                field="invoice_line_ids",
                message=self.env._(
                    "some prices include the tax and others do not. The document shows all of "
                    "them without it."
                ),
                remedy=self.env._("Use taxes of one kind if the buyer shall see your prices."),
            )

    def _check_row_rates(self, invoice):
        """The ledger has one rate, so rows with their own make VAT that is not booked."""
        if invoice.rate is None or not any(row.rate for row in invoice.rows):
            return
        shown = sum(map(round_money, self._convert_taxes(invoice).values()))
        booked = self._sign_of_taxes(invoice.move) * sum(
            invoice.move.line_ids.filtered("tax_line_id").mapped("balance")
        )
        if shown != round_money(booked):
            yield self._problem(
                invoice,
                code="W-CUR-04",
                field="invoice_currency_rate",
                message=self.env._(
                    "with the exchange rates of the lines the VAT is %(shown)s PLN, but "
                    "%(booked)s PLN are booked.",
                    shown=shown,
                    booked=round_money(booked),
                ),
                remedy=self.env._(
                    "Issue one invoice for each rate, or correct the VAT in the ledger."
                ),
            )

from collections import defaultdict

from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    """Final invoices deduct what corrections have left of the advances.

    Sales nets an advance with its corrections by quantity, and by price regardless of the
    quantity, so it deducts nothing, or too much, of one that was lowered.
    """

    _inherit = "account.move"

    ksef_is_deduction_wrong = fields.Boolean(
        compute="_compute_ksef_is_deduction_wrong",
        help="Whether this draft deducts other amounts than are left of the advances.",
    )

    @api.depends(
        "state",
        "invoice_date",
        "invoice_line_ids.quantity",
        "invoice_line_ids.price_unit",
        "invoice_line_ids.discount",
        "invoice_line_ids.tax_ids",
    )
    def _compute_ksef_is_deduction_wrong(self):
        for move in self:
            move.ksef_is_deduction_wrong = move._ksef_may_deduct() and any(
                move.currency_id.round(amount)
                for amount in move._ksef_missing_deductions().values()
            )

    def _ksef_may_deduct(self):
        return (
            self.state == "draft"
            and self.move_type == "out_invoice"
            and self._ksef_is_possible()
            and not self.ksef_is_correction
            and bool(self._ksef_sale_lines())
        )

    def _ksef_missing_deductions(self):
        """Return `{key: amount}`: what is left of each advance less what this invoice deducts."""
        missing = defaultdict(float, self._ksef_advances_left())
        for line in self._ksef_advance_lines():
            missing[line._ksef_advance_key()] += line._ksef_price_in_all()
        return missing

    def _ksef_advances_left(self):
        """Return `{key: amount}` of advances less their corrections and earlier deductions.

        The amounts are those of prices: with the taxes of the line included, or not.
        """
        left = defaultdict(float)
        for line in self._ksef_sibling_advance_lines():
            sign = -1 if line.move_id.move_type == "out_refund" else 1
            left[line._ksef_advance_key()] += sign * line._ksef_price_in_all()
        return left

    def action_ksef_deduct_advances(self):
        """Deduct what is left of the advances, rate by rate; other lines stay.

        :raises UserError: for what is no draft of a final invoice
        """
        self.ensure_one()
        self.check_access("write")
        if not self._ksef_may_deduct():
            raise UserError(
                self.env._(
                    "%(invoice)s: only the draft of a final invoice deducts advances. Reset it to "
                    "draft first.",
                    invoice=self.display_name,
                )
            )
        self.invoice_line_ids = [
            *(Command.delete(line.id) for line in self._ksef_advance_lines()),
            *(Command.create(values) for values in self._ksef_deduction_values()),
        ]

    def _ksef_deduction_values(self):
        """A line for each rate of each advance, with the account of the advance."""
        first = {}
        for line in self._ksef_sibling_advance_lines():
            first.setdefault(line._ksef_advance_key(), line)
        for key, amount in self._ksef_advances_left().items():
            if self.currency_id.round(amount) > 0:
                yield first[key]._ksef_deduction_of(amount)


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _ksef_advance_key(self):
        """What tells the lines of one advance at one rate, on all its documents."""
        return self.sudo().sale_line_ids._origin, self.tax_ids._origin

    def _ksef_price_in_all(self):
        return self.quantity * self.price_unit * (1 - self.discount / 100)

    def _ksef_deduction_of(self, amount):
        """The line that deducts this much of the advance, with its links to the order."""
        values = self.sudo().with_context(include_business_fields=True).copy_data()[0]
        values.pop("move_id", None)
        return {
            **values,
            "quantity": -1,
            "price_unit": amount,
            "discount": 0,
            "extra_tax_data": False,
            "sequence": 9999,
        }

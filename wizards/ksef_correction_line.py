from odoo import Command, api, fields, models

# What a line of a correction takes over from the line that it corrects
_KEPT = (
    "product_id",
    "product_uom_id",
    "account_id",
    "analytic_distribution",
    "sequence",
    "ksef_rate_code",
    "ksef_procedure",
    "ksef_gtu",
    "ksef_is_annex15",
)
# What links a line to the order that it bills
_ORDER_LINKS = ("sale_line_ids", "purchase_line_id")


class KsefCorrectionLine(models.TransientModel):
    """A line of the invoice as KSeF has it, and as it should be."""

    _name = "ksef.correction.line"
    _description = "Line of an invoice to correct"

    wizard_id = fields.Many2one("ksef.correction", required=True, ondelete="cascade")
    currency_id = fields.Many2one(related="wizard_id.currency_id")
    company_id = fields.Many2one(related="wizard_id.company_id")
    tax_use = fields.Selection(related="wizard_id.tax_use")
    key = fields.Char(readonly=True, help="The row in KSeF; empty for a line that was forgotten.")
    line_id = fields.Many2one("account.move.line", readonly=True)
    unit = fields.Char(readonly=True)
    name_before = fields.Char(readonly=True)
    quantity_before = fields.Float(
        string="Quantity before", min_display_digits="Product Unit", readonly=True
    )
    price_unit_before = fields.Float(
        string="Price before", min_display_digits="Product Price", readonly=True
    )
    discount_before = fields.Float(string="Discount before (%)", readonly=True)
    tax_before_ids = fields.Many2many(related="line_id.tax_ids", string="Tax before")
    value_before = fields.Monetary(string="Amount before", readonly=True)
    name = fields.Char(required=True)
    quantity = fields.Float(min_display_digits="Product Unit", default=1)
    price_unit = fields.Float(string="Unit price", min_display_digits="Product Price")
    discount = fields.Float(string="Discount (%)", digits="Discount")
    tax_ids = fields.Many2many(
        "account.tax",
        string="Taxes",
        domain="[('type_tax_use', '=', tax_use), ('company_id', 'parent_of', company_id)]",
    )
    change = fields.Selection(
        [
            ("none", "As it was"),
            ("quantity", "Quantity"),
            ("price", "Price"),
            ("anew", "Sold anew"),
            ("new", "Forgotten"),
        ],
        compute="_compute_change",
    )
    value = fields.Monetary(string="Amount", compute="_compute_value")
    difference = fields.Monetary(compute="_compute_value")

    @api.depends("quantity", "price_unit", "discount", "tax_ids", "name", "key")
    def _compute_change(self):
        for line in self:
            line.change = line._find_change()

    def _find_change(self):
        """What of the line is different; more than one thing at once is sold anew."""
        if not self.key:
            return "new"
        is_same = {
            name: self._is_as_before(name) for name in ("quantity", "price_unit", "discount")
        }
        is_renamed = (self.name or "").strip() != (self.name_before or "").strip()
        if self.tax_ids._origin != self.line_id.tax_ids or is_renamed or not is_same["discount"]:
            return "anew"
        if is_same["quantity"]:
            return "none" if is_same["price_unit"] else "price"
        return "quantity" if is_same["price_unit"] else "anew"

    def _is_as_before(self, name):
        return abs(self[name] - self[f"{name}_before"]) < 1e-8

    @api.depends("quantity", "price_unit", "discount", "value_before", "change")
    def _compute_value(self):
        for line in self:
            amount = line.quantity * line.price_unit * (1 - line.discount / 100)
            rounded = line.currency_id.round(amount) if line.currency_id else amount
            line.value = line.value_before if line.change == "none" else rounded
            line.difference = line.value - line.value_before

    # === LINES OF THE CORRECTION === #

    def _move_lines(self, sign):
        """Commands for the lines that make the change; `sign` is -1 in a credit note."""
        makers = {
            "quantity": self._change_quantity,
            "price": self._change_price,
            "anew": self._sell_anew,
            "new": self._sell_more,
        }
        return [Command.create(values) for values in makers[self.change](sign)]

    def _change_quantity(self, sign):
        more = self.quantity - self.quantity_before
        return [self._before_values(sign * more)]

    def _change_price(self, sign):
        """Orders keep their quantities, so a change of price is no delivery to them."""
        more = self.price_unit - self.price_unit_before
        values = self._before_values(self.quantity_before)
        for name in _ORDER_LINKS:
            values.pop(name, None)
        return [{**values, "price_unit": sign * more, "ksef_kor_mode": "price"}]

    def _sell_anew(self, sign):
        """Take all of the row back, and sell it as it should have been."""
        taken = self._before_values(-sign * self.quantity_before)
        return [taken, *self._sell_again(sign)]

    def _sell_again(self, sign):
        return [{**self._before_values(sign * self.quantity), **self._values_after()}]

    def _sell_more(self, sign):
        return [{"quantity": sign * self.quantity, **self._values_after()}]

    def _values_after(self):
        return {
            "name": self.name,
            "price_unit": self.price_unit,
            "discount": self.discount,
            "tax_ids": [Command.set(self.tax_ids.ids)],
        }

    def _before_values(self, quantity):
        """The line as it was sold, over another quantity."""
        line = self.line_id
        values = line.read(_KEPT, load="_classic_write")[0]
        values.pop("id")
        return {
            **values,
            "name": self.name_before,
            "quantity": quantity,
            "price_unit": self.price_unit_before,
            "discount": self.discount_before,
            "tax_ids": [Command.set(line.tax_ids.ids)],
            "ksef_corrected_line_id": line._ksef_root_line().id,
            "ksef_kor_mode": "quantity",
            **self._order_links(),
        }

    def _order_links(self):
        """Of the line to orders; `sale` and `purchase` may be there or not."""
        business = {}
        self.line_id._copy_data_extend_business_fields(business)
        return {name: business[name] for name in _ORDER_LINKS if name in business}

    def _new_values(self):
        """The line as it was sold, for an invoice that knows nothing of the old one."""
        values = self._before_values(self.quantity_before)
        return {**values, "ksef_corrected_line_id": False, "ksef_kor_mode": False}

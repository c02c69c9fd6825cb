from odoo import Command, api, fields, models

from ..models.account_move_correction import REFUNDS

# What can be wrong with an advance invoice, and with a settlement
SUBJECTS = {
    "ZAL": ("cancel", "amount", "buyer", "data", "number"),
    "ROZ": ("cancel", "return", "lines", "amount", "buyer", "data", "number"),
}


class KsefCorrection(models.TransientModel):
    """Advance invoices and their settlements: taken back, other amounts, or other data.

    Beside the amounts their documents show the order, which is changed in Sales.
    """

    _inherit = "ksef.correction"

    is_of_advance = fields.Boolean(compute="_compute_is_of_advance")
    advance_ids = fields.One2many("ksef.correction.advance", "wizard_id", string="Advances")

    @api.depends("move_ids")
    def _compute_is_of_advance(self):
        for wizard in self:
            kinds = {move._ksef_kind() for move in wizard.move_ids}
            wizard.is_of_advance = bool(kinds & SUBJECTS.keys())

    @api.model
    def _usual_subject(self, origins):
        kinds = {move._ksef_kind() for move in origins}
        return "cancel" if kinds & SUBJECTS.keys() else super()._usual_subject(origins)

    def _possible_subjects(self):
        own = SUBJECTS.get(self.origin_id._ksef_kind())
        return list(own) if own else super()._possible_subjects()

    def _is_of_rows(self):
        is_copied = self.is_of_advance and self.subject == "cancel"
        return super()._is_of_rows() and not is_copied

    def _correction_lines(self, sign):
        if self.subject == "amount":
            return [Command.create(line._move_values(sign)) for line in self._changed_advances()]
        if self.is_of_advance and self.subject == "cancel":
            return [
                Command.create(self._copy_of(line, share * line.quantity))
                for line, share in self._lines_so_far()
            ]
        return super()._correction_lines(sign)

    def _lines_so_far(self):
        """Yield the lines of the invoice and of its corrections in KSeF; 1 adds, -1 takes back."""
        yield from ((line, 1) for line in self._lines_of(self.origin_id))
        for correction in self.origin_id.ksef_correction_ids.filtered("ksef_number"):
            share = -1 if correction.move_type in REFUNDS else 1
            yield from ((line, share) for line in self._lines_of(correction))

    def _lines_of(self, move):
        """Lines with amounts; those of a correction of data have none."""
        if move.ksef_is_formal:
            return move.invoice_line_ids.browse()
        return move.invoice_line_ids.filtered(lambda line: line.display_type == "product")

    def _copy_of(self, line, quantity):
        """The line over another quantity, with its links to the order."""
        values = line.with_context(include_business_fields=True).copy_data()[0]
        values.pop("move_id", None)
        root = line._ksef_root_line()
        return {**values, "quantity": quantity, "ksef_corrected_line_id": root.id}

    # === AMOUNTS === #

    def _prepare_amount(self, _known):
        """One line for each rate."""
        advances = {}
        for line, share in self._lines_so_far():
            if line in line.move_id._ksef_advance_lines():
                advance = advances.setdefault(line.tax_ids, self._advance_values(line))
                price = line.price_unit * (1 - line.discount / 100)
                advance["amount"] += self._direction() * share * line.quantity * price
        self.advance_ids = [
            Command.clear(),
            *(
                Command.create({**advance, "amount_before": advance["amount"]})
                for advance in advances.values()
            ),
        ]

    def _advance_values(self, line):
        return {"line_id": line.id, "tax_ids": [Command.set(line.tax_ids.ids)], "amount": 0}

    def _direction(self):
        """1 where an advance is what the buyer pays, -1 where it is deducted from that."""
        return -1 if self.origin_id._ksef_kind() == "ROZ" else 1

    @api.depends("advance_ids.difference")
    def _compute_amount_difference(self):
        of_amounts = self.filtered(lambda wizard: wizard.subject == "amount")
        for wizard in of_amounts:
            wizard.amount_difference = sum(wizard.advance_ids.mapped("difference"))
        return super(KsefCorrection, self - of_amounts)._compute_amount_difference()

    def _check_amount(self):
        if not self._changed_advances():
            self._refuse_empty()

    def _changed_advances(self):
        return self.advance_ids.filtered("difference")


class KsefCorrectionAdvance(models.TransientModel):
    """An advance at one rate as KSeF has it, and as it should be.

    A rate that was forgotten has no line yet; it becomes one beside that of the other rates.
    """

    _name = "ksef.correction.advance"
    _description = "Amount of an advance to correct"

    wizard_id = fields.Many2one("ksef.correction", required=True, ondelete="cascade")
    currency_id = fields.Many2one(related="wizard_id.currency_id")
    line_id = fields.Many2one("account.move.line", readonly=True)
    name = fields.Char(related="line_id.name")
    company_id = fields.Many2one(related="wizard_id.company_id")
    tax_use = fields.Selection(related="wizard_id.tax_use")
    tax_ids = fields.Many2many(
        "account.tax",
        string="Taxes",
        required=True,
        domain="[('type_tax_use', '=', tax_use), ('company_id', 'parent_of', company_id)]",
    )
    amount_before = fields.Monetary(string="Amount before", readonly=True)
    amount = fields.Monetary(string="Right amount")
    difference = fields.Monetary(
        compute="_compute_difference", help="What the buyer has to pay more, or less."
    )

    @api.depends("amount", "amount_before")
    def _compute_difference(self):
        for line in self:
            more = line.amount - line.amount_before
            line.difference = line.wizard_id._direction() * more

    def _move_values(self, sign):
        """The line that makes the change; `sign` is -1 in a credit note."""
        more = sign * self.difference
        line = self.line_id or self.wizard_id.advance_ids.line_id[:1]
        return {
            **self.wizard_id._copy_of(line, 1),
            "price_unit": more,
            "discount": 0,
            "tax_ids": [Command.set(self.tax_ids.ids)],
        }

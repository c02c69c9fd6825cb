from odoo import Command, api, fields, models

ADVANCES = {"ZAL", "ROZ"}
OF_ADVANCES = ("cancel", "buyer", "data", "number")


class KsefCorrection(models.TransientModel):
    """Advance invoices and their settlements: taken back as a whole, or their data corrected.

    Beside the amounts their documents show the order, which is changed in Sales.
    """

    _inherit = "ksef.correction"

    is_of_advance = fields.Boolean(compute="_compute_is_of_advance")

    @api.depends("move_ids")
    def _compute_is_of_advance(self):
        for wizard in self:
            kinds = {move._ksef_kind() for move in wizard.move_ids}
            wizard.is_of_advance = bool(kinds & ADVANCES)

    @api.model
    def _usual_subject(self, origins):
        kinds = {move._ksef_kind() for move in origins}
        return "cancel" if kinds & ADVANCES else super()._usual_subject(origins)

    def _possible_subjects(self):
        possible = super()._possible_subjects()
        if self.is_of_advance:
            return [subject for subject in possible if subject in OF_ADVANCES]
        return possible

    def _is_of_rows(self):
        return super()._is_of_rows() and not self.is_of_advance

    def _correction_lines(self, sign):
        if not self.is_of_advance:
            return super()._correction_lines(sign)
        lines = [self._copy_of(line, 1) for line in self._lines_of(self.origin_id)]
        for correction in self.origin_id.ksef_correction_ids.filtered("ksef_number"):
            share = -1 if correction.move_type == "out_refund" else 1
            lines += [self._copy_of(line, share) for line in self._lines_of(correction)]
        return [Command.create(values) for values in lines]

    def _lines_of(self, move):
        """Lines with amounts; those of a correction of data have none."""
        if move.ksef_is_formal:
            return move.invoice_line_ids.browse()
        return move.invoice_line_ids.filtered(lambda line: line.display_type == "product")

    def _copy_of(self, line, share):
        """The line over this share of its quantity, with its links to the order."""
        values = line.with_context(include_business_fields=True).copy_data()[0]
        values.pop("move_id", None)
        root = line._ksef_root_line()
        return {**values, "quantity": share * line.quantity, "ksef_corrected_line_id": root.id}

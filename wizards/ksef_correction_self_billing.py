from odoo import api, fields, models


class KsefCorrection(models.TransientModel):
    """Bills that we issue in the name of the vendor: he is the seller, and we are the buyer."""

    _inherit = "ksef.correction"

    move_type = fields.Selection(related="origin_id.move_type")
    is_self_billed = fields.Boolean(compute="_compute_is_self_billed")
    tax_use = fields.Selection(
        [("sale", "Sales"), ("purchase", "Purchases")], compute="_compute_is_self_billed"
    )

    @api.depends("origin_id")
    def _compute_is_self_billed(self):
        for wizard in self:
            wizard.is_self_billed = wizard.origin_id._ksef_is_self_billed()
            wizard.tax_use = "purchase" if wizard.is_self_billed else "sale"

    def _possible_subjects(self):
        """Of another vendor the document would be another one: it is taken back and made anew."""
        subjects = super()._possible_subjects()
        if not self.is_self_billed:
            return subjects
        possible = [subject for subject in subjects if subject not in ("nip", "vendor")]
        possible.insert(possible.index("buyer"), "vendor")
        return possible

    # === DATA === #

    @api.depends("is_self_billed")
    def _compute_payee_id(self):
        of_vendors = self.filtered("is_self_billed")
        for wizard in of_vendors:
            wizard.payee_id = wizard.partner_id
        return super(KsefCorrection, self - of_vendors)._compute_payee_id()

    def _wrong_contact(self):
        return self.partner_id if self.subject == "vendor" else super()._wrong_contact()

    def _prepare_vendor(self, known):
        self._prepare_buyer(known)

    def _make_vendor(self):
        return self._make_buyer()

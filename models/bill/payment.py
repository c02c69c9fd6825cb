from odoo import models

from ...ksef.bill.draft import Outcome
from ..fa3.payment import FORM_OF_JOURNAL, TRANSFER


class KsefBillReader(models.AbstractModel):
    """How a document is to be paid, or was."""

    _inherit = "ksef.bill.reader"

    def _payment_values(self, draft, source):
        """Our method that pays in the form of the document; nothing where several do."""
        form = draft.terms.form
        if not form or draft.outcome is not Outcome.BILL:
            return {}
        methods = self.env["account.payment.method.line"].search(
            [
                ("journal_id.company_id", "=", source.company.id),
                ("payment_method_id.payment_type", "=", "outbound"),
            ]
        )
        named = methods.filtered(lambda method: method.ksef_payment_form == str(form))
        found = named or methods.filtered(
            lambda method: (
                not method.ksef_payment_form and FORM_OF_JOURNAL.get(method.journal_id.type) == form
            )
        )
        return {"preferred_payment_method_line_id": found.id} if len(found) == 1 else {}

    def _note_of_form(self, form):
        """The form in words. Transfers are usual, and the account stands on the bill."""
        field = self.env["account.payment.method.line"]._fields["ksef_payment_form"]
        forms = dict(field._description_selection(self.env))
        return forms.get(str(form)) if form != TRANSFER else None

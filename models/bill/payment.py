from odoo import models

from ...ksef.bill.draft import Outcome
from ..fa3.payment import FORM_OF_JOURNAL, TRANSFER


class KsefBillReader(models.AbstractModel):
    """How a document is to be paid, or was."""

    _inherit = "ksef.bill.reader"

    def _due_values(self, draft, vendor, facts, source):
        """When to pay: on the last day of the document, else by our terms with the vendor.

        Without such terms, and where it is paid already, on the day of the document itself.
        """
        terms = draft.terms
        agreed = vendor.with_company(source.company).property_supplier_payment_term_id
        if agreed and not terms.due_dates and not terms.is_paid:
            return {}
        due_on = terms.due_dates[-1] if terms.due_dates else terms.paid_on or facts.issued_on
        return {"invoice_payment_term_id": False, "invoice_date_due": due_on} if due_on else {}

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

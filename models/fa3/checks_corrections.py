from odoo import models

from ...ksef import number
from ...ksef.errors import InvalidDocument
from ..account_move_correction import REFUNDS
from . import corrections_state as states
from .annotations import SPLIT_PAYMENT_LIMIT

_RULES = (
    "_check_corrected_documents",
    "_check_corrected_kinds",
    "_check_corrected_numbers",
    "_check_corrected_buyer",
    "_check_corrected_vendor",
    "_check_correction_type",
    "_check_split_payment_kept",
)


class KsefFa3ChecksCorrections(models.AbstractModel):
    """The rules on corrections."""

    _inherit = "ksef.fa3"

    def _check_records(self, invoice):
        found = list(super()._check_records(invoice))
        yield from found
        if invoice.correction and not any(problem.code == "E-TYP-01" for problem in found):
            for rule in _RULES:
                yield from getattr(self, rule)(invoice)

    def _obstacles(self, invoice):
        """A kind that a person chose must not turn a correction into a sale."""
        yield from super()._obstacles(invoice)
        move = invoice.move
        is_reversal = move.move_type in REFUNDS or move._ksef_corrected_source()
        if is_reversal and move._ksef_kind() and not move.ksef_is_correction:
            yield self.env._("what reverses another document can only be a correction in KSeF.")
        if self._is_state_missing(invoice):
            yield self.env._(
                "what this corrects is not known well enough: the corrected invoice, or an earlier "
                "correction of it, is neither in KSeF nor complete in Odoo."
            )

    def _is_state_missing(self, invoice):
        """These corrections must show data and amounts from before, which nobody may guess."""
        move, correction = invoice.move, invoice.correction
        if not correction or correction.state or not correction.corrected:
            return False
        return move.ksef_is_formal or move._ksef_kind() in ("KOR_ZAL", "KOR_ROZ")

    # === EXCHANGE RATE AND PAYMENT === #

    def _check_currency_rate(self, invoice):
        """A correction has the rate of its invoice, which was looked at there."""
        move = invoice.move
        if move.ksef_origin_move_id.currency_id != move.currency_id:
            yield from super()._check_currency_rate(invoice)

    def _check_annex15(self, invoice):
        if not self._is_credit(invoice):
            yield from super()._check_annex15(invoice)

    def _check_split_payment(self, invoice):
        if not self._is_credit(invoice):
            yield from super()._check_split_payment(invoice)

    def _is_credit(self, invoice):
        """Whether the document takes back: there is nothing to pay to the seller."""
        return bool(invoice.correction and invoice.correction.sign < 0)

    # === WHAT IS CORRECTED === #

    def _check_corrected_documents(self, invoice):
        if not invoice.correction.corrected:
            yield self._problem(
                invoice,
                code="E-KOR-01",
                field="ksef_corrected_document_ids",
                message=self.env._("a correction must name the invoice that it corrects."),
                remedy=self.env._(
                    'Choose the corrected invoice, or list the invoices in the tab "Correction".'
                ),
            )

    def _check_corrected_kinds(self, invoice):
        """An advance, a settlement and a sale are corrected by documents of different kinds."""
        known = {"VAT": "KOR", "UPR": "KOR", "ZAL": "KOR_ZAL", "ROZ": "KOR_ROZ"}
        kinds = {known.get(item.kind) for item in invoice.correction.corrected if item.kind}
        if kinds - {invoice.move._ksef_kind()}:
            yield self._problem(
                invoice,
                code="E-KOR-02",
                field="ksef_corrected_document_ids",
                message=self.env._("the corrected invoices need corrections of another kind."),
                remedy=self.env._(
                    "Correct sales, advances and settlements by credit notes of their own."
                ),
            )

    def _check_corrected_numbers(self, invoice):
        """The number of what is corrected is part of the correction (art. 106j(2)(2a))."""
        for item in invoice.correction.corrected:
            if item.is_awaited:
                yield self._problem_of_no_number(invoice, item.record, item.number)
            elif item.ksef_number and not number.is_valid(item.ksef_number):
                yield self._problem_of_wrong_number(invoice, item)
        if invoice.correction.is_blocked:
            yield self._problem(
                invoice,
                code="E-KOR-03",
                record=invoice.move.ksef_origin_move_id,
                message=self.env._(
                    "another correction of the same invoice is on its way to KSeF, so the "
                    "amounts before this one are not certain yet."
                ),
                remedy=self.env._("Send this one once the other has its KSeF number."),
            )

    def _problem_of_no_number(self, invoice, record, name):
        return self._problem(
            invoice,
            code="E-KOR-03",
            record=record,
            field="ksef_number",
            message=self.env._(
                "the corrected invoice %(number)s has no KSeF number yet, and a correction "
                "must name it.",
                number=name,
            ),
            remedy=self.env._("Send the corrected invoice first and wait for its number."),
        )

    def _problem_of_wrong_number(self, invoice, item):
        return self._problem(
            invoice,
            code="E-KNO-01",
            record=item.record,
            field="ksef_number",
            message=self.env._("%(number)s is no KSeF number.", number=item.ksef_number),
            remedy=self.env._("Copy the number from KSeF; its last two characters check it."),
        )

    def _check_corrected_buyer(self, invoice):
        """A wrong NIP is no wrong name: the invoice went to somebody else."""
        state = invoice.correction.state
        if not (invoice.move.ksef_is_formal and state):
            return
        if not self._is_same_buyer(invoice):
            yield self._problem(
                invoice,
                code="E-KOR-07",
                field="ksef_is_formal",
                message=self.env._("the NIP of the buyer is another one than on the invoice."),
                remedy=self.env._(
                    "A wrong NIP cannot be corrected: reverse the whole invoice and issue a new "
                    'one ("Reverse and Create Invoice").'
                ),
            )

    def _check_correction_type(self, invoice):
        if not invoice.move.ksef_correction_type:
            yield self._problem(
                invoice,
                code="W-KOR-04",
                field="ksef_correction_type",
                message=self.env._("it is not said in which period this correction takes effect."),
                remedy=self.env._(
                    "Choose the period of the invoice if that was wrong from the start, and that "
                    "of the correction if something new happened."
                ),
            )

    def _check_split_payment_kept(self, invoice):
        """Below the limit the law no longer demands it, but nobody but the accountant takes it off.

        Where nothing is left to be paid, nobody need decide.
        """
        state, move = invoice.correction.state, invoice.move
        is_kept = state and state.last.Fa.Adnotacje.P_18A and not move.ksef_split_payment
        if not is_kept:
            return
        before, after = self._due_in_pln(invoice, state)
        if 0 < after <= SPLIT_PAYMENT_LIMIT < before:
            yield self._problem(
                invoice,
                code="W-MPP-04",
                field="ksef_split_payment",
                message=self.env._(
                    "the invoice comes to %(due)s PLN after this correction. The law demands split "
                    "payment above 15 000 PLN only, but the correction keeps the annotation.",
                    due=after,
                ),
                remedy=self.env._(
                    "Leave it, or take it off: split payment on the correction, tab KSeF."
                ),
            )

    # === WHAT IS LEFT === #

    def _check_document(self, invoice, document):
        found = super()._check_document(invoice, document)
        state = invoice.correction and invoice.correction.state
        if state and not any(problem.is_blocking for problem in found):
            found += self._check_state_after(invoice, state)
        return found

    def _check_state_after(self, invoice, state):
        try:
            after = states.apply(state, self._build(invoice))
        except InvalidDocument as error:
            return [self._explain(invoice, problem) for problem in error.problems]
        if after.is_overdrawn:
            return [self._problem_of_overdraft(invoice)]
        if after.is_returned and after.due:
            return [self._problem_of_remainder(invoice, after.due)]
        return []

    def _problem_of_overdraft(self, invoice):
        return self._problem(
            invoice,
            code="W-KOR-05",
            message=self.env._("the corrections so far take back more than the invoice was for."),
            remedy=self.env._("Check the earlier corrections of the same invoice."),
        )

    def _problem_of_remainder(self, invoice, due):
        return self._problem(
            invoice,
            code="W-KOR-06",
            message=self.env._(
                "everything is taken back, but %(due)s %(currency)s of the invoice remain.",
                due=due,
                currency=invoice.move.currency_id.name,
            ),
            remedy=self.env._(
                "Enter the tax of the invoice in the credit note too, if it was edited by hand."
            ),
        )

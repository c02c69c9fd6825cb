"""From a document to a bill: made, or found among those that are there already."""

from odoo import models
from odoo.exceptions import UserError, ValidationError

from ..account_move_bill import BILL_TYPES
from .document import OPEN

MOST_TOLD = 5  # reasons in a message at the side of the screen


class KsefInbox(models.Model):
    _inherit = "ksef.inbox"

    # === FOR PEOPLE === #

    def action_make_bills(self):
        """Make a draft bill or refund of each document, and show what came of it."""
        self._check_bookkeeper()
        rows = self.filtered(lambda row: row.state in OPEN)
        for row, rule in rows._rules().items():
            row.sudo()._book(rule)
        return self._show_bills()

    def action_match(self):
        """Show the bills that may be this document, to choose from."""
        self.ensure_one()
        self._check_bookkeeper()
        return self.env["ksef.inbox.match"]._open_for(self)

    def action_untie(self):
        """Separate documents from their bills; the bills stay."""
        self._check_bookkeeper()
        for row in self.filtered("bill_id"):
            bill = row.bill_id
            row.sudo().bill_id = False
            row.sudo()._move_to(row._resting_state())
            self.env["ksef.bill.reader"]._untie(bill)

    def _check_bookkeeper(self):
        """Bills are made by who may make bills.

        :raises AccessError: to others
        """
        self.check_access("read")
        self.env["account.move"].check_access("create")

    def _show_bills(self):
        """Show the bills of these rows, and say of which there are none and why."""
        left = self.filtered(lambda row: not row.bill_id)
        if not self.bill_id:
            return left._notify_of_no_bill({"type": "ir.actions.client", "tag": "soft_reload"})
        bills = self.bill_id._get_records_action(
            name=self.env._("Bills"),
            context={**self.env.context, "default_move_type": "in_invoice"},
        )
        return left._notify_of_no_bill(bills) if left else bills

    def _notify_of_no_bill(self, following):
        """Tell why these rows have no bill, before the action `following` is carried out."""
        late = self.env._("It is booked or refused already.")
        reasons = [f"{row.display_name}: {row.reason or late}" for row in self[:MOST_TOLD]]
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("Documents without a bill: %s", len(self)),
                "message": "\n".join(reasons),
                "type": "warning",
                "sticky": True,
                "next": following,
            },
        }

    # === MAKING === #

    def _may_be_booked(self):
        """Whether nothing about the file is wrong, so that a bill may be made without a person."""
        return self.state in OPEN and not self.fault and not self.bill_id

    def _book(self, rule):
        """Tie the document to the bill that it beyond doubt is, else make one."""
        if not self._tie_exact_twin():
            self._make_bill(rule)

    def _make_bill(self, rule):
        """Make a draft of the document; why there is none is kept as the reason.

        A correction of data that lies with its bill is booked without one of its own.
        """
        reading = self.env["ksef.bill.reader"]._draft_bill(
            self._document_bytes(),
            company=self.company_id,
            ksef_number=self.ksef_number,
            journal=rule.journal_id or self.company_id.ksef_bill_journal_id or None,
            rule=rule._as_reading_rule(),
        )
        if reading.move:
            self._move_to("booked", bill_id=reading.move.id, reason=False)
            self.partner_id = reading.move.commercial_partner_id
        else:
            state = "booked" if reading.is_done else self.state
            self._move_to(state, reason="\n".join(reading.reasons))

    def _post_safely(self):
        """Post the bill of this row; what speaks against it waits on the draft for a person."""
        try:
            with self.env.cr.savepoint():
                self.bill_id.action_post()
        except (UserError, ValidationError) as error:
            self.bill_id.message_post(
                body=self.env._("Could not be posted by itself: %s", error.args[0])
            )

    # === BILLS THAT ARE THERE ALREADY === #

    def _tie_known_bills(self):
        """Tie new rows to bills with their number, and to those that they beyond doubt are."""
        bills = self.env["account.move"].new({"company_id": self.company_id.id})
        numbered = {
            (bill.company_id, bill.ksef_number): bill
            for bill in bills._ksef_bills_numbered(self.mapped("ksef_number"))
        }
        with_bills = self._vendors_with_bills()
        for row in self.filtered(lambda row: row._may_be_booked()):
            bill = numbered.get((row.company_id, row.ksef_number))
            if bill:
                row._tie(bill)
            elif row.partner_id.id in with_bills:
                row._tie_exact_twin()

    def _vendors_with_bills(self):
        """Ids of vendors that have bills without a document: only those need a closer look."""
        groups = self.env["account.move"]._read_group(
            [
                ("company_id", "in", self.company_id.ids),
                ("move_type", "in", BILL_TYPES),
                ("commercial_partner_id", "in", self.partner_id.ids),
                ("ksef_number", "=", False),
                ("state", "!=", "cancel"),
            ],
            ["commercial_partner_id"],
        )
        return {partner.id for [partner] in groups}

    def _tie_exact_twin(self):
        """Tie the one bill that the document beyond doubt is; return it, or nothing."""
        reader = self.env["ksef.bill.reader"]
        facts = reader._facts(self._document_bytes())
        exact = reader._find_twins(facts, self.company_id).filtered(
            lambda bill: reader._is_exact_twin(bill, facts)
        )
        if len(exact) != 1:
            return self.env["account.move"]
        self._tie(exact)
        return exact

    def _tie(self, bill):
        """Give a bill this document and its number.

        :raises UserError: if it cannot be this document's
        """
        if self.state not in OPEN:
            raise UserError(
                self.env._("%s is booked or refused already. Reopen it first.", self.display_name)
            )
        self.env["ksef.bill.reader"]._tie(bill, self._document_bytes(), self.ksef_number)
        self._move_to("booked", bill_id=bill.id, reason=False)

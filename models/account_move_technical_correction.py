"""Invoices issued offline that KSeF refused: the buyer has them, so they are sent again as such."""

import base64

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..ksef.fa3.comparison import compare

MOST_SHOWN = 12  # values that differ, named in a message


class AccountMove(models.Model):
    _inherit = "account.move"

    ksef_is_technically_correctable = fields.Boolean(
        compute="_compute_ksef_is_technically_correctable", compute_sudo=True
    )

    ksef_is_draft_of_issued = fields.Boolean(
        compute="_compute_ksef_is_technically_correctable",
        compute_sudo=True,
        help="The buyer has this draft as an invoice issued offline, which KSeF refused.",
    )

    @api.depends("state", "ksef_state", "ksef_submission_ids.failure_code")
    def _compute_ksef_is_technically_correctable(self):
        for move in self:
            is_refused = move._ksef_last_submission()._is_refused_though_issued()
            move.ksef_is_technically_correctable = is_refused and move.state == "posted"
            move.ksef_is_draft_of_issued = is_refused and move.state == "draft"

    def action_ksef_open_technical_correction(self):
        """Explain why KSeF refused what the buyer has, and what can be done about it."""
        self.ensure_one()
        self._ksef_check_may_send()
        self._ksef_check_is_correctable()
        return self.env["ksef.technical.correction"]._open_for(self)

    def _ksef_correct_technically(self):
        """Send again what was issued offline and refused, with the same content.

        :raises UserError: if nothing was refused, a problem is left, or the content differs
        """
        self.ensure_one()
        self._ksef_check_may_send()
        self._ksef_check_is_correctable()
        refused = self._ksef_last_submission()
        if refused._is_to_be_repeated():
            return refused._repeat()
        self._ksef_check_no_blocking_problem()
        changed = [each for each in self._ksef_differences() if each.is_content]
        if changed:
            raise UserError(self._ksef_say_content_differs(changed))
        return refused._correct(self._ksef_invoice_xml())

    def _ksef_check_is_correctable(self):
        if not self.ksef_is_technically_correctable:
            raise UserError(
                self.env._(
                    "%(invoice)s needs no technical correction: that is for posted invoices that "
                    "were issued offline and then refused by KSeF.",
                    invoice=self.display_name,
                )
            )

    def _ksef_differences(self):
        """What the document of now says differently from the one that the buyer has.

        Only for an invoice without blocking problems: a document of it can be made.
        """
        handed_over = self._ksef_last_submission()._handed_over().with_context(bin_size=False)
        return compare(base64.b64decode(handed_over.document), self._ksef_invoice_xml())

    # === A DRAFT OF WHAT THE BUYER HAS === #

    def _post(self, soft=True):
        posted = super()._post(soft)
        for move in posted:
            if move.ksef_is_technically_correctable:
                move._ksef_check_same_content()
        return posted

    def _ksef_check_same_content(self):
        """Refuse to confirm something else than the buyer has, where that can be told yet.

        A document with a blocking problem cannot be compared; nor can it be sent.
        """
        if any(problem.is_blocking for problem in self._ksef_problems()):
            return
        changed = [each for each in self._ksef_differences() if each.is_content]
        if changed:
            raise UserError(self._ksef_say_content_differs(changed))

    # === FOR PEOPLE === #

    def _ksef_ask_to_compare(self, changed):
        """Ask somebody to look at an invoice that KSeF holds with another content."""
        user = self.company_id._ksef_person_for(self.invoice_user_id)
        told = self.with_context(lang=user.lang)
        note = told.env._(
            "KSeF has accepted this invoice with another content than the one issued here, sent "
            "by another program perhaps. What KSeF has is the invoice: see which of them is "
            "right, and correct it by a credit note or a debit note."
        )
        lines = Markup("<br/>").join([note, *told._ksef_name_changes(changed)])
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            user_id=user.id,
            summary=told.env._("The invoice in KSeF says something else"),
            note=lines,
        )

    def _ksef_name_changes(self, changed):
        return [
            self.env._(
                "%(place)s: “%(before)s”, now “%(after)s”",
                place=each.path,
                before=each.before,
                after=each.after,
            )
            for each in changed[:MOST_SHOWN]
        ]

    def _ksef_say_content_differs(self, changed):
        explanation = self.env._(
            "A technical correction must say the same as the invoice that the buyer has, and this "
            "one says something else. Reset the invoice to draft, restore what is listed and send "
            "the technical correction. Once the invoice has its KSeF number, change it by a "
            "credit note or a debit note. If the content itself is what KSeF refuses, cancel the "
            "invoice, tell the buyer, and issue another one under a new number."
        )
        return "\n".join([explanation, "", *self._ksef_name_changes(changed)])

import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, split_every

_logger = logging.getLogger(__name__)

MESSAGES = 100  # made at once: the time for each grows with their number
MOST_CHECKED = 200  # invoices at a click, before they are queued: about two seconds

# From these states on the document may be in KSeF, so the invoice must not change
LOCKED_STATES = ("sending", "unknown", "sent", "accepted")
WRITTEN_BY_QUEUE = {
    "ksef_state",
    "ksef_number",
    "ksef_mode",
    "ksef_due_at",
    "ksef_submission_ids",
    "ksef_waiting_since",
    "ksef_blocked_reason",
}
ACCOUNTANTS = "account.group_account_invoice,account.group_account_readonly"
EMPLOYEES = "base.group_user"  # what goes on in the house is nothing for portal users


class AccountMove(models.Model):
    _inherit = "account.move"

    ksef_submission_ids = fields.One2many(
        "ksef.submission", "move_id", string="KSeF submissions", groups=ACCOUNTANTS
    )
    ksef_state = fields.Selection(
        [
            ("to_send", "To send"),
            ("sending", "Being sent"),
            ("sent", "Being checked"),
            ("accepted", "Accepted"),
            ("rejected", "Rejected"),
            ("error", "Needs attention"),
        ],
        string="KSeF status",
        compute="_compute_ksef_state",
        store=True,
        copy=False,
        index="btree_not_null",
    )
    ksef_number = fields.Char(
        string="KSeF number", readonly=True, copy=False, index="btree_not_null"
    )
    ksef_mode = fields.Selection(
        [
            ("online", "Online"),
            ("offline24", "Offline24"),
            ("unavailability", "Unavailability of KSeF"),
            ("emergency", "Failure of KSeF"),
            ("total_failure", "Total failure"),
        ],
        string="KSeF mode",
        readonly=True,
        copy=False,
        help="How the invoice was issued.",
    )
    ksef_explanation = fields.Text(
        compute="_compute_ksef_explanation", compute_sudo=True, groups=EMPLOYEES
    )
    ksef_retry_at = fields.Datetime(
        string="Next attempt",
        compute="_compute_ksef_explanation",
        compute_sudo=True,
        groups=EMPLOYEES,
    )
    ksef_upo_url = fields.Char(
        string="UPO", compute="_compute_ksef_explanation", compute_sudo=True, groups=ACCOUNTANTS
    )
    ksef_is_sendable = fields.Boolean(compute="_compute_ksef_is_sendable")
    ksef_is_running = fields.Boolean(compute="_compute_ksef_is_sendable")

    # === STATE === #

    @api.depends(
        "state",
        "move_type",
        "ksef_exemption",
        "ksef_blocked_reason",
        "ksef_submission_ids.state",
        "ksef_submission_ids.retry_at",
    )
    def _compute_ksef_state(self):
        """Follow the last submission; without one, tell whether one is expected.

        Settings of the company are read but no dependency: switching the integration on
        must not touch the invoices of past years.
        """
        for move in self:
            submission = move._ksef_last_submission()
            if move._ksef_is_given_up(submission):
                move.ksef_state = False
            elif submission and submission.state != "withdrawn":
                move.ksef_state = submission._ksef_state_of_move()
            elif move._ksef_is_expected():
                move.ksef_state = "error" if move.ksef_blocked_reason else "to_send"
            else:
                move.ksef_state = False

    def _ksef_is_given_up(self, submission):
        """Whether nobody waits for it any more: KSeF refused it, and it was cancelled then."""
        return self.state == "cancel" and submission.state == "rejected"

    def _ksef_last_submission(self):
        """The submission that tells where this invoice stands (may be empty)."""
        return self.sudo().ksef_submission_ids.sorted("id")[-1:]

    def _ksef_is_expected(self):
        """Whether the invoice waits to be sent: issued, and no rule keeps it out."""
        return self.state == "posted" and self._ksef_is_possible() and not self.ksef_exemption

    def _ksef_is_possible(self):
        """Whether this kind of document can be issued in KSeF by this company."""
        company = self.company_id
        return (
            self.move_type in ("out_invoice", "out_refund")
            and company.ksef_is_enabled
            and company.account_fiscal_country_id.code == "PL"
        )

    def _ksef_is_to_consumer(self):
        """Invoices to private persons are outside the obligation (art. 106ga(2)(4) VAT Act)."""
        buyer = self.commercial_partner_id
        return not buyer.is_company and (buyer.vat or "/") == "/"

    @api.depends("ksef_state", "state")
    def _compute_ksef_is_sendable(self):
        for move in self:
            move.ksef_is_running = move.ksef_state in ("sending", "sent")
            move.ksef_is_sendable = (
                move.state == "posted"
                and move.ksef_state in (False, "to_send", "rejected", "error")
                and move._ksef_is_possible()
            )

    @api.depends("ksef_state", "ksef_blocked_reason")
    @api.depends_context("lang")
    def _compute_ksef_explanation(self):
        for move in self:
            submission = move._ksef_last_submission()
            is_blocked = not submission or submission.state == "withdrawn"
            move.ksef_explanation = (
                move.ksef_blocked_reason if is_blocked else submission.explanation
            )
            move.ksef_retry_at = submission.retry_at
            move.ksef_upo_url = (
                f"/web/content/ksef.submission/{submission.id}/upo?download=true"
                if submission.upo_hash
                else False
            )

    # === DOCUMENT === #

    def _ksef_invoice_xml(self):
        """Return the FA(3) document of this invoice as it would be frozen now, in bytes.

        :raises InvalidDocument: if the document may not be sent
        """
        self.ensure_one()
        return self.env["ksef.fa3"]._document_bytes(self)[self]

    def _ksef_problems(self):
        """Return what was found before sending: a list of `Problem`."""
        return [p for problems in self._ksef_problems_by_move().values() for p in problems]

    def _ksef_problems_by_move(self):
        """Return `{move: [Problem]}`, read for all moves at once."""
        return self.env["ksef.fa3"]._problems(self)

    def _ksef_prepared_alone(self):
        """Return `{move: Prepared}`, nothing where an error of our own comes in between."""
        try:
            with self.env.cr.savepoint():
                return self.env["ksef.fa3"]._prepared(self)
        except Exception:
            _logger.exception("KSeF: no document of account.move %s", self.id)
            return {}

    # === SENDING === #

    def action_ksef_send(self):
        """Queue the posted invoices of the recordset and have the queue processed at once.

        Invoices that are on their way or accepted already are left alone, so a second
        click does nothing. The queue checks each document too; what has a problem waits there
        for a person, so of many nobody has to wait until all are checked.

        :raises UserError: if a problem found before sending forbids it; then none is queued
        """
        self._ksef_check_may_send()
        moves = self.filtered("ksef_is_sendable")
        if len(moves) <= MOST_CHECKED:
            moves._ksef_check_no_blocking_problem()
        moves._ksef_queue()
        return True

    def action_ksef_review(self):
        """Send one invoice at a click; where there is something to see first, show it."""
        self._ksef_check_may_send()
        if len(self) == 1 and not any(self._ksef_open_problems_by_move().values()):
            return self.action_ksef_send()
        return self.action_ksef_open_wizard()

    def action_ksef_open_wizard(self):
        """Show what sending these invoices would mean, then send them."""
        self._ksef_check_may_send()
        return self.env["ksef.send"]._open_for(self)

    def action_ksef_download_upo(self):
        """Download the official receipt as KSeF signed it."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": self.ksef_upo_url, "target": "download"}

    def _ksef_check_may_send(self):
        """Only people who may issue invoices may send them, and only their own companies'."""
        self.check_access("write")
        if not (self.env.su or self._ksef_user_may_send()):
            raise AccessError(self.env._("Only accountants may send invoices to KSeF."))

    @api.model
    def _ksef_user_may_send(self):
        """Whether the person may send, whatever rights the code has that runs for them."""
        return self.env.user.has_group("account.group_account_invoice")

    def _ksef_check_no_blocking_problem(self):
        blocking = [p for p in self._ksef_problems() if p.is_blocking]
        if blocking:
            raise UserError("\n\n".join(f"{p.message}\n{p.remedy}" for p in blocking))

    def _ksef_queue(self):
        """Put the invoices into the queue; halted ones go on from where they stopped."""
        self._ksef_take_turns()
        submissions = self.env["ksef.submission"].sudo()
        halted = self._ksef_halted_submissions()
        halted._resume()
        fresh = self.sudo() - halted.move_id
        submissions.create([move._ksef_submission_values() for move in fresh])
        submissions._trigger_cron()

    def _ksef_take_turns(self):
        """Wait for whoever sends one of these invoices at this very moment.

        PostgreSQL then finds them changed, and Odoo repeats the whole request, which leaves
        alone what is on its way. In one order, so that two who wait do not wait for each other.
        """
        if self:
            query = "SELECT FROM account_move WHERE id IN %s ORDER BY id FOR NO KEY UPDATE"
            self.env.cr.execute(SQL(query, tuple(self.ids)), log_exceptions=False)

    def _ksef_halted_submissions(self):
        last = (move._ksef_last_submission() for move in self)
        rows = self.env["ksef.submission"].sudo().union(*last)
        return rows.filtered(lambda row: row.state == "queued")

    def _ksef_submission_values(self):
        return {
            "move_id": self.id,
            "company_id": self.company_id.id,
            "environment": self.company_id.ksef_environment,
            "document_number": self.name,
            "due_at": self.ksef_due_at,
            "retry_at": fields.Datetime.now(),
        }

    def _ksef_note_numbers(self, submissions):
        """Take over what KSeF gave: the number is the legal issue of the invoice."""
        self.browse(row.move_id.id for row in submissions)._ksef_store(
            [
                {"ksef_number": row.ksef_number, "ksef_mode": row._mode_of_invoice()}
                for row in submissions
            ]
        )
        self._ksef_log_numbers(submissions)

    def _ksef_store(self, vals_list):
        """Store values in columns that no entry depends on, for each invoice its own.

        `write` would balance every entry anew: for each invoice it takes longer than all the
        rest of sending it.
        """
        names = {name for values in vals_list for name in values}
        if not names:
            return
        self.flush_recordset(names)
        self._write_multi(vals_list)
        self.invalidate_recordset(names, flush=False)
        self.modified(names)

    def _ksef_log_numbers(self, submissions):
        """Tell it in the chatter, in the language of who sent the invoice."""
        for ids in split_every(MESSAGES, submissions.ids):
            bodies = {}
            for row in submissions.browse(ids):
                env = self.with_context(lang=row.create_uid.lang).env
                text = env._("KSeF accepted the invoice: number %s.", row.ksef_number)
                bodies[row.move_id.id] = text
            self.browse(bodies)._message_log_batch(bodies)

    # === PROTECTION === #

    @api.depends("ksef_state")
    def _compute_show_reset_to_draft_button(self):
        result = super()._compute_show_reset_to_draft_button()
        in_ksef = self.filtered(lambda move: move.ksef_state in ("sent", "accepted"))
        in_ksef.show_reset_to_draft_button = False
        return result

    def write(self, vals):
        if vals.get("state", "posted") != "posted":
            self._ksef_release()
        if self._ksef_is_guarded(vals) and not self.env.su:
            raise AccessError(self.env._("These fields are filled by KSeF and cannot be changed."))
        return super().write(vals)

    def _ksef_is_guarded(self, vals):
        """Whether these values are the queue's to write."""
        return bool(WRITTEN_BY_QUEUE & vals.keys())

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_ksef(self):
        self._ksef_release()
        if self.sudo().ksef_submission_ids:
            raise UserError(
                self.env._(
                    "%(invoices)s: what was sent to KSeF is kept as evidence, so this invoice "
                    "cannot be deleted. Cancel it instead.",
                    invoices=", ".join(self.sudo().ksef_submission_ids.move_id.mapped("name")),
                )
            )

    def _ksef_release(self):
        """Let posted invoices go back to draft, be cancelled or deleted, if KSeF has none of it.

        :raises UserError: for an invoice that is, or may be, in KSeF
        """
        submissions = self.sudo().ksef_submission_ids
        submissions.filtered(lambda row: row.state == "queued")._withdraw()
        kept = submissions.filtered(lambda row: row.state in ("queued", *LOCKED_STATES))
        if kept:
            raise UserError(
                self.env._(
                    "%(invoices)s: this invoice is in KSeF or on its way there, so it can no "
                    "longer be changed, cancelled or deleted. Issue a credit note to correct it.",
                    invoices=", ".join(kept.move_id.mapped("display_name")),
                )
            )

"""Invoices issued offline: by hand, when KSeF is away, at the end of the day."""

from datetime import timezone

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..ksef.deadlines import Mode, deadline
from ..ksef.errors import UnusableKey
from . import words
from .failure import Failure

OFFLINE = ("offline24", "unavailability", "emergency")
TOTAL_FAILURE = "total_failure"
OWED = ("queued", "sending", "unknown", "rejected")  # issued offline, and still to be sent


class AccountMove(models.Model):
    _inherit = "account.move"

    ksef_exemption = fields.Selection(
        selection_add=[("total_failure", "Issued during a total failure of KSeF")]
    )
    ksef_is_issuable_offline = fields.Boolean(compute="_compute_ksef_is_issuable_offline")
    ksef_certificate_link = fields.Char(compute="_compute_ksef_certificate_link", compute_sudo=True)

    # === WHAT IS POSSIBLE === #

    @api.depends("ksef_state", "ksef_mode", "state")
    def _compute_ksef_is_issuable_offline(self):
        for move in self:
            waits = move.ksef_state == "sending" and not move.ksef_mode
            move.ksef_is_issuable_offline = move.state == "posted" and bool(
                (move.ksef_is_sendable and not move._ksef_was_handed_over())
                or (waits and move._ksef_last_submission().state == "queued")
            )

    @api.depends("ksef_mode")
    def _compute_ksef_is_sendable(self):
        """What a total failure kept outside never goes; what was handed over goes as it is."""
        result = super()._compute_ksef_is_sendable()
        self.filtered(
            lambda move: (
                move.ksef_is_sendable
                and (move.ksef_mode == TOTAL_FAILURE or move._ksef_was_handed_over())
            )
        ).ksef_is_sendable = False
        return result

    def _ksef_was_handed_over(self):
        """Whether a document of this invoice was issued offline, though KSeF refused it."""
        return bool(self.sudo().ksef_submission_ids.filtered("is_offline"))

    @api.depends("ksef_submission_ids.certificate_link")
    def _compute_ksef_certificate_link(self):
        for move in self:
            move.ksef_certificate_link = move._ksef_last_submission().certificate_link

    def _ksef_seller_nip(self):
        """The NIP of the seller: ours, or in self-billing the vendor's."""
        if self.is_purchase_document():
            return self.commercial_partner_id._ksef_nip()
        return self.company_id._ksef_nip()

    # === ISSUING === #

    def action_ksef_open_offline(self):
        """Show what issuing these invoices offline means, then issue them."""
        self._ksef_check_may_send()
        return self.env["ksef.offline.issue"]._open_for(self)

    def _ksef_issue_offline(self):
        """Issue posted invoices offline, as a person asks for it.

        :raises UserError: if the company cannot issue offline, a problem forbids it, or one of
            them cannot be issued any more; then none is
        """
        self._ksef_check_may_send()
        self._ksef_check_is_issuable()
        to_stay = self.filtered(lambda move: move._ksef_is_total_failure())
        to_leave = self - to_stay
        to_leave._ksef_check_no_blocking_problem()  # what stays outside need not be FA(3)
        self._ksef_check_is_issued(
            to_stay._ksef_issue_outside() | to_leave._ksef_issue_with_codes()
        )

    def _ksef_check_is_issuable(self):
        for company in self.company_id:
            obstacle = company._ksef_offline_obstacle()
            if obstacle and not company._ksef_is_in_total_failure():
                raise UserError(obstacle)
        late = self.filtered(lambda move: not move.ksef_is_issuable_offline)
        if late:
            raise UserError(
                self.env._(
                    "%(invoices)s cannot be issued offline: not posted, in KSeF already, or on "
                    "the way there. Wait until it is known what became of it.",
                    invoices=", ".join(late.mapped("display_name")),
                )
            )

    def _ksef_issue_with_codes(self):
        """Queue what does not wait in the queue yet, and issue it. Returns what is issued."""
        fresh = self.filtered(lambda move: move.ksef_state != "sending")
        fresh._ksef_queue()
        rows = self._ksef_queued_rows()
        try:
            issued = self.env["ksef.submission"].sudo()._issue_offline(rows)
        except UnusableKey as error:
            raise UserError(words.explain_failure(self.env, Failure.from_error(error))) from error
        return issued.move_id.with_env(self.env)

    def _ksef_check_is_issued(self, issued):
        missing = self - issued
        if missing:
            raise UserError(
                self.env._(
                    "%(invoices)s is being sent right now, so nothing was issued offline. Wait a "
                    "moment and try again.",
                    invoices=", ".join(missing.mapped("display_name")),
                )
            )

    def _ksef_queued_rows(self):
        rows = self.env["ksef.submission"].sudo()
        return rows.search([("move_id", "in", self.ids), ("state", "=", "queued")])

    # === TOTAL FAILURE === #

    def _ksef_is_total_failure(self):
        return self.company_id._ksef_is_in_total_failure()

    def _ksef_issue_outside(self):
        """Mark invoices as issued outside KSeF for good (art. 106ng VAT Act): never sent.

        What leaves for KSeF at this very moment is left as it is. Returns the marked ones.
        """
        self._ksef_queued_rows()._withdraw()
        nowhere = ("rejected", "withdrawn", False)
        outside = self.filtered(lambda move: move._ksef_last_submission().state in nowhere)
        outside.sudo().write({"ksef_mode": TOTAL_FAILURE})
        for move in outside:
            move._message_log(
                body=self.env._(
                    "Issued during a total failure of KSeF: it stays outside KSeF for good."
                )
            )
        return outside

    def _ksef_exemptions(self):
        yield TOTAL_FAILURE, self.ksef_mode == TOTAL_FAILURE
        yield from super()._ksef_exemptions()

    @api.depends("ksef_mode")
    def _compute_ksef_exemption(self):
        return super()._compute_ksef_exemption()

    # === WHEN KSEF IS AWAY === #

    def _ksef_on_ksef_away(self):
        """Issue offline what waits for a KSeF that is away; returns what goes on waiting."""
        to_stay = self.filtered(lambda move: move._ksef_is_total_failure())
        rest = self - to_stay._ksef_issue_outside()
        able = rest.filtered(lambda move: not move.company_id._ksef_offline_obstacle())
        issued = self.env["ksef.submission"]._issue_offline(able._ksef_queued_rows())
        return rest - issued.move_id

    # === DEADLINES === #

    @api.depends("state", "ksef_submission_ids.announcement_id")
    def _compute_ksef_due_at(self):
        offline = self.filtered(lambda move: move.ksef_mode in OFFLINE)
        result = super(AccountMove, self - offline)._compute_ksef_due_at()
        announcements = self.env["ksef.announcement"].sudo()
        outages = {
            name: announcements._counted(name)
            for name in set(offline.company_id.mapped("ksef_environment"))
        }
        for move in offline:
            counted = outages[move.company_id.ksef_environment]
            due_at = move._ksef_is_owed() and move._ksef_offline_deadline(counted).due_at
            move.ksef_due_at = due_at and due_at.astimezone(timezone.utc).replace(tzinfo=None)
        return result

    def _ksef_is_owed(self):
        """Whether this invoice was issued offline and KSeF still has to get it."""
        is_issued = self.ksef_mode in OFFLINE and self.state != "cancel"
        return is_issued and self._ksef_last_submission().state in OWED

    def _ksef_offline_deadline(self, announcements):
        """Until when an invoice issued offline must be sent, by the announcements that count."""
        row = self._ksef_last_submission()
        basis = row._basis()
        return deadline(
            Mode(self.ksef_mode),
            self.invoice_date,
            issued_in=basis._as_outage() if basis else None,
            announced_since=[
                outage._as_outage()
                for outage in announcements - basis
                if not outage.ends_at or outage.ends_at > row.issued_at
            ],
        )

    @api.model
    def _ksef_recount_deadlines(self):
        """Follow a change of the announcements: modes that rest upon them, and deadlines."""
        unsent = [
            ("ksef_mode", "in", OFFLINE),
            ("ksef_state", "in", ("sending", "rejected", "error")),
        ]
        moves = self.sudo().search(unsent)
        moves._ksef_follow_announcements()
        self.env.add_to_compute(self._fields["ksef_due_at"], moves)
        for due_at, group in moves.grouped("ksef_due_at").items():
            rows = group.ksef_submission_ids.filtered("is_offline")
            rows.write({"due_at": due_at})

    def _ksef_follow_announcements(self):
        """Let the mode be that of the announcement; without one that counts it is offline24."""
        for move in self:
            row = move._ksef_last_submission()
            mode = row._mode_by_announcement()
            if row.issued_mode != mode:
                row.issued_mode = move.ksef_mode = mode

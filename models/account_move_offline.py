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
        outside = self.filtered(lambda move: move._ksef_is_total_failure())
        outside._ksef_issue_outside()
        (self - outside)._ksef_issue_with_codes()

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
        self._ksef_check_no_blocking_problem()

    def _ksef_issue_with_codes(self):
        """Queue what does not wait in the queue yet, and issue all of it."""
        fresh = self.filtered(lambda move: move.ksef_state != "sending")
        fresh._ksef_queue()
        rows = self._ksef_queued_rows()
        try:
            issued = self.env["ksef.submission"].sudo()._issue_offline(rows)
        except UnusableKey as error:
            raise UserError(words.explain_failure(self.env, Failure.from_error(error))) from error
        missing = self - issued.move_id.with_env(self.env)
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
        """Mark invoices as issued outside KSeF for good (art. 106ng VAT Act): never sent."""
        if not self:
            return
        self._ksef_queued_rows().filtered(lambda row: not row.is_offline)._withdraw()
        self.sudo().write({"ksef_mode": TOTAL_FAILURE})
        for move in self:
            move._message_log(
                body=self.env._(
                    "Issued during a total failure of KSeF: it stays outside KSeF for good."
                )
            )

    def _ksef_exemptions(self):
        yield TOTAL_FAILURE, self.ksef_mode == TOTAL_FAILURE
        yield from super()._ksef_exemptions()

    @api.depends("ksef_mode")
    def _compute_ksef_exemption(self):
        return super()._compute_ksef_exemption()

    # === WHEN KSEF IS AWAY === #

    def _ksef_on_ksef_away(self):
        """Issue offline what waits for a KSeF that is away; returns what goes on waiting."""
        outside = self.filtered(lambda move: move._ksef_is_total_failure())
        outside._ksef_issue_outside()
        rest = self - outside
        able = rest.filtered(lambda move: not move.company_id._ksef_offline_obstacle())
        issued = self.env["ksef.submission"]._issue_offline(able._ksef_queued_rows())
        return rest - issued.move_id

    # === DEADLINES === #

    @api.depends("ksef_submission_ids.announcement_id")
    def _compute_ksef_due_at(self):
        offline = self.filtered(lambda move: move.ksef_mode in OFFLINE)
        result = super(AccountMove, self - offline)._compute_ksef_due_at()
        announcements = self.env["ksef.announcement"].sudo()
        outages = {
            name: announcements._counted(name)
            for name in set(offline.company_id.mapped("ksef_environment"))
        }
        for move in offline:
            move.ksef_due_at = move._ksef_offline_due_at(outages[move.company_id.ksef_environment])
        return result

    def _ksef_offline_due_at(self, announcements):
        """Until when an invoice issued offline must be sent (naive UTC), False if not known."""
        row = self._ksef_last_submission()
        if row.state not in ("queued", "sending", "unknown", "rejected"):
            return False
        since = announcements.filtered(
            lambda outage: (
                outage != row.announcement_id and outage._as_outage().began_on >= self.invoice_date
            )
        )
        due = deadline(
            Mode(self.ksef_mode),
            self.invoice_date,
            issued_in=row.announcement_id._as_outage() if row.announcement_id else None,
            announced_since=[outage._as_outage() for outage in since],
        )
        return due.due_at and due.due_at.astimezone(timezone.utc).replace(tzinfo=None)

    @api.model
    def _ksef_recount_deadlines(self):
        """Count the deadlines of all invoices issued offline anew: an announcement changed."""
        unsent = [
            ("ksef_mode", "in", OFFLINE),
            ("ksef_state", "in", ("sending", "rejected", "error")),
        ]
        moves = self.sudo().search(unsent)
        self.env.add_to_compute(self._fields["ksef_due_at"], moves)
        for due_at, group in moves.grouped("ksef_due_at").items():
            rows = group.ksef_submission_ids.filtered("is_offline")
            rows.write({"due_at": due_at})

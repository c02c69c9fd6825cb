"""Documents issued offline: frozen and signed at that moment, sent when KSeF is back."""

from dataclasses import replace

from odoo import api, fields, models

from ..ksef import links
from .cron_steps import run_alone
from .ksef_announcement import MODES as OUTAGES
from .ksef_announcement import day_of
from .ksef_queue import Decision

FROZEN = ("document", "document_hash")
OFFLINE_MODES = [("offline24", "Offline24"), *OUTAGES[:2]]


class KsefSubmission(models.Model):
    _inherit = "ksef.submission"

    issued_mode = fields.Selection(
        OFFLINE_MODES, string="Issued in", readonly=True, help="The mode that we issued it in."
    )
    issued_at = fields.Datetime(string="Issued offline", readonly=True)
    announcement_id = fields.Many2one(
        "ksef.announcement",
        readonly=True,
        ondelete="restrict",
        help="The unavailability or failure that issuing offline rests upon.",
    )
    certificate_link = fields.Char(
        string="Link of code II",
        readonly=True,
        help="Signed when the document was issued: it proves who issued it.",
    )

    # === ISSUING === #

    @api.model
    def _issue_offline(self, rows):
        """Freeze and sign queued documents that KSeF has nothing of; they leave as offline ones.

        Rows that somebody holds, that are on their way, or whose documents have a problem are
        left as they are.

        :raises UnusableKey: if the Offline certificate cannot sign
        :return: the rows that are issued
        """
        held = rows._try_lock()
        queued = held.filtered(lambda row: row.state == "queued" and not row.is_offline)
        for company, own in queued.grouped("company_id").items():
            own._issue_offline_in(company)
        return queued.filtered("is_offline")

    def _issue_offline_in(self, company):
        announcement = self.env["ksef.announcement"]._running(company.ksef_environment)
        credential = company._ksef_offline_credential()
        prepared = self._prepare_documents()
        for row in self:
            decision = row._decide_to_join(prepared.get(row.move_id))
            if decision.state == "sending":
                row._note_offline(announcement, credential, decision.values)

    def _note_offline(self, announcement, credential, frozen):
        """Write that this document is issued: its mode, its bytes and the proof of its issuer."""
        document_hash = frozen.get("document_hash", self.document_hash)
        mode = announcement.mode or "offline24"
        now = fields.Datetime.now()
        self.write(
            {
                **{name: frozen[name] for name in FROZEN if name in frozen},
                "session_id": False,
                "is_offline": True,
                "issued_mode": mode,
                "issued_at": now,
                "announcement_id": announcement.id,
                "certificate_link": self._sign_link(credential, document_hash),
                "retry_at": now,
                "attempts": 0,
            }
        )
        self.move_id.ksef_mode = mode
        self.due_at = self.move_id.ksef_due_at

    def _sign_link(self, credential, document_hash):
        """Return link II, or nothing without a certificate that could sign it."""
        company = self.company_id
        return links.certificate_link(
            self._environment_sent_to(),
            self.env["ksef.gateway"]._context(company),
            self._seller_nip(),
            credential,
            document_hash,
        )

    def _seller_nip(self):
        return self.move_id._ksef_seller_nip()

    # === BY ITSELF === #

    @api.model
    def _prepare_round(self):
        self._issue_overdue()
        return super()._prepare_round()

    @api.model
    def _issue_overdue(self):
        """Issue offline what is dated before today: KSeF would take it as issued offline anyway.

        Only where the company has a certificate for it; else it goes as it is, for a late
        document is better than none (KSeF API §8.4).
        """
        today = day_of(fields.Datetime.now())
        due = [*self._due_outside_batches(), ("is_offline", "=", False)]
        rows = self.search([*due, ("move_id.invoice_date", "<", today)])
        for company, own in rows.grouped("company_id").items():
            if company._ksef_may_issue_by_itself():
                run_alone(self._issue_offline, own)
                self.env["ir.cron"]._commit_progress()

    def _withdraw(self):
        """What was issued offline may be in the buyer's hands: it is not taken back."""
        return super(KsefSubmission, self.filtered(lambda row: not row.is_offline))._withdraw()

    # === THE MODE === #

    def _mode_of_invoice(self):
        """How the invoice was issued: what we declared, else how KSeF classified it."""
        return self.issued_mode or super()._mode_of_invoice()

    def _judge_duplicate(self, client, answer, failure):
        """KSeF does not say how it classified what it has had before: no word of its is made up."""
        decision = super()._judge_duplicate(client, answer, failure)
        if not self.is_offline or decision.state != "accepted":
            return decision
        return replace(decision, values={**decision.values, "mode": False})

    def _basis(self):
        """The outage that issuing offline rests upon: none if it turned out not to count.

        One that grew into a total failure is no such basis either, for the invoice bears codes.
        """
        return self.announcement_id.filtered(
            lambda outage: outage.is_counted and outage.mode != "total_failure"
        )

    def _mode_by_announcement(self):
        if self.announcement_id.is_counted and not self._basis():
            return self.issued_mode
        return self._basis().mode or "offline24"

    def _from_queued(self):
        """The document of an offline invoice was issued; problems found later do not stop it."""
        if self.is_offline and not self.document_hash:
            return Decision(state="queued")
        return super()._from_queued()

import base64
from dataclasses import replace
from datetime import timedelta

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from ..ksef import errors
from ..ksef.codes import Outcome, Remedy, exception_remedy
from ..ksef.crypto import hash_base64
from .failure import Failure
from .ksef_queue import ENVIRONMENTS, NEVER, Decision, Verdict, back_off

STALE = 300  # seconds after which an unfinished call is taken for a crash
FEW = 4  # other documents that make one list cheaper than asking for each
SOON = timedelta(seconds=3)  # due so soon, a document is asked about with the others
GATHER = 60  # seconds between two looks at what has gathered for a batch
IN_BATCH = 3600  # seconds until a document of a batch looks what has become of it
GRACE = timedelta(seconds=60)  # a document missing from its session so long did not arrive
DUPLICATE = 440
SECRET = "base.group_system"
NO_SESSION = {"session_id": False}  # this one is of no use any more
# What the accountant sees on the invoice
STATE_OF_MOVE = {
    "queued": "sending",
    "sending": "sending",
    "unknown": "sending",
    "sent": "sent",
    "accepted": "accepted",
    "rejected": "rejected",
}
MODES = {"Online": "online", "Offline": "offline24"}


class KsefSubmission(models.Model):
    """One attempt to issue a document in KSeF, from the queue to the number and the UPO.

    queued -> sending                            the document is frozen, its hash stored
    sending -> sent | unknown | queued | rejected    the intent is committed before the call
    unknown -> sent | queued                     it may have arrived: KSeF is asked by hash
    sent -> accepted | rejected | queued         queued: KSeF itself says "again"
    queued -> withdrawn                          a person took it back before it left
    accepted, rejected and withdrawn are final; a new attempt is a new row.
    """

    _name = "ksef.submission"
    _inherit = ["ksef.queue"]
    _description = "KSeF submission"
    _rec_name = "document_number"

    _transitions = {
        "queued": {"sending", "withdrawn"},
        "sending": {"sent", "unknown", "queued", "rejected"},
        "unknown": {"sent", "accepted", "queued"},
        "sent": {"accepted", "rejected", "queued"},
        "accepted": set(),
        "rejected": set(),
        "withdrawn": set(),
    }
    _retry_idx = models.Index("(retry_at) WHERE retry_at IS NOT NULL")
    _connection_idx = models.Index("(connection) WHERE connection > 0")
    _one_in_progress_idx = models.UniqueIndex(
        "(move_id) WHERE state NOT IN ('rejected', 'withdrawn')",
        "This invoice is already on its way to KSeF.",
    )

    state = fields.Selection(
        [
            ("queued", "Waiting to be sent"),
            ("sending", "Being sent"),
            ("unknown", "No answer, being clarified"),
            ("sent", "Being checked by KSeF"),
            ("accepted", "Accepted"),
            ("rejected", "Rejected"),
            ("withdrawn", "Withdrawn"),
        ],
        default="queued",
        required=True,
        readonly=True,
    )
    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    environment = fields.Selection(ENVIRONMENTS, readonly=True)
    session_id = fields.Many2one("ksef.session", readonly=True, index=True)
    document_number = fields.Char(string="Number", readonly=True)
    due_at = fields.Datetime(
        string="To be sent by",
        readonly=True,
        help="What is due first is sent first.",
    )
    is_offline = fields.Boolean(
        readonly=True, help="Issued in an offline mode, and declared so to KSeF."
    )
    # In columns, not in files: what was frozen is on the disk with the commit of the intent
    document = fields.Binary(string="FA(3) document", attachment=False, readonly=True)
    document_name = fields.Char(compute="_compute_file_names")
    document_hash = fields.Char(
        readonly=True, index="btree_not_null", help="SHA-256 of the document, Base64."
    )
    session_reference = fields.Char(readonly=True, help="The session that KSeF has it in.")
    invoice_reference = fields.Char(readonly=True)
    sent_at = fields.Datetime(readonly=True)
    sendings = fields.Integer(
        string="Times sent", readonly=True, help="Each one after the first waits longer."
    )
    ksef_number = fields.Char(string="KSeF number", readonly=True, index="btree_not_null")
    accepted_at = fields.Datetime(string="Number given", readonly=True)
    mode = fields.Selection(
        [("online", "Online"), ("offline24", "Offline24")],
        readonly=True,
        help="How KSeF itself classified the document.",
    )
    upo = fields.Binary("UPO", attachment=False, readonly=True)
    upo_name = fields.Char(compute="_compute_file_names")
    upo_hash = fields.Char(readonly=True)
    upo_url = fields.Char(readonly=True, groups=SECRET, help="KSeF's link, for some days.")

    @api.depends("document_number", "ksef_number")
    def _compute_file_names(self):
        for row in self:
            row.document_name = f"FA3_{(row.document_number or '').replace('/', '_')}.xml"
            row.upo_name = f"UPO_{row.ksef_number}.xml" if row.ksef_number else False

    @api.model
    def _claim_order(self):
        """The oldest deadline first, then the longest waiting; receipts last."""
        return SQL("state = 'accepted', due_at NULLS LAST, retry_at, id")

    # === STEPS === #

    def _from_queued(self):
        """Freeze the document, and make it known that it is about to leave."""
        if self._is_in_batch():
            return Decision(state="queued", retry_in=IN_BATCH)
        if self._room() == 0:
            return Decision(state="queued", retry_in=GATHER, failure=Failure(kind="rate_limited"))
        session = self.env["ksef.session"]._for_sending(self.company_id)
        problems = [] if self.document else self._blocking_problems()
        if problems:
            return Decision(state="queued", failure=Failure.from_problems(problems))
        values = {
            "session_id": session.id,
            "session_reference": session.reference_number,
            **self._frozen_values(),
        }
        return Decision(state="sending", retry_in=STALE, values=values, then="_send")

    def _send(self):
        client = self.env["ksef.login"]._current_client(self.company_id)
        reference = client.send_invoice(
            self.session_reference,
            self._document_bytes(),
            self.session_id._key(),
            offline=self.is_offline,
        )
        return Decision(state="sent", retry_in=1, values={"invoice_reference": reference})

    def _from_sending(self):
        """The process that sent this document never came back."""
        return Decision(state="unknown", retry_in=0)

    def _from_unknown(self):
        """Ask KSeF by hash whether the document arrived; only if not, it is sent again."""
        client = self.env["ksef.login"]._current_client(self.company_id)
        found = self._find_in_session(client)
        if found:
            values = {"invoice_reference": found.reference_number}
            return Decision(state="sent", retry_in=0, values=values)
        if fields.Datetime.now() - self.state_changed_at < GRACE:
            return Decision(state="unknown", retry_in=self._next_look())
        return Decision(state="queued", retry_in=0)

    def _find_in_session(self, client):
        invoices = client.session_invoices(self.session_reference)
        return next((i for i in invoices if i.invoice_hash == self.document_hash), None)

    def _from_sent(self):
        client = self.env["ksef.login"]._current_client(self.company_id)
        companions = self._companions()
        if len(companions) >= FEW:
            return self._judge_together(client, companions)
        answer = client.invoice_status(self.session_reference, self.invoice_reference)
        return self._judge(client, answer)

    def _judge(self, client, answer):
        """Decide what KSeF's word on this document means; a duplicate is looked at."""
        if answer.status.code == DUPLICATE:
            failure = Failure.from_status(answer.status, "invoice")
            return self._judge_duplicate(client, answer, failure)
        return self._judge_plain(answer)

    def _judge_plain(self, answer):
        """The same without asking KSeF again: a duplicate is left for a step of its own."""
        if answer.outcome is Outcome.PENDING:
            return Decision(state="sent", retry_in=self._next_look())
        if answer.outcome is Outcome.ACCEPTED:
            return self._accept(answer)
        if answer.status.code == DUPLICATE:
            values = {"invoice_reference": answer.reference_number}
            return Decision(state="sent", retry_in=0, values=values)
        failure = Failure.from_status(answer.status, "invoice")
        if answer.outcome is Outcome.AGAIN:
            return self._requeue(failure, values=NO_SESSION)
        return Decision(state="rejected", failure=failure)

    def _companions(self):
        """Documents of the same session that may be asked about with this one."""
        soon = fields.Datetime.now() + SOON
        companions = self.search(
            [
                ("id", "!=", self.id),
                ("session_id", "=", self.session_id.id),
                ("state", "=", "sent"),
                ("retry_at", "<=", soon),
            ]
        )
        try:
            with self.env.cr.savepoint(flush=False):
                return companions._try_lock()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            return self.browse()  # another worker asks about them

    def _judge_together(self, client, companions):
        """Read the list of the session once for several documents."""
        answers = {
            answer.reference_number: answer
            for answer in client.session_invoices(self.session_reference)
        }
        if self.invoice_reference not in answers:
            raise errors.BadAnswer("a list without a document that KSeF has taken")
        verdicts = tuple(
            Verdict.of(row, row._judge_plain(answers[row.invoice_reference]))
            for row in companions
            if row.invoice_reference in answers
        )
        own = self._judge(client, answers[self.invoice_reference])
        return replace(own, others=verdicts)

    def _accept(self, answer):
        if answer.invoice_hash != self.document_hash:
            raise errors.BadAnswer("the number is for another document")
        values = {
            "invoice_reference": answer.reference_number,
            "upo_url": answer.upo_download_url,
            "ksef_number": answer.ksef_number,
            "accepted_at": answer.acquisition_at.replace(tzinfo=None, microsecond=0),
            "mode": MODES.get(answer.invoicing_mode, "online"),
        }
        return Decision(state="accepted", retry_in=0, values=values)

    def _judge_duplicate(self, client, answer, failure):
        """Adopt the number that KSeF gave before, if it gave it to these very bytes."""
        number = answer.original_ksef_number
        if not number or client.invoice_document(number).content_hash != self.document_hash:
            details = (*failure.details, number) if number else failure.details
            return Decision(
                state="rejected",
                failure=Failure(kind="foreign_duplicate", code=DUPLICATE, details=details),
            )
        values = {
            "ksef_number": number,
            "accepted_at": fields.Datetime.now(),
            "mode": "online",
            "session_reference": answer.original_session_reference,
        }
        return Decision(state="accepted", retry_in=0, values=values)

    def _from_accepted(self):
        """Fetch the receipt; its bytes are stored as they came, for they are signed."""
        client = self.env["ksef.login"]._current_client(self.company_id)
        return Decision(state="accepted", values=self._receipt_values(client))

    def _receipt_values(self, client):
        """Fetch the receipt from the link, which no limit counts, or else by its number."""
        upo = self._follow_link(client) or client.upo_by_ksef_number(
            self.session_reference, self.ksef_number
        )
        return self._values_of_receipt(upo)

    def _values_of_receipt(self, upo):
        return {
            "upo": base64.b64encode(upo.content),
            "upo_hash": upo.content_hash,
            "upo_url": False,
        }

    def _follow_link(self, client):
        try:
            return client.download_upo(self.upo_url) if self.upo_url else None
        except errors.KsefError:
            return None  # links expire

    # === ERRORS === #

    def _on_not_ready(self, waiting):
        if self.state != "sending":
            return super()._on_not_ready(waiting)
        return Decision(state="queued", retry_in=waiting.retry_in, failure=waiting.failure)

    def _on_error(self, error):
        if isinstance(error, errors.Unauthorized):
            return self._on_unauthorized(error)
        if self.state != "sending":
            return super()._on_error(error)
        failure = Failure.from_error(error)
        if isinstance(error, errors.Refused):
            return self._on_refusal(error, failure)
        if error.may_have_arrived:
            return Decision(state="unknown", retry_in=self._retry_in(failure), failure=failure)
        return self._requeue(
            failure, values=NO_SESSION if isinstance(error, errors.Unavailable) else {}
        )

    def _on_unauthorized(self, error):
        """Renew the login and repeat: a call that was not authorized did nothing."""
        self.env["ksef.login"]._current(self.company_id)._expire()
        state = "queued" if self.state == "sending" else self.state
        return Decision(state=state, retry_in=1, failure=Failure.from_error(error))

    def _on_refusal(self, error, failure):
        """Decide what a refusal of the call that sends means; nothing was taken."""
        if exception_remedy(error.code) is Remedy.NEW_SESSION:
            return self._requeue(failure, values=NO_SESSION)
        if error.http_status == 403:
            return Decision(state="queued", failure=failure)
        return Decision(state="rejected", failure=failure)

    def _requeue(self, failure, values):
        """Nothing of it is in KSeF: the same bytes are to be sent again, ever more rarely."""
        retry_in = self._retry_in(failure) if failure.retry_after else back_off(1 + self.sendings)
        return Decision(state="queued", retry_in=retry_in, values=values, failure=failure)

    # === WRITING === #

    def _on_applied(self, decision):
        if decision.values == NO_SESSION:
            self._give_up_session()
        self._on_applied_together()

    def _on_applied_together(self):
        """Let the invoices know their numbers."""
        numbered = self.filtered(
            lambda row: row.state == "accepted" and row.move_id.ksef_number != row.ksef_number
        )
        if numbered:
            numbered.move_id._ksef_note_numbers(numbered)

    def _give_up_session(self):
        """Have nobody send into a session that KSeF takes nothing in any more."""
        gone = [("reference_number", "=", self.session_reference), ("state", "=", "open")]
        sessions = self.env["ksef.session"].search([*gone, ("kind", "=", "online")])
        sessions._try_lock()._move_to("lost", retry_at=False)

    def _blocking_problems(self):
        """What a person has to mend, in the language of who is asked to."""
        user = self.company_id._ksef_person_for(self.create_uid)
        problems = self.move_id.with_context(lang=user.lang)._ksef_problems()
        return [problem for problem in problems if problem.is_blocking]

    def _frozen_values(self):
        """The document as it leaves: frozen once, never rendered again for a repetition."""
        leaving = self._leaving_values()
        if self.document:
            return leaving
        document = self.move_id._ksef_invoice_xml()
        return {
            **leaving,
            "document": base64.b64encode(document),
            "document_hash": hash_base64(document),
        }

    def _leaving_values(self):
        return {"sent_at": fields.Datetime.now(), "sendings": self.sendings + 1}

    def _document_bytes(self):
        return base64.b64decode(self.with_context(bin_size=False).document)

    def _mode_of_invoice(self):
        """How the invoice was issued, as far as this document tells."""
        return self.mode

    # === FOR PEOPLE === #

    def _withdraw(self):
        """Take back documents that have not left yet, but for those that leave right now."""
        taken = self.try_lock_for_update(allow_referencing=True)
        taken._move_to("withdrawn", retry_at=NEVER)

    def _resume(self):
        """Go on with halted documents because a person asks for it."""
        logins = self.env["ksef.login"]
        for company in self.company_id:
            if logins._current(company).state == "refused":
                logins._start(company)
        self._wake()

    def _ksef_state_of_move(self):
        """What the accountant sees: a queued document that waits for a person needs attention."""
        if self.state == "queued" and not self.retry_at:
            return "error"
        return STATE_OF_MOVE[self.state]

"""What others sent us through KSeF: one row for each document, whatever is in it."""

import base64

from odoo import api, fields, models

from ...ksef.bill.facts import Obstacle
from .words import FAULT_WORDS, FAULTS

ROWS_SHOWN = 300  # of a table in the preview
ROLES = [
    ("Subject2", "Buyer"),
    ("Subject3", "Third party"),
    ("SubjectAuthorized", "Authorised party"),
]
STATES = [
    ("new", "New"),
    ("assigned", "Assigned"),
    ("approved", "Approved"),
    ("disputed", "Disputed"),
    ("not_ours", "Not ours"),
    ("booked", "Booked"),
    ("duplicate", "Duplicate"),
]
OPEN = ("new", "assigned", "approved")
OBJECTED = ("disputed", "not_ours")


class KsefInbox(models.Model):
    """A document that KSeF holds for us, and what people decide about it.

    Rows are made by the fetching, also for files that cannot be read, and never deleted. Nobody
    has write access: `_move_to` is the only writer of states, called by what people may do.
    """

    _name = "ksef.inbox"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Received KSeF document"
    _rec_names_search = ["document_number", "ksef_number", "seller_name", "seller_nip"]
    _order = "received_at desc, id desc"
    _mail_post_access = "read"

    _transitions = {
        "new": {"assigned", "approved", "disputed", "not_ours", "booked", "duplicate"},
        "assigned": {"new", "approved", "disputed", "not_ours", "booked", "duplicate"},
        "approved": {"new", "assigned", "disputed", "not_ours", "booked", "duplicate"},
        "disputed": {"new", "assigned", "approved", "not_ours", "booked"},
        "not_ours": {"new", "assigned", "disputed", "booked"},
        "booked": {"new", "assigned", "disputed", "not_ours"},
        "duplicate": {"new", "assigned"},
    }
    _number_uniq = models.Constraint(
        "UNIQUE (company_id, ksef_number)", "The inbox has this KSeF number already."
    )

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    role = fields.Selection(ROLES, string="We are", readonly=True)
    ksef_number = fields.Char(string="KSeF number", required=True, readonly=True, index=True)
    document_number = fields.Char(string="Number", readonly=True, index="trigram")
    seller_nip = fields.Char(string="Seller's NIP", readonly=True, index=True)
    seller_name = fields.Char(string="Seller", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Vendor", readonly=True, index=True)
    internal_id = fields.Char(
        string="Internal unit",
        readonly=True,
        index="btree_not_null",
        help="Our unit that the document names (IDWew).",
    )
    form = fields.Char(string="Structure", readonly=True)
    kind = fields.Char(readonly=True, help="As in the document: VAT, KOR, ZAL, ROZ.")
    issued_on = fields.Date(string="Issued", readonly=True)
    received_at = fields.Datetime(
        string="Received", readonly=True, help="When KSeF gave the document its number."
    )
    stored_at = fields.Datetime(string="Stored by KSeF", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    net_amount = fields.Monetary(string="Net", readonly=True)
    vat_amount = fields.Monetary(string="VAT", readonly=True)
    gross_amount = fields.Monetary(string="Gross", readonly=True)
    announced_hash = fields.Char(string="SHA-256 told by KSeF", readonly=True)
    document_hash = fields.Char(string="SHA-256 of the file", readonly=True)
    document = fields.Binary(attachment=True, readonly=True)
    document_name = fields.Char(compute="_compute_document_name")
    fault = fields.Selection(FAULTS, string="What is wrong with the file", readonly=True)
    obstacle = fields.Char(readonly=True)  # a value of the reader's: why nothing can be read
    fault_reason = fields.Text(compute="_compute_fault_reason")
    lang = fields.Selection([("pl_PL", "Polski"), ("en_US", "English")], store=False)
    html = fields.Html(compute="_compute_html", sanitize=False)

    state = fields.Selection(
        STATES, default="new", required=True, readonly=True, index=True, group_expand=True
    )
    user_id = fields.Many2one("res.users", string="Assigned to", readonly=True, index=True)
    reason = fields.Text(readonly=True, tracking=True)
    bill_id = fields.Many2one(
        "account.move", readonly=True, index="btree_not_null", ondelete="set null"
    )
    suggestion = fields.Char(compute="_compute_suggestion")
    bill_state = fields.Selection(related="bill_id.state", string="State of the bill")

    @api.depends("document_number", "seller_name", "ksef_number")
    def _compute_display_name(self):
        for row in self:
            names = filter(None, (row.document_number, row.seller_name))
            row.display_name = " · ".join(names) or row.ksef_number

    @api.depends("ksef_number")
    def _compute_document_name(self):
        for row in self:
            row.document_name = f"{row.ksef_number}.xml"

    @api.depends("fault", "obstacle")
    @api.depends_context("lang")
    def _compute_fault_reason(self):
        for row in self:
            row.fault_reason = row.fault and row._words_of_fault()

    def _words_of_fault(self):
        """What is wrong with the file; of one that cannot be read, what stands in the way."""
        if self.obstacle:
            return self.env["ksef.bill.reader"]._words_of_obstacle(Obstacle(self.obstacle))
        return self.env._(FAULT_WORDS[self.fault])

    @api.depends("document_hash", "fault")
    @api.depends_context("lang")
    def _compute_html(self):
        for row in self:
            row.html = row.document_hash and self.env["ksef.readable"]._html(
                row._document_bytes(),
                lang="pl_PL" if (self.env.lang or "").startswith("pl") else "en_US",
                ksef_number=row.ksef_number,
                row_limit=ROWS_SHOWN,
            )

    @api.depends("state", "document_hash")
    def _compute_suggestion(self):
        """The bill that is nearest to an open document, for whoever may see bills."""
        may_see = self.env["account.move"].has_access("read")
        for row in self:
            is_open = may_see and row.document_hash and row.state in OPEN
            row.suggestion = is_open and row._near_bills()[:1].display_name

    def _near_bills(self):
        """Bills without a document that may be this one, the nearest first."""
        reader = self.env["ksef.bill.reader"]
        facts = reader._facts(self.sudo()._document_bytes())
        return reader._find_twins(facts, self.company_id)

    def _document_bytes(self):
        """The file, read alone: those of a long list would fill the memory."""
        row = self.with_prefetch().with_context(bin_size=False)
        return base64.b64decode(row.document or b"")

    def _ksef_readable_pdf(self):
        """Return the whole document as a PDF."""
        return self.env["ksef.readable"]._pdf(self._document_bytes(), ksef_number=self.ksef_number)

    # === STATES === #

    def _move_to(self, state, **values):
        """Change the state of these rows; the same state is no step.

        :raises ValueError: if no arrow is drawn from the state of a row to this one
        """
        for row in self:
            if state != row.state and state not in self._transitions[row.state]:
                raise ValueError(f"ksef.inbox({row.id}): no way from {row.state} to {state}")
        self.write({"state": state, **values})

    def _resting_state(self):
        """Where a row goes back to when a decision is taken back."""
        if self.bill_id:
            return "booked"
        return "assigned" if self.user_id else "new"

import base64

from odoo import api, fields, models
from odoo.tools.sql import column_exists, create_column

from ...ksef import number as ksef_numbers
from ...ksef.bill.draft import Doubt, Remark
from ...ksef.crypto import hash_base64
from ..readable.account_move import Preview


class AccountMove(models.Model):
    """The document behind a bill, and what was doubtful when it was read."""

    _inherit = "account.move"

    ksef_received_on = fields.Date(
        string="Received in KSeF on",
        compute="_compute_ksef_received_on",
        store=True,
        help="The day on which KSeF gave the document its number. VAT may be deducted from the "
        "period of this day on, not earlier (art. 86(10b) VAT Act).",
    )
    ksef_document = fields.Binary(
        string="KSeF document", attachment=True, copy=False, readonly=True
    )
    ksef_document_hash = fields.Char(
        string="SHA-256 of the KSeF document", copy=False, readonly=True
    )
    ksef_is_to_review = fields.Boolean(
        string="To check against the document",
        copy=False,
        readonly=True,
        index="btree_not_null",
        help="Something in the document is doubtful. The reasons stand above the bill.",
    )
    ksef_remarks = fields.Json(copy=False, readonly=True)
    ksef_review_reasons = fields.Text(compute="_compute_ksef_review_reasons")

    def _auto_init(self):
        """Bills of past years have no number, so nothing needs to be computed for them."""
        if not column_exists(self.env.cr, self._table, "ksef_received_on"):
            create_column(self.env.cr, self._table, "ksef_received_on", "date")
        return super()._auto_init()

    @api.depends("ksef_number")
    def _compute_ksef_received_on(self):
        """The number was given on the day of receipt, which it holds (art. 106na(3) VAT Act)."""
        for move in self:
            number = move._ksef_received_bills() and move.ksef_number
            is_told = number and ksef_numbers.is_valid(number)
            move.ksef_received_on = ksef_numbers.parse(number).accepted_on if is_told else False

    @api.depends("ksef_remarks", "ksef_is_to_review")
    @api.depends_context("lang")
    def _compute_ksef_review_reasons(self):
        for move in self:
            remarks = move._ksef_stored_remarks() if move.ksef_is_to_review else ()
            texts = self.env["ksef.bill.reader"]._words_of(remarks)
            move.ksef_review_reasons = "\n".join(texts) or False

    def _ksef_stored_remarks(self):
        """The remarks of the reading, out of the database."""
        return tuple(
            Remark(doubt=Doubt(doubt), subject=subject, found=found, stated=stated)
            for doubt, subject, found, stated in self.ksef_remarks or ()
        )

    @api.model
    def _ksef_storable_remarks(self, remarks):
        return [
            [remark.doubt.value, remark.subject, remark.found, remark.stated] for remark in remarks
        ]

    def _ksef_keep_document(self, document):
        """Keep a document byte for byte."""
        self.sudo().write(
            {
                "ksef_document": base64.b64encode(document),
                "ksef_document_hash": hash_base64(document),
            }
        )

    def action_ksef_reviewed(self):
        """Somebody has compared bill and document: the doubts are settled."""
        self.check_access("write")
        self.sudo().ksef_is_to_review = False
        for move in self:
            move.message_post(body=self.env._("Checked against the KSeF document."))

    def _link_bill_origin_to_purchase_orders(self, timeout=10):
        """Odoo may put lines of the order in the place of the document's, whose totals win."""
        read_here = self.filtered("ksef_document_hash")
        super(AccountMove, self - read_here)._link_bill_origin_to_purchase_orders(timeout=timeout)
        return self

    # === THE DOCUMENT IN VIEW === #

    @api.depends("ksef_document_hash")
    def _compute_ksef_has_preview(self):
        result = super()._compute_ksef_has_preview()
        self.filtered("ksef_document_hash").update({"ksef_has_preview": True})
        return result

    def _ksef_preview(self):
        """The document of a bill is the vendor's, as it came."""
        self.check_access("read")
        if not self.ksef_document_hash:
            return super()._ksef_preview()
        return Preview(
            document=self._ksef_document_bytes(), ksef_number=self.ksef_number or "", is_sent=True
        )

    def _ksef_document_bytes(self):
        return base64.b64decode(self.with_context(bin_size=False).ksef_document or b"")

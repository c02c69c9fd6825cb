from dataclasses import dataclass, replace
from typing import Any

from odoo import api, fields, models

from ...ksef.errors import InvalidDocument
from ...ksef.fa3 import writer


@dataclass(frozen=True, kw_only=True)
class Preview:
    """The document of an invoice as it was sent or, before that, as it would be.

    `document` is empty where none can be made yet; `problems` say why.
    """

    document: bytes = b""
    ksef_number: str = ""
    is_sent: bool = False
    problems: tuple[Any, ...] = ()


class AccountMove(models.Model):
    _inherit = "account.move"

    ksef_has_preview = fields.Boolean(compute="_compute_ksef_has_preview")

    @api.depends("move_type", "journal_id", "company_id")
    def _compute_ksef_has_preview(self):
        for move in self:
            is_polish = move.company_id.account_fiscal_country_id.code == "PL"
            move.ksef_has_preview = is_polish and move._ksef_is_issued_here()

    def action_ksef_preview(self):
        """Show the document as people read it and as XML, before sending and after."""
        self.ensure_one()
        self.check_access("read")
        return self.env["ksef.preview"]._open_for_move(self)

    def _ksef_preview(self):
        """Return the `Preview` of this invoice.

        Whoever may read the invoice may see its document, though not all that it is made from.
        """
        self.check_access("read")
        move = self.sudo()
        submission = move._ksef_last_submission()
        if submission.document and submission.state not in ("rejected", "withdrawn"):
            return submission._ksef_preview()
        return Preview(document=move._ksef_draft_xml(), problems=tuple(move._ksef_problems()))

    def _ksef_draft_xml(self):
        """Return the document in bytes, even if it is not valid yet; nothing if there is none.

        A draft has perhaps no number and no date, and must be seen all the same. Invoices that
        the rules have found fault with may fail anywhere in the builder.
        """
        try:
            document = self.env["ksef.fa3"]._documents(self)[self]
            return writer.write(replace(document, Fa=self._ksef_dated(document.Fa)))
        except (
            InvalidDocument,
            ArithmeticError,
            AttributeError,
            LookupError,
            TypeError,
            ValueError,
        ):
            return b""

    def _ksef_dated(self, invoice):
        """Return the `Fa` of a draft as if it were posted today; the number comes only then."""
        return replace(
            invoice,
            P_1=self.invoice_date or fields.Date.context_today(self),
            P_2=self.name if self.state != "draft" else "",
        )

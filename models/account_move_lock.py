"""What KSeF holds, or may hold, is not changed any more: the way is a correction.

The document itself is frozen in the submission; here the invoice is kept from telling
something else than the document. Payments, analytic distribution, activities and whatever
else is not in the document stay free.
"""

from odoo import api, models
from odoo.exceptions import UserError

from .account_move import LOCKED_STATES

# Fields of the invoice that stand in its FA(3) document, or that it is computed from
DOCUMENT_FIELDS = frozenset(
    {
        "commercial_partner_id",
        "company_id",
        "currency_id",
        "date",
        "delivery_date",
        "fiscal_position_id",
        "incoterm_location",
        "invoice_cash_rounding_id",
        "invoice_currency_rate",
        "invoice_date",
        "invoice_date_due",
        "invoice_incoterm_id",
        "invoice_payment_term_id",
        "journal_id",
        "ksef_advance_on",
        "ksef_authorized_partner_id",
        "ksef_authorized_role",
        "ksef_cash_method",
        "ksef_contract_currency_id",
        "ksef_contract_no",
        "ksef_contract_on",
        "ksef_contract_rate",
        "ksef_corrected_period",
        "ksef_correction_reason",
        "ksef_correction_type",
        "ksef_invoice_type",
        "ksef_is_excise_refund",
        "ksef_is_excluded",
        "ksef_is_formal",
        "ksef_is_fp",
        "ksef_is_gv",
        "ksef_is_intermediary",
        "ksef_is_jst",
        "ksef_is_period_part",
        "ksef_order_total",
        "ksef_origin_move_id",
        "ksef_party_snapshot",
        "ksef_payer_id",
        "ksef_payment_code",
        "ksef_payment_link",
        "ksef_period_ends_on",
        "ksef_period_starts_on",
        "ksef_reverse_charge",
        "ksef_right_bank_id",
        "ksef_right_due_on",
        "ksef_right_number",
        "ksef_right_rate",
        "ksef_right_supply_on",
        "ksef_simplified",
        "ksef_split_payment",
        "move_type",
        "name",
        "narration",
        "partner_bank_id",
        "partner_id",
        "partner_shipping_id",
        "preferred_payment_method_line_id",
        "ref",
        "reversed_entry_id",
        "taxable_supply_date",
    }
)
LINE_FIELDS = frozenset(
    {
        "amount_currency",
        "balance",
        "credit",
        "currency_id",
        "date_maturity",
        "debit",
        "deferred_end_date",
        "deferred_start_date",
        "discount",
        "display_type",
        "is_downpayment",
        "ksef_corrected_line_id",
        "ksef_gtu",
        "ksef_is_annex15",
        "ksef_kor_mode",
        "ksef_procedure",
        "ksef_rate",
        "ksef_rate_code",
        "ksef_supplied_on",
        "ksef_uuid",
        "move_id",
        "name",
        "price_unit",
        "product_id",
        "product_uom_id",
        "quantity",
        "sale_line_ids",
        "sequence",
        "tax_ids",
        "tax_line_id",
    }
)
# Journal items that no invoice shows: Odoo makes them when the goods are valued
HIDDEN_LINES = ("cogs",)


class AccountMove(models.Model):
    _inherit = "account.move"

    def write(self, vals):
        names = DOCUMENT_FIELDS & vals.keys()
        if names:
            self._ksef_check_change(self._ksef_locked(), vals, names)
        return super().write(vals)

    def _ksef_locked(self):
        """The invoices of the recordset whose document is in KSeF, or may be."""
        candidates = self.filtered(lambda move: move.state == "posted" and move.ksef_state)
        if not candidates:
            return self.browse()
        rows = self.env["ksef.submission"].sudo().search(candidates._ksef_locking_rows())
        return self.browse(rows.move_id.ids)

    def _ksef_locking_rows(self):
        """Domain of the submissions that left, or whose document is frozen and leaves again."""
        return [
            ("move_id", "in", self.ids),
            "|",
            ("state", "in", LOCKED_STATES),
            "&",
            ("state", "=", "queued"),
            ("document_hash", "!=", False),
        ]

    def _ksef_check_change(self, records, vals, names):
        """Refuse to change fields of locked records (invoices, or lines of them).

        :raises UserError: naming the first field that would change
        """
        for record in records:
            for name in sorted(names):
                if self._field_will_change(record, vals, name):
                    moves = record if record._name == self._name else record.move_id
                    moves._ksef_refuse_change(record._fields[name]._description_string(self.env))

    def _ksef_check_unlocked(self, what):
        """Refuse to change a part of locked invoices; `what` names it to the user.

        :raises UserError: if one of the invoices is locked
        """
        locked = self._ksef_locked()
        if locked:
            locked._ksef_refuse_change(what)

    def _ksef_refuse_change(self, what):
        raise UserError(
            self.env._(
                "%(invoices)s: this invoice is in KSeF or on its way there, so “%(field)s” can no "
                "longer be changed. What was issued is changed by a correction: issue a credit "
                "note, or a debit note, to it.",
                invoices=", ".join(self.mapped("display_name")),
                field=what,
            )
        )

    # === STATE === #

    def _check_draftable(self):
        self._ksef_release()
        return super()._check_draftable()

    def button_request_cancel(self):
        """KSeF knows no cancelling: what was issued is taken back by a correction."""
        self._ksef_release()
        return super().button_request_cancel()

    def _ksef_release(self):
        self._ksef_check_corrections()
        return super()._ksef_release()

    def _ksef_check_corrections(self):
        """Keep what a document in KSeF corrects, or the correction would point at nothing.

        :raises UserError: if an invoice in KSeF corrects one of these
        """
        posted = self.filtered(lambda move: move.state == "posted").ids
        if not posted:
            return
        corrects = [
            ("ksef_state", "!=", False),
            "|",
            ("reversed_entry_id", "in", posted),
            ("ksef_origin_move_id", "in", posted),
        ]
        corrections = self.sudo().search(corrects)._ksef_locked()
        if corrections:
            raise UserError(
                self.env._(
                    "The correction %(correction)s is in KSeF or on its way there, so what it "
                    "corrects must stay as it is. Issue a further correction instead.",
                    correction=", ".join(corrections.mapped("display_name")),
                )
            )


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    @api.model_create_multi
    def create(self, vals_list):
        shown = [vals for vals in vals_list if vals.get("display_type") not in HIDDEN_LINES]
        moves = self.env["account.move"].browse({vals.get("move_id") for vals in shown} - {None})
        moves._ksef_check_unlocked(self.env._("Invoice lines"))
        return super().create(vals_list)

    def write(self, vals):
        names = LINE_FIELDS & vals.keys()
        if names:
            self.move_id._ksef_check_change(self._ksef_locked_lines(names), vals, names)
        if "move_id" in vals:
            moves = self.env["account.move"].browse(vals["move_id"])
            moves._ksef_check_unlocked(self.env._("Invoice lines"))
        return super().write(vals)

    def _ksef_locked_lines(self, names):
        """Lines that stand in a locked document. Odoo words the label of instalments itself."""
        locked = self.move_id._ksef_locked()
        lines = self.filtered(
            lambda line: line.move_id in locked and line.display_type not in HIDDEN_LINES
        )
        if names == {"name"}:
            return lines.filtered(lambda line: line.display_type != "payment_term")
        return lines

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_ksef(self):
        shown = self.filtered(lambda line: line.display_type not in HIDDEN_LINES)
        shown.move_id._ksef_check_unlocked(self.env._("Invoice lines"))

"""Beside `l10n_pl_edi`: never two senders, and its fields tell what ours know.

That addon is in every Polish database, in more than one layout: fields and methods are looked
for, never taken for granted. Its history is taken over in `takeover.py`.
"""

from odoo import api, fields, models

from .l10n_pl_edi_views import hide_columns, hide_nodes

REFUSED = "rejected"


class AccountMove(models.Model):
    _inherit = "account.move"

    ksef_replaces_l10n_pl_edi = fields.Boolean(related="company_id.ksef_is_enabled")

    # === NEVER TWO SENDERS === #

    def _ksef_their(self, name):
        """Return a field of `l10n_pl_edi`, empty where its layout has none of that name."""
        return self[name] if name in self._fields else False

    def _ksef_is_with_l10n_pl_edi(self):
        """Whether Odoo's own addon sent this invoice, to the same KSeF, and was not refused."""
        status = self._ksef_their("l10n_pl_edi_status")
        return bool(status and status != REFUSED and self.company_id._ksef_shares_l10n_pl_edi())

    def _ksef_leaves_to_l10n_pl_edi(self):
        """Whether Odoo's own addon may send this invoice: what ours has under way stays ours."""
        if self.company_id.ksef_is_enabled:
            return False
        return all(row.state in (REFUSED, "withdrawn") for row in self.sudo().ksef_submission_ids)

    def _ksef_is_expected(self):
        return super()._ksef_is_expected() and not self._ksef_is_with_l10n_pl_edi()

    @api.depends("ksef_state", "state")
    def _compute_ksef_is_sendable(self):
        result = super()._compute_ksef_is_sendable()
        theirs = self.filtered(lambda move: move._ksef_is_with_l10n_pl_edi())
        theirs.ksef_is_sendable = False
        return result

    def action_l10n_pl_edi_update_invoice_status(self):
        """Silent where our queue asks; about what it sent itself, it may go on asking."""
        if self._ksef_last_submission():
            return False
        return super().action_l10n_pl_edi_update_invoice_status()

    def _l10n_pl_edi_check_mandatory_fields(self):
        """Its warnings about its own document are none where ours makes the document."""
        moves = self.filtered(lambda move: move._ksef_leaves_to_l10n_pl_edi())
        return super(AccountMove, moves)._l10n_pl_edi_check_mandatory_fields() if moves else {}

    # === NEVER TWO RECEIVERS === #

    @api.model
    def _l10n_pl_edi_download_bills_from_ksef(self):
        """Silent where our inbox receives: each bill would come twice."""
        if self.env.company.ksef_is_enabled:
            return False
        return super()._l10n_pl_edi_download_bills_from_ksef()

    @api.model
    def _cron_l10n_pl_edi_download_bills(self):
        """The same for layouts that go another way, as far as all companies are ours."""
        polish = [("account_fiscal_country_id.code", "=", "PL")]
        if self.env["res.company"].search(polish)._ksef_all_replace_l10n_pl_edi():
            return None
        return super()._cron_l10n_pl_edi_download_bills()

    # === MIRROR === #

    def _ksef_mirror(self):
        """Have the fields of `l10n_pl_edi` say what our last submissions say."""
        taken = self._ksef_numbers_taken(
            [move._ksef_last_submission().ksef_number for move in self]
        )
        mirrored = [move._ksef_mirror_values() for move in self]
        for values in mirrored:
            if values.get("l10n_pl_edi_number") in taken:
                del values["l10n_pl_edi_number"]
        self._ksef_store(
            [
                {name: value or None for name, value in values.items() if name in self._fields}
                for values in mirrored
            ]
        )

    def _ksef_mirror_values(self):
        submission = self._ksef_last_submission()
        if submission.state != "accepted":
            return {"l10n_pl_edi_status": REFUSED}
        return {
            "l10n_pl_edi_status": "accepted",
            "l10n_pl_edi_number": submission.ksef_number,
            "l10n_pl_edi_ref": submission.invoice_reference,
            "l10n_pl_edi_session_id": submission.session_reference,
        }

    def _ksef_numbers_taken(self, numbers):
        """Which numbers other documents bear: in one layout no two may have the same.

        It happens where seller and buyer are companies of one database.
        """
        if "l10n_pl_edi_number" not in self._fields:
            return set()
        others = [("l10n_pl_edi_number", "in", numbers), ("id", "not in", self.ids)]
        return set(self.sudo().search(others).mapped("l10n_pl_edi_number"))

    @api.model_create_multi
    def create(self, vals_list):
        moves = super().create(vals_list)
        moves.filtered("ksef_number")._ksef_mirror_received()
        moves._ksef_adopt_received()
        return moves

    def write(self, vals):
        result = super().write(vals)
        if "ksef_number" in vals:
            self._ksef_mirror_received()
        return result

    def _ksef_mirror_received(self):
        """The same for the numbers of vendor bills, typed or read."""
        if "l10n_pl_edi_number" not in self._fields:
            return
        bills = self._ksef_received_bills()
        taken = bills._ksef_numbers_taken(bills.mapped("ksef_number"))
        for bill in bills.filtered(lambda bill: bill.ksef_number not in taken):
            bill.l10n_pl_edi_number = bill.ksef_number

    def _ksef_adopt_received(self):
        """A bill that they made all the same is known to our inbox by its number."""
        bills = self.filtered(
            lambda move: (
                move.is_purchase_document(include_receipts=True)
                and move.company_id.ksef_is_enabled
                and not move.ksef_number
                and move._ksef_their("l10n_pl_edi_number")
            )
        )
        bills._ksef_take_their_numbers()

    # === VIEWS === #

    @api.model
    def _get_view_cache_key(self, view_id=None, view_type="form", **options):
        key = super()._get_view_cache_key(view_id, view_type, **options)
        return (*key, self.env.companies._ksef_all_replace_l10n_pl_edi())

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == "form":
            hide_nodes(arch, "ksef_replaces_l10n_pl_edi")
        elif view_type == "list" and self.env.companies._ksef_all_replace_l10n_pl_edi():
            hide_columns(arch)
        return arch, view


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == "form":
            hide_nodes(arch, "ksef_is_enabled")
        return arch, view


class KsefSubmission(models.Model):
    _inherit = "ksef.submission"

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state") == "accepted":
            self.move_id._ksef_mirror()
        elif vals.get("state") == REFUSED:
            sent_by_them = self.move_id.filtered(
                lambda move: move._ksef_their("l10n_pl_edi_status")
            )
            sent_by_them._ksef_mirror()
        return result

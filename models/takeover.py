"""Taking over from `l10n_pl_edi`: what it sent becomes our history, and is never sent again."""

import base64
from datetime import datetime, timedelta

from odoo import api, fields, models

from ..ksef.crypto import hash_base64
from ..ksef.number import is_valid

AT_ONCE = 50  # invoices adopted while a person waits: some seconds
BATCH = 200  # invoices in one transaction of the background
RECEIPTS_APART = timedelta(seconds=10)  # looks at our own sessions have the same limit
MODE_PARAMETER = "l10n_pl_edi_ksef.mode"
THEIR_RECEIVER = "l10n_pl_edi.cron_l10n_pl_edi_ksef_download_bills"
THEIR_TOKEN = "l10n_pl_edi_access_token"
THEIR_FIELDS = {
    "l10n_pl_edi_status",
    "l10n_pl_edi_number",
    "l10n_pl_edi_ref",
    "l10n_pl_edi_session_id",
    "l10n_pl_edi_attachment_file",
}


class ResCompany(models.Model):
    _inherit = "res.company"

    def write(self, vals):
        result = super().write(vals)
        if vals.get("ksef_is_enabled") or "ksef_environment" in vals:
            self.filtered("ksef_is_enabled")._ksef_take_over()
        if vals.get("ksef_is_enabled"):
            self._ksef_go_on_receiving()
        if "ksef_is_enabled" in vals and not vals["ksef_is_enabled"]:
            self._ksef_give_back()
        return result

    def _ksef_take_over(self):
        """Adopt the history of `l10n_pl_edi`: the newest now, the rest in the background."""
        moves = self.env["account.move"].sudo()
        moves._ksef_adopt(moves.search(moves._ksef_adoptable(self), limit=AT_ONCE))
        moves._ksef_adopt_bills(self)
        if moves.search_count(moves._ksef_adoptable(self), limit=1):
            self.env.ref("account_ksef.ir_cron_adopt").sudo()._trigger()

    def _ksef_go_on_receiving(self):
        """Whose bills the other addon brought by itself gets them by itself from ours."""
        cron = self.env.ref(THEIR_RECEIVER, raise_if_not_found=False)
        if cron and cron.sudo().active and THEIR_TOKEN in self._fields:
            fed = self.sudo().filtered(THEIR_TOKEN)
            fed.filtered("ksef_is_enabled").ksef_fetch_policy = "interval"

    def _ksef_give_back(self):
        """Let go of what has not left yet, so that the other addon may send it."""
        queued = [("company_id", "in", self.ids), ("state", "=", "queued")]
        self.env["ksef.submission"].sudo().search(queued)._withdraw()

    def _ksef_l10n_pl_edi_environment(self):
        """The environment that `l10n_pl_edi` works with, one for the whole database."""
        mode = self.env["ir.config_parameter"].sudo().get_param(MODE_PARAMETER) or "prod"
        return "production" if mode == "prod" else "test"

    def _ksef_shares_l10n_pl_edi(self):
        """Whether both integrations speak with the same KSeF (a simulator plays either)."""
        return self.ksef_environment in ("local", self._ksef_l10n_pl_edi_environment())

    def _ksef_all_replace_l10n_pl_edi(self):
        return all(company.ksef_is_enabled for company in self)

    @api.model
    def _ksef_prepare_takeover(self):
        """At installation: companies that use `l10n_pl_edi` stay with the KSeF that it uses."""
        if "l10n_pl_edi_register" in self._fields:
            polish = self.sudo().search([("account_fiscal_country_id.code", "=", "PL")])
            users = polish.filtered("l10n_pl_edi_register")
            users.ksef_environment = self._ksef_l10n_pl_edi_environment()


class AccountMove(models.Model):
    _inherit = "account.move"

    @api.model
    def _cron_ksef_adopt(self):
        """Adopt what `l10n_pl_edi` has sent, batch by batch."""
        companies = self.env["res.company"]._ksef_enabled()
        domain = self._ksef_adoptable(companies)
        self._ksef_adopt(self.search(domain, limit=BATCH))
        self._ksef_adopt_bills(companies)
        self.env["ir.cron"]._commit_progress(1, remaining=self.search_count(domain, limit=1))

    @api.model
    def _ksef_adoptable(self, companies):
        """Domain of what `l10n_pl_edi` sent to the same KSeF and ours does not know yet."""
        companies = companies.filtered(lambda company: company._ksef_shares_l10n_pl_edi())
        if not self._fields.keys() >= THEIR_FIELDS:
            companies = companies.browse()
        unknown = [("state", "not in", ("rejected", "withdrawn"))]
        return [
            ("company_id", "in", companies.ids),
            ("state", "=", "posted"),
            ("move_type", "in", ("out_invoice", "out_refund")),
            ("ksef_submission_ids", "not any", unknown),
            "|",
            "&",
            ("l10n_pl_edi_status", "=", "accepted"),
            ("l10n_pl_edi_number", "!=", False),
            "&",
            "&",
            "&",
            ("l10n_pl_edi_status", "=", "sent"),
            ("l10n_pl_edi_ref", "!=", False),
            ("l10n_pl_edi_session_id", "!=", False),
            ("l10n_pl_edi_attachment_file", "!=", False),
        ]

    @api.model
    def _ksef_adopt(self, moves):
        """Make a submission of each invoice that `l10n_pl_edi` sent; unfinished ones are finished.

        An unfinished one enters as `sent`: our queue asks KSeF for its verdict.
        """
        moves = moves.with_context(bin_size=False, tracking_disable=True)
        rows = self.env["ksef.submission"].sudo()
        rows = rows.create([move._ksef_adopted_values() for move in moves])
        for row in rows:
            if row.ksef_number:
                row.move_id.write({"ksef_number": row.ksef_number, "ksef_mode": row.mode})
        rows._plan_receipts()
        if moves:
            rows._trigger_cron()

    @api.model
    def _ksef_adopt_bills(self, companies):
        """Take over the numbers of vendor bills."""
        if "l10n_pl_edi_number" not in self._fields:
            return
        bills = self.search(
            [
                ("company_id", "in", companies.ids),
                ("move_type", "in", ("in_invoice", "in_refund", "in_receipt")),
                ("l10n_pl_edi_number", "!=", False),
                ("ksef_number", "=", False),
            ]
        )
        bills._ksef_take_their_numbers()

    def _ksef_take_their_numbers(self):
        """What is no number, or that of another bill, stays with them."""
        numbers = self.mapped("l10n_pl_edi_number")
        seen = set(self._ksef_bills_numbered(numbers).mapped("ksef_number"))
        for bill in self.with_context(tracking_disable=True):
            number = bill.l10n_pl_edi_number
            if number not in seen and is_valid(number):
                seen.add(number)
                bill.ksef_number = number

    def _ksef_adopted_values(self):
        is_issued = self.l10n_pl_edi_status == "accepted"
        return {
            "move_id": self.id,
            "company_id": self.company_id.id,
            "environment": self.company_id.ksef_environment,
            "document_number": self.name,
            "origin": "l10n_pl_edi",
            "session_reference": self.l10n_pl_edi_session_id,
            "invoice_reference": self.l10n_pl_edi_ref,
            **self._ksef_adopted_file("document", "l10n_pl_edi_attachment_file"),
            **self._ksef_adopted_file("upo", "l10n_pl_edi_upo_file"),
            **(self._ksef_adopted_number() if is_issued else self._ksef_adopted_wait()),
        }

    def _ksef_adopted_file(self, name, their_name):
        """A file of theirs as they kept it: their receipts are reformatted, so are its bytes."""
        content = self._ksef_their(their_name)
        if not content:
            return {}
        return {name: content, f"{name}_hash": hash_base64(base64.b64decode(content))}

    def _ksef_adopted_number(self):
        """KSeF number and what it tells: the day of its assignment (KSeF API §7, §8.4)."""
        assigned_at = datetime.strptime(self.l10n_pl_edi_number[11:19], "%Y%m%d")
        is_late = self.invoice_date < assigned_at.date()
        return {
            "state": "accepted",
            "ksef_number": self.l10n_pl_edi_number,
            "accepted_at": assigned_at,
            "mode": "offline24" if is_late else "online",
        }

    def _ksef_adopted_wait(self):
        return {"state": "sent", "retry_at": fields.Datetime.now()}


class KsefSubmission(models.Model):
    _inherit = "ksef.submission"

    origin = fields.Selection(
        [("l10n_pl_edi", "Taken over from Odoo's own KSeF integration")],
        readonly=True,
        help="Empty: sent by this integration.",
    )

    def _plan_receipts(self):
        """Have the receipts that the other addon did not fetch come one after the other."""
        planned = [("origin", "!=", False), ("state", "=", "accepted"), ("retry_at", "!=", False)]
        last = self.search(planned, order="retry_at desc", limit=1).retry_at
        moment = max(fields.Datetime.now(), last or datetime.min)
        for row in self:
            if row.state == "accepted" and row.session_reference and not row.upo_hash:
                moment += RECEIPTS_APART
                row.retry_at = moment

"""What a person asked Odoo to send, kept until KSeF has issued the invoice.

The wishes lie on the invoice itself (`ksef_sending_data`) and are handed to Odoo's own sending
in the background in the transaction that stores the number. Both write the same row, so
a dialog and the queue that meet collide and repeat: none is lost, none goes twice.
"""

import base64
from dataclasses import dataclass

from markupsafe import Markup

from odoo import api, fields, models

ISSUED = "accepted"


@dataclass(frozen=True, kw_only=True)
class MailFile:
    """A file of KSeF for the buyer: its `kind` is `document` or `upo`."""

    kind: str
    name: str


class AccountMove(models.Model):
    _inherit = "account.move"

    _ksef_sending_idx = models.Index("(id) WHERE ksef_sending_data IS NOT NULL")

    ksef_sending_data = fields.Json(
        string="Sending that waits for KSeF",
        copy=False,
        groups="base.group_system",
        help="Who wants it sent and how, once it has its number.",
    )

    # === WHAT WAITS === #

    def _ksef_is_issued(self):
        """Whether the buyer may have this invoice: it is in KSeF, under its number."""
        return self.ksef_state == ISSUED

    def _ksef_may_be_handed_over(self):
        """Whether a print of now is good for the buyer, as an invoice or as its confirmation."""
        return self._ksef_is_issued()

    def _ksef_awaits_issue(self):
        """Whether KSeF has to issue this invoice before the buyer may have it."""
        return bool(
            self.state == "posted"
            and self.ksef_state
            and not self._ksef_is_issued()
            and self._ksef_is_possible()
        )

    @api.depends("ksef_sending_data")
    def _compute_is_being_sent(self):
        result = super()._compute_is_being_sent()
        self.filtered(lambda move: move.sudo().ksef_sending_data).is_being_sent = True
        return result

    def _get_alerts(self):
        alerts = super()._get_alerts()
        if self.sudo().ksef_sending_data:
            alerts["account_is_being_sent"] = {
                "level": "info",
                "message": self.env._(
                    "The e-mail to the buyer waits for the KSeF number and then leaves by itself."
                ),
            }
        return alerts

    # === KEEPING === #

    def _ksef_keep_sending(self, custom_settings):
        """Keep what a person wants done with these invoices; a later wish replaces it."""
        stored = self._ksef_store_settings(custom_settings)
        for move in self.sudo():
            move.write(
                {
                    "ksef_sending_data": {**move._ksef_sending_author(), "settings": stored},
                    "sending_data": False,
                }
            )

    def _ksef_sending_author(self):
        """Who asked for the sending: in the background the one whom Odoo noted."""
        noted = self.sending_data or {}
        return {
            "author_user_id": noted.get("author_user_id") or self.env.user.id,
            "author_partner_id": noted.get("author_partner_id") or self.env.user.partner_id.id,
        }

    def _ksef_store_settings(self, custom_settings):
        """Make the settings of the dialog fit for JSON; its uploads are kept with the invoice."""
        self._ksef_keep_uploads(custom_settings.get("mail_attachments_widget") or [])
        records = {"pdf_report", "mail_template"} & custom_settings.keys()
        return {**custom_settings, **{name: custom_settings[name].id for name in records}}

    def _ksef_keep_uploads(self, widget):
        """Tie uploaded files to the invoice: Odoo throws away those of a closed dialog.

        :raises AccessError: for files that the person may not read
        """
        ids = [int(item["id"]) for item in widget if str(item["id"]).isdigit()]
        files = self.env["ir.attachment"].browse(ids).exists()
        files.check_access("read")
        loose = files.sudo().filtered(lambda file: not file.res_id)
        loose.write({"res_model": self._name, "res_id": self[:1].id})

    def _ksef_kept_settings(self):
        """Return the settings as the dialog gave them, or nothing for another kind of sending."""
        kept = dict((self.sending_data or {}).get("ksef_settings") or {})
        if kept.get("mail_body"):
            kept["mail_body"] = Markup(kept["mail_body"])  # noqa: S704  sanitized by the dialog
        for name, model in (
            ("pdf_report", "ir.actions.report"),
            ("mail_template", "mail.template"),
        ):
            if name in kept:
                kept[name] = self.env[model].browse(kept[name]).exists()
        return kept

    def _ksef_if_user_may_send(self):
        """Nothing of them for a person who may not send; somebody who may will."""
        is_sender = self.env.su or self._ksef_user_may_send()
        return self if is_sender else self.browse()

    # === GOING ON === #

    def _ksef_go_on_sending(self):
        """Hand to Odoo's own sending in the background what need not wait any more."""
        ready = self.sudo().filtered(lambda move: move.ksef_sending_data and move._ksef_may_leave())
        for move in ready:
            kept = dict(move.ksef_sending_data)
            kept["ksef_settings"] = kept.pop("settings")
            move.write({"sending_data": kept, "ksef_sending_data": False})
        if ready:
            self.env.ref("account.ir_cron_account_move_send").sudo()._trigger()

    def _ksef_may_leave(self):
        """Whether the invoice is issued and the receipt is there, if it is to go along."""
        if not self._ksef_is_issued():
            return not self._ksef_awaits_issue()
        return not self._ksef_wants_upo() or bool(self._ksef_last_submission().upo_hash)

    def _ksef_wants_upo(self):
        settings = self.ksef_sending_data["settings"]
        if "mail_attachments_widget" in settings:
            widget = settings["mail_attachments_widget"] or []
            return any(i.get("ksef_kind") == "upo" and not i.get("skip") for i in widget)
        return "upo" in self.company_id._ksef_mail_kinds()

    @api.model
    def _cron_account_move_send(self, job_count=10):
        """Take up first what became ready while nobody looked, a crash in between included."""
        self.search([("ksef_sending_data", "!=", False)])._ksef_go_on_sending()
        return super()._cron_account_move_send(job_count=job_count)

    # === CALLING OFF === #

    def _ksef_call_off_sending(self):
        """KSeF refused: the buyer gets nothing, and who wanted it sent is told."""
        for move in self.sudo().filtered("ksef_sending_data"):
            author = self.env["res.partner"].browse(move.ksef_sending_data["author_partner_id"])
            move.ksef_sending_data = False
            env = move.with_context(lang=author.lang).env
            move.message_post(
                body=env._(
                    "KSeF refused invoice %s, so it was not e-mailed to the buyer. Correct it "
                    "and send it again: it keeps its number.",
                    move.name,
                ),
                partner_ids=author.ids,
                message_type="notification",
                subtype_xmlid="mail.mt_note",
            )

    def write(self, vals):
        if vals.get("state", "posted") != "posted":
            self.sudo().filtered("ksef_sending_data").ksef_sending_data = False
        return super().write(vals)

    def _ksef_set_pdf_aside(self):
        """Keep a PDF from before the number as a plain file: it does not show it."""
        files = self.env["ir.attachment"].sudo()
        files.search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("res_field", "=", "invoice_pdf_report_file"),
            ]
        ).res_field = False
        self.invalidate_recordset(["invoice_pdf_report_id", "invoice_pdf_report_file"])

    # === FILES === #

    def _ksef_mail_files(self, is_sent_now):
        """Return the `MailFile`s that can go with the e-mail, some of them yet to come."""
        submission = self._ksef_last_submission()
        is_coming = is_sent_now and not self._ksef_is_issued()
        name = (self.name or "").replace("/", "_")
        files = []
        if is_coming or (self._ksef_is_issued() and submission.document_hash):
            files.append(MailFile(kind="document", name=f"FA3_{name}.xml"))
        if is_coming or submission.upo_hash:
            files.append(MailFile(kind="upo", name=f"UPO_{name}.xml"))
        return files

    def _ksef_mail_contents(self, kinds):
        """Return `[(name, bytes)]` of KSeF's files, as they were sent and as they came."""
        if not self._ksef_is_issued():
            return []
        submission = self._ksef_last_submission().with_context(bin_size=False)
        contents = {"document": submission.document, "upo": submission.upo}
        return [
            (file.name, base64.b64decode(contents[file.kind]))
            for file in self._ksef_mail_files(is_sent_now=False)
            if file.kind in kinds and contents[file.kind]
        ]


class KsefSubmission(models.Model):
    _inherit = "ksef.submission"

    def write(self, vals):
        """Tell the waiting sending of the invoice what became of it, in the same transaction."""
        result = super().write(vals)
        if vals.get("state") == "rejected":
            self.move_id._ksef_call_off_sending()
        if vals.get("state") == ISSUED:
            self.move_id._ksef_set_pdf_aside()
        if vals.get("state") == ISSUED or vals.get("upo_hash"):
            self.move_id._ksef_go_on_sending()
        return result

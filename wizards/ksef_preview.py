import base64

from odoo import api, fields, models
from odoo.exceptions import AccessError

ROWS_SHOWN = 300  # of a table: more are slow to show and are read by nobody on a screen


class KsefPreview(models.TransientModel):
    """Shows one document to people: readable, as XML, and with what stands against it.

    Odoo makes the rows, for whoever may read the invoice; people only choose the language.
    """

    _name = "ksef.preview"
    _description = "Preview of a KSeF document"
    _rec_name = "document_name"

    move_id = fields.Many2one("account.move", readonly=True)
    document = fields.Binary(attachment=False, readonly=True)
    document_name = fields.Char(readonly=True)
    ksef_number = fields.Char(readonly=True)
    is_sent = fields.Boolean(readonly=True)
    problem_ids = fields.One2many("ksef.preview.problem", "wizard_id", readonly=True)
    is_blocked = fields.Boolean(compute="_compute_is_blocked")
    lang = fields.Selection(
        [("pl_PL", "Polski"), ("en_US", "English")],
        string="Language of the document",
        default=lambda self: "pl_PL" if (self.env.lang or "").startswith("pl") else "en_US",
        required=True,
    )
    html = fields.Html(compute="_compute_html", sanitize=False)
    xml = fields.Text(compute="_compute_xml")

    @api.depends("problem_ids.level")
    def _compute_is_blocked(self):
        for wizard in self:
            wizard.is_blocked = "error" in wizard.problem_ids.mapped("level")

    @api.depends("document", "lang", "ksef_number")
    def _compute_html(self):
        for wizard in self:
            wizard.html = wizard.document and self.env["ksef.readable"]._html(
                wizard._document_bytes(),
                lang=wizard.lang,
                ksef_number=wizard.ksef_number,
                row_limit=ROWS_SHOWN,
            )

    @api.depends("document")
    def _compute_xml(self):
        for wizard in self:
            wizard.xml = wizard.document and self.env["ksef.readable"]._indented(
                wizard._document_bytes()
            )

    def _document_bytes(self):
        return base64.b64decode(self.with_context(bin_size=False).document or b"")

    def _ksef_readable_pdf(self):
        """Return the whole document as a PDF, in the language chosen."""
        return self.env["ksef.readable"]._pdf(
            self._document_bytes(), lang=self.lang, ksef_number=self.ksef_number
        )

    # === OPENING === #

    @api.model
    def _open_for_move(self, move):
        """Return the action that shows the document of an invoice."""
        name = move.name or self.env._("draft")
        return self._open(move, move._ksef_preview(), name)

    @api.model
    def _open_for_submission(self, submission):
        """Return the action that shows the document of a submission."""
        preview = submission._ksef_preview()
        return self._open(submission.move_id, preview, submission.document_number)

    def _open(self, move, preview, name):
        self.check_access("read")  # portal users may read their invoices, too
        document_name = f"FA3_{name.replace('/', '_')}.xml"
        wizard = self.sudo().create({"move_id": move.id, "document_name": document_name})
        return wizard._fill(preview)._action()

    def _fill(self, preview):
        """Show this document and its problems, in place of what was shown."""
        problems = [self._problem_values(self.move_id, problem) for problem in preview.problems]
        self.write(
            {
                "document": base64.b64encode(preview.document),
                "ksef_number": preview.ksef_number,
                "is_sent": preview.is_sent,
                "problem_ids": [
                    fields.Command.clear(),
                    *map(fields.Command.create, problems),
                ],
            }
        )
        return self

    def write(self, vals):
        if not self.env.su and vals.keys() - {"lang"}:
            raise AccessError(self.env._("Only the language of a preview can be changed."))
        return super().write(vals)

    def _problem_values(self, move, problem):
        record = problem.record or move
        return {
            "code": problem.code,
            "level": "error" if problem.is_blocking else "warning",
            "message": problem.message,
            "remedy": problem.remedy,
            "record_model": record._name,
            "record_id": record[:1].id,
        }

    def _action(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("KSeF document"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    # === BUTTONS === #

    def action_check_again(self):
        """Look at the invoice anew after something was corrected."""
        self.check_access("read")
        return self.sudo()._fill(self.move_id._ksef_preview())._action()

    def action_download_pdf(self):
        """Download the whole document as a PDF."""
        report = self.env.ref("account_ksef.action_report_preview")
        return report.report_action(self, config=False)

    def action_download_xml(self):
        """Download the XML, byte for byte."""
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/document"
            f"?filename_field=document_name&download=true",
            "target": "download",
        }


class KsefPreviewProblem(models.TransientModel):
    _name = "ksef.preview.problem"
    _description = "Problem of a KSeF document"
    _order = "level, code, id"

    wizard_id = fields.Many2one("ksef.preview", required=True, ondelete="cascade", index=True)
    code = fields.Char(readonly=True)
    level = fields.Selection(
        [("error", "Must be corrected"), ("warning", "To consider")], readonly=True
    )
    message = fields.Text(string="What is wrong", readonly=True)
    remedy = fields.Text(string="What to do", readonly=True)
    record_model = fields.Char(readonly=True)
    record_id = fields.Many2oneReference(model_field="record_model", readonly=True)

    def action_open_record(self):
        """Open the record to be mended; a line is mended on its invoice."""
        record = self.env[self.record_model].browse(self.record_id).exists()
        if not record or record._name == "account.move.line":
            record = self.wizard_id.move_id
        return {**record.get_formview_action(), "name": record.display_name}

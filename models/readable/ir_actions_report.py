import io

from odoo import models

READABLE = "account_ksef.readable_report"


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _render_qweb_pdf_prepare_streams(self, report_ref, data, res_ids=None):
        """Print documents from their XML: they bring their own page, in their own language."""
        report = self._get_report(report_ref)
        if report.report_name != READABLE:
            return super()._render_qweb_pdf_prepare_streams(report_ref, data, res_ids=res_ids)
        return {
            record.id: {"stream": io.BytesIO(record._ksef_readable_pdf()), "attachment": None}
            for record in self.env[report.model].browse(res_ids)
        }

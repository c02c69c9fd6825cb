from odoo import api, models

from .document import OPEN


class AccountJournal(models.Model):
    """The way to the inbox from the dashboard: fetching, and what waits there."""

    _inherit = "account.journal"

    @api.depends("type", "company_id")
    def _compute_show_fetch_in_einvoices_button(self):
        result = super()._compute_show_fetch_in_einvoices_button()
        self._ksef_receiving().update({"show_fetch_in_einvoices_button": True})
        return result

    def _ksef_receiving(self):
        """Journals of purchases in companies that are connected to KSeF."""
        return self.filtered(
            lambda journal: journal.type == "purchase" and journal.company_id.ksef_is_enabled
        )

    def button_fetch_in_einvoices(self):
        """Have KSeF asked for new documents; they appear in the inbox."""
        result = super().button_fetch_in_einvoices()
        receiving = self._ksef_receiving()
        receiving.check_access("read")
        self.env["account.move"].check_access("create")
        for company in receiving.company_id:
            company._ksef_fetch_now()
        return receiving._ksef_show_inbox() if receiving else result

    def action_ksef_inbox(self):
        """Show what waits in the inbox of the company of this journal."""
        return self._ksef_show_inbox()

    def _ksef_show_inbox(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("account_ksef.ksef_inbox_action")
        action["domain"] = [("company_id", "in", self.company_id.ids)]
        return action

    # === DASHBOARD === #

    def _fill_sale_purchase_dashboard_data(self, dashboard_data):
        result = super()._fill_sale_purchase_dashboard_data(dashboard_data)
        journals = self._ksef_receiving()
        counts = journals._ksef_inbox_counts()
        for journal in journals:
            if journal == journal.company_id._ksef_bill_journal():
                dashboard_data[journal.id]["ksef_inbox"] = counts.get(journal.company_id, {})
        return result

    def _ksef_inbox_counts(self):
        """Return `{company: {name on the card: number of documents}}` without zeros."""
        if not self.env["ksef.inbox"].has_access("read"):
            return {}
        groups = self.env["ksef.inbox"]._read_group(
            [
                ("company_id", "in", self.company_id.ids),
                ("state", "in", (*OPEN, "disputed")),
            ],
            ["company_id", "state"],
            ["__count"],
        )
        counts = {}
        for company, state, count in groups:
            counts.setdefault(company, {})[state] = count
        return counts

from odoo import fields, models

# What the cards of the dashboard call the states that are not done
DASHBOARD_STATES = {
    "to_send": "to_send",
    "sending": "in_progress",
    "sent": "in_progress",
    "rejected": "rejected",
    "error": "attention",
}


class AccountJournal(models.Model):
    """How many invoices of each journal are not in KSeF yet, on its dashboard card."""

    _inherit = "account.journal"

    def _fill_sale_purchase_dashboard_data(self, dashboard_data):
        result = super()._fill_sale_purchase_dashboard_data(dashboard_data)
        sales = self.filtered(
            lambda journal: journal.type == "sale" and journal.company_id.ksef_is_enabled
        )
        counts = sales._ksef_counts()
        for journal in sales:
            dashboard_data[journal.id]["ksef"] = counts.get(journal.id, {})
        return result

    def _ksef_counts(self):
        """Return `{journal id: {name on the card: number of invoices}}` without zeros."""
        counts = {}
        moves = self.env["account.move"]
        company = [*moves._check_company_domain(self.env.companies), ("journal_id", "in", self.ids)]
        not_done = [*company, ("ksef_state", "in", list(DASHBOARD_STATES))]
        for journal, state, count in moves._read_group(
            not_done, ["journal_id", "ksef_state"], ["__count"]
        ):
            card = counts.setdefault(journal.id, {})
            name = DASHBOARD_STATES[state]
            card[name] = card.get(name, 0) + count
        late = [*company, ("ksef_due_at", "<", fields.Datetime.now())]
        for journal, count in moves._read_group(late, ["journal_id"], ["__count"]):
            counts.setdefault(journal.id, {})["late"] = count
        return counts

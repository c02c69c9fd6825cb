"""How the connection to KSeF stands, on the dashboard card of the journals that issue there."""

from odoo import models
from odoo.tools import format_datetime

from .account_move_status import POLISH_TIME

COLOURS = {
    "works": "text-success",
    "announced": "text-warning",
    "failure": "text-danger",
    "total_failure": "text-danger",
    "unknown": "text-muted",
    "unheard": "text-muted",
    "refused": "text-danger",
}


class AccountJournal(models.Model):
    _inherit = "account.journal"

    def _fill_sale_purchase_dashboard_data(self, dashboard_data):
        result = super()._fill_sale_purchase_dashboard_data(dashboard_data)
        for journal in self.filtered(lambda journal: journal.type == "sale"):
            if journal.company_id.ksef_light:
                dashboard_data[journal.id]["ksef_light"] = journal._ksef_light_data()
        return result

    def _ksef_light_data(self):
        """Return what the card shows: a colour, words, and what the announcement says."""
        company = self.company_id
        labels = dict(company._fields["ksef_light"]._description_selection(self.env))
        announcement = company.sudo().ksef_announcement_id
        return {
            "colour": COLOURS[company.ksef_light],
            "words": labels[company.ksef_light],
            "since": self._ksef_say_since_when(),
            "lasts": self._ksef_say_how_long(),
            "title": announcement.title or "",
            "text": announcement.text or announcement.title or "",
            "coming": self._ksef_say_what_comes(),
            "lacks_certificate": company._ksef_lacks_offline_certificate(),
        }

    def _ksef_say_since_when(self):
        """When KSeF answered last, where that is not now; else empty."""
        if self.company_id.ksef_light not in ("unknown", "unheard"):
            return ""
        answered_at = self.company_id._ksef_answered_at()
        if not answered_at:
            return self.env._("No answer yet")
        moment = format_datetime(self.env, answered_at, tz=POLISH_TIME, dt_format="short")
        return self.env._("Last answer: %s", moment)

    def _ksef_say_how_long(self):
        """When KSeF is to be back, or since when it is away; empty while it is not said to be."""
        announcement = self.company_id.sudo().ksef_announcement_id
        if not announcement:
            return ""
        moment = announcement.ends_at or announcement.starts_at
        shown = format_datetime(self.env, moment, tz=POLISH_TIME, dt_format="short")
        if announcement.ends_at:
            return self.env._("Away until %s", shown)
        return self.env._("Away since %s, the end is not known", shown)

    def _ksef_say_what_comes(self):
        """When KSeF will be away, as announced; empty if nothing is."""
        announcements = self.env["ksef.announcement"].sudo()
        coming = announcements._next(self.company_id.ksef_environment)
        if not coming:
            return ""
        begins = format_datetime(self.env, coming.starts_at, tz=POLISH_TIME, dt_format="short")
        return self.env._("Will be away from %s", begins)

    def action_ksef_open_announcement(self):
        """Show the announcement that explains the light, or all there are."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account_ksef.ksef_announcement_action"
        )
        announcement = self.company_id.sudo().ksef_announcement_id
        if announcement:
            action.update(views=[(False, "form")], res_id=announcement.id)
        return action

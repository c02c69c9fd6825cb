"""What waits for a person: one alert for each cause, closed by itself when the cause is gone."""

from dataclasses import dataclass
from typing import Any

from odoo import api, fields, models
from odoo.tools import plaintext2html

from .cron_steps import run_each

ACTIVITY_TYPE = "mail.mail_activity_data_warning"


@dataclass(frozen=True, kw_only=True)
class Cause:
    """Why a person is needed, in the language of `user`, who is asked to act.

    `key` names the cause within its company: the same key is the same alert, so whatever
    must be told anew (another day before an end, another person) belongs into it.
    `moves` are the invoices concerned, if there are any; `due_on` is a date or empty.
    """

    key: str
    user: Any
    title: str
    text: str
    moves: Any = ()
    due_on: Any = False

    def as_values(self):
        """Return the values of the fields of an alert."""
        return {
            "user_id": self.user.id,
            "title": self.title,
            "text": self.text,
            "move_ids": [fields.Command.set([move.id for move in self.moves])],
            "due_on": self.due_on,
        }


class KsefAlert(models.Model):
    """A cause that waits, or waited, for a person, with one activity for whom it concerns.

    `_causes` says what is wrong now; files that know of more extend it. Everything else
    follows: new causes raise an alert, changed ones tell it anew, gone ones settle it.
    """

    _name = "ksef.alert"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "KSeF alert"
    _rec_name = "title"
    _order = "settled_at desc, due_on, id desc"

    _one_open_idx = models.UniqueIndex(
        "(company_id, key) WHERE settled_at IS NULL", "There is an alert for this cause already."
    )

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    key = fields.Char(required=True, readonly=True)
    title = fields.Char(required=True, readonly=True)
    text = fields.Text(string="What to do", readonly=True)
    user_id = fields.Many2one("res.users", string="Responsible", readonly=True, index=True)
    move_ids = fields.Many2many("account.move", string="Invoices", readonly=True)
    move_count = fields.Integer(string="Number of invoices", compute="_compute_move_count")
    has_sendable_invoices = fields.Boolean(compute="_compute_has_sendable_invoices")
    due_on = fields.Date(readonly=True)
    settled_at = fields.Datetime(string="Settled", readonly=True)
    notice_id = fields.Many2one("mail.activity", readonly=True, ondelete="set null")

    @api.depends("move_ids")
    def _compute_move_count(self):
        for alert in self:
            alert.move_count = len(alert.move_ids)

    @api.depends("move_ids.ksef_is_sendable", "settled_at")
    def _compute_has_sendable_invoices(self):
        for alert in self:
            is_sendable = any(alert.move_ids.mapped("ksef_is_sendable"))
            alert.has_sendable_invoices = is_sendable and not alert.settled_at

    # === WATCHING === #

    @api.model
    def _cron_watch(self):
        """See in every company what waits for a person; one company never stops another."""
        run_each(self._watch, self.env["res.company"]._ksef_enabled())

    @api.model
    def _watch(self, company):
        """Bring the alerts of a company in line with what is wrong in it now."""
        causes = {cause.key: cause for cause in self._causes(company)}
        known = {alert.key: alert for alert in self._open_of(company)}
        self.union(*(alert for key, alert in known.items() if key not in causes))._settle()
        for key, cause in causes.items():
            if key in known:
                known[key]._renew(cause)
            else:
                self._raise(company, cause)

    @api.model
    def _causes(self, company):
        """Return every `Cause` that waits for a person in a company."""
        return []

    @api.model
    def _whom_to_tell(self, company):
        """Return the user who acts for a company, and an environment in their language."""
        user = company._ksef_person_for()
        return user, self.with_context(lang=user.lang).env

    @api.model
    def _open_of(self, company):
        return self.search([("company_id", "=", company.id), ("settled_at", "=", False)])

    # === ONE ALERT === #

    @api.model
    def _raise(self, company, cause):
        values = {"company_id": company.id, "key": cause.key, **cause.as_values()}
        alert = self.with_context(mail_create_nolog=True).create(values)
        alert._notify_person()
        return alert

    def _renew(self, cause):
        """Tell what changed; a person who is done with it hears again only of more invoices."""
        if self._tells(cause):
            return
        is_news = self.user_id != cause.user or {*cause.moves} - {*self.move_ids}
        is_noticed = self._is_noticed()
        self.write(cause.as_values())
        if is_news or is_noticed:
            self._notify_person()

    def _tells(self, cause):
        """Whether the alert says all that and no more."""
        told = (self.user_id, self.title, self.text, self.due_on, {*self.move_ids})
        return told == (cause.user, cause.title, cause.text, cause.due_on, {*cause.moves})

    def _is_noticed(self):
        """Whether the person has an activity that is not done."""
        return bool(self.notice_id.exists() and self.notice_id.active)

    def _notify_person(self):
        """Give the person one activity: on the invoice, or here when there are several."""
        target = self.move_ids if len(self.move_ids) == 1 else self
        notice = self.notice_id.exists()
        place = (notice.user_id, notice.res_model, notice.res_id)
        if self._is_noticed() and place == (self.user_id, target._name, target.id):
            notice.write(self._notice_values())
            return
        notice.unlink()
        self.notice_id = target.activity_schedule(
            ACTIVITY_TYPE, user_id=self.user_id.id, **self._notice_values()
        )

    def _notice_values(self):
        return {
            "summary": self.title,
            "note": plaintext2html(self.text or ""),
            "date_deadline": self.due_on or fields.Date.context_today(self),
        }

    def _settle(self):
        """The cause is gone: nobody is asked any more."""
        self.notice_id.exists().unlink()
        self.write({"settled_at": fields.Datetime.now()})

    # === FOR PEOPLE === #

    def action_ksef_open_invoices(self):
        """Show the invoices that this alert is about."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("account.action_move_out_invoice")
        action["domain"] = [("id", "in", self.move_ids.ids)]
        action["context"] = {"default_move_type": "out_invoice"}
        if len(self.move_ids) == 1:
            action.update(views=[(False, "form")], res_id=self.move_ids.id)
        return action

    def action_ksef_send_invoices(self):
        """Show what sending the invoices of this alert would mean, then send them."""
        self.ensure_one()
        return self.move_ids.filtered("ksef_is_sendable").action_ksef_open_wizard()

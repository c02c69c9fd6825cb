"""A mail in the morning to those who answer for invoices issued offline: what is due, and when."""

from markupsafe import Markup

from odoo import api, models

from .account_move_offline import OFFLINE
from .cron_steps import run_each


class KsefDigest(models.AbstractModel):
    _name = "ksef.digest"
    _description = "Digest of invoices issued offline"

    @api.model
    def _cron_mail(self):
        """Write to each person whose invoices wait; nobody is written to without a reason."""
        run_each(self._write_for, self.env["res.company"]._ksef_enabled())

    @api.model
    def _write_for(self, company):
        for user, moves in self._waiting(company).items():
            self._write_to(user, company, moves)

    @api.model
    def _waiting(self, company):
        """Return `{user: invoices}` issued offline that KSeF has not numbered, first due first."""
        unsent = [
            ("company_id", "=", company.id),
            ("ksef_mode", "in", OFFLINE),
            ("ksef_state", "in", ("sending", "sent", "rejected", "error")),
            ("state", "!=", "cancel"),
        ]
        moves = self.env["account.move"].search(unsent, order="ksef_due_at, id")
        return moves.grouped(lambda move: company._ksef_person_for(move.invoice_user_id))

    @api.model
    def _write_to(self, user, company, moves):
        told = moves.with_context(lang=user.lang)
        env = told.env
        rows = Markup().join(self._row(move) for move in told)
        intro = env._(
            "%(company)s issued these invoices offline. They go to KSeF by themselves as soon as "
            "it takes them; look at those that are late or refused.",
            company=company.name,
        )
        self.env["mail.thread"].message_notify(
            partner_ids=user.partner_id.ids,
            subject=env._("KSeF: %s invoices issued offline are not there yet", len(moves)),
            body=Markup("<p>%s</p><ul>%s</ul>") % (intro, rows),
            email_layout_xmlid="mail.mail_notification_light",
        )

    @api.model
    def _row(self, move):
        """One invoice as a line of the list, with a link to it."""
        return Markup('<li><a href="%s">%s</a>, %s: %s</li>') % (
            f"{move.get_base_url()}/odoo/account.move/{move.id}",
            move.name,
            move.partner_id.display_name,
            move.ksef_status_line or "",
        )

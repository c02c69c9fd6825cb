"""A mail in the morning to those who answer for invoices issued offline: what is due, and when."""

from markupsafe import Markup

from odoo import api, models

from .account_move_offline import OFFLINE
from .cron_steps import run_each

CELL = "padding: 6px 12px 6px 0; border-top: 1px solid #dddddd; vertical-align: top;"
INK, LATE = "#454748", "#b02a37"  # of the layout of mails; of what is urgent


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
        ]
        moves = self.env["account.move"].search(unsent, order="ksef_due_at, id")
        return moves.grouped(lambda move: company._ksef_person_for(move.invoice_user_id))

    @api.model
    def _write_to(self, user, company, moves):
        told = moves.with_context(lang=user.lang)
        env = told.env
        intro = env._(
            "%(company)s issued these invoices offline. They go to KSeF by themselves as soon as "
            "it takes them; look at those that are late or refused.",
            company=company.name,
        )
        self.env["mail.thread"].message_notify(
            partner_ids=user.partner_id.ids,
            subject=env._("KSeF: %s invoices issued offline are not there yet", len(moves)),
            body=Markup("<p>%s</p>%s") % (intro, self._rows(told)),
            email_layout_xmlid="mail.mail_notification_light",
            model_description=env._("invoices issued offline"),
            force_email_company=company,
        )

    @api.model
    def _rows(self, moves):
        """The invoices as rows, each with a link to it; what is late stands out."""
        rows = Markup().join(self._row(move) for move in moves)
        return Markup('<table style="width: 100%%; border-collapse: collapse;">%s</table>') % rows

    @api.model
    def _row(self, move):
        link = Markup('<a href="%s">%s</a>') % (
            f"{move.get_base_url()}/odoo/account.move/{move.id}",
            move.name,
        )
        colour = LATE if move.ksef_is_late else INK
        cells = (link, move.partner_id.display_name, self._say_what_to_do(move))
        return Markup('<tr style="color: %s;">%s</tr>') % (
            colour,
            Markup().join(Markup('<td style="%s">%s</td>') % (CELL, cell) for cell in cells),
        )

    @api.model
    def _say_what_to_do(self, move):
        """The deadline; and what comes next where that does not come by itself."""
        is_stuck = move.ksef_state in ("rejected", "error")
        words = (move._ksef_say_due(), move._ksef_say_next() if is_stuck else "")
        return " ".join(filter(None, words))

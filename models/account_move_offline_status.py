"""What people read about invoices issued offline: how much time is left, and what comes next."""

from odoo import fields, models

from .account_move_offline import OFFLINE, TOTAL_FAILURE

HOUR = 3600


class AccountMove(models.Model):
    _inherit = "account.move"

    def _ksef_say_next(self):
        if self.ksef_mode == TOTAL_FAILURE:
            return self.env._(
                "Not sent to KSeF, because it was issued during a total failure (art. 106ng VAT "
                "Act)."
            )
        if self.ksef_is_technically_correctable:
            return self._ksef_ask(self.env._("The buyer has it: send a technical correction."))
        if self.ksef_is_draft_of_issued:
            return self._ksef_ask(self.env._("The buyer has it: confirm it with the same content."))
        if self._ksef_is_issued_offline():
            return self.env._("Issued offline; it is sent by itself when KSeF takes it.")
        return super()._ksef_say_next()

    def _ksef_say_due(self):
        """A countdown; while an announced outage lasts there is no day to name yet."""
        if self.ksef_mode not in OFFLINE:
            return super()._ksef_say_due()
        if not self.ksef_due_at:
            return self._ksef_say_no_deadline()
        due = self._ksef_format(self.ksef_due_at)
        if self.ksef_is_late:
            return self.env._(
                "It had to be in KSeF by %s: send it without delay, every day makes it worse.", due
            )
        return self.env._(
            "To be in KSeF by %(due)s, %(left)s left.", due=due, left=self._ksef_time_left()
        )

    def _ksef_say_no_deadline(self):
        if not self._ksef_is_owed():
            return ""
        announcements = self.env["ksef.announcement"].sudo()
        counted = announcements._counted(self.company_id.ksef_environment)
        if self._ksef_offline_deadline(counted).is_required:
            return self.env._("The deadline follows from the end of the announced outage.")
        return self.env._("A total failure of KSeF has ended the duty to send it.")

    def _ksef_time_left(self):
        """Days and hours until the deadline, in words."""
        seconds = (self.ksef_due_at - fields.Datetime.now()).total_seconds()
        days, hours = divmod(int(seconds // HOUR), 24)
        if days:
            return self.env._("%(days)s d %(hours)s h", days=days, hours=hours)
        minutes = int(seconds % HOUR // 60)
        return self.env._("%(hours)s h %(minutes)s min", hours=hours, minutes=minutes)

"""Invoices issued offline leave at once with both codes; a confirmation is followed by its number.

A domestic business gets the confirmation of the transaction now and, by itself, the same e-mail
with the invoice once KSeF has numbered it. All others have the invoice with the first e-mail.
"""

from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _ksef_may_leave(self):
        """What was issued offline leaves at once; what was confirmed waits for its number."""
        if self._ksef_is_issued_offline() and self.ksef_sending_data.get("is_confirmed"):
            return False
        return super()._ksef_may_leave()

    def _ksef_wish_after_number(self, custom_settings):
        """What is to be sent again with the number, as `ksef_sending_data` holds it."""
        noted = self.sudo().sending_data or {}
        settings = noted.get("ksef_settings") or self._ksef_store_settings(custom_settings)
        return {**self.sudo()._ksef_sending_author(), "settings": settings, "is_confirmed": True}

    def _ksef_call_off_sending(self):
        """What was handed over is refused for a technical reason: its number may still come."""
        handed_over = self.filtered(lambda move: move._ksef_was_handed_over())
        return super(AccountMove, self - handed_over)._ksef_call_off_sending()


class KsefSubmission(models.Model):
    _inherit = "ksef.submission"

    def write(self, vals):
        """An e-mail that waited for the number need not wait for it any more."""
        result = super().write(vals)
        if vals.get("is_offline"):
            self.move_id._ksef_go_on_sending()
        return result


class AccountMoveSend(models.AbstractModel):
    _inherit = "account.move.send"

    def _ksef_has_to_wait(self, move, custom_settings):
        return not move._ksef_is_issued_offline() and super()._ksef_has_to_wait(
            move, custom_settings
        )

    def _generate_and_send_invoices(self, moves, from_cron=False, **options):
        """Keep what was wished for a confirmation: its number goes the same way later."""
        wishes = {
            move: move._ksef_wish_after_number(options)
            for move in moves
            if move._ksef_is_confirmed_offline()
            and "email" in self._ksef_methods(move, from_cron, options)
        }
        result = super()._generate_and_send_invoices(moves, from_cron=from_cron, **options)
        for move, wish in wishes.items():
            move.sudo().ksef_sending_data = wish
        moves.filtered(lambda move: move._ksef_is_confirmed_offline())._ksef_set_pdf_aside()
        return result

    def _ksef_methods(self, move, from_cron, options):
        settings = self._get_default_sending_settings(move, from_cron=from_cron, **options)
        return settings.get("sending_methods") or ()

    def _get_alerts(self, moves, moves_data):
        """Tell what the buyer of an invoice issued offline gets now, and what later."""
        alerts = super()._get_alerts(moves, moves_data)
        issued = moves.filtered(lambda move: move._ksef_is_issued_offline())
        confirmed = issued.filtered(lambda move: move._ksef_is_confirmed_offline())
        if issued - confirmed:
            alerts["ksef_offline"] = {
                "level": "info",
                "message": self.env._(
                    "Issued offline: the invoice leaves now, with the codes OFFLINE and CERTYFIKAT."
                ),
            }
        if confirmed:
            alerts["ksef_offline_confirmation"] = {
                "level": "info",
                "message": self.env._(
                    "Issued offline: a domestic business gets a transaction confirmation with "
                    "both codes now. The invoice follows by itself once KSeF has numbered it."
                ),
            }
        return alerts

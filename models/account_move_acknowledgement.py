from collections import defaultdict

from odoo import fields, models

from .account_move import ACCOUNTANTS


class AccountMove(models.Model):
    """Warnings that people have acknowledged, so that they are not asked twice.

    Sending by hand waits for them. Sending by itself does not: nobody is there to answer, and an
    invoice that is late because of a warning is worse than the warning.
    """

    _inherit = "account.move"

    ksef_acknowledgement_ids = fields.One2many(
        "ksef.acknowledgement",
        "move_id",
        string="Acknowledged warnings",
        copy=False,
        readonly=True,
        groups=ACCOUNTANTS,
    )

    def _ksef_open_problems_by_move(self):
        """As `_ksef_problems_by_move`, without the warnings that are acknowledged."""
        known = self.env["ksef.acknowledgement"]._known_facts(self)
        return {
            move: [p for p in found if p.is_blocking or (move.id, p.code, p.fact) not in known]
            for move, found in self._ksef_problems_by_move().items()
        }

    def _ksef_acknowledge(self, warnings):
        """Store that the user takes responsibility for these rows of `ksef.acknowledgement`.

        `warnings` are dicts of `move_id`, `code`, `fact` and `message`, for moves of the recordset.
        """
        self._ksef_check_may_send()
        known = self.env["ksef.acknowledgement"]._known_facts(self)
        fresh = {(row["move_id"], row["code"], row["fact"]): row for row in warnings}
        rows = [row for key, row in fresh.items() if key not in known and key[0] in self.ids]
        self.env["ksef.acknowledgement"].sudo().create(rows)
        self._ksef_log_acknowledged(rows)

    def _ksef_log_acknowledged(self, rows):
        messages = defaultdict(list)
        for row in rows:
            messages[row["move_id"]].append(row["message"])
        bodies = {
            move_id: self.env._("Warning acknowledged before sending to KSeF: %s", "; ".join(texts))
            for move_id, texts in messages.items()
        }
        self.browse(bodies)._message_log_batch(bodies)

    def _ksef_release(self):
        """What is changed is looked at anew."""
        result = super()._ksef_release()
        self.sudo().ksef_acknowledgement_ids.unlink()
        return result

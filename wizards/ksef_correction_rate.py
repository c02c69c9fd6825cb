from collections import defaultdict

from odoo import Command, fields, models
from odoo.exceptions import UserError

from ..models.fa3.builder import OPEN_ITEMS


class KsefCorrection(models.TransientModel):
    """An exchange rate that was wrong: the VAT in PLN changes, and so do the books."""

    _inherit = "ksef.correction"

    rate_before = fields.Float(string="Rate in KSeF", digits=(16, 6), readonly=True)
    right_rate = fields.Float(
        string="Right rate", digits=(16, 6), help="PLN for one unit of the currency."
    )

    def _prepare_rate(self, known):
        self.rate_before = self.env["ksef.fa3"]._known_rate(known)

    def _check_rate(self):
        if self.right_rate == self.rate_before:
            self._refuse_empty()
        if self.right_rate <= 0:
            raise UserError(self.env._("Enter the right exchange rate."))

    def _make_rate(self):
        """The correction for KSeF, and the entry for the books."""
        return self._make_data_correction(ksef_right_rate=self.right_rate) | self._make_rate_entry()

    def _make_rate_entry(self):
        """The differences in PLN; Odoo cannot book them on a document in the currency."""
        journals = self.env["account.journal"]
        domain = [
            *journals._check_company_domain(self.company_id),
            ("type", "=", "general"),
        ]
        return self.env["account.move"].create(
            {
                "move_type": "entry",
                "journal_id": journals.search(domain, limit=1).id,
                "date": self.origin_id.date if self.effect == "1" else self.issued_on,
                "ref": f"{self.origin_id.name}: {self.reason}",
                "line_ids": [Command.create(values) for values in self._rate_lines()],
            }
        )

    def _rate_lines(self):
        """The difference of each account and tax; the open item takes what rounding leaves."""
        differences = self._rate_differences()
        open_item = next(key for key in differences if key[0].account_type in OPEN_ITEMS)
        differences[open_item] -= sum(differences.values())
        for (account, tags, repartition), amount in differences.items():
            yield {
                "account_id": account.id,
                "partner_id": self.partner_id.id,
                "name": self.reason,
                "currency_id": self.currency_id.id,
                "amount_currency": 0,
                "balance": self.company_id.currency_id.round(amount),
                "tax_tag_ids": [Command.set(tags.ids)],
                "tax_repartition_line_id": repartition.id,
            }

    def _rate_differences(self):
        """Return `{(account, tags, repartition line): PLN}` of the invoice and its corrections."""
        moves = self.origin_id | self.origin_id.ksef_correction_ids
        posted = moves.filtered(lambda move: move.state == "posted" and move.ksef_number)
        in_pln = self.company_id.currency_id
        differences = defaultdict(float)
        for line in posted.line_ids.filtered("amount_currency"):
            before, after = (
                in_pln.round(line.amount_currency * rate)
                for rate in (self.rate_before, self.right_rate)
            )
            key = (line.account_id, line.tax_tag_ids, line.tax_repartition_line_id)
            differences[key] += after - before
        return differences

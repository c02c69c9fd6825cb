from odoo import Command, models
from odoo.addons.account.models.account_move import TYPE_REVERSE_MAP


class KsefCorrection(models.TransientModel):
    """The documents that the wizard makes."""

    _inherit = "ksef.correction"

    def _make_drafts(self, sign):
        """Return the draft documents; `sign` is -1 for a credit note, 1 for a debit note."""
        make = getattr(self, f"_make_{self.subject}", None)
        return make() if make else self._make_correction(sign, self._correction_lines(sign))

    def _correction_lines(self, sign):
        return [command for line in self._changed_lines() for command in line._move_lines(sign)]

    def _make_correction(self, sign, lines, **values):
        """A copy of the invoice without its lines, linked to it, with these lines."""
        values = {**self._correction_values(), **values}
        if sign < 0:
            values |= {"move_type": self._refund_type(), "reversed_entry_id": self.origin_id.id}
        move = self.origin_id.copy({"line_ids": [Command.clear()], **values})
        move.invoice_line_ids = lines
        move.ksef_correction_type = self.effect
        return move

    def _refund_type(self):
        return TYPE_REVERSE_MAP[self.origin_id.move_type]

    def _correction_values(self):
        return {
            **self._dates(),
            "partner_id": self.origin_id.partner_id.id,
            "ksef_origin_move_id": self.origin_id.id,
            "ksef_correction_reason": self.reason,
        }

    def _dates(self):
        return {"date": self.issued_on, "invoice_date": self.issued_on}

    # === ZERO AND ANEW === #

    def _make_nip(self):
        """Take the invoice back from the buyer that it named, and issue it to the right one."""
        taken = self._make_correction(
            -1, self._correction_lines(-1), ksef_party_snapshot="original"
        )
        return taken | self._make_replacement()

    def _make_replacement(self):
        """A new invoice, which has no link to the old one, for what was left of it."""
        buyer = self.new_partner_id
        move = self.origin_id.copy(
            {
                **self._dates(),
                "partner_id": buyer.id,
                "partner_shipping_id": buyer.address_get(["delivery"])["delivery"],
                "taxable_supply_date": self.origin_id.taxable_supply_date,
                "line_ids": [Command.clear()],
            }
        )
        move.invoice_line_ids = [
            *(Command.create(line._new_values()) for line in self.line_ids),
            *(Command.create(values) for values in self._note_values()),
        ]
        return move

    def _note_values(self):
        """Sections and notes of the invoice."""
        names = ("display_type", "name", "sequence")
        notes = self.origin_id.invoice_line_ids.filtered(
            lambda line: line.display_type in ("line_section", "line_subsection", "line_note")
        )
        return [{name: note[name] for name in names} for note in notes]

    # === DATA === #

    def _make_buyer(self):
        self._correct_buyer()
        parties = self.origin_id.ksef_party_ids.copy_data()
        return self._make_data_correction(
            ksef_party_ids=[Command.create(values) for values in parties]
        )

    def _make_number(self):
        return self._make_data_correction(ksef_right_number=self.right_number)

    def _make_data(self):
        extra = {"key": self.note_heading, "value": self.note}
        return self._make_data_correction(
            ksef_right_supply_on=self.supply_on,
            ksef_period_starts_on=self.period_starts_on,
            ksef_period_ends_on=self.period_ends_on,
            ksef_right_due_on=self.due_on,
            ksef_right_bank_id=self.bank_id.id,
            ksef_split_payment=self.split_payment,
            ksef_reverse_charge=self.reverse_charge,
            ksef_cash_method=self.cash_method,
            ksef_contract_no=self.contract_no,
            ksef_contract_on=self.contract_on,
            ksef_extra_ids=[Command.create(extra)] if self.note else [],
        )

    def _make_data_correction(self, **values):
        """A credit note over nothing: Odoo needs a line to post, KSeF does not see it."""
        line = {
            "name": self.reason,
            "quantity": 1,
            "price_unit": 0,
            "tax_ids": [Command.set(self.origin_id.invoice_line_ids.tax_ids[:1].ids)],
        }
        return self._make_correction(-1, [Command.create(line)], ksef_is_formal=True, **values)

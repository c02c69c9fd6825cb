"""Entering KSeF numbers into many bills at once, from a pasted table or a file."""

import base64
import csv
import io
from dataclasses import dataclass
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..models.account_move_bill import BILL_TYPES

MOST_ROWS = 10_000
SEPARATORS = ("\t", ";", ",")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A row of what was entered: the KSeF number found in it, and its other cells."""

    number: str
    cells: tuple[str, ...]


class KsefNumberImport(models.TransientModel):
    """Pairs numbers with bills by the vendor's NIP and reference, for a person to confirm."""

    _name = "ksef.number.import"
    _description = "Enter KSeF numbers of bills"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    text = fields.Text(
        string="Numbers",
        help="One bill per row: its KSeF number and the vendor's invoice number, in any order.",
    )
    file = fields.Binary(string="or a file")
    file_name = fields.Char()
    line_ids = fields.One2many("ksef.number.import.line", "wizard_id")
    is_read = fields.Boolean(readonly=True)
    ready_count = fields.Integer(compute="_compute_ready_count")
    bill_domain = fields.Binary(compute="_compute_bill_domain")

    @api.depends("line_ids.bill_id", "line_ids.outcome")
    def _compute_ready_count(self):
        for wizard in self:
            wizard.ready_count = len(wizard._ready_lines())

    @api.depends("company_id")
    def _compute_bill_domain(self):
        for wizard in self:
            wizard.bill_domain = [
                ("company_id", "=", wizard.company_id.id),
                ("move_type", "in", BILL_TYPES),
                ("ksef_number", "=", False),
                ("state", "!=", "cancel"),
            ]

    def _ready_lines(self):
        return self.line_ids.filtered(
            lambda line: line.bill_id and line.outcome in ("found", "several", "missing")
        )

    # === BUTTONS === #

    def action_read(self):
        """Look for the bill of each row."""
        entries = self._entries()
        if not entries:
            raise UserError(
                self.env._(
                    "No KSeF number was found. Paste rows that have the KSeF number and the "
                    "vendor's invoice number, or choose a CSV or XLSX file with both."
                )
            )
        candidates, owners = self._candidates(entries), self._owners(entries)
        nobody = self.env["account.move"]
        lines = [
            self._line_values(entry, candidates, owners.get(entry.number, nobody))
            for entry in entries
        ]
        self.line_ids = [Command.clear(), *map(Command.create, lines)]
        self.is_read = True
        return self._reopen()

    def action_back(self):
        """Let the rows be entered again."""
        self.is_read = False
        return self._reopen()

    def action_apply(self):
        """Write the numbers into the bills that were found or chosen."""
        lines = self._ready_lines()
        if not lines:
            raise UserError(self.env._("No bill is chosen. Choose the bills in the table first."))
        for line in lines:
            line.bill_id.ksef_number = line.ksef_number
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Bills with their KSeF number"),
            "res_model": "account.move",
            "view_mode": "list,form",
            "domain": [("id", "in", lines.bill_id.ids)],
            "context": {"default_move_type": "in_invoice"},
        }

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Enter KSeF numbers"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    # === READING === #

    def _entries(self):
        rows = [*self._rows_of_text(self.text or ""), *self._rows_of_file()]
        if len(rows) > MOST_ROWS:
            raise UserError(self.env._("Enter at most %(count)s rows at once.", count=MOST_ROWS))
        entries = [entry for row in rows if (entry := self._entry(row))]
        return list({entry.number: entry for entry in entries}.values())

    def _rows_of_text(self, text):
        separator = next((sign for sign in SEPARATORS if sign in text), SEPARATORS[0])
        return list(csv.reader(io.StringIO(text), delimiter=separator))

    def _rows_of_file(self):
        if not self.file:
            return []
        content = base64.b64decode(self.with_context(bin_size=False).file)
        if content.startswith(b"PK"):
            return self._rows_of_workbook(content)
        try:
            return self._rows_of_text(content.decode("utf-8-sig"))
        except UnicodeDecodeError:
            return self._rows_of_text(content.decode("cp1250", errors="replace"))

    def _rows_of_workbook(self, content):
        try:
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            rows = book.worksheets[0].iter_rows(values_only=True, max_row=MOST_ROWS + 1)
            return [["" if cell is None else str(cell) for cell in row] for row in rows]
        except (
            InvalidFileException,
            BadZipFile,
            KeyError,
            ValueError,
            OSError,
            IndexError,
        ) as error:
            raise UserError(
                self.env._("This file cannot be read. Save it as CSV or XLSX and try again.")
            ) from error

    def _entry(self, row):
        """What a row tells; None if there is no KSeF number in it."""
        find = self.env["account.move"]._ksef_number_in
        number = next((found for cell in row if (found := find(cell))), None)
        if number is None:
            return None
        rests = (cell.upper().replace(number, "").strip() for cell in row)
        return Entry(number=number, cells=tuple(rest for rest in rests if rest))

    # === MATCHING === #

    def _candidates(self, entries):
        """Bills that any row may mean, as `{key of the reference: bills}`."""
        nips = {entry.number[:10] for entry in entries}
        bills = self.env["account.move"]._ksef_bills_of_sellers(nips, self.company_id)
        return bills.grouped(lambda bill: bill._ksef_reference_key(bill.ref or bill.name or ""))

    def _owners(self, entries):
        """Bills that have one of the numbers already, as `{number: bill}`."""
        bills = self.env["account.move"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("ksef_number", "in", [entry.number for entry in entries]),
                ("move_type", "in", BILL_TYPES),
                ("state", "!=", "cancel"),
            ]
        )
        return {bill.ksef_number: bill for bill in bills}

    def _line_values(self, entry, candidates, owner):
        nobody = self.env["account.move"]
        keys = filter(None, map(nobody._ksef_reference_key, entry.cells))
        bills = nobody.union(*(candidates.get(key, nobody) for key in keys))
        bills = bills.filtered(
            lambda bill: bill.commercial_partner_id._ksef_nip() == entry.number[:10]
        )
        outcome = self._outcome(entry, owner, bills)
        shown = owner or bills.filtered(lambda bill: outcome != "found" or not bill.ksef_number)
        return {
            "ksef_number": entry.number,
            "reference": " · ".join(entry.cells),
            "outcome": outcome,
            "bill_id": shown[:1].id if outcome in ("found", "done", "other") else False,
        }

    def _outcome(self, entry, owner, bills):
        """What is to be said of a row: see the selection of `outcome`."""
        fitting = bills.filtered(lambda bill: not bill.ksef_number)
        if owner:
            return "done"
        if not self.env["account.move"]._ksef_is_number(entry.number):
            return "wrong"
        if len(fitting) > 1:
            return "several"
        if fitting:
            return "found"
        return "other" if bills else "missing"


class KsefNumberImportLine(models.TransientModel):
    _name = "ksef.number.import.line"
    _description = "KSeF number to enter into a bill"

    wizard_id = fields.Many2one("ksef.number.import", required=True, ondelete="cascade")
    bill_domain = fields.Binary(related="wizard_id.bill_domain")
    ksef_number = fields.Char(string="KSeF number", readonly=True)
    reference = fields.Char(string="Entered with it", readonly=True)
    outcome = fields.Selection(
        [
            ("found", "Found"),
            ("several", "Several bills fit: choose one"),
            ("missing", "No bill found: choose one"),
            ("done", "A bill has it already"),
            ("other", "The bill has another number"),
            ("wrong", "Wrong check digits"),
        ],
        readonly=True,
    )
    bill_id = fields.Many2one("account.move")
    partner_id = fields.Many2one(related="bill_id.commercial_partner_id", string="Vendor")
    currency_id = fields.Many2one(related="bill_id.currency_id")
    amount_total = fields.Monetary(related="bill_id.amount_total")

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.sql import column_exists, create_column

from .account_move import ACCOUNTANTS

REFUNDS = ("out_refund", "in_refund")
CORRECTIONS = ("KOR", "KOR_ZAL", "KOR_ROZ")
_CORRECTION_OF = {"ZAL": "KOR_ZAL", "ROZ": "KOR_ROZ"}
_STORED_COLUMNS = {
    "ksef_origin_move_id": "int4",
    "ksef_invoice_type": "varchar",
    "ksef_correction_type": "varchar",
}


class AccountMove(models.Model):
    """What a correction must tell beyond its lines: what it corrects, why, and since when."""

    _inherit = "account.move"

    ksef_invoice_type = fields.Selection(
        [
            ("VAT", "VAT: invoice"),
            ("UPR", "UPR: simplified invoice"),
            ("ZAL", "ZAL: advance invoice"),
            ("ROZ", "ROZ: settlement of advances"),
            ("KOR", "KOR: correction"),
            ("KOR_ZAL", "KOR_ZAL: correction of an advance invoice"),
            ("KOR_ROZ", "KOR_ROZ: correction of a settlement"),
        ],
        string="Kind of invoice in KSeF",
        compute="_compute_ksef_invoice_type",
        store=True,
        readonly=False,
        copy=False,
    )
    ksef_origin_move_id = fields.Many2one(
        "account.move",
        string="Corrected invoice",
        compute="_compute_ksef_origin_move_id",
        store=True,
        readonly=False,
        copy=False,
        index="btree_not_null",
        domain="[('company_id', '=', company_id), ('state', '=', 'posted'), "
        "'|', ('move_type', '=', 'out_invoice'), "
        "'&', ('move_type', '=', 'in_invoice'), ('journal_id.is_self_billing', '=', True)]",
        help="The first invoice, also where an earlier correction of it is corrected.",
    )
    ksef_correction_reason = fields.Char(string="Reason of the correction", copy=False)
    ksef_correction_type = fields.Selection(
        [
            ("1", "In the period of the corrected invoice"),
            ("2", "In the period of the correction"),
            ("3", "Another date, or several"),
        ],
        string="Takes effect",
        compute="_compute_ksef_correction_type",
        inverse="_inverse_ksef_correction_type",
        store=True,
        readonly=False,
        copy=False,
        help="When the VAT changes. A correction upwards takes effect in the period of the "
        "invoice if that was wrong from the start, and in its own if something new happened.",
    )
    ksef_is_effect_chosen = fields.Boolean(copy=False)
    ksef_corrected_document_ids = fields.One2many(
        "ksef.corrected.document",
        "move_id",
        string="Corrected invoices",
        copy=False,
        groups=ACCOUNTANTS,
        help="Where several invoices are corrected, or one that was issued in another program.",
    )
    ksef_corrected_period = fields.Char(
        string="Corrected period",
        size=256,
        copy=False,
        help="Of a rebate on all supplies of a period (art. 106j(3) VAT Act), for example "
        '"I kwartał 2026". The lines then do not appear in KSeF.',
    )
    ksef_is_formal = fields.Boolean(
        string="Data only",
        copy=False,
        help="Corrects names, addresses or other data, but no amounts. The lines do not appear "
        "in KSeF.",
    )
    ksef_party_snapshot = fields.Selection(
        [("current", "As they are now"), ("original", "As on the corrected invoice")],
        string="Data of the buyer",
        default="current",
        copy=False,
        help="A correction never changes the NIP: that of the corrected invoice is kept anyway.",
    )
    ksef_is_correction = fields.Boolean(compute="_compute_ksef_is_correction")

    def _auto_init(self):
        """Invoices of past years are not looked at: their kind is found when it is asked for."""
        for name, kind in _STORED_COLUMNS.items():
            if not column_exists(self.env.cr, self._table, name):
                create_column(self.env.cr, self._table, name, kind)
        return super()._auto_init()

    # === WHAT IS CORRECTED === #

    @api.depends(lambda self: self._ksef_source_fields())
    def _compute_ksef_origin_move_id(self):
        for move in self:
            root = move._ksef_corrected_source()._ksef_root()
            if root.move_type in ("out_invoice", "in_invoice") and move._ksef_is_issued_here():
                move.ksef_origin_move_id = root

    def _ksef_source_fields(self):
        """Odoo's own fields for what a document corrects; debit notes are an addon of their own."""
        return [name for name in ("reversed_entry_id", "debit_origin_id") if name in self._fields]

    def _ksef_corrected_source(self):
        """The document that this one was made from to correct it (may be empty)."""
        sources = (self[name] for name in self._ksef_source_fields())
        return next((source for source in sources if source), self.browse())

    def _ksef_root(self):
        """The first invoice behind any corrections."""
        root = self
        while source := root.ksef_origin_move_id or root._ksef_corrected_source():
            root = source
        return root

    @api.constrains("ksef_origin_move_id")
    def _check_ksef_origin_move(self):
        for move in self.filtered("ksef_origin_move_id"):
            if move.ksef_origin_move_id == move or move.ksef_origin_move_id.ksef_is_correction:
                raise ValidationError(
                    self.env._(
                        "%(invoice)s: choose the first invoice, not a correction of it.",
                        invoice=move.display_name,
                    )
                )

    @api.depends(
        lambda self: [
            "move_type",
            "ksef_origin_move_id",
            "ksef_simplified",
            *self._ksef_source_fields(),
        ]
    )
    def _compute_ksef_invoice_type(self):
        for move in self:
            move.ksef_invoice_type = move._ksef_find_invoice_type()

    def _ksef_kind_of_correction(self):
        """The kind that a correction of this document is of."""
        return _CORRECTION_OF.get(self._ksef_kind(), "KOR")

    def _ksef_find_invoice_type(self):
        """RodzajFaktury; False for documents that KSeF does not know."""
        if not self._ksef_is_issued_here():
            return False
        if self.ksef_origin_move_id:
            return self.ksef_origin_move_id._ksef_kind_of_correction()
        if self.move_type in REFUNDS or self._ksef_corrected_source():
            return "KOR"
        return "UPR" if self.ksef_simplified else "VAT"

    def _ksef_kind(self):
        """The kind of an invoice, also of one from before the addon was installed."""
        return self.ksef_invoice_type or self._ksef_find_invoice_type()

    @api.depends("ksef_invoice_type", "move_type", "ksef_origin_move_id")
    def _compute_ksef_is_correction(self):
        for move in self:
            move.ksef_is_correction = move._ksef_kind() in CORRECTIONS

    @api.depends("ksef_invoice_type", "move_type", "amount_total", "ksef_is_formal")
    def _compute_ksef_correction_type(self):
        for move in self:
            if not move.ksef_is_correction:
                move.ksef_correction_type = False
            elif not move.ksef_is_effect_chosen:
                move.ksef_correction_type = move._ksef_usual_effect() or move.ksef_correction_type

    def _ksef_usual_effect(self):
        """Downwards in the period of the correction (art. 29a(13)); False: a person decides."""
        if self.ksef_is_formal or self.currency_id.is_zero(self.amount_total):
            return "1"
        return "2" if self.move_type in REFUNDS else False

    @api.onchange("ksef_correction_type")
    def _inverse_ksef_correction_type(self):
        """What somebody chose against the usual outlives changes of the amounts."""
        for move in self:
            chosen = move.ksef_correction_type
            move.ksef_is_effect_chosen = bool(chosen) and chosen != move._ksef_usual_effect()

    # === LINKS TO THE CORRECTED DOCUMENT === #

    def copy_data(self, default=None):
        """Link the lines of a reversal or debit note to those that they came from.

        Odoo may post a reversal before anyone else gets to see it, so this is the moment.
        """
        data = super().copy_data(default)
        if (default or {}).keys() & {"reversed_entry_id", "debit_origin_id"}:
            for move, values in zip(self, data, strict=True):
                move._ksef_link_lines(values)
                move._ksef_hand_on_documents(values)
        return data

    def _ksef_link_lines(self, values):
        """Odoo copies lines in the order of their ids."""
        copies = [
            command[2]
            for command in values.get("line_ids", ())
            if command[0] == fields.Command.CREATE and command[2].get("display_type") == "product"
        ]
        lines = self.line_ids.filtered(lambda line: line.display_type == "product").sorted("id")
        if len(copies) == len(lines):
            for copy, line in zip(copies, lines, strict=True):
                copy["ksef_corrected_line_id"] = line.id

    def _ksef_hand_on_documents(self, values):
        """What takes a correction back corrects the same invoices."""
        documents = self.ksef_corrected_document_ids.copy_data()
        values["ksef_corrected_document_ids"] = [
            fields.Command.create(document) for document in documents
        ]
        values["ksef_corrected_period"] = self.ksef_corrected_period

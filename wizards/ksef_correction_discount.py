from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from .ksef_correction_words import USUAL_REASONS


class KsefCorrection(models.TransientModel):
    """A discount on all or some supplies of a period (art. 106j(3) VAT Act)."""

    _inherit = "ksef.correction"

    period = fields.Char(
        size=256, help='The document shows it as it stands here, for example "I kwartał 2026".'
    )
    scope = fields.Selection(
        [("all", "All supplies of the period"), ("part", "Some of them, named below")],
        string="The discount is on",
        default="all",
        required=True,
    )
    rebate_ids = fields.One2many("ksef.correction.rebate", "wizard_id", string="Discount")

    def _prepare_discount(self, _known):
        """One discount for each rate that the invoices have."""
        days = self.move_ids.mapped("invoice_date")
        first, last = (format_date(self.env, day) for day in (min(days), max(days)))
        self.period = self.period or f"{first} – {last}"
        self.rebate_ids = [
            Command.clear(),
            *(Command.create(values) for values in self._rebate_values()),
        ]

    def _rebate_values(self):
        name = self.env._(USUAL_REASONS["discount"])
        rebates = {}
        for known in self.env["ksef.fa3"]._known_invoices(self.move_ids).values():
            for row in known.rows:
                rebate = rebates.setdefault(row.line.tax_ids, {"base": 0, "line_id": row.line.id})
                rebate["base"] += float(row.value)
        return [
            {
                **values,
                "tax_ids": [Command.set(taxes.ids)],
                "name": name,
            }
            for taxes, values in rebates.items()
        ]

    def _check_discount(self):
        if not (self.period or "").strip():
            raise UserError(self.env._("Enter the period that the discount is for."))
        if not any(self.rebate_ids.mapped("amount")):
            raise UserError(self.env._("Enter the discount for at least one VAT rate."))
        for rebate in self.rebate_ids:
            if not 0 <= rebate.amount <= rebate.base:
                raise UserError(
                    self.env._(
                        "A discount of %(amount)s is not possible on sales of %(base)s.",
                        amount=rebate.amount,
                        base=rebate.base,
                    )
                )

    def _make_discount(self):
        """A credit note that names the invoices instead of being linked to one."""
        move = self.origin_id.copy(
            {
                **self._dates(),
                "move_type": self._refund_type(),
                "partner_id": self.origin_id.partner_id.id,
                "ksef_correction_reason": self.reason,
                "ksef_corrected_period": self.period,
                "ksef_is_period_part": self.scope == "part",
                "ksef_corrected_document_ids": [
                    Command.create({"corrected_move_id": invoice.id}) for invoice in self.move_ids
                ],
                "line_ids": [Command.clear()],
            }
        )
        given = self.rebate_ids.filtered("amount")
        move.invoice_line_ids = [Command.create(rebate._line_values()) for rebate in given]
        move.ksef_correction_type = self.effect
        return move


class KsefCorrectionRebate(models.TransientModel):
    _name = "ksef.correction.rebate"
    _description = "Discount on the invoices of a period"

    wizard_id = fields.Many2one("ksef.correction", required=True, ondelete="cascade")
    currency_id = fields.Many2one(related="wizard_id.currency_id")
    line_id = fields.Many2one("account.move.line", readonly=True)
    name = fields.Char(required=True)
    tax_ids = fields.Many2many("account.tax", string="Taxes", readonly=True)
    base = fields.Monetary(
        string="Sold so far", readonly=True, help="On all these invoices, after corrections."
    )
    percent = fields.Float(string="Discount (%)", digits="Discount")
    amount = fields.Monetary(
        string="Discount", compute="_compute_amount", store=True, readonly=False
    )

    @api.depends("percent")
    def _compute_amount(self):
        for rebate in self:
            rebate.amount = rebate.base * rebate.percent / 100

    def _line_values(self):
        return {
            "name": self.name,
            "quantity": 1,
            "price_unit": self.amount,
            "tax_ids": [Command.set(self.tax_ids.ids)],
            "account_id": self.line_id.account_id.id,
        }

"""The relief for small sellers: what a month may hold outside KSeF, and what it holds."""

from odoo import api, fields, models
from odoo.tools import date_utils, format_amount

from .ksef_alert import Cause

LIMIT = 10_000  # PLN a month, VAT included, of invoices issued outside KSeF


class ResCompany(models.Model):
    _inherit = "res.company"

    ksef_small_seller_total = fields.Monetary(
        string="Outside KSeF this month",
        compute="_compute_ksef_small_seller_total",
        currency_field="currency_id",
        help="Posted invoices of this month, VAT included, that stay outside KSeF by the relief "
        "for small sellers. Cash registers and other programs are not counted.",
    )

    @api.depends("ksef_small_seller_until", "currency_id")
    def _compute_ksef_small_seller_total(self):
        for company in self:
            relieved = company._ksef_relieved_this_month()
            company.ksef_small_seller_total = sum(relieved.mapped("amount_total_signed"))

    def _ksef_relieved_this_month(self):
        """The invoices of this month that the relief keeps out, in the order of their issue."""
        first, last = date_utils.get_month(fields.Date.context_today(self))
        return self.env["account.move"].search(
            [
                ("company_id", "=", self.id),
                ("state", "=", "posted"),
                ("ksef_exemption", "=", "small_seller"),
                ("ksef_state", "=", False),
                ("invoice_date", ">=", first),
                ("invoice_date", "<=", last),
            ],
            order="invoice_date, id",
        )

    def _ksef_beyond_relief(self):
        """Those of them that the relief does not cover: from the one that passes the limit on."""
        moves, total = self._ksef_relieved_this_month(), 0
        limit = self.env.ref("base.PLN")._convert(LIMIT, self.currency_id, self)
        for position, move in enumerate(moves):
            total += move.amount_total_signed
            if self.currency_id.compare_amounts(total, limit) > 0:
                return moves[position:]
        return moves.browse()


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    ksef_small_seller_total = fields.Monetary(
        related="company_id.ksef_small_seller_total", currency_field="currency_id"
    )


class KsefAlert(models.Model):
    _inherit = "ksef.alert"

    @api.model
    def _causes(self, company):
        return [*super()._causes(company), *self._small_seller_causes(company)]

    @api.model
    def _small_seller_causes(self, company):
        """The relief is used up: what was issued beyond it belongs into KSeF."""
        beyond = company._ksef_beyond_relief()
        if not beyond:
            return
        user, env = self._whom_to_tell(company)
        yield Cause(
            key=f"small_seller:{beyond[0].invoice_date:%Y%m}",
            user=user,
            title=env._("The relief for small sellers is used up this month"),
            text=env._(
                "Invoices outside KSeF add up to %(total)s this month, and the relief covers "
                "%(limit)s, VAT included. From the one that passes this limit on, invoices "
                "have to be issued in KSeF. Send these with the button “Send to KSeF”: "
                "%(invoices)s. Have an administrator end the relief in Settings / Invoicing / "
                "KSeF, so that the next ones go there too.",
                total=format_amount(env, company.ksef_small_seller_total, company.currency_id),
                limit=format_amount(env, LIMIT, env.ref("base.PLN")),
                invoices=self._name_moves(beyond),
            ),
            moves=beyond,
        )

from odoo import models

from ...ksef.fa3 import text
from ...ksef.fa3.amounts import round_quantity
from ...ksef.fa3.faktura.conditions import Umowy, WarunkiTransakcji, Zamowienia
from ...ksef.fa3.plan import limit_of

DELIVERY_LIMIT = limit_of(WarunkiTransakcji, "WarunkiDostawy")


class KsefFa3Conditions(models.AbstractModel):
    """Contracts, orders and deliveries, as far as the modules that know them are installed."""

    _inherit = "ksef.fa3"

    def _build_conditions(self, invoice):
        move = invoice.move
        return WarunkiTransakcji(
            Umowy=self._build_contracts(invoice),
            Zamowienia=tuple(map(self._build_order_reference, self._orders_of(move))),
            NrPartiiTowaru=self._lot_numbers(move),
            WarunkiDostawy=self._delivery_terms(move),
            Transport=self._build_transports(move),
            PodmiotPosredniczacy=move.ksef_is_intermediary,
            **self._build_contract_currency(move),
        )

    def _build_contract_currency(self, move):
        """Only of invoices in PLN: others are in the currency that was agreed."""
        if not move.ksef_contract_currency_id or move.currency_id.name != "PLN":
            return {}
        return {
            "KursUmowny": round_quantity(move.ksef_contract_rate),
            "WalutaUmowna": move.ksef_contract_currency_id.name,
        }

    def _build_contracts(self, invoice):
        """The contract of the invoice, else that of the customer."""
        move, buyer = invoice.move, invoice.buyer
        source = move if move.ksef_contract_no or move.ksef_contract_on else buyer
        contract = Umowy(
            DataUmowy=source.ksef_contract_on or None,
            NrUmowy=text.clean_line(source.ksef_contract_no),
        )
        return (contract,) if contract.DataUmowy or contract.NrUmowy else ()

    def _build_order_reference(self, order):
        """The customer's own order number where it is known."""
        return Zamowienia(
            DataZamowienia=self._polish_day(order.date_order) if order.date_order else None,
            NrZamowienia=text.clean_line(order.client_order_ref or order.name),
        )

    def _order_lines_of(self, move):
        """Lines of sale orders that the invoice bills; None without the module `sale`.

        Accountants see what the document shows, whatever they may open in Sales and Inventory.
        """
        lines = move.sudo().invoice_line_ids
        return lines.sale_line_ids if "sale_line_ids" in lines._fields else None

    def _orders_of(self, move):
        lines = self._order_lines_of(move)
        return lines.order_id if lines else ()

    def _lot_numbers(self, move):
        if not hasattr(move, "_get_invoiced_lot_values"):
            return ()
        lots = move.sudo()._get_invoiced_lot_values()
        names = (text.clean_line(lot["lot_name"]) for lot in lots)
        return tuple(dict.fromkeys(name for name in names if name))

    def _delivery_terms(self, move):
        return text.shorten(self._delivery_text(move), DELIVERY_LIMIT)[0]

    def _delivery_text(self, move):
        parts = (move.invoice_incoterm_id.code, move.incoterm_location)
        return text.clean_line(" ".join(part for part in parts if part))

    # === DELIVERIES === #

    def _delivery_notes(self, move):
        """WZ: names of the deliveries that no earlier invoice of the order showed."""
        return tuple(text.clean_line(delivery.name) for delivery in self._deliveries_of(move))

    def _delivery_day(self, move):
        """The last of the deliveries; Odoo itself takes the first of the whole order."""
        days = [
            day for day in (delivery.date_done for delivery in self._deliveries_of(move)) if day
        ]
        return max(days).date() if days else None

    def _deliveries_of(self, move):
        lines = self._order_lines_of(move)
        if not lines or "move_ids" not in lines._fields:
            return ()
        pickings = lines.move_ids.filtered(lambda step: step.state == "done").picking_id
        since = self._last_invoiced_at(move, lines)
        return pickings.filtered(
            lambda picking: (
                picking.picking_type_code == "outgoing"
                and (not since or (picking.date_done and picking.date_done > since))
            )
        ).sorted("date_done")

    def _last_invoiced_at(self, move, order_lines):
        """When the order was invoiced last before this invoice was made."""
        invoices = order_lines.invoice_lines.move_id.filtered(
            lambda other: (
                other.move_type == "out_invoice" and other.state == "posted" and other.id < move.id
            )
        )
        return max(invoices.mapped("create_date"), default=None)

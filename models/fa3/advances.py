from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from uuid import UUID, uuid5

from odoo import models

from ...ksef.fa3 import text
from ...ksef.fa3.amounts import round_money, round_price, round_quantity, to_decimal
from ...ksef.fa3.faktura.invoice import FakturaZaliczkowa, ZaliczkaCzesciowa
from ...ksef.fa3.faktura.order import Zamowienie, ZamowienieWiersz
from ...ksef.fa3.plan import limit_of
from . import corrections_state as states

ADVANCES = ("ZAL", "KOR_ZAL")
SETTLEMENTS = ("ROZ", "KOR_ROZ")
_CUSTOMS_PROCEDURES = ("I_42", "I_63")
_NAME_LIMIT = limit_of(ZamowienieWiersz, "P_7Z")


class KsefFa3Advances(models.AbstractModel):
    """Advance invoices, their settlement, and the corrections of both."""

    _inherit = "ksef.fa3"

    def _build_invoice(self, invoice):
        built, kind = super()._build_invoice(invoice), invoice.move._ksef_kind()
        if kind in ADVANCES:
            built = replace(built, **self._build_advance(invoice, built))
        elif kind in SETTLEMENTS:
            built = replace(built, **self._build_settled(invoice))
        if invoice.correction and kind in (*ADVANCES, *SETTLEMENTS):
            built = replace(built, **self._build_former_amounts(invoice, kind))
        return built

    def _invoice_type(self, invoice):
        kind = invoice.move._ksef_kind()
        return kind if kind in ("ZAL", "ROZ") else super()._invoice_type(invoice)

    # === ROWS === #

    def _build_rows(self, invoice):
        kind = invoice.move._ksef_kind()
        if kind in ADVANCES:
            return ()
        rows = super()._build_rows(replace(invoice, rows=self._rows_shown(invoice)))
        if kind == "KOR_ROZ" and invoice.correction and invoice.correction.state:
            return self._add_unchanged_rows(rows, invoice.correction.state)
        return rows

    def _rows_shown(self, invoice):
        """A settlement shows the whole sale; what it deducts is in its totals only."""
        advances = invoice.move._ksef_advance_lines()
        return tuple(row for row in super()._rows_shown(invoice) if row.line not in advances)

    def _add_unchanged_rows(self, rows, state):
        """A corrected settlement shows all rows, before and after."""
        changed = {states.key_of(row) for row in rows}
        last = max((row.NrWierszaFa for row in rows), default=0)
        same = [row for key, row in state.rows.items() if key not in changed]
        pairs = []
        for number, row in enumerate(same, last + 1):
            pairs.append(replace(row, NrWierszaFa=number, StanPrzed=True))
            pairs.append(replace(row, NrWierszaFa=number, StanPrzed=False))
        return (*rows, *pairs)

    # === ADVANCE === #

    def _build_advance(self, invoice, built):
        """What a ZAL or KOR_ZAL has beside its totals."""
        values = {"Zamowienie": self._build_order_behind(invoice), "KursWalutyZ": invoice.rate}
        if invoice.correction:
            return values
        if invoice.move.ksef_partial_advance_ids:
            return {
                **values,
                "P_6": None,
                "KursWalutyZ": None,
                "ZaliczkaCzesciowa": self._build_partial_advances(invoice),
                "FakturaZaliczkowa": self._build_earlier_advances(invoice),
            }
        day = self._advance_day(invoice)
        return {
            **values,
            "P_6": day,
            "Platnosc": self._build_advance_payment(invoice, built.Platnosc, day),
            "FakturaZaliczkowa": self._build_earlier_advances(invoice),
        }

    def _advance_day(self, invoice):
        days = [payment.paid_on for payment in invoice.payments]
        return invoice.move.ksef_advance_on or max(days, default=invoice.move.invoice_date)

    def _build_advance_payment(self, invoice, payment, day):
        """An advance may be invoiced before it comes: paid is what somebody says is paid."""
        if not invoice.move.ksef_advance_on:
            return payment
        return replace(
            payment,
            Zaplacono=True,
            DataZaplaty=day,
            ZnacznikZaplatyCzesciowej=None,
            ZaplataCzesciowa=(),
            TerminPlatnosci=(),
            Skonto=None,
        )

    def _build_partial_advances(self, invoice):
        return tuple(
            ZaliczkaCzesciowa(
                P_6Z=advance.paid_on,
                P_15Z=round_money(advance.amount),
                KursWalutyZW=round_quantity(advance.rate) if invoice.rate else None,
            )
            for advance in invoice.move.ksef_partial_advance_ids
        )

    def _build_earlier_advances(self, invoice):
        """The last advance, with which all is paid, names the others (art. 106f(4) VAT Act)."""
        move = invoice.move
        earlier = move._ksef_advances()
        ordered = round_money(sum(order.amount_total for order in move._ksef_orders()))
        paid = self._paid_in_advance(move) + round_money(move.amount_total)
        return tuple(map(self._build_settled_advance, earlier if paid == ordered else ()))

    def _paid_in_advance(self, move):
        """What advance invoices of the same orders from before this one, and corrections, leave."""
        documents = move._ksef_sibling_advance_lines().move_id.filtered(
            lambda sibling: sibling._ksef_kind() in ADVANCES
        )
        taken_back = documents.filtered(lambda sibling: sibling.move_type == "out_refund")
        paid = sum((documents - taken_back).mapped("amount_total"))
        return round_money(paid - sum(taken_back.mapped("amount_total")))

    def _build_settled_advance(self, move):
        if move.ksef_number:
            return FakturaZaliczkowa(NrKSeFFaZaliczkowej=move.ksef_number)
        return FakturaZaliczkowa(NrKSeFZN=True, NrFaZaliczkowej=text.clean_line(move.name))

    # === ORDER === #

    def _build_order_behind(self, invoice):
        """Zamowienie: what the advance is for; of a correction also as it was before."""
        state = invoice.correction and invoice.correction.state
        known = state.last.Fa.Zamowienie if state else None
        if not known:
            return self._build_current_order(invoice)
        before = tuple(row for row in known.ZamowienieWiersz if not row.StanPrzedZ)
        after = replace(known, ZamowienieWiersz=before)
        if not invoice.move.ksef_is_formal:
            after = self._build_current_order(invoice)
        return replace(after, ZamowienieWiersz=self._pair_order_rows(before, after))

    def _build_current_order(self, invoice):
        orders = invoice.move._ksef_orders()
        if not orders:
            return Zamowienie(
                WartoscZamowienia=round_money(invoice.move.ksef_order_total),
                ZamowienieWiersz=tuple(self._build_rows_of_advance(invoice)),
            )
        rows = tuple(
            self._build_order_row(line, number)
            for number, line in enumerate(self._order_lines(orders), 1)
        )
        total = 0 if orders.state == "cancel" else orders.amount_total
        return Zamowienie(WartoscZamowienia=round_money(total), ZamowienieWiersz=rows)

    def _order_lines(self, orders):
        return orders.order_line.filtered(
            lambda line: not line.display_type and not line.is_downpayment
        )

    def _build_order_row(self, line, number):
        product, taxes = line.product_id, line.tax_ids.flatten_taxes_hierarchy()
        is_cancelled = line.order_id.state == "cancel"
        quantity = round_quantity(line.product_uom_qty)
        net = round_money(line.price_subtotal)
        return ZamowienieWiersz(
            NrWierszaZam=number,
            UU_IDZ=self._order_line_key(line),
            P_7Z=text.shorten(self._name_of(line), _NAME_LIMIT)[0],
            P_8AZ=self._unit_of(line),
            P_8BZ=Decimal(0) if is_cancelled else quantity,
            P_9AZ=round_price(net / quantity) if quantity else None,
            P_11NettoZ=Decimal(0) if is_cancelled else net,
            P_11VatZ=Decimal(0) if is_cancelled else round_money(line.price_tax),
            P_12Z_Zal_15=product.ksef_is_annex15,
            **{f"{name}Z": code for name, code in self._product_codes(line).items()},
            **self._order_rate(self._order_code(taxes), taxes),
            **self._order_marks(line.company_id, product, taxes),
        )

    def _order_rate(self, code, taxes):
        """P_12Z, or the rate of the consumer's country; margin has neither."""
        if code == "oss":
            coded = taxes.filtered(lambda tax: tax.ksef_rate_code == code)
            return {"P_12Z_XII": to_decimal(coded[:1].amount)}
        return {"P_12Z": None if code == "margin" else code}

    def _order_marks(self, company, product, taxes):
        """GTUZ and ProceduraZ, which has no customs procedures."""
        if not company.ksef_is_with_jpk_codes:
            return {}
        procedures = (tax.ksef_procedure for tax in taxes if tax.ksef_rate_code != "none")
        known = (code for code in procedures if code and code not in _CUSTOMS_PROCEDURES)
        return {"GTUZ": product.l10n_pl_vat_gtu or None, "ProceduraZ": next(known, None)}

    def _order_code(self, taxes):
        coded = taxes.filtered(lambda tax: tax.ksef_rate_code not in (False, "none"))
        return coded[:1].ksef_rate_code or None

    def _order_line_key(self, line):
        """An identifier that stays the same; `sale` may not be there to keep one in a field."""
        database = self.env["ir.config_parameter"].sudo().get_param("database.uuid")
        return uuid5(UUID(database), f"{line._name},{line.id}").hex

    def _build_rows_of_advance(self, invoice):
        for number, row in enumerate(invoice.rows, 1):
            yield ZamowienieWiersz(
                NrWierszaZam=number,
                UU_IDZ=row.line.ksef_uuid,
                P_7Z=text.shorten(self._name_of(row.line), _NAME_LIMIT)[0],
                P_8AZ=self._unit_of(row.line),
                P_8BZ=round_quantity(row.line.quantity),
                P_9AZ=self._unit_price(row, row.net),
                P_11NettoZ=row.net,
                P_11VatZ=row.vat,
                **self._order_rate(row.code, row.taxes),
            )

    def _pair_order_rows(self, before, order):
        """All rows before, then after; what is no longer ordered stays with a quantity of 0."""
        after = {row.UU_IDZ: row for row in order.ZamowienieWiersz}
        pairs = []
        for number, row in enumerate(before, 1):
            now = after.pop(row.UU_IDZ, None) or self._empty_order_row(row)
            pairs.append(replace(row, NrWierszaZam=number, StanPrzedZ=True))
            pairs.append(replace(now, NrWierszaZam=number))
        added = enumerate(after.values(), len(before) + 1)
        return (*pairs, *(replace(row, NrWierszaZam=number) for number, row in added))

    def _empty_order_row(self, row):
        return replace(row, P_8BZ=Decimal(0), P_11NettoZ=Decimal(0), P_11VatZ=Decimal(0))

    # === SETTLEMENT === #

    def _build_settled(self, invoice):
        """The advances that a ROZ or KOR_ROZ deducts."""
        state = invoice.correction and invoice.correction.state
        if state:
            return {"FakturaZaliczkowa": state.last.Fa.FakturaZaliczkowa}
        if invoice.move.ksef_partial_advance_ids:
            return {"ZaliczkaCzesciowa": self._build_partial_advances(invoice)}
        advances = invoice.move._ksef_advances()
        return {"FakturaZaliczkowa": tuple(map(self._build_settled_advance, advances))}

    def _build_former_amounts(self, invoice, kind):
        """P_15ZK: what was paid, or was left to pay, before this correction."""
        state = invoice.correction.state
        if not state:
            return {}
        rate = state.first.Fa.KursWalutyZ if kind == "KOR_ZAL" else None
        return {"P_15ZK": state.due, "KursWalutyZK": rate}

    def _open_advances(self, invoice):
        """Return `{code: net}`: what earlier documents took in advance and did not deduct yet."""
        amounts = defaultdict(Decimal)
        for line in invoice.move._ksef_sibling_advance_lines():
            sign = -1 if line.move_id.move_type == "out_refund" else 1
            amounts[self._order_code(line.tax_ids)] += sign * round_money(line.price_subtotal)
        return {code: amount for code, amount in amounts.items() if amount}

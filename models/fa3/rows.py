from decimal import Decimal

from odoo import models
from odoo.tools.barcode import get_barcode_check_digit

from ...ksef.fa3 import text
from ...ksef.fa3.amounts import round_money, round_price, round_quantity, to_decimal
from ...ksef.fa3.faktura.invoice import FaWiersz
from ...ksef.fa3.plan import limit_of
from ...ksef.fa3.rates import percent_of

NAME_LIMIT = limit_of(FaWiersz, "P_7")
UNIT_LIMIT = limit_of(FaWiersz, "P_8A")
_CODE_LIMIT = limit_of(FaWiersz, "Indeks")
_DEFAULT_UNIT = "szt."
_CENT = Decimal("0.01")
_GTIN_LENGTHS = (8, 12, 13, 14)
# Selling vouchers is marked on the whole invoice in Odoo
_PROCEDURE_OF_FLAG = {
    "l10n_pl_vat_b_spv": "B_SPV",
    "l10n_pl_vat_b_spv_dostawa": "B_SPV_DOSTAWA",
    "l10n_pl_vat_b_mpv_prowizja": "B_MPV_PROWIZJA",
}


class KsefFa3Rows(models.AbstractModel):
    _inherit = "ksef.fa3"

    def _build_rows(self, invoice):
        build = self._build_simple_row if invoice.is_simplified else self._build_row
        return tuple(build(invoice, row, number) for number, row in enumerate(invoice.rows, 1))

    def _build_row(self, invoice, row, number):
        return FaWiersz(
            NrWierszaFa=number,
            UU_ID=row.line.ksef_uuid or None,
            P_6A=self._row_supply_day(invoice, row),
            P_7=self._row_name(row),
            P_8A=self._unit_of(row.line),
            P_8B=round_quantity(row.line.quantity),
            P_11Vat=row.vat if self._is_tax_shown(invoice, row) else None,
            P_12_Zal_15=row.is_annex15,
            KwotaAkcyzy=row.excise or None,
            KursWaluty=self._shown_rate(invoice, row),
            **self._product_codes(row.line),
            **self._build_rate(row),
            **self._build_marks(row),
            **self._build_values(invoice, row),
        )

    def _build_simple_row(self, invoice, row, number):
        """What a simplified invoice must say: the name, and without sums the rate and value."""
        is_total = invoice.move.ksef_simplified == "total"
        return FaWiersz(
            NrWierszaFa=number,
            UU_ID=row.line.ksef_uuid or None,
            P_7=self._row_name(row),
            P_11A=row.gross if is_total and len(invoice.codes) > 1 else None,
            **(self._build_rate(row) if is_total else {}),
        )

    # === NAME AND CODES === #

    def _row_name(self, row):
        return text.shorten(self._name_of(row.line), NAME_LIMIT)[0]

    def _name_of(self, line):
        """The text of the line, or the name of its product, without the code: that is Indeks."""
        name = text.join_lines(line.name)
        code = text.clean_line(line.product_id.default_code)
        return name.removeprefix(f"[{code}]").strip() or text.clean_line(line.product_id.name)

    def _product_codes(self, line):
        """Of a line of an invoice, or of an order."""
        product = line.product_id
        codes = {
            "Indeks": product.default_code,
            "PKWiU": product.ksef_pkwiu,
            "CN": self._customs_code(product),
            "PKOB": product.ksef_pkob,
        }
        return {"GTIN": self._gtin_of(line)} | {
            field: self._short_code(code) for field, code in codes.items()
        }

    def _customs_code(self, product):
        """CN, which `stock_delivery` has a field for."""
        return product.ksef_cn or ("hs_code" in product._fields and product.hs_code)

    def _short_code(self, code):
        """A code that is too long is left out: cut off it would be another one."""
        code = text.clean_line(code)
        return code if len(code) <= _CODE_LIMIT else None

    def _gtin_of(self, line):
        """The number of the packaging that is sold, where it has one of its own."""
        packagings = line.product_id.product_uom_ids
        sold = packagings.filtered(lambda packaging: packaging.uom_id == line.product_uom_id)
        barcode = sold[:1].barcode or line.product_id.barcode or ""
        return barcode if self._is_gtin(barcode) else None

    def _is_gtin(self, barcode):
        is_number = barcode.isascii() and barcode.isdigit() and len(barcode) in _GTIN_LENGTHS
        return is_number and get_barcode_check_digit(barcode) == int(barcode[-1])

    def _unit_of(self, line):
        return text.shorten(self._unit_name(line.product_uom_id), UNIT_LIMIT)[0] or _DEFAULT_UNIT

    def _unit_name(self, unit):
        """In Polish, where that language is installed."""
        if "pl_PL" in dict(self.env["res.lang"].get_installed()):
            unit = unit.with_context(lang="pl_PL")
        return text.clean_line(unit.name)

    # === RATE AND MARKS === #

    def _build_rate(self, row):
        if row.code == "oss":
            return {"P_12_XII": to_decimal(row.taxes.amount)}
        return {} if row.is_margin else {"P_12": row.code}

    def _build_marks(self, row):
        """GTU and Procedura, which an invoice may show but need not."""
        if not row.line.company_id.ksef_is_with_jpk_codes:
            return {}
        gtu = row.line.ksef_gtu or row.line.product_id.l10n_pl_vat_gtu
        return {"GTU": gtu or None, "Procedura": self._procedure_of(row)}

    def _procedure_of(self, row):
        return row.procedure or next(self._voucher_procedures(row.line.move_id), None)

    def _voucher_procedures(self, move):
        return (code for flag, code in _PROCEDURE_OF_FLAG.items() if move[flag])

    def _shown_rate(self, invoice, row):
        """KursWaluty. Amounts of other countries' VAT are not converted to PLN."""
        if row.code == "oss":
            return None
        is_taxed = percent_of(row.code) is not None
        if not is_taxed and not row.line.company_id.ksef_is_rate_on_zero_rows:
            return None
        return self._rate_of_row(invoice, row)

    def _rate_of_row(self, invoice, row):
        if invoice.rate is None or not row.rate:
            return invoice.rate
        return round_quantity(row.rate)

    # === VALUES === #

    def _build_values(self, invoice, row):
        is_gross = invoice.is_gross or row.is_margin
        value = row.gross if is_gross else row.net
        price, discount = self._build_price(row, value)
        return {
            "P_9B" if is_gross else "P_9A": price,
            "P_10": discount,
            "P_11A" if is_gross else "P_11": value,
        }

    def _build_price(self, row, value):
        """The unit price and, where the company shows it beside the price, the discount."""
        mode = row.line.company_id.ksef_discount_mode
        quantity = round_quantity(row.line.quantity)
        share = to_decimal(row.line.discount) / 100
        if mode == "in_price" or not quantity or not 0 < share < 1:
            return self._unit_price(row, value), None
        listed = self._list_price(row, value / quantity / (1 - share))
        discount = round_price(listed - value / quantity)
        return listed, discount if mode == "p10_unit" else round_price(discount * quantity)

    def _list_price(self, row, price):
        """The price as typed, if it is the one that the discount was taken from."""
        typed = to_decimal(row.line.price_unit)
        return round_price(typed if abs(typed - price) <= _CENT else price)

    def _unit_price(self, row, value):
        """The price after the discount, with which the row comes to its `value` again."""
        quantity = round_quantity(row.line.quantity)
        typed = to_decimal(row.line.price_unit)
        shows_value = abs(round_money(typed * quantity) - value) <= _CENT
        if not quantity or (shows_value and not row.line.discount):
            return round_price(typed)
        return round_price(value / quantity)

    def _is_tax_shown(self, invoice, row):
        """Tax per row (art. 106e(10)) where the tax of the invoice is the sum of such taxes."""
        method = invoice.move.company_id.tax_calculation_rounding_method
        return method == "round_per_line" and percent_of(row.code) is not None

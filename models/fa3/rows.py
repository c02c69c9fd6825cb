from decimal import Decimal

from odoo import models
from odoo.tools.barcode import check_barcode_encoding

from ...ksef.fa3 import faktura, text
from ...ksef.fa3.amounts import round_money, round_price, round_quantity, to_decimal
from ...ksef.fa3.plan import limit_of

NAME_LIMIT = limit_of(faktura.FaWiersz, "P_7")
_UNIT_LIMIT = limit_of(faktura.FaWiersz, "P_8A")
_CODE_LIMIT = limit_of(faktura.FaWiersz, "Indeks")
_DEFAULT_UNIT = "szt."
_CENT = Decimal("0.01")
_GTIN_ENCODINGS = {8: "ean8", 12: "upca", 13: "ean13"}
# Selling vouchers is marked on the whole invoice in Odoo
_PROCEDURE_OF_FLAG = {
    "l10n_pl_vat_b_spv": "B_SPV",
    "l10n_pl_vat_b_spv_dostawa": "B_SPV_DOSTAWA",
    "l10n_pl_vat_b_mpv_prowizja": "B_MPV_PROWIZJA",
}


class KsefFa3Rows(models.AbstractModel):
    _inherit = "ksef.fa3"

    def _build_rows(self, invoice):
        return tuple(
            self._build_row(invoice, row, number) for number, row in enumerate(invoice.rows, 1)
        )

    def _build_row(self, invoice, row, number):
        product = row.line.product_id
        return faktura.FaWiersz(
            NrWierszaFa=number,
            P_7=text.shorten(self._name_of(row.line), NAME_LIMIT)[0],
            Indeks=self._short_code(product.default_code),
            GTIN=self._gtin_of(product),
            CN=self._short_code(product.hs_code) if "hs_code" in product._fields else None,
            P_8A=self._unit_of(row.line),
            P_8B=round_quantity(row.line.quantity),
            P_11Vat=row.vat if self._is_tax_shown(invoice, row) else None,
            P_12=row.code,
            P_12_Zal_15=row.is_annex15,
            GTU=product.l10n_pl_vat_gtu or None,
            Procedura=self._procedure_of(row),
            KursWaluty=invoice.rate,
            **(self._gross_values(row) if invoice.is_gross else self._net_values(row)),
        )

    def _net_values(self, row):
        return {"P_9A": self._unit_price(row, row.net), "P_11": row.net}

    def _gross_values(self, row):
        return {"P_9B": self._unit_price(row, row.gross), "P_11A": row.gross}

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
        return method == "round_per_line" and row.code.isdigit()

    def _name_of(self, line):
        """The text of the line, or the name of its product, without the code: that is Indeks."""
        name = text.join_lines(line.name)
        code = text.clean_line(line.product_id.default_code)
        return name.removeprefix(f"[{code}]").strip() or text.clean_line(line.product_id.name)

    def _unit_of(self, line):
        """The unit in Polish, where that language is installed."""
        unit = line.product_uom_id
        if "pl_PL" in dict(self.env["res.lang"].get_installed()):
            unit = unit.with_context(lang="pl_PL")
        return text.shorten(text.clean_line(unit.name), _UNIT_LIMIT)[0] or _DEFAULT_UNIT

    def _short_code(self, code):
        """A code that is too long is left out: cut off it would be another one."""
        code = text.clean_line(code)
        return code if len(code) <= _CODE_LIMIT else None

    def _gtin_of(self, product):
        barcode = product.barcode or ""
        encoding = _GTIN_ENCODINGS.get(len(barcode))
        return barcode if encoding and check_barcode_encoding(barcode, encoding) else None

    def _procedure_of(self, row):
        flags = (code for flag, code in _PROCEDURE_OF_FLAG.items() if row.line.move_id[flag])
        return row.taxes.ksef_procedure or next(flags, None)

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from odoo import models

from ..account_move_bill import BILL_TYPES

_MOST_LINES = 2000  # of earlier bills that are looked at


@dataclass(frozen=True, kw_only=True)
class History:
    """What earlier bills of a vendor were booked on, the latest first.

    `lines` are journal items by the text of the line, `account` is the one used last, `taxes` are
    those used last by rate code.
    """

    lines: dict[str, Any] = field(default_factory=dict)
    account: Any = None
    taxes: dict[str, Any] = field(default_factory=dict)


class KsefBillReader(models.AbstractModel):
    """What the rows of a vendor were before, and which products they are: a query for each kind."""

    _inherit = "ksef.bill.reader"

    def _history(self, vendor, company):
        """The `History` of the vendor, out of one query."""
        lines = self.env["account.move.line"].search(
            [
                ("company_id", "=", company.id),
                ("partner_id", "=", vendor.commercial_partner_id.id),
                ("parent_state", "=", "posted"),
                ("display_type", "=", "product"),
                ("move_id.move_type", "in", BILL_TYPES),
            ],
            order="date DESC, id DESC",
            limit=_MOST_LINES,
        )
        by_text, taxes = {}, {}
        for line in lines:
            by_text.setdefault(self._text_key(line.name), line)
            for tax in line.tax_ids:
                taxes.setdefault(tax.ksef_rate_code, tax)
        return History(lines=by_text, account=lines[:1].account_id, taxes=taxes)

    def _text_key(self, text):
        first = (text or "").splitlines()[:1]
        return " ".join(first[0].lower().split()) if first else ""

    def _products(self, rows, vendor, company):
        """Return `{row: product}` by the barcode, else by the vendor's own code or name."""
        barcodes = self._by_barcode(rows, company)
        by_code, by_name = self._by_vendor(rows, vendor)
        found = {}
        for row in rows:
            product = (
                barcodes.get((row.GTIN or "").lstrip("0"))
                or by_code.get(row.Indeks)
                or by_name.get(self._text_key(row.P_7))
            )
            if product:
                found[id(row)] = product
        return found

    def _by_barcode(self, rows, company):
        """GTIN-13 and GTIN-14 differ by zeros in front."""
        bare = {row.GTIN.lstrip("0") for row in rows if row.GTIN and row.GTIN.strip("0")}
        wanted = [code.rjust(length, "0") for code in bare for length in (8, 12, 13, 14)]
        if not wanted:
            return {}
        products = self.env["product.product"].search(
            [("barcode", "in", wanted), ("company_id", "in", (False, company.id))]
        )
        return {product.barcode.lstrip("0"): product for product in products}

    def _by_vendor(self, rows, vendor):
        codes = [row.Indeks for row in rows if row.Indeks]
        names = [row.P_7 for row in rows if row.P_7]
        if not vendor or not (codes or names):
            return {}, {}
        prices = self.env["product.supplierinfo"].search(
            [
                ("partner_id", "=", vendor.commercial_partner_id.id),
                "|",
                ("product_code", "in", codes),
                ("product_name", "in", names),
            ]
        )
        by_code, by_name = {}, defaultdict(lambda: None)
        for price in prices:
            product = price.product_id or price.product_tmpl_id.product_variant_id
            if price.product_code:
                by_code[price.product_code] = product
            if price.product_name:
                by_name[self._text_key(price.product_name)] = product
        return by_code, by_name

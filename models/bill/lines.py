from dataclasses import dataclass
from typing import Any

from odoo import fields, models

from ...ksef.bill.draft import Doubt, Line, Origin, Remark
from .articles import History
from .reading import Source

# Nothing is deducted on these, so they need no tax
WITHOUT_TAX = ("", "margin", "oss")


@dataclass(frozen=True, kw_only=True)
class Basis:
    """What the lines of one bill are made from.

    `taxes` are purchase taxes by rate code; `account` is for what nothing else tells of,
    `accounts` are those for lines of a certain origin, where there are such.
    """

    source: Source
    history: History
    taxes: dict[str, Any]
    products: dict[int, Any]
    account: Any
    accounts: dict[Origin, Any]


class KsefBillReader(models.AbstractModel):
    """The lines of a bill: text, price, tax, product and account."""

    _inherit = "ksef.bill.reader"

    def _line_values(self, draft, vendor, relatives, source):
        """Values of all lines, and remarks about rates that have no tax here."""
        basis = self._basis(draft, vendor, relatives, source)
        values = [self._values_of_line(line, basis) for line in draft.lines]
        missing = [
            target
            for target in draft.targets
            if target.code not in WITHOUT_TAX and not basis.taxes.get(target.code)
        ]
        values += [self._values_of_lost_tax(target, basis) for target in missing if target.tax]
        remarks = [Remark(doubt=Doubt.TAX_MISSING, subject=target.code) for target in missing]
        return values, tuple(remarks)

    def _basis(self, draft, vendor, relatives, source):
        """Everything that lines need, read once: Odoo would look for an account line by line."""
        rows = [line.row for line in draft.lines if line.row]
        history = self._history(vendor, source.company) if vendor else History()
        return Basis(
            source=source,
            history=history,
            taxes=self._purchase_taxes(source.company),
            products=self._products(rows, vendor, source.company),
            account=source.rule.account or history.account or self._default_account(source),
            accounts=self._accounts_by_origin(relatives, source),
        )

    def _default_account(self, source):
        journal = source.journal or self.env["account.journal"].search(
            [("company_id", "=", source.company.id), ("type", "=", "purchase")], limit=1
        )
        return journal.default_account_id

    def _accounts_by_origin(self, relatives, source):
        advances = self._advance_account(relatives, source)
        return {
            Origin.ADVANCE: advances,
            Origin.SETTLEMENT: advances,
            Origin.CHARGE: source.company.ksef_charge_account_id,
        }

    def _advance_account(self, relatives, source):
        """What the settled advances were booked on, else the company's account for advances."""
        accounts = relatives.advances.invoice_line_ids.account_id
        return accounts if len(accounts) == 1 else source.company.ksef_advance_account_id

    def _values_of_line(self, line, basis):
        earlier = basis.history.lines.get(self._text_key(line.name))
        product = basis.products.get(id(line.row)) or (earlier and earlier.product_id)
        tax = self._choose_tax(line, earlier, product, basis)
        account = self._choose_account(line, earlier, product, basis)
        analytic = basis.source.rule.analytic_distribution or (
            earlier and earlier.analytic_distribution
        )
        return {
            "name": self._name_of_line(line),
            "quantity": float(line.quantity),
            "price_unit": float(line.price),
            "discount": float(line.discount),
            "tax_ids": [fields.Command.set(tax.ids if tax else [])],
            "is_imported": True,
            **({"product_id": product.id} if product else {}),
            **({"account_id": account.id} if account else {}),
            **({"analytic_distribution": analytic} if analytic else {}),
        }

    def _name_of_line(self, line: Line):
        if line.origin is Origin.SETTLEMENT:
            return self.env._("Advances settled: %s", line.name or "–")
        if line.origin is Origin.ADVANCE:
            return self.env._("Advance: %s", line.name)
        if line.origin is Origin.ROUNDING:
            return self.env._("Rounding of the total")
        return line.name or self.env._("Without a description")

    def _values_of_lost_tax(self, target, basis):
        """The total must be right even where the VAT has no tax to stand in."""
        return {
            "name": self.env._("VAT %s, without a tax of this rate", target.code),
            "quantity": 1,
            "price_unit": float(target.tax),
            "tax_ids": [fields.Command.set([])],
            "is_imported": True,
            **({"account_id": basis.account.id} if basis.account else {}),
        }

    # === TAX AND ACCOUNT === #

    def _purchase_taxes(self, company):
        """Return `{rate code: taxes}` of the purchases of a company, in Odoo's order."""
        taxes = self.env["account.tax"].search(
            [
                *self.env["account.tax"]._check_company_domain(company),
                ("type_tax_use", "=", "purchase"),
                ("ksef_rate_code", "!=", False),
                ("price_include", "=", False),
            ]
        )
        return taxes.grouped("ksef_rate_code")

    def _choose_tax(self, line, earlier, product, basis):
        """The tax of the rate: as before, as the product has it, else the one for goods."""
        candidates = basis.taxes.get(line.code)
        if not candidates:
            return None
        for before in (
            earlier and earlier.tax_ids,
            product and product.supplier_taxes_id,
            basis.history.taxes.get(line.code),
        ):
            if before and before & candidates:
                return (before & candidates)[:1]
        scope = "service" if product and product.type == "service" else "consu"
        fitting = candidates.filtered(lambda tax: tax.tax_scope in (False, scope))
        return (fitting or candidates)[:1]

    def _choose_account(self, line, earlier, product, basis):
        """By what it is, by rule, as before, as the product says, else as on the last bill."""
        if basis.accounts.get(line.origin):
            return basis.accounts[line.origin]
        if basis.source.rule.account:
            return basis.source.rule.account
        if earlier:
            return earlier.account_id
        if product:
            template = product.product_tmpl_id.with_company(basis.source.company)
            return template.get_product_accounts()["expense"] or basis.account
        return basis.account

from odoo import models

from ...ksef.fa3 import text
from ...ksef.fa3.amounts import format_quantity, to_decimal
from ...ksef.fa3.rates import percent_of
from ..problem import Problem
from .annotations import BASIS_LIMIT, SPLIT_PAYMENT_LIMIT
from .payment import TRANSFER

# Groups of goods that Annex 15 takes much from: fuels, waste, electronics, cars, metals, emissions
_GTU_NEAR_ANNEX15 = {"GTU_02", "GTU_05", "GTU_06", "GTU_07", "GTU_08", "GTU_11"}


class KsefFa3ChecksTaxes(models.AbstractModel):
    _inherit = "ksef.fa3"

    def _check_line_taxes(self, invoice):
        """Exactly one VAT with a code: a rate is never guessed."""
        for tax in self._taxes_of(invoice):
            if not tax.ksef_rate_code:
                yield self._problem_of_uncoded_tax(tax)
            elif self._has_code_of_another_rate(tax):
                yield self._problem_of_other_rate(tax)
        for row in invoice.rows:
            if not row.taxes:
                yield self._problem_of_no_tax(invoice, row)
            elif len(row.taxes) > 1:
                yield self._problem_of_two_taxes(invoice, row)

    def _problem_of_no_tax(self, invoice, row):
        return self._problem(
            invoice,
            code="E-TAX-02",
            record=row.line,
            field="tax_ids",
            message=self.env._(
                'the line "%(line)s" has no VAT rate, and KSeF must be told which one applies '
                "(0%%, exempt and outside Poland are different things).",
                line=self._name_of(row.line),
            ),
            remedy=self.env._("Choose a tax in the line."),
        )

    def _problem_of_uncoded_tax(self, tax):
        return Problem(
            code="E-TAX-01",
            record=tax,
            field="ksef_rate_code",
            message=self.env._(
                'The tax "%(tax)s" has no KSeF rate code, so it is not certain how it appears on '
                "the invoice.",
                tax=tax.name,
            ),
            remedy=self.env._("Choose the code on the tax, tab KSeF."),
        )

    def _has_code_of_another_rate(self, tax):
        percent = percent_of(tax.ksef_rate_code)
        return percent is not None and tax.amount_type == "percent" and tax.amount != percent

    def _problem_of_other_rate(self, tax):
        return Problem(
            code="E-TAX-07",
            record=tax,
            field="ksef_rate_code",
            message=self.env._(
                'The tax "%(tax)s" computes %(amount)s%%, but its KSeF rate code is %(code)s.',
                tax=tax.name,
                amount=format_quantity(to_decimal(tax.amount)),
                code=tax.ksef_rate_code,
            ),
            remedy=self.env._("Choose the code of its rate on the tax, tab KSeF."),
        )

    def _problem_of_two_taxes(self, invoice, row):
        return self._problem(
            invoice,
            code="E-TAX-03",
            record=row.line,
            field="tax_ids",
            message=self.env._(
                'the line "%(line)s" has several VAT rates, %(taxes)s, but a row has only one.',
                line=self._name_of(row.line),
                taxes=", ".join(row.taxes.mapped("name")),
            ),
            remedy=self.env._("Leave one of the taxes, or divide the line."),
        )

    def _check_import_scheme(self, invoice):
        """FA(3) knows the Union scheme only (division XII, chapter 6a of the VAT Act)."""
        for row in invoice.rows:
            if row.code == "ioss":
                yield self._problem(
                    invoice,
                    code="E-TAX-05",
                    record=row.line,
                    field="tax_ids",
                    message=self.env._(
                        'the line "%(line)s" is taxed under the import scheme (IOSS) or the '
                        "non-Union scheme, which invoices in KSeF cannot show.",
                        line=self._name_of(row.line),
                    ),
                    remedy=self.env._(
                        "Keep the invoice out of KSeF (tab KSeF), or choose another tax."
                    ),
                )

    def _check_exemption(self, invoice):
        rows = self._exempt_rows(invoice)
        bare = (row.taxes for row in rows if not text.clean_line(row.exempt_basis))
        for tax in self.env["account.tax"].union(*bare):
            yield self._problem_of_no_basis(tax)
        if len(self._exemption_basis(rows)) > BASIS_LIMIT:
            yield self._problem(
                invoice,
                code="E-EXM-01",
                field="invoice_line_ids",
                message=self.env._(
                    "the legal bases of the exemptions have more than %(limit)s characters.",
                    limit=BASIS_LIMIT,
                ),
                remedy=self.env._("Shorten them on the taxes, or divide the invoice."),
            )

    def _problem_of_no_basis(self, tax):
        return Problem(
            code="E-EXM-01",
            record=tax,
            field="ksef_exempt_basis",
            message=self.env._(
                'The exempt tax "%(tax)s" has no legal basis, which every invoice with an '
                "exemption must name.",
                tax=tax.name,
            ),
            remedy=self.env._(
                "Enter the provision on the tax, tab KSeF, or on the product of the line. Who may "
                "not change taxes asks an administrator of the accounting."
            ),
        )

    def _check_goods_and_services(self, invoice):
        """Fiscal positions replace a rate of goods and services alike by a rate of goods."""
        for row in invoice.rows:
            kind = row.line.product_id.type
            is_wrong = (row.code in ("0 WDT", "0 EX") and kind == "service") or (
                row.code == "np II" and kind == "consu"
            )
            if is_wrong:
                yield self._problem(
                    invoice,
                    code="W-TAX-04",
                    record=row.line,
                    field="tax_ids",
                    message=self.env._(
                        'the rate %(code)s does not fit the product in the line "%(line)s": '
                        "one is for goods, the other a service.",
                        code=row.code,
                        line=self._name_of(row.line),
                    ),
                    remedy=self.env._("Check the tax of the line and the kind of the product."),
                )

    def _check_annex15(self, invoice):
        if invoice.total_in_pln <= SPLIT_PAYMENT_LIMIT or not self._is_taxpayer(invoice.buyer):
            return
        products = {row.line.product_id for row in invoice.rows if not row.is_annex15}
        for product in products:
            if product.l10n_pl_vat_gtu in _GTU_NEAR_ANNEX15:
                yield Problem(
                    code="W-MPP-01",
                    record=product,
                    field="ksef_is_annex15",
                    message=self.env._(
                        "%(product)s is marked %(gtu)s. Goods of that group often are in Annex 15, "
                        "and then payment of this invoice must be split.",
                        product=product.name,
                        gtu=product.l10n_pl_vat_gtu,
                    ),
                    remedy=self.env._('Tick "Annex 15" on the product if it is.'),
                )

    def _check_split_payment(self, invoice):
        """Split payment is a transfer to an account that the tax office knows."""
        if not self._is_split_payment(invoice) or self._is_paid(invoice):
            return
        form = self._build_form(invoice).get("FormaPlatnosci")
        if form != TRANSFER or not self._account_to_pay(invoice.move):
            yield self._problem(
                invoice,
                code="W-MPP-03",
                field="partner_bank_id",
                message=self.env._(
                    "payment must be split, and that is possible only by transfer to a bank "
                    "account."
                ),
                remedy=self.env._("Choose the recipient bank account and payment by transfer."),
            )

    def _check_margin(self, invoice):
        """The schema takes one kind of margin on an invoice."""
        kinds = self._margin_kinds(invoice)
        if len(kinds) > 1 or False in kinds:
            yield self._problem(
                invoice,
                code="E-MAR-01",
                field="invoice_line_ids",
                message=self.env._(
                    "the taxes of the margin scheme must all be of one kind, for example "
                    "second-hand goods."
                ),
                remedy=self.env._("Choose the kind on the tax, tab KSeF, or divide the invoice."),
            )

    def _check_procedures(self, invoice):
        for row in invoice.rows:
            others = {row.taxes[:1].ksef_procedure, *self._voucher_procedures(invoice.move)}
            shown = self._procedure_of(row)
            if not row.line.ksef_procedure and others - {False, shown}:
                yield self._problem(
                    invoice,
                    code="W-PRC-01",
                    record=row.line,
                    field="ksef_procedure",
                    message=self.env._(
                        'several procedures apply to the line "%(line)s", and KSeF shows one: '
                        "%(code)s.",
                        line=self._name_of(row.line),
                        code=shown,
                    ),
                    remedy=self.env._("Choose the procedure in the line."),
                )

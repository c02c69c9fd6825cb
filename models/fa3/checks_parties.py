from odoo import models

from ...ksef.fa3.accounts import is_valid_nrb
from ...ksef.nip import is_valid_nip
from ..problem import Problem
from .identity import identify


class KsefFa3ChecksParties(models.AbstractModel):
    _inherit = "ksef.fa3"

    def _check_seller_nip(self, invoice):
        company = invoice.seller
        if not is_valid_nip(company._ksef_nip()):
            yield Problem(
                code="E-NIP-01",
                record=company,
                field="vat",
                message=self.env._(
                    '%(company)s has no valid NIP: "%(number)s". KSeF knows sellers by it.',
                    company=company.name,
                    number=company.vat or "",
                ),
                remedy=self.env._("Correct the tax number in the data of your company."),
            )

    def _check_seller_address(self, invoice):
        yield from self._check_address(invoice.seller.partner_id)

    def _check_buyer_address(self, invoice):
        yield from self._check_address(invoice.buyer)

    def _check_address(self, partner):
        if not partner.country_id or not (partner.street or partner.city):
            yield Problem(
                code="E-ADR-01",
                record=partner,
                field="street" if partner.country_id else "country_id",
                message=self.env._(
                    "The address of %(partner)s is not complete: an invoice must show the country "
                    "and the street or town.",
                    partner=partner.display_name,
                ),
                remedy=self.env._("Complete the address of the contact."),
            )

    def _check_buyer_number(self, invoice):
        """A buyer gets the invoice in KSeF by the NIP, so a wrong one sends it to a stranger."""
        buyer = invoice.buyer
        identity = identify(buyer.vat, buyer.country_id.code)
        if identity.nip and not is_valid_nip(identity.nip):
            yield Problem(
                code="E-NIP-02",
                record=buyer,
                field="vat",
                message=self.env._(
                    'The tax number of %(partner)s, "%(number)s", is not a valid NIP.',
                    partner=buyer.display_name,
                    number=buyer.vat,
                ),
                remedy=self.env._(
                    "Correct the number; if it is of another country, correct that of the address."
                ),
            )
        elif identity.is_missing and self._needs_nip(buyer):
            yield self._problem_of_missing_nip(buyer)

    def _needs_nip(self, buyer):
        """A Polish company, unless "/" in the number says on purpose that it has none."""
        return buyer.is_company and buyer.country_id.code == "PL" and buyer.vat != "/"

    def _problem_of_missing_nip(self, buyer):
        return Problem(
            code="E-BUY-01",
            record=buyer,
            field="vat",
            message=self.env._(
                "%(partner)s is a Polish company without a NIP. It would not see the invoice in "
                "KSeF.",
                partner=buyer.display_name,
            ),
            remedy=self.env._("Enter the NIP, or / if the buyer really has none."),
        )

    def _check_community_buyer(self, invoice):
        codes = sorted(invoice.codes & {"0 WDT", "np II"})
        buyer = invoice.buyer
        if codes and not identify(buyer.vat, buyer.country_id.code).eu_number:
            yield Problem(
                code="E-TAX-06",
                record=buyer,
                field="vat",
                message=self.env._(
                    "%(partner)s has no VAT number of another EU country, which the rate %(code)s "
                    "requires.",
                    partner=buyer.display_name,
                    code=", ".join(codes),
                ),
                remedy=self.env._("Enter the EU VAT number of the buyer, or choose another tax."),
            )

    def _check_bank_account(self, invoice):
        account = invoice.move.partner_bank_id
        number = self._account_number(invoice, account) if account else ""
        if account and number.isdigit() and not is_valid_nrb(number):
            yield Problem(
                code="W-PAY-02",
                record=account,
                field="acc_number",
                message=self.env._(
                    "The bank account %(number)s is not a valid Polish number of 26 digits.",
                    number=account.acc_number,
                ),
                remedy=self.env._("Correct the bank account on the invoice."),
            )

from odoo import models

from ...ksef.fa3.accounts import is_iban, is_valid_iban, is_valid_nrb
from ...ksef.nip import is_valid_internal_id, is_valid_nip
from ..problem import Problem
from .identity import clean_number, identify_partner, identify_party


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

    def _check_context(self, invoice):
        """KSeF takes invoices of the company that the access is for, and of no other."""
        company = invoice.move.company_id
        owner = self.env["ksef.login"].sudo()._token_owner(company)
        is_explained = invoice.move.ksef_authorized_partner_id
        if owner and owner != company._ksef_nip() and not is_explained:
            yield Problem(
                code="E-CTX-01",
                record=invoice.move.company_id,
                field="ksef_is_enabled",
                message=self.env._(
                    "%(company)s issues invoices with the NIP %(nip)s, but its KSeF token is of "
                    "the company with the NIP %(owner)s. KSeF would refuse the invoice.",
                    company=company.name,
                    nip=company._ksef_nip(),
                    owner=owner,
                ),
                remedy=self.env._(
                    "Ask the administrator for a token of this company, or invoice in the name of "
                    "the other one."
                ),
            )

    def _check_seller_address(self, invoice):
        yield from self._check_address(invoice.seller.partner_id)

    def _check_buyer_address(self, invoice):
        if not invoice.is_simplified:
            yield from self._check_address(invoice.buyer)

    def _check_address(self, partner):
        if not self._has_address(partner):
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
        identity = identify_partner(buyer)
        if identity.nip and not is_valid_nip(identity.nip):
            remedy = self.env._(
                "Correct the number; if it is of another country, correct that of the address."
            )
            yield self._problem_of_nip("E-NIP-02", buyer, remedy)
        elif identity.is_missing and self._needs_nip(buyer):
            yield self._problem_of_missing_nip(buyer)

    def _needs_nip(self, buyer):
        """A Polish company, unless "/" in the number says on purpose that it has none."""
        says_none = buyer.ksef_is_without_id or buyer.vat == "/"
        return buyer.is_company and buyer.country_id.code == "PL" and not says_none

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
        vehicles = invoice.move.ksef_new_transport_ids.line_id  # may go to private persons too
        rows = [row for row in invoice.rows if row.line not in vehicles]
        codes = sorted({row.code for row in rows} & {"0 WDT", "np II"})
        buyer = invoice.buyer
        if codes and not identify_partner(buyer).eu_number:
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

    def _check_buyer_contact(self, invoice):
        """Odoo gives a contact the number of its company; old data may hold another one."""
        contact = invoice.move.partner_id
        if contact.is_company or contact.commercial_partner_id == contact:
            return
        numbers = [clean_number(p.vat) for p in (contact, contact.commercial_partner_id)]
        if numbers[0] and numbers[0] != numbers[1]:
            yield Problem(
                code="E-BUY-02",
                record=contact,
                field="vat",
                message=self.env._(
                    "%(contact)s has another tax number than its company, so it is not certain "
                    "who the buyer is.",
                    contact=contact.display_name,
                ),
                remedy=self.env._(
                    "Remove the number from the contact, or make the contact a company of its own."
                ),
            )

    def _check_party_numbers(self, invoice):
        for party in invoice.parties:
            partner = party.partner
            number = partner.ksef_internal_id
            if number and not is_valid_internal_id(number):
                yield self._problem_of_internal_id(partner)
            elif not number:
                yield from self._check_party_nip(partner, identify_party(partner).nip)

    def _problem_of_internal_id(self, partner):
        return Problem(
            code="E-IDW-01",
            record=partner,
            field="ksef_internal_id",
            message=self.env._(
                'The internal identifier of %(partner)s, "%(number)s", is not valid.',
                partner=partner.display_name,
                number=partner.ksef_internal_id,
            ),
            remedy=self.env._(
                "Enter it as KSeF shows it: a NIP, a dash and five digits, the last of which is a "
                "check digit."
            ),
        )

    def _check_party_nip(self, partner, nip):
        if nip and not is_valid_nip(nip):
            remedy = self.env._("Correct the number, or take the party off the invoice.")
            yield self._problem_of_nip("E-NIP-03", partner, remedy)

    def _problem_of_nip(self, code, partner, remedy):
        return Problem(
            code=code,
            record=partner,
            field="vat",
            message=self.env._(
                'The tax number of %(partner)s, "%(number)s", is not a valid NIP.',
                partner=partner.display_name,
                number=partner.vat,
            ),
            remedy=remedy,
        )

    def _check_authorized(self, invoice):
        """Only a Polish number fits PodmiotUpowazniony, and an address has to be there."""
        partner = invoice.move.ksef_authorized_partner_id
        if partner:
            nip = identify_party(partner).nip
            yield from self._check_party_nip(partner, nip or partner.vat or "-")
            yield from self._check_address(partner)

    def _check_triangular(self, invoice):
        if not invoice.is_triangular:
            return
        if not identify_partner(invoice.buyer).eu_number:
            yield Problem(
                code="E-TRI-01",
                record=invoice.buyer,
                field="vat",
                message=self.env._(
                    "%(partner)s has no VAT number of another EU country, which a simplified "
                    "triangular transaction requires.",
                    partner=invoice.buyer.display_name,
                ),
                remedy=self.env._("Enter the EU VAT number of the buyer, or choose another tax."),
            )
        if any(row.procedure != "TT_D" for row in invoice.rows):
            yield self._problem_of_mixed_triangular(invoice)

    def _problem_of_mixed_triangular(self, invoice):
        return self._problem(
            invoice,
            code="W-TRI-02",
            field="invoice_line_ids",
            message=self.env._("only some of the lines belong to the triangular transaction."),
            remedy=self.env._("Invoice the other lines separately."),
        )

    def _check_bank_account(self, invoice):
        """The account may be of any country; what looks like an IBAN has to be one."""
        account = self._account_to_pay(invoice.move)
        number = (account.sanitized_acc_number or "").removeprefix("PL")
        if number.isdigit() and not is_valid_nrb(number):
            message = self.env._(
                "The bank account %(number)s is not a valid Polish number of 26 digits.",
                number=account.acc_number,
            )
            yield self._problem_of_account(account, message)
        elif is_iban(number) and not is_valid_iban(number):
            message = self.env._(
                "The bank account %(number)s is not a valid IBAN: its check digits are wrong.",
                number=account.acc_number,
            )
            yield self._problem_of_account(account, message)

    def _problem_of_account(self, account, message):
        return Problem(
            code="W-PAY-02",
            record=account,
            field="acc_number",
            message=message,
            remedy=self.env._("Correct the bank account on the invoice."),
        )

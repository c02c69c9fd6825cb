import re

from odoo import models

from ...ksef.bill.draft import Doubt, Remark
from ...ksef.bill.facts import Role
from ...ksef.nip import clean_nip, is_valid_nip, spellings_of

_POSTCODE = re.compile(r"\b(\d{2}-\d{3})\s+(.+)$")


class KsefBillReader(models.AbstractModel):
    """The vendor of a document and the account that is to be paid."""

    _inherit = "ksef.bill.reader"

    # === VENDOR === #

    def _vendor(self, seller, source):
        """The vendor by NIP, made where there is none; an existing contact is never changed.

        Return it with the remarks about it.
        """
        identity = seller and seller.DaneIdentyfikacyjne
        nip = self._digits(identity and identity.NIP)
        vendor = self._find_vendor(nip, source.company)
        if vendor:
            return vendor, ()
        if not nip and not (identity and identity.Nazwa):
            return vendor, (Remark(doubt=Doubt.VENDOR_UNKNOWN),)
        return self._create_vendor(nip, seller), (Remark(doubt=Doubt.VENDOR_NEW, subject=nip),)

    def _digits(self, nip):
        return "".join(sign for sign in nip or "" if sign.isascii() and sign.isdigit())[:10]

    def _find_vendor(self, nip, company):
        """The contact with the NIP, empty if there is none."""
        found = self._find_vendors({nip}, company) if nip else {}
        return found.get(nip, self.env["res.partner"])

    def _find_vendors(self, nips, company):
        """Return `{NIP: contact}`: those of the company, active ones and vendors before others."""
        partners = self.env["res.partner"].sudo().with_context(active_test=False)
        found = partners.search(
            [
                ("vat", "in", [text for nip in nips for text in spellings_of(nip)]),
                ("company_id", "in", (False, company.id)),
            ],
            order="active DESC, supplier_rank DESC, id",
        )
        vendors = {}
        for partner in found.sorted(lambda partner: partner != partner.commercial_partner_id):
            vendors.setdefault(clean_nip(partner.vat), partner.sudo(False))
        return vendors

    def _create_vendor(self, nip, seller):
        return (
            self.env["res.partner"]
            .sudo()
            .create(
                {
                    "name": (seller.DaneIdentyfikacyjne.Nazwa or nip)[:512],
                    "is_company": True,
                    "supplier_rank": 1,
                    "vat": f"PL{nip}" if is_valid_nip(nip) else False,
                    **self._address_values(seller.Adres),
                    **self._contact_values(seller.DaneKontaktowe),
                }
            )
            .sudo(False)
        )

    def _address_values(self, address):
        """Two lines of text as a street, a postcode and a city."""
        country = self.env["res.country"].search(
            [("code", "=", (address and address.KodKraju) or "PL")], limit=1
        )
        first, second = (address and address.AdresL1) or "", (address and address.AdresL2) or ""
        match = _POSTCODE.search(second) or _POSTCODE.search(first)
        street = first[: match.start()].rstrip(" ,") if match and match.string is first else first
        return {
            "street": street or False,
            "zip": match[1] if match else False,
            "city": match[2].strip() if match else second or False,
            "country_id": country.id,
        }

    def _contact_values(self, contacts):
        email = next((contact.Email for contact in contacts if contact.Email), False)
        phone = next((contact.Telefon for contact in contacts if contact.Telefon), False)
        return {"email": email, "phone": phone}

    # === ACCOUNT === #

    def _payee_account(self, terms, vendor, document, source):
        """The account to pay to, with remarks. One that nobody has seen before is not trusted."""
        accounts = sorted(terms.accounts, key=lambda account: not account.is_factors)
        if not accounts or not vendor:
            return self.env["res.partner.bank"], ()
        is_factors = accounts[0].is_factors
        owner = self._factor(document, vendor, source) if is_factors else vendor
        for account in accounts:
            known = self._find_account(account, owner)
            if known:
                return known, ()
        made = self._create_account(accounts[0], owner)
        return made, (Remark(doubt=Doubt.ACCOUNT_NEW, subject=accounts[0].number),)

    def _factor(self, document, vendor, source):
        """Who is to be paid instead of the vendor; the vendor where nobody is named."""
        for party in document.Podmiot3:
            if str(party.Rola) == Role.FACTOR.value and party.DaneIdentyfikacyjne:
                nip = self._digits(party.DaneIdentyfikacyjne.NIP)
                found = self._find_vendor(nip, source.company)
                named = nip or party.DaneIdentyfikacyjne.Nazwa
                return found or (self._create_vendor(nip, party) if named else vendor)
        return vendor

    def _find_account(self, account, owner):
        """Polish accounts are written with the country and without."""
        numbers = {account.number, account.number.removeprefix("PL"), f"PL{account.number}"}
        return self.env["res.partner.bank"].search(
            [
                ("sanitized_acc_number", "in", list(numbers)),
                ("partner_id", "child_of", owner.commercial_partner_id.id),
            ],
            limit=1,
        )

    def _create_account(self, account, owner):
        """A number on an invoice may be a fraud: somebody has to trust it before it is paid."""
        return (
            self.env["res.partner.bank"]
            .sudo()
            .create(
                {
                    "acc_number": account.number,
                    "partner_id": owner.id,
                    "allow_out_payment": False,
                }
            )
            .sudo(False)
        )

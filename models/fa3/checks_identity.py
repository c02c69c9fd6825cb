import re

from odoo import models

from ...ksef.fa3 import text
from ...ksef.fa3.faktura.invoice import Fa
from ...ksef.fa3.faktura.parties import TAdres, TPodmiot2
from ...ksef.fa3.plan import limit_of
from ..problem import Problem
from .identity import identify_partner, identify_party

_NAME_LIMIT = limit_of(TPodmiot2, "Nazwa")
_ADDRESS_LIMIT = limit_of(TAdres, "AdresL1")
_NUMBER_LIMIT = limit_of(Fa, "P_2")
_OTHER_NUMBER_LIMIT = limit_of(TPodmiot2, "NrID")
_EU_NUMBER = re.compile(r"[0-9A-Z+*]{1,12}", re.ASCII)
_ACCOUNT_LENGTHS = range(10, 35)


class KsefFa3ChecksIdentity(models.AbstractModel):
    """Names and numbers that tell who or what it is are never cut off: a person mends them."""

    _inherit = "ksef.fa3"

    def _check_number_length(self, invoice):
        length = len((invoice.move.name or "").strip())
        if length > _NUMBER_LIMIT:
            yield self._problem(
                invoice,
                code="E-IDN-01",
                field="name",
                message=self.env._(
                    "the invoice number has %(length)s characters; KSeF takes %(limit)s.",
                    length=length,
                    limit=_NUMBER_LIMIT,
                ),
                remedy=self.env._("Give the invoice a shorter number."),
            )

    def _check_other_numbers(self, invoice):
        """Numbers of invoices that the document names: corrected ones, advances outside KSeF."""
        corrected = invoice.correction.corrected if invoice.correction else ()
        advances = invoice.move._ksef_advances().filtered(lambda move: not move.ksef_number)
        numbers = [(item.record, item.number) for item in corrected]
        numbers += [(move, move.name) for move in advances]
        for record, number in numbers:
            length = len(text.clean_line(number))
            if not 0 < length <= _NUMBER_LIMIT:
                yield self._problem_of_number(invoice, record, number, length)

    def _problem_of_number(self, invoice, record, number, length):
        return self._problem(
            invoice,
            code="E-IDN-01",
            record=record,
            field="number" if "number" in record._fields else "name",
            message=self.env._(
                'the number of the invoice that it names, "%(number)s", has %(length)s '
                "characters that KSeF can take; there must be 1 to %(limit)s.",
                number=text.shorten(number or "", 80)[0],
                length=length,
                limit=_NUMBER_LIMIT,
            ),
            remedy=self.env._("Enter the number as it stands on that invoice."),
        )

    def _check_names(self, invoice):
        """Seller, buyer and other parties; a simplified invoice may leave the buyer out."""
        partners = dict.fromkeys([self._seller_partner(invoice), *self._other_partners(invoice)])
        if not invoice.is_simplified:
            partners[invoice.buyer] = None
        for partner in partners:
            yield from self._check_name(partner)
            yield from self._check_address_length(partner)

    def _seller_partner(self, invoice):
        """Whose data stand in Podmiot1."""
        return invoice.seller.partner_id

    def _other_partners(self, invoice):
        move = invoice.move
        parties = [party.partner for party in invoice.parties]
        carriers = list(move.ksef_transport_ids.carrier_id)
        return [*parties, *carriers, *move.ksef_authorized_partner_id]

    def _check_name(self, partner):
        length = len(text.clean_line(partner.name or partner.display_name))
        if not 0 < length <= _NAME_LIMIT:
            yield Problem(
                code="E-IDN-01",
                record=partner,
                field="name",
                message=self.env._(
                    'The name of the contact "%(partner)s" has %(length)s characters; KSeF takes '
                    "1 to %(limit)s.",
                    partner=text.shorten(partner.display_name or "", 80)[0],
                    length=length,
                    limit=_NAME_LIMIT,
                ),
                remedy=self.env._("Enter the name as it is registered."),
            )

    def _check_address_length(self, partner):
        if not self._has_address(partner):
            return
        address = self._build_address(partner)
        if max(len(address.AdresL1 or ""), len(address.AdresL2 or "")) > _ADDRESS_LIMIT:
            yield Problem(
                code="E-IDN-01",
                record=partner,
                field="street",
                message=self.env._(
                    "The address of %(partner)s is too long: a line has more than %(limit)s "
                    "characters.",
                    partner=partner.name,
                    limit=_ADDRESS_LIMIT,
                ),
                remedy=self.env._("Shorten the street or the town."),
            )

    def _check_foreign_numbers(self, invoice):
        identities = {party.partner: identify_party(party.partner) for party in invoice.parties}
        identities[invoice.buyer] = identify_partner(invoice.buyer)
        for partner, identity in identities.items():
            is_wrong = identity.eu_number and not _EU_NUMBER.fullmatch(identity.eu_number)
            if is_wrong or len(identity.other_number) > _OTHER_NUMBER_LIMIT:
                yield Problem(
                    code="E-IDN-01",
                    record=partner,
                    field="vat",
                    message=self.env._(
                        'KSeF cannot take the tax number of %(partner)s, "%(number)s": it is too '
                        "long or has other signs than letters and digits.",
                        partner=partner.display_name,
                        number=text.shorten(partner.vat, 80)[0],
                    ),
                    remedy=self.env._("Correct the tax number of the contact."),
                )

    def _check_account_length(self, invoice):
        account = self._account_to_pay(invoice.move)
        number = self._account_number(invoice, account) if account else ""
        if account and len(number) not in _ACCOUNT_LENGTHS:
            yield Problem(
                code="E-IDN-01",
                record=account,
                field="acc_number",
                message=self.env._(
                    "The bank account %(number)s has %(length)s characters; KSeF takes 10 to 34.",
                    number=account.acc_number,
                    length=len(number),
                ),
                remedy=self.env._("Correct the bank account on the invoice."),
            )

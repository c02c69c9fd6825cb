from odoo import models

from ...ksef.fa3.schema import read_values
from .identity import identify_partner


class KsefFa3ChecksTransport(models.AbstractModel):
    """The rules on transport, new means of transport and the contract currency."""

    _inherit = "ksef.fa3"

    def _check_transports(self, invoice):
        for transport in invoice.move.ksef_transport_ids:
            carrier = transport.carrier_id
            stops = transport.from_partner_id | transport.via_partner_ids | transport.to_partner_id
            for partner in carrier | stops:
                yield from self._check_address(partner)
            if carrier:
                yield from self._check_party_nip(carrier, identify_partner(carrier).nip)

    def _check_new_transports(self, invoice):
        """Only a row of an intra-Community supply can be a new means of transport."""
        goods = {row.line for row in invoice.rows if row.code == "0 WDT"}
        for vehicle in invoice.move.ksef_new_transport_ids:
            if vehicle.line_id not in goods:
                yield self._problem(
                    invoice,
                    code="E-NST-01",
                    field="ksef_new_transport_ids",
                    message=self.env._(
                        'the new means of transport in the line "%(line)s" is no '
                        "intra-Community supply of goods (0 WDT), and only such a supply "
                        "shows it.",
                        line=self._name_of(vehicle.line_id),
                    ),
                    remedy=self.env._(
                        "Choose the tax for intra-Community supplies in the line, or remove the "
                        "vehicle from the tab KSeF."
                    ),
                )

    def _check_contract_currency(self, invoice):
        currency = invoice.move.ksef_contract_currency_id
        if currency and currency.name not in read_values("TKodWaluty"):
            yield self._problem(
                invoice,
                code="E-CUR-02",
                field="ksef_contract_currency_id",
                message=self.env._(
                    "KSeF does not know the contract currency %(currency)s.",
                    currency=currency.name,
                ),
                remedy=self.env._("Choose another contract currency, or leave it empty."),
            )

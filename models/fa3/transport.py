from datetime import timezone

from odoo import models

from ...ksef.fa3 import text
from ...ksef.fa3.faktura.annotations import NoweSrodkiTransportu, NowySrodekTransportu
from ...ksef.fa3.faktura.conditions import Przewoznik, Transport
from ...ksef.fa3.plan import limit_of
from ..ksef_new_transport import AIRCRAFT, VESSEL
from ..ksef_transport import OTHER

_PACKAGING_LIMIT = limit_of(Transport, "JednostkaOpakowania")
_ORDER_LIMIT = limit_of(Transport, "NrZleceniaTransportu")
_KIND_LIMIT = limit_of(Transport, "OpisInnegoTransportu")
_VEHICLE_LIMIT = limit_of(NowySrodekTransportu, "P_22BMK")


class KsefFa3Transport(models.AbstractModel):
    """Transport of the goods, and new means of transport that are the goods."""

    _inherit = "ksef.fa3"

    # === TRANSPORT OF GOODS === #

    def _build_transports(self, move):
        return tuple(map(self._build_transport, move.ksef_transport_ids))

    def _build_transport(self, transport):
        stops = transport.via_partner_ids
        return Transport(
            Przewoznik=self._build_carrier(transport.carrier_id),
            NrZleceniaTransportu=self._short_text(transport.order_number, _ORDER_LIMIT),
            JednostkaOpakowania=self._short_text(transport.packaging, _PACKAGING_LIMIT),
            DataGodzRozpTransportu=self._moment_of(transport.starts_at),
            DataGodzZakTransportu=self._moment_of(transport.ends_at),
            WysylkaZ=self._build_stop(transport.from_partner_id),
            WysylkaPrzez=tuple(map(self._build_address, stops)),
            WysylkaDo=self._build_stop(transport.to_partner_id),
            **self._build_transport_kind(transport),
            **self._build_load(transport),
        )

    def _build_transport_kind(self, transport):
        if transport.kind != OTHER:
            return {"RodzajTransportu": int(transport.kind)}
        description = self._short_text(transport.kind_description, _KIND_LIMIT)
        return {"TransportInny": True, "OpisInnegoTransportu": description}

    def _build_load(self, transport):
        if transport.load != OTHER:
            return {"OpisLadunku": int(transport.load)}
        description = self._short_text(transport.load_description, _KIND_LIMIT)
        return {"LadunekInny": True, "OpisInnegoLadunku": description}

    def _build_carrier(self, carrier):
        if not carrier:
            return None
        return Przewoznik(
            DaneIdentyfikacyjne=self._build_identity(carrier),
            AdresPrzewoznika=self._build_address(carrier),
        )

    def _build_stop(self, partner):
        return self._build_address(partner) if partner else None

    def _short_text(self, value, limit):
        return text.shorten(text.clean_line(value), limit)[0]

    def _moment_of(self, moment):
        """Odoo's moments are in UTC and do not say so."""
        return moment.replace(tzinfo=timezone.utc) if moment else None

    # === NEW MEANS OF TRANSPORT === #

    def _build_new_transports(self, invoice):
        """P_42_5: to a buyer who is no taxpayer the seller reports the vehicle (VAT-22)."""
        vehicles = invoice.move.ksef_new_transport_ids
        if not vehicles:
            return NoweSrodkiTransportu(P_22N=True)
        numbers = {row.line: number for number, row in enumerate(invoice.rows, 1)}
        return NoweSrodkiTransportu(
            P_22=True,
            P_42_5=not self._is_taxpayer(invoice.buyer),
            NowySrodekTransportu=tuple(
                self._build_vehicle(vehicle, numbers[vehicle.line_id]) for vehicle in vehicles
            ),
        )

    def _build_vehicle(self, vehicle, number):
        texts = {
            "P_22BMK": vehicle.make,
            "P_22BMD": vehicle.model_name,
            "P_22BK": vehicle.colour,
            "P_22BNR": vehicle.plate,
            "P_22BRP": vehicle.year,
            **self._vehicle_data(vehicle),
        }
        return NowySrodekTransportu(
            P_22A=vehicle.first_used_on,
            P_NrWierszaNST=number,
            **{field: self._short_text(value, _VEHICLE_LIMIT) for field, value in texts.items()},
        )

    def _vehicle_data(self, vehicle):
        """How far it was used, and the number that it bears."""
        if vehicle.kind == VESSEL:
            return {"P_22C": vehicle.usage, "P_22C1": vehicle.number}
        if vehicle.kind == AIRCRAFT:
            return {"P_22D": vehicle.usage, "P_22D1": vehicle.number}
        number_field = f"P_22B{vehicle.number_kind or '1'}"
        return {
            "P_22B": vehicle.usage,
            number_field: vehicle.number,
            "P_22BT": vehicle.vehicle_type,
        }

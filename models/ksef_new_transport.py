from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..ksef.fa3 import text

LAND, VESSEL, AIRCRAFT = "land", "vessel", "aircraft"


class KsefNewTransport(models.Model):
    """A new vehicle, vessel or aircraft that goes to another EU country (art. 2(10) VAT Act)."""

    _name = "ksef.new.transport"
    _inherit = ["ksef.document.part"]
    _description = "New means of transport on an invoice in KSeF"
    _order = "id"

    line_id = fields.Many2one(
        "account.move.line",
        string="Invoice line",
        required=True,
        domain="[('move_id', '=', move_id), ('display_type', '=', 'product')]",
        ondelete="cascade",
    )
    kind = fields.Selection(
        [(LAND, "Land vehicle"), (VESSEL, "Vessel"), (AIRCRAFT, "Aircraft")],
        required=True,
        default=LAND,
    )
    first_used_on = fields.Date(string="First admitted to use", required=True)
    usage = fields.Char(
        string="Mileage or hours",
        size=256,
        required=True,
        help="Kilometres of a land vehicle, working hours of a vessel or aircraft.",
    )
    number_kind = fields.Selection(
        [("1", "VIN"), ("2", "Body number"), ("3", "Chassis number"), ("4", "Frame number")],
        default="1",
        help="Of a land vehicle. A vessel has a hull number, an aircraft a serial number.",
    )
    number = fields.Char(size=256)
    make = fields.Char(size=256)
    model_name = fields.Char(string="Model", size=256)
    colour = fields.Char(size=256)
    plate = fields.Char(string="Registration plate", size=256)
    year = fields.Char(string="Year of production", size=256)
    vehicle_type = fields.Char(string="Type of vehicle", size=256)

    @api.constrains("usage")
    def _check_usage(self):
        for vehicle in self:
            if not text.clean_line(vehicle.usage):
                raise ValidationError(
                    self.env._("Enter the mileage or the working hours of the new vehicle.")
                )

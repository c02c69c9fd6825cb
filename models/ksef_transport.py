from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..ksef.fa3 import text

OTHER = "other"
TRANSPORT_KINDS = [
    ("3", "Road"),
    ("2", "Rail"),
    ("1", "Sea"),
    ("8", "Inland waterway"),
    ("4", "Air"),
    ("5", "Post"),
    ("7", "Fixed installation"),
    (OTHER, "Other"),
]
LOADS = [
    ("13", "Pallet"),
    ("11", "Parcel"),
    ("4", "Carton"),
    ("17", "Box"),
    ("19", "Crate"),
    ("20", "Sack"),
    ("7", "Container"),
    ("10", "Collective packaging"),
    ("12", "Bundle"),
    ("1", "Churn"),
    ("2", "Barrel"),
    ("3", "Cylinder"),
    ("5", "Canister"),
    ("6", "Cage"),
    ("8", "Basket"),
    ("9", "Punnet"),
    ("14", "Receptacle"),
    ("15", "Bulk container, solid"),
    ("16", "Bulk container, liquid"),
    ("18", "Can"),
    (OTHER, "Other"),
]


class KsefTransport(models.Model):
    """How the goods of an invoice travel. Only what somebody enters: the load must be named."""

    _name = "ksef.transport"
    _inherit = ["ksef.document.part"]
    _description = "Transport of the goods on an invoice in KSeF"
    _order = "sequence, id"

    sequence = fields.Integer(default=10)
    kind = fields.Selection(TRANSPORT_KINDS, string="Means", required=True, default="3")
    kind_description = fields.Char(string="Other means", size=50)
    load = fields.Selection(LOADS, required=True, default="13")
    load_description = fields.Char(string="Other load", size=50)
    packaging = fields.Char(string="Unit of packaging", size=256)
    order_number = fields.Char(string="Transport order", size=256)
    carrier_id = fields.Many2one("res.partner", ondelete="restrict")
    starts_at = fields.Datetime(string="Starts")
    ends_at = fields.Datetime(string="Ends")
    from_partner_id = fields.Many2one("res.partner", string="From", ondelete="restrict")
    via_partner_ids = fields.Many2many("res.partner", string="Via")
    to_partner_id = fields.Many2one("res.partner", string="To", ondelete="restrict")

    @api.constrains("kind", "kind_description", "load", "load_description")
    def _check_descriptions(self):
        for transport in self:
            is_unnamed = (
                transport.kind == OTHER and not text.clean_line(transport.kind_description)
            ) or (transport.load == OTHER and not text.clean_line(transport.load_description))
            if is_unnamed:
                raise ValidationError(
                    self.env._("Describe the means of transport or the load that is another one.")
                )

    @api.constrains("starts_at", "ends_at")
    def _check_period(self):
        for transport in self.filtered(lambda row: row.starts_at and row.ends_at):
            if transport.starts_at > transport.ends_at:
                raise ValidationError(self.env._("A transport cannot end before it starts."))

from odoo import api, fields, models

from .account_move import ACCOUNTANTS

ANSWERS = [("yes", "Yes"), ("no", "No")]


class AccountMove(models.Model):
    """What an accountant may add to an invoice for its FA(3) document, all of it optional."""

    _inherit = "account.move"

    ksef_has_document = fields.Boolean(compute="_compute_ksef_has_document")
    ksef_is_excluded = fields.Boolean(
        string="Keep out of KSeF",
        copy=False,
        help="The invoice is not expected in KSeF and cannot be sent there.",
    )
    ksef_simplified = fields.Selection(
        [("sums", "With net amount and VAT"), ("total", "With the total only")],
        string="Simplified invoice",
        copy=False,
        help="A simplified invoice (UPR) for up to 450 PLN or 100 EUR may leave out the name of "
        "the buyer, quantities and prices (art. 106e(5) VAT Act).",
    )

    # === ANNOTATIONS === #

    ksef_cash_method = fields.Selection(
        ANSWERS,
        string="Cash method",
        copy=False,
        help="Empty: as the taxes and the settings of the company say.",
    )
    ksef_reverse_charge = fields.Selection(
        ANSWERS, string="Reverse charge", copy=False, help="Empty: as the taxes say."
    )
    ksef_split_payment = fields.Selection(
        ANSWERS,
        string="Split payment (MPP)",
        copy=False,
        help="Empty: mandatory above 15 000 PLN with goods or services of Annex 15, for a buyer "
        "who is a taxpayer.",
    )
    ksef_is_fp = fields.Boolean(
        string="Recorded on a cash register",
        copy=False,
        help="The sale has a fiscal receipt already (FP).",
    )
    ksef_is_excise_refund = fields.Boolean(
        string="Excise refund",
        copy=False,
        help="Fuel for a farmer who asks for a refund of the excise duty.",
    )
    ksef_is_intermediary = fields.Boolean(
        string="Intermediary in a chain",
        copy=False,
        help="The goods were dispatched by or for an intermediary (art. 22(2d) VAT Act).",
    )

    # === PARTIES === #

    ksef_party_ids = fields.One2many(
        "ksef.party", "move_id", string="Third parties", copy=False, groups=ACCOUNTANTS
    )
    ksef_automatic_parties = fields.Char(
        string="Named by the settings",
        compute="_compute_ksef_automatic_parties",
        help="Third parties that follow from contacts, journal and settings.",
    )
    ksef_is_jst = fields.Boolean(
        string="Unit of a local government",
        copy=False,
        help="The invoice concerns a subordinate unit of the buyer, which is named as third party.",
    )
    ksef_is_gv = fields.Boolean(
        string="Member of a VAT group",
        copy=False,
        help="The invoice concerns a member of the buyer's group, which is named as third party.",
    )
    ksef_payer_id = fields.Many2one(
        "res.partner",
        string="Payer",
        copy=False,
        help="Who pays instead of the buyer, for example an insurer.",
    )
    ksef_authorized_partner_id = fields.Many2one(
        "res.partner",
        string="Authorized entity",
        copy=False,
        help="Who issues the invoice under its own authority.",
    )
    ksef_authorized_role = fields.Selection(
        [("1", "Enforcement authority"), ("2", "Bailiff"), ("3", "Tax representative")],
        string="Authorized as",
        copy=False,
    )

    # === DATES AND CONDITIONS === #

    ksef_period_starts_on = fields.Date(
        string="Period from",
        copy=False,
        help="Of a continuous supply such as rent or a subscription.",
    )
    ksef_period_ends_on = fields.Date(string="Period to", copy=False)
    ksef_contract_no = fields.Char(
        string="Contract number", size=256, copy=False, help="Empty: that of the customer."
    )
    ksef_contract_on = fields.Date(string="Contract date", copy=False)
    ksef_extra_ids = fields.One2many(
        "ksef.extra", "move_id", string="Additional descriptions", copy=False, groups=ACCOUNTANTS
    )

    @api.depends("move_type", "journal_id", "company_id")
    def _compute_ksef_has_document(self):
        for move in self:
            move.ksef_has_document = move._ksef_is_possible()

    @api.depends("partner_id", "partner_shipping_id", "journal_id", "ksef_payer_id")
    def _compute_ksef_automatic_parties(self):
        """Nobody gets to read an invoice in KSeF without the issuer having seen it here."""
        roles = dict(self.env["ksef.party"]._fields["role"]._description_selection(self.env))
        for move in self:
            parties = self.env["ksef.fa3"]._automatic_parties(move)
            move.ksef_automatic_parties = ", ".join(
                f"{party.partner.display_name} ({roles[party.role]})" for party in parties
            )

    # === WHAT IS SENT === #

    @api.depends("ksef_is_excluded")
    def _compute_ksef_is_sendable(self):
        result = super()._compute_ksef_is_sendable()
        self.filtered("ksef_is_excluded").ksef_is_sendable = False
        return result

    def _ksef_is_to_consumer(self):
        return not self.company_id.ksef_is_b2c_sent and super()._ksef_is_to_consumer()

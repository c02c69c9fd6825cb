from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .ksef_correction import OF_DATA

# Fields of the contact that an address in KSeF is made of
BUYER_FIELDS = ("name", "street", "street2", "zip", "city")


class KsefCorrection(models.TransientModel):
    """Data that are put right without amounts: of the buyer, of the document, its number."""

    _inherit = "ksef.correction"

    known_data = fields.Html(string="What KSeF has", readonly=True, sanitize=False)

    # === BUYER === #

    may_edit_buyer = fields.Boolean(compute="_compute_may_edit_buyer")
    buyer_name = fields.Char(string="Name")
    buyer_street = fields.Char(string="Street")
    buyer_street2 = fields.Char(string="Street, second line")
    buyer_zip = fields.Char(string="Postal code")
    buyer_city = fields.Char(string="City")
    buyer_country_id = fields.Many2one("res.country", string="Country")
    new_partner_id = fields.Many2one(
        "res.partner",
        string="Right buyer",
        domain="[('is_company', '=', True), ('company_id', 'in', (False, company_id))]",
        help="The contact with the right NIP. If the contact of the invoice has the wrong one, "
        "correct it there first.",
    )
    new_partner_vat = fields.Char(related="new_partner_id.vat", string="NIP of the right buyer")

    # === DOCUMENT === #

    right_number = fields.Char(string="Right number", size=256)
    supply_on = fields.Date(string="Right date of supply")
    period_starts_on = fields.Date(string="Right period from")
    period_ends_on = fields.Date(string="Right period to")
    due_on = fields.Date(string="Right due date")
    bank_id = fields.Many2one(
        "res.partner.bank",
        string="Right bank account",
        domain="[('partner_id', '=', payee_id)]",
    )
    payee_id = fields.Many2one("res.partner", compute="_compute_payee_id")
    split_payment = fields.Selection(selection="_select_answers")
    reverse_charge = fields.Selection(selection="_select_answers")
    cash_method = fields.Selection(selection="_select_answers")
    contract_no = fields.Char(string="Right contract number", size=256)
    contract_on = fields.Date(string="Right contract date")
    note_heading = fields.Char(string="Heading of a description", size=256)
    note = fields.Text(string="Description")

    def _select_answers(self):
        return (
            self.env["account.move"]._fields["ksef_split_payment"]._description_selection(self.env)
        )

    @api.depends("origin_id")
    def _compute_payee_id(self):
        for wizard in self:
            wizard.payee_id = wizard.company_id.partner_id

    @api.depends("origin_id", "subject")
    def _compute_may_edit_buyer(self):
        for wizard in self:
            wizard.may_edit_buyer = wizard._wrong_contact().has_access("write")

    def _wrong_contact(self):
        """The contact whose name or address is corrected: the buyer of the document."""
        return self.env["ksef.fa3"]._buyer_of(self.origin_id)

    def _prepare_content(self):
        result = super()._prepare_content()
        if self.subject in (*OF_DATA, "nip"):
            words = self.env["ksef.fa3"]._describe_known(self._known())
            self.known_data = self.env["ir.qweb"]._render(
                "account_ksef.correction_known_data", {"words": words}
            )
        return result

    # === BUYER === #

    def _prepare_buyer(self, _known):
        buyer = self._wrong_contact()
        values = {f"buyer_{name}": buyer[name] for name in BUYER_FIELDS}
        self.write({**values, "buyer_country_id": buyer.country_id.id})

    def _prepare_nip(self, _known):
        self.new_partner_id = self.origin_id.partner_id

    def _check_nip(self):
        if not self.new_partner_id:
            raise UserError(self.env._("Choose the right buyer."))
        if self.env["ksef.fa3"]._is_buyer_known_as(self.new_partner_id, self._known()):
            raise UserError(
                self.env._(
                    "%(buyer)s has the same NIP as the buyer on the invoice. Choose the right "
                    "buyer, or correct the NIP of the contact first.",
                    buyer=self.new_partner_id.display_name,
                )
            )

    def _correct_buyer(self):
        """Have the contact, which the document is made from, say what is right.

        :raises AccessError: for people who may not change contacts
        """
        buyer = self._wrong_contact()
        right = {name: self[f"buyer_{name}"] for name in BUYER_FIELDS}
        changed = {
            name: value for name, value in right.items() if (value or "") != (buyer[name] or "")
        }
        if self.buyer_country_id != buyer.country_id:
            changed["country_id"] = self.buyer_country_id.id
        if changed and not self.may_edit_buyer:
            raise AccessError(
                self.env._(
                    "You may not change contacts. Ask a colleague who may to correct %(buyer)s, "
                    "then come back here.",
                    buyer=buyer.display_name,
                )
            )
        buyer.write(changed)

    # === DOCUMENT === #

    def _check_number(self):
        if not (self.right_number or "").strip():
            raise UserError(self.env._("Enter the right number of the invoice."))

    def _check_data(self):
        if bool(self.period_starts_on) != bool(self.period_ends_on):
            raise UserError(self.env._("A period of supply needs both its first and its last day."))
        if bool((self.note_heading or "").strip()) != bool((self.note or "").strip()):
            raise UserError(self.env._("A description needs a heading and a text."))

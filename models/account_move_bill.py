"""The KSeF number of vendor bills: typed by hand, checked, and asked for where it is missing."""

from datetime import date

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..ksef import number as ksef_numbers
from ..ksef.bill.references import reference_key
from ..ksef.nip import spellings_of

BILL_TYPES = ("in_invoice", "in_refund", "in_receipt")
RECEIVING_SINCE = date(2026, 2, 1)  # all businesses receive through KSeF (art. 106ga VAT Act)


class AccountMove(models.Model):
    _inherit = "account.move"

    ksef_outside_reason = fields.Selection(
        [
            ("foreign", "Foreign vendor"),
            ("private", "Vendor is not a business"),
            ("small", "Small vendor, up to PLN 10,000 a month (until 2026-12-31)"),
            (
                "exempt",
                "Kind of document that KSeF does not take (tickets, tolls, exempt services)",
            ),
            ("total_failure", "Total failure of KSeF"),
            ("no_invoice", "Not an invoice (customs document, note, receipt)"),
        ],
        string="Outside KSeF because",
        copy=False,
        help="Why this bill has no KSeF number. Leave it empty if it should have one.",
    )
    ksef_receipt = fields.Selection(
        [
            ("numbered", "With KSeF number"),
            ("missing", "KSeF number missing"),
            ("outside", "Outside KSeF"),
        ],
        string="KSeF number of the bill",
        compute="_compute_ksef_receipt",
        search="_search_ksef_receipt",
    )
    ksef_receipt_reason = fields.Char(compute="_compute_ksef_receipt")
    ksef_number_warning = fields.Text(compute="_compute_ksef_number_warning")

    _ksef_bill_number_idx = models.UniqueIndex(
        "(company_id, ksef_number) WHERE ksef_number IS NOT NULL AND state != 'cancel'"
        " AND move_type IN ('in_invoice', 'in_refund', 'in_receipt')",
        "Another bill of this company has this KSeF number already.",
    )

    def _ksef_received_bills(self):
        """Bills that others issued: their numbers come from outside, not from our queue."""
        return self.filtered(
            lambda move: (
                move.move_type in BILL_TYPES
                and move.company_id.account_fiscal_country_id.code == "PL"
                and not move.journal_id.is_self_billing
            )
        )

    @api.model
    def _ksef_number_in(self, text):
        """The KSeF number in what somebody entered, its check digits unseen; None without one."""
        return ksef_numbers.find(text)

    @api.model
    def _ksef_reference_key(self, reference):
        """The same for all ways to write a vendor's reference; empty for what is none."""
        return reference_key(reference)

    @api.model
    def _ksef_bills_of_sellers(self, nips, company):
        """The bills of vendors with these NIPs, however the NIPs are written."""
        spellings = [text for nip in nips for text in spellings_of(nip)]
        return self.search(
            [
                ("company_id", "=", company.id),
                ("move_type", "in", BILL_TYPES),
                ("state", "!=", "cancel"),
                ("commercial_partner_id.vat", "in", spellings),
            ]
        )

    @api.model
    def _ksef_cleaned(self, vals):
        """Values with the bare number in the place of what was entered for it."""
        entered = vals.get("ksef_number")
        if not entered:
            return vals
        return {**vals, "ksef_number": self._ksef_number_in(entered) or entered.strip()}

    @api.model
    def _ksef_is_number(self, number):
        """Whether form and check digits are right."""
        return ksef_numbers.is_valid(number)

    # === WITH OR WITHOUT A NUMBER === #

    @api.depends("ksef_number", "ksef_outside_reason", "invoice_date", "partner_id", "move_type")
    @api.depends_context("lang")
    def _compute_ksef_receipt(self):
        reasons = dict(self._fields["ksef_outside_reason"]._description_selection(self.env))
        received = self._ksef_received_bills()
        (self - received).update({"ksef_receipt": False, "ksef_receipt_reason": False})
        for bill in received:
            derived = bill._ksef_reason_outside()
            reason = derived and reasons.get(derived, derived)
            bill.ksef_receipt = (
                "numbered" if bill.ksef_number else "outside" if reason else "missing"
            )
            bill.ksef_receipt_reason = reason if bill.ksef_receipt == "outside" else False

    def _ksef_reason_outside(self):
        """Why no number is to be expected: what a person said, else what the rules say."""
        vendor = self.commercial_partner_id
        if self.ksef_outside_reason:
            return self.ksef_outside_reason
        if vendor.country_id.code not in (False, "PL") and not (
            vendor.vat or ""
        ).upper().startswith("PL"):
            return "foreign"
        if self.invoice_date and self.invoice_date < RECEIVING_SINCE:
            return self.env._("Dated before 1 February 2026, when receiving through KSeF began")
        return False

    @api.model
    def _search_ksef_receipt(self, operator, value):
        if operator != "in":
            return NotImplemented
        bills = fields.Domain(
            [
                ("move_type", "in", BILL_TYPES),
                ("company_id.account_fiscal_country_id.code", "=", "PL"),
                ("journal_id.is_self_billing", "=", False),
            ]
        )
        numbered = fields.Domain("ksef_number", "!=", False)
        outside = ~numbered & self._ksef_domain_outside()
        domains = {
            "numbered": numbered,
            "outside": outside,
            "missing": ~numbered & ~self._ksef_domain_outside(),
        }
        chosen = [domains[name] for name in value if name in domains]
        found = bills & fields.Domain.OR(chosen)
        return found | ~bills if False in value else found

    @api.model
    def _ksef_domain_outside(self):
        """The rules of `_ksef_reason_outside`, for the database."""
        country, vat = "commercial_partner_id.country_id", "commercial_partner_id.vat"
        poland = self.env.ref("base.pl").id
        foreign = fields.Domain(country, "not in", (False, poland)) & fields.Domain(
            ["|", (vat, "=", False), (vat, "not =ilike", "PL%")]
        )
        return (
            fields.Domain("ksef_outside_reason", "!=", False)
            | foreign
            | fields.Domain("invoice_date", "<", RECEIVING_SINCE)
        )

    # === CHECKS === #

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._ksef_cleaned(vals) for vals in vals_list]
        for vals in vals_list:
            if vals.get("ksef_number") and vals.get("move_type") in BILL_TYPES:
                self.new(vals)._ksef_check_is_free(vals["ksef_number"])
        return super().create(vals_list)

    def write(self, vals):
        vals = self._ksef_cleaned(vals)
        revived = self.filtered(lambda move: move.state == "cancel") if "state" in vals else self
        if "ksef_number" in vals or "state" in vals:
            for bill in revived._ksef_received_bills():
                bill._ksef_check_is_free(vals.get("ksef_number", bill.ksef_number))
        return super().write(vals)

    def _ksef_is_guarded(self, vals):
        """People type the numbers of the bills that they received."""
        typed = {key: value for key, value in vals.items() if key != "ksef_number"}
        is_received = self == self._ksef_received_bills()
        return super()._ksef_is_guarded(typed if is_received else vals)

    @api.onchange("ksef_number")
    def _onchange_ksef_number(self):
        """Take the number out of what was pasted: with blanks, other dashes, or a link around."""
        self.update(self._ksef_cleaned({"ksef_number": self.ksef_number}))

    @api.constrains("ksef_number")
    def _check_ksef_bill_number(self):
        for bill in self._ksef_received_bills().filtered("ksef_number"):
            bill._ksef_check_form()

    def _ksef_check_is_free(self, number):
        """Refuse a number that another bill has, before the database does it without words.

        :raises ValidationError: naming the other bill
        """
        other = self._ksef_bills_numbered([number])[:1] if number else None
        if other and other != self._origin:
            raise ValidationError(self._ksef_words_of_twin(other))

    def _ksef_check_form(self):
        """Refuse what is no KSeF number; where invoices bind, also wrong check digits.

        :raises ValidationError: with the reason and what to do
        """
        if ksef_numbers.find(self.ksef_number) != self.ksef_number:
            raise ValidationError(self._ksef_words_of_form())
        if self.company_id.ksef_environment == "production" and not self._ksef_is_number(
            self.ksef_number
        ):
            raise ValidationError(self._ksef_words_of_digits())

    def _ksef_bills_numbered(self, numbers):
        """Bills of the same companies with one of these numbers."""
        return self.sudo().search(
            [
                ("ksef_number", "in", numbers),
                ("company_id", "in", self.company_id.ids),
                ("move_type", "in", BILL_TYPES),
                ("state", "!=", "cancel"),
            ]
        )

    def _ksef_twins(self):
        """Return `{bill: other bill}` for bills whose number another bill of the company has."""
        others = self._ksef_bills_numbered(self.mapped("ksef_number"))
        return {
            bill: other
            for bill in self.filtered(lambda bill: bill.state != "cancel")
            for other in others
            if (other.company_id, other.ksef_number) == (bill.company_id, bill.ksef_number)
            and other != bill._origin
        }

    # === WARNINGS === #

    @api.depends("ksef_number", "partner_id", "company_id", "move_type")
    @api.depends_context("lang")
    def _compute_ksef_number_warning(self):
        bills = self._ksef_received_bills().filtered("ksef_number")
        (self - bills).ksef_number_warning = False
        twins = bills._ksef_twins()
        for bill in bills:
            warnings = bill._ksef_number_warnings(twins.get(bill))
            bill.ksef_number_warning = "\n".join(warnings) or False

    def _ksef_number_warnings(self, twin):
        """What is wrong with the number of this bill, of which `twin` has the same."""
        if not ksef_numbers.find(self.ksef_number):
            return [self._ksef_words_of_form()]
        warnings = []
        if twin:
            warnings.append(self._ksef_words_of_twin(twin))
        if not self._ksef_is_number(self.ksef_number):
            warnings.append(self._ksef_words_of_digits())
        if self._ksef_is_of_other_vendor():
            warnings.append(self._ksef_words_of_vendor())
        return warnings

    def _ksef_is_of_other_vendor(self):
        """Whether the number was given to a seller with another NIP than the vendor's."""
        nip = self.commercial_partner_id._ksef_nip()
        return bool(nip and self.ksef_number[:10] != nip)

    def _ksef_words_of_twin(self, other):
        return self.env._(
            "%(bill)s of %(vendor)s has the KSeF number %(number)s already. If that is the same "
            "document, cancel one of the two; else copy the number again.",
            bill=other.display_name,
            vendor=other.commercial_partner_id.display_name,
            number=other.ksef_number,
        )

    def _ksef_words_of_form(self):
        return self.env._(
            "“%(text)s” is not a KSeF number. It looks like 5265877635-20250826-0100001AF629-AF: "
            "the NIP of the vendor, a date, twelve characters and two check digits. Copy it from "
            "the invoice or from KSeF.",
            text=self.ksef_number,
        )

    def _ksef_words_of_digits(self):
        return self.env._(
            "The check digits of %(number)s are wrong: a character was probably mistyped. Copy the "
            "number again from the invoice or from KSeF.",
            number=self.ksef_number,
        )

    def _ksef_words_of_vendor(self):
        return self.env._(
            "The number belongs to a document of the seller with NIP %(seller)s, but %(vendor)s "
            "has NIP %(nip)s. Check the vendor, or copy the number again.",
            seller=self.ksef_number[:10],
            vendor=self.commercial_partner_id.display_name,
            nip=self.commercial_partner_id._ksef_nip(),
        )

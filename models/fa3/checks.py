from collections import namedtuple

from odoo import fields, models
from odoo.tools.translate import LazyTranslate

from ...ksef.fa3 import text
from ..problem import Problem
from .element_words import name_place, name_rule_broken

_lt = LazyTranslate(__name__)

_SHOWN = 80  # characters of a value in a message
Words = namedtuple("Words", "message remedy")

# What is wrong with a finished document. All of these come from rounding or from amounts that
# someone edited, or are faults of the program: the rules on records stop the rest before.
DOCUMENT_WORDS = {
    "E-XSD": Words(
        _lt("the FA(3) document breaks the ministry's schema at %(place)s: %(rule)s."),
        _lt("Correct the data shown there. If they look right, tell your administrator."),
    ),
    "E-AMT-01": Words(
        _lt("the VAT amount %(place)s is far from the rate, which gives %(expected)s."),
        _lt("Reset the invoice to draft and correct the tax amount."),
    ),
    "W-AMT-01": Words(
        _lt("the VAT amount %(place)s differs from the rate, which gives %(expected)s."),
        _lt("Check whether the tax amount was changed by hand on purpose."),
    ),
    "E-AMT-02": Words(
        _lt(
            "the amounts do not add up at %(place)s: it should be %(expected)s, because %(rule)s "
            "must hold."
        ),
        _lt(
            "Check the amounts of the lines and taxes; if they look right, tell your administrator."
        ),
    ),
    "E-AMT-03": Words(
        _lt(
            "the lines of one VAT rate add up to a negative amount, %(place)s. An invoice cannot "
            "show that."
        ),
        _lt("Issue a credit note to the earlier invoice instead of negative lines."),
    ),
    "W-CUR-03": Words(
        _lt("the VAT in PLN, %(place)s, differs from tax times rate, which gives %(expected)s."),
        _lt("Check whether the currency rate or the tax amount was changed after booking."),
    ),
    "E-JST-01": Words(
        _lt(
            "the invoice concerns a unit of the buyer (%(place)s), but no third party names the "
            "unit by its NIP or internal identifier."
        ),
        _lt("Add the unit to the third parties on the invoice, tab KSeF."),
    ),
    "W-JST-02": Words(
        _lt(
            "a third party is a unit of the buyer, but the invoice does not say that it concerns "
            "one (%(place)s)."
        ),
        _lt("Tick it on the invoice, tab KSeF, or correct the role of the third party."),
    ),
    "E-SIZ": Words(
        _lt("the document has %(value)s bytes; KSeF takes %(expected)s at most."),
        _lt("Split the invoice into several."),
    ),
}
_OTHER_WORDS = Words(
    _lt("the FA(3) document breaks a rule at %(place)s: %(rule)s."),
    _lt("Correct the data shown there. If they look right, tell your administrator."),
)

_RECORD_RULES = (
    "_check_number",
    "_check_number_length",
    "_check_other_numbers",
    "_check_issue_date",
    "_check_twin",
    "_check_seller_nip",
    "_check_context",
    "_check_seller_address",
    "_check_buyer_number",
    "_check_buyer_contact",
    "_check_names",
    "_check_foreign_numbers",
    "_check_buyer_address",
    "_check_party_numbers",
    "_check_authorized",
    "_check_transports",
    "_check_lines_present",
    "_check_line_names",
    "_check_line_taxes",
    "_check_import_scheme",
    "_check_exemption",
    "_check_community_buyer",
    "_check_triangular",
    "_check_margin",
    "_check_procedures",
    "_check_goods_and_services",
    "_check_company_currency",
    "_check_new_transports",
    "_check_currency",
    "_check_contract_currency",
    "_check_currency_rate",
    "_check_row_rates",
    "_check_price_kinds",
    "_check_cash_rounding",
    "_check_total",
    "_check_period",
    "_check_supply_day",
    "_check_date_bounds",
    "_check_early_discount",
    "_check_bank_account",
    "_check_account_length",
    "_check_annex15",
    "_check_split_payment",
    "_check_simplified",
    "_check_texts",
)


class KsefFa3Checks(models.AbstractModel):
    """The rules on records. Each method looks at one thing and yields problems."""

    _inherit = "ksef.fa3"

    def _check_records(self, invoice):
        """Yield the problems of the records; of a document we cannot make yet only that."""
        obstacles = list(self._check_kind(invoice))
        yield from obstacles
        if not obstacles:
            for rule in _RECORD_RULES:
                yield from getattr(self, rule)(invoice)

    def _explain(self, invoice, problem):
        """Put a problem of the document into words; "place" is the field with what it holds."""
        words = DOCUMENT_WORDS.get(problem.code, _OTHER_WORDS)
        shown = f' "{text.shorten(problem.value, _SHOWN)[0]}"' if problem.value else ""
        values = {
            "place": f"{name_place(self.env, problem.path or 'Faktura')}{shown}",
            "rule": name_rule_broken(self.env, problem.rule),
            "value": problem.value,
            "expected": problem.expected,
        }
        message = self.env._(words.message)
        return self._problem(
            invoice,
            code=problem.code,
            message=message % values,
            remedy=self.env._(words.remedy),
        )

    def _problem(self, invoice, *, code, message, remedy, record=None, field=""):
        """A problem of this invoice: the message begins with its name. `record` is where the user
        mends it; without one that is the invoice itself.
        """
        return Problem(
            code=code,
            record=record or invoice.move,
            field=field,
            message=f"{invoice.move.display_name}: {message}",
            remedy=remedy,
        )

    # === KIND OF DOCUMENT === #

    def _check_kind(self, invoice):
        """Documents that the builder cannot make are stopped, never sent as something else."""
        for reason in self._obstacles(invoice):
            yield self._problem(
                invoice,
                code="E-TYP-01",
                message=reason,
                remedy=self.env._(
                    "Issue it in another program that is connected to KSeF, for example the "
                    "ministry's free Aplikacja Podatnika KSeF."
                ),
            )

    def _obstacles(self, invoice):
        move = invoice.move
        if not move.is_sale_document():
            yield self.env._(
                "only customer invoices and the bills of a journal for self-billing are issued "
                "in KSeF."
            )

    # === NUMBER AND DATES === #

    def _check_number(self, invoice):
        if invoice.move.state != "posted" or (invoice.move.name or "/") == "/":
            yield self._problem(
                invoice,
                code="E-IDN-01",
                field="name",
                message=self.env._("the invoice has no number yet."),
                remedy=self.env._("Confirm the invoice first."),
            )

    def _check_issue_date(self, invoice):
        """KSeF refuses tomorrow's date, and takes yesterday's for an invoice issued offline."""
        day, today = invoice.move.invoice_date, self._today()
        if day and day > today:
            yield self._problem(
                invoice,
                code="E-DAT-01",
                field="invoice_date",
                message=self.env._(
                    "the invoice date %(day)s is in the future, and KSeF refuses that.",
                    day=fields.Date.to_string(day),
                ),
                remedy=self.env._("Send it on that day, or change the date to today's."),
            )
        elif day and day < today:
            yield self._problem_of_past_date(invoice, day)

    def _problem_of_past_date(self, invoice, day):
        return self._problem(
            invoice,
            code="W-DAT-02",
            field="invoice_date",
            message=self.env._(
                "the invoice date %(day)s has passed, so KSeF treats the invoice as issued "
                "offline (offline24).",
                day=fields.Date.to_string(day),
            ),
            remedy=self.env._("Send invoices on the day of their issue."),
        )

    def _check_twin(self, invoice):
        """KSeF knows invoices by seller, kind and number, for ten years."""
        if invoice.twin:
            yield self._problem(
                invoice,
                code="E-DUP-01",
                field="name",
                message=self.env._(
                    "another invoice of this seller with the same number was sent to KSeF or "
                    "is about to be (%(company)s). KSeF refuses the second one.",
                    company=invoice.twin.company_id.name,
                ),
                remedy=self.env._("Give this invoice another number."),
            )

    # === LINES === #

    def _check_lines_present(self, invoice):
        if not invoice.rows:
            yield self._problem(
                invoice,
                code="E-LIN-02",
                field="invoice_line_ids",
                message=self.env._("there is no line with a quantity or an amount."),
                remedy=self.env._("Add what was sold."),
            )

    def _check_line_names(self, invoice):
        for row in invoice.rows:
            if not text.clean_line(self._name_of(row.line)):
                yield self._problem(
                    invoice,
                    code="E-LIN-01",
                    record=row.line,
                    field="name",
                    message=self.env._(
                        "a line over %(amount)s has no name, and an invoice must name what was "
                        "sold.",
                        amount=row.net,
                    ),
                    remedy=self.env._("Enter a description in the line."),
                )

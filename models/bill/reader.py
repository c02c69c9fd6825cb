import logging
from dataclasses import replace

from markupsafe import Markup
from psycopg2 import OperationalError

from odoo import api, fields, models

from ...ksef import number as ksef_numbers
from ...ksef.bill.compose import compose
from ...ksef.bill.draft import Doubt, Outcome, Remark
from ...ksef.bill.facts import BUYING_ROLES, Form, read_facts
from ...ksef.bill.terms import day
from ...ksef.fa3.reader import read
from .reading import Reading, Rule, Source

_logger = logging.getLogger(__name__)

# Doubts that a person must settle before the bill is booked; the others are good to know
TO_REVIEW = frozenset(
    {
        Doubt.GROUP_DIFFERS,
        Doubt.TAX_DIFFERS,
        Doubt.TAX_IN_PLN,
        Doubt.TOTAL_DIFFERS,
        Doubt.NEGATIVE,
        Doubt.RATE_UNKNOWN,
        Doubt.RATES_DIFFER,
        Doubt.RECEIPT,
        Doubt.CASH_METHOD,
        Doubt.FACTOR,
        Doubt.REVERSE_CHARGE,
        Doubt.TAX_MISSING,
        Doubt.ACCOUNT_NEW,
        Doubt.OTHER_FORM,
        Doubt.DEFECT,
        Doubt.CURRENCY_UNKNOWN,
        Doubt.TWIN,
        Doubt.TAX_POINT_LATER,
        Doubt.VENDOR_UNKNOWN,
        Doubt.INSTALMENTS,
    }
)
MOST_ROWS = 500  # that become lines of their own
OUTCOME_TYPES = {Outcome.BILL: "in_invoice", Outcome.REFUND: "in_refund"}


class KsefBillReader(models.AbstractModel):
    """Makes draft bills and refunds of the documents that others addressed to us.

    Nothing here raises because of a document: what cannot be read gives a reason.
    """

    _name = "ksef.bill.reader"
    _description = "Reader of received KSeF documents"

    # === WHAT OTHERS CALL === #

    @api.model
    def _facts(self, document):
        """Return the `Facts` of a document without making anything of it."""
        facts = read_facts(document)
        return replace(facts, reason=self._words_of_obstacle(facts.obstacle))

    @api.model
    def _draft_bill(self, document, *, company, ksef_number=None, journal=None, rule=None):
        """Make a draft bill or refund of a document; return a `Reading`.

        :param bytes document: as KSeF or the vendor handed it out
        :param rule: a `Rule`
        """
        source = self._source(
            document,
            company=company,
            ksef_number=ksef_number or "",
            journal=journal,
            rule=rule or Rule(),
        )
        return self._read_safely(self.env["account.move"], source)

    @api.model
    def _fill_bill(self, move, document, *, ksef_number=""):
        """Make of an empty draft the bill of a document; return a `Reading`."""
        source = self._source(
            document,
            company=move.company_id,
            ksef_number=ksef_number,
            journal=move.journal_id,
            rule=Rule(),
        )
        return self._read_safely(move, source)

    def _source(self, document, *, ksef_number, **values):
        """The `Source`, with the day of receipt out of the number."""
        is_told = ksef_numbers.is_valid(ksef_number)
        received_on = ksef_numbers.parse(ksef_number).accepted_on if is_told else None
        return Source(document=document, ksef_number=ksef_number, received_on=received_on, **values)

    # === ONE DOCUMENT === #

    def _read_safely(self, move, source):
        """A document that nobody has thought of must not stop the others."""
        reader = source.company._ksef_worded(self)
        try:
            with self.env.cr.savepoint():
                return reader._read_into(move, source)
        except OperationalError:
            raise  # of the database, not of the document
        except Exception:
            _logger.exception("A received document cannot be made into a bill")
            return reader._read_as_file(move, source)

    def _read_as_file(self, move, source):
        """At least a draft with the file, where the document itself defeats us."""
        defect = Remark(doubt=Doubt.DEFECT)
        try:
            with self.env.cr.savepoint():
                return self._keep_file(move, self._facts(source.document), source, defect)
        except OperationalError:
            raise
        except Exception:
            _logger.exception("A received document cannot be kept in a bill")
            return self._no_bill(self._words_of([defect]))

    def _read_into(self, move, source):
        facts = self._facts(source.document)
        refusals = self._find_refusals(facts, source)
        if refusals:
            return self._no_bill(refusals)
        if facts.form is not Form.FA3:
            other = Remark(doubt=Doubt.OTHER_FORM, subject=facts.form.value)
            return self._keep_file(move, facts, source, other)
        document = read(source.document)
        draft = self._compose(document, source)
        if draft.outcome is Outcome.NO_BILL:
            return self._read_without_bill(document, draft, source)
        if not self._find_currency(facts.currency):
            unknown = Remark(doubt=Doubt.CURRENCY_UNKNOWN, subject=facts.currency)
            return self._keep_file(move, facts, source, unknown)
        return self._make_bill(move, document, draft, facts, source)

    def _compose(self, document, source):
        """The pure draft. Odoo takes minutes for thousands of lines, which nobody reads there."""
        rows = len(document.Fa.FaWiersz) if document.Fa else 0
        draft = compose(document, is_by_rate=source.rule.is_by_rate or rows > MOST_ROWS)
        if rows <= MOST_ROWS or source.rule.is_by_rate:
            return draft
        remark = Remark(doubt=Doubt.MANY_ROWS, found=str(rows))
        return replace(draft, remarks=(*draft.remarks, remark))

    def _no_bill(self, reasons):
        return Reading(move=self.env["account.move"], outcome="no_bill", reasons=tuple(reasons))

    def _read_without_bill(self, document, draft, source):
        """What books nothing is kept with the bills that it corrects; that may be all to do."""
        reasons = self._words_of(draft.remarks)
        keepers = self._keep_with_originals(document.Fa, source) if document.Fa else None
        if not keepers:
            return self._no_bill(reasons)
        is_formal = any(remark.doubt is Doubt.FORMAL for remark in draft.remarks)
        reading = self._no_bill([*reasons, self._words_of_keepers(keepers)])
        return replace(reading, is_done=is_formal)

    def _find_refusals(self, facts, source):
        """Why the document is no bill of this company, in words; empty if it is one."""
        if facts.obstacle:
            return [facts.reason]
        if source.ksef_number:
            refusal = self._refusal_of_number(facts, source)
            if refusal:
                return [refusal]
        roles = facts.roles_of(source.company._ksef_nip())
        if roles & BUYING_ROLES:
            return []
        return [self._words_of_roles(roles, facts, source.company)]

    def _refusal_of_number(self, facts, source):
        number = source.ksef_number
        if not ksef_numbers.is_valid(number):
            return self._words_of_wrong_number(number)
        if number[:10] not in {party.nip for party in facts.parties}:
            return self._words_of_other_number(number, facts)
        twin = self.env["account.move"].new({"company_id": source.company.id})
        other = twin._ksef_bills_numbered([number])[:1]
        return self._words_of_taken_number(other) if other else None

    # === THE BILL === #

    def _make_bill(self, move, document, draft, facts, source):
        fa = document.Fa
        vendor, vendor_remarks = self._vendor(document.Podmiot1, source)
        payee, payee_remarks = self._payee_account(draft.terms, vendor, document, source)
        relatives = self._relatives(fa, vendor, source)
        lines, line_remarks = self._line_values(draft, vendor, relatives, source)
        twin_remarks = self._twin_remarks(facts, source, move)
        values = {
            **self._file_values(facts, source),
            **self._header_values(fa, draft, source),
            **self._due_values(draft, vendor, facts, source),
            **self._payment_values(draft, source),
            **self._values_of_relatives(relatives, fa, draft),
            "move_type": OUTCOME_TYPES[draft.outcome],
            "partner_id": vendor.id,
            "partner_bank_id": payee.id,
            "narration": self._narration(document, draft, source),
            "invoice_line_ids": [fields.Command.create(line) for line in lines],
        }
        bill = self._write_bill(move, values, source)
        self._tell_relatives(bill, relatives)
        self._match_order(bill, fa)
        remarks = (
            *draft.remarks,
            *vendor_remarks,
            *payee_remarks,
            *line_remarks,
            *self._settle_taxes(bill, draft),
            *twin_remarks,
            *self._tax_point_remarks(fa, source),
            *self._remarks_on_relatives(relatives, fa),
        )
        return self._reading(bill, draft.outcome.value, remarks)

    def _write_bill(self, move, values, source):
        """Create the bill in one go, or fill the draft that an upload has made."""
        moves = self.env["account.move"].with_company(source.company)
        moves = moves.with_context(
            skip_is_manually_modified=True, default_move_type=values["move_type"]
        )
        if source.journal:
            values["journal_id"] = source.journal.id
        if move:
            self._write_draft(move, values)
        else:
            move = moves.create(values)
        move._ksef_keep_document(source.document)
        return move

    def _write_draft(self, move, values):
        """Odoo wants the kind of a document to be changed before all else."""
        if move.move_type != values["move_type"]:
            move.move_type = values["move_type"]
        values.pop("move_type")
        move.with_context(skip_is_manually_modified=True).write(values)

    def _reading(self, bill, outcome, remarks):
        """Tell the doubts on the bill and to the caller."""
        reviewed = [remark for remark in remarks if remark.doubt in TO_REVIEW]
        bill.sudo().write(
            {
                "ksef_remarks": bill._ksef_storable_remarks(remarks),
                "ksef_is_to_review": bool(reviewed),
            }
        )
        reasons = self._words_of(remarks)
        if reasons:
            bill.message_post(body=Markup("<br/>").join(reasons))
        return Reading(
            move=bill,
            outcome=outcome,
            reasons=reasons,
            is_to_review=bool(reviewed),
        )

    # === HEADER === #

    def _file_values(self, facts, source):
        """What every draft has, whatever could be read."""
        return {
            "company_id": source.company.id,
            "ref": facts.number[:256] or False,
            "invoice_date": facts.issued_on,
            "ksef_number": source.ksef_number or False,
            **({"date": source.received_on} if source.received_on else {}),
        }

    def _header_values(self, fa, draft, source):
        """What only FA(3) tells of the document as a whole."""
        currency = self._find_currency(fa.KodWaluty)
        is_foreign = currency != source.company.currency_id
        period = fa.OkresFa
        return {
            "currency_id": currency.id,
            **({"invoice_currency_rate": float(draft.rate)} if is_foreign and draft.rate else {}),
            "ksef_period_starts_on": day(period.P_6_Od) if period else False,
            "ksef_period_ends_on": day(period.P_6_Do) if period else False,
            "ksef_split_payment": "yes" if fa.Adnotacje and fa.Adnotacje.P_18A else False,
            "ksef_contract_no": self._first_contract(fa),
        }

    def _first_contract(self, fa):
        contracts = fa.WarunkiTransakcji.Umowy if fa.WarunkiTransakcji else ()
        return next((contract.NrUmowy for contract in contracts if contract.NrUmowy), False)

    def _find_currency(self, code):
        """The currency of ISO code; one that was not in use yet is made active."""
        currencies = self.env["res.currency"].sudo().with_context(active_test=False)
        currency = currencies.search([("name", "=", (code or "").upper())], limit=1)
        if currency and not currency.active:
            currency.active = True
        return currency.sudo(False)

    def _tax_point_remarks(self, fa, source):
        """VAT is not to be deducted before the seller owes it (art. 86(10) VAT Act)."""
        ends_on = day(fa.OkresFa.P_6_Do) if fa.OkresFa else None
        tax_point = day(fa.P_6) or ends_on
        received_on = source.received_on
        if (
            tax_point
            and received_on
            and (tax_point.year, tax_point.month)
            > (
                received_on.year,
                received_on.month,
            )
        ):
            return (Remark(doubt=Doubt.TAX_POINT_LATER, stated=tax_point.isoformat()),)
        return ()

    # === A FILE ONLY === #

    def _keep_file(self, move, facts, source, remark):
        """A draft with the file and the little that is known, for a person to complete."""
        vendor = self._find_vendor(facts.seller_nip, source.company)
        values = {
            **self._file_values(facts, source),
            "move_type": "in_invoice",
            "partner_id": vendor.id,
        }
        bill = self._write_bill(move, values, source)
        return self._reading(bill, "bill", (remark,))

import logging
from collections import defaultdict
from datetime import timezone
from decimal import Decimal

from odoo import api, fields, models, release
from odoo.modules import Manifest

from ...ksef.errors import InvalidDocument
from ...ksef.fa3 import checks, reader, schema, text, writer
from ...ksef.fa3.amounts import round_half_up, round_money, round_quantity, to_decimal
from ...ksef.fa3.faktura import Faktura, TNaglowek
from ...ksef.fa3.faktura.invoice import Fa
from ...ksef.fa3.schema import DocumentProblem
from .material import Invoice, Payment, Prepared

_logger = logging.getLogger(__name__)

# NBP publishes four decimals; more than that in 1 / rate is only noise of the division.
_NBP_DIGITS = 4
_NOISE = Decimal("0.000001")
# What payments settle: of sales, and of bills that we issue in the vendor's name
OPEN_ITEMS = ("asset_receivable", "liability_payable")


class KsefFa3(models.AbstractModel):
    """Builds FA(3) documents from posted invoices, and finds what stands against it.

    The builder reads all invoices of a call together and asks no question to the database
    for a single one. One method makes one section of the document.
    """

    _name = "ksef.fa3"
    _description = "FA(3) document of an invoice"

    # === WHAT OTHERS CALL === #

    @api.model
    def _documents(self, moves):
        """Return `{move: Faktura}`.

        :raises InvalidDocument: for an invoice that cannot be built
        """
        return {invoice.move: self._build(invoice) for invoice in self._read(moves)}

    @api.model
    def _document_bytes(self, moves):
        """Return `{move: bytes}`: the documents as they would be sent, valid by their schema.

        :raises InvalidDocument: for an invoice that cannot be built, or not validly
        """
        return {invoice.move: self._write(invoice) for invoice in self._read(moves)}

    @api.model
    def _problems(self, moves):
        """Return `{move: [Problem]}`: the rules on records; where none forbids it, the document."""
        return {move: prepared.problems for move, prepared in self._prepared(moves).items()}

    @api.model
    def _prepared(self, moves):
        """Return `{move: Prepared}`: problems and document found in one go."""
        return {invoice.move: self._prepare(invoice) for invoice in self._read(moves)}

    # === READING === #

    def _read(self, moves):
        """Return one `Invoice` for each move, read together."""
        # Odoo's tax computation takes the lines of one move at a time out of the common prefetch
        moves.line_ids.fetch(["tax_ids", "tax_tag_ids"])
        payments = self._read_payments(moves)
        rate_days = self._read_rate_days(moves)
        twins = self._read_twins(moves)
        return [
            Invoice(
                move=move,
                seller=move.company_id._ksef_taxpayer(),
                buyer=self._buyer_of(move),
                parties=(*self._automatic_parties(move), *self._named_parties(move)),
                payments=tuple(payments[move]),
                rate=self._rate_of(move),
                rate_on=rate_days.get(move),
                twin=twins.get(move),
                **self._read_lines(move),
            )
            for move in moves
        ]

    def _read_lines(self, move):
        base_lines, _tax_lines = move._get_rounded_base_and_tax_lines()
        return {
            "rows": self._read_rows(move, base_lines),
            "charges": self._read_charges(base_lines),
        }

    def _read_payments(self, moves):
        """Return `{move: [Payment]}`. Credit notes and exchange differences pay nothing."""
        payments = defaultdict(list)
        lines = moves.line_ids.filtered(lambda line: line.account_type in OPEN_ITEMS)
        exchange_moves = (lines.matched_credit_ids | lines.matched_debit_ids).exchange_move_id
        for line in lines:
            for other, amount in self._counterparts(line):
                if other.move_id not in exchange_moves and not other.move_id.is_invoice():
                    payments[line.move_id].append(
                        Payment(
                            amount=round_money(amount),
                            paid_on=other.date,
                            form=self._form_of_payment(other.move_id),
                        )
                    )
        return payments

    def _counterparts(self, line):
        """Yield the journal items that settle one, with the amount in its currency."""
        if line.account_type == "asset_receivable":
            for partial in line.matched_credit_ids.sorted("id"):
                yield partial.credit_move_id, partial.debit_amount_currency
        else:
            for partial in line.matched_debit_ids.sorted("id"):
                yield partial.debit_move_id, partial.credit_amount_currency

    def _rate_of(self, move):
        """PLN for one unit of the currency, from the rate that was booked; None for PLN itself."""
        if move.currency_id == move.company_currency_id or not move.invoice_currency_rate:
            return None
        exact = 1 / to_decimal(move.invoice_currency_rate)
        rate = round_half_up(exact, _NBP_DIGITS)
        return rate if abs(rate - exact) < exact * _NOISE else round_quantity(exact)

    def _read_rate_days(self, moves):
        """Return `{move: date}`: the newest rate on or before the day that the rate is of.

        Odoo itself takes the earliest later rate, or 1.0, where there is none.
        """
        keys = {
            move: (
                move.currency_id,
                move.company_id.root_id,
                move._get_invoice_currency_rate_date(),
            )
            for move in moves
            if move.currency_id != move.company_currency_id
        }
        days = {key: self._newest_rate_day(*key) for key in set(keys.values())}
        return {move: days[key] for move, key in keys.items()}

    def _newest_rate_day(self, currency, company, day):
        domain = [
            ("currency_id", "=", currency.id),
            ("company_id", "in", (False, company.id)),
            ("name", "<=", day),
        ]
        return self.env["res.currency.rate"].search(domain, order="name desc", limit=1).name or None

    def _read_twins(self, moves):
        """Return `{move: submission}` of other invoices with the same number and seller's NIP.

        What was sent to a test environment of KSeF takes no number from the others.
        """
        names = [move.name for move in moves if move.name]
        domain = [("document_number", "in", names), ("state", "not in", ("rejected", "withdrawn"))]
        twins = {}
        for row in self.env["ksef.submission"].sudo().search(domain):
            seller = (row.move_id._ksef_seller_nip(), row.environment)
            for move in moves.filtered(lambda move, row=row: move.name == row.document_number):
                environment = move.company_id.ksef_environment
                if move != row.move_id and seller == (move._ksef_seller_nip(), environment):
                    twins[move] = row
        return twins

    # === BUILDING === #

    def _write(self, invoice):
        document = writer.write(self._build(invoice))
        problems = schema.find_problems(document)
        if problems:
            raise InvalidDocument(problems)
        return document

    def _build(self, invoice):
        """Return the `Faktura`; records that the rules have passed do not fail here."""
        try:
            return self._build_document(invoice)
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:
            _logger.exception("FA(3) document of account.move %s", invoice.move.id)
            problem = DocumentProblem(code="E-XSD", path="Faktura", rule=type(error).__name__)
            raise InvalidDocument([problem]) from error

    def _build_document(self, invoice):
        return Faktura(
            Naglowek=self._build_header(),
            Podmiot1=self._build_seller(invoice),
            Podmiot2=self._build_buyer(invoice),
            Podmiot3=tuple(map(self._build_party, invoice.parties)),
            PodmiotUpowazniony=self._build_authorized(invoice.move),
            Fa=self._build_invoice(invoice),
            Stopka=self._build_footer(invoice),
        )

    def _build_header(self):
        version = Manifest.for_addon("account_ksef")["version"]
        return TNaglowek(
            DataWytworzeniaFa=fields.Datetime.now().replace(tzinfo=timezone.utc),
            SystemInfo=f"Odoo {release.series} account_ksef {version}",
        )

    def _build_invoice(self, invoice):
        move = invoice.move
        return Fa(
            KodWaluty=move.currency_id.name,
            P_1=move.invoice_date,
            P_1M=text.clean_line(move.company_id.ksef_issue_place),
            P_2=(move.name or "").strip(),
            WZ=self._delivery_notes(move),
            OkresFa=self._build_period(move),
            P_6=self._common_supply_day(invoice),
            P_15=invoice.total,
            Adnotacje=self._build_annotations(invoice),
            RodzajFaktury=self._invoice_type(invoice),
            FP=self._is_on_cash_register(move),
            TP=self._is_related(invoice),
            DodatkowyOpis=self._build_descriptions(invoice),
            ZwrotAkcyzy=move.ksef_is_excise_refund,
            FaWiersz=self._build_rows(invoice),
            Rozliczenie=self._build_settlement(invoice),
            Platnosc=self._build_payment(invoice),
            WarunkiTransakcji=self._build_conditions(invoice),
            **self._build_totals(invoice),
        )

    def _invoice_type(self, invoice):
        """RodzajFaktury. What is neither is stopped by `_check_kind`."""
        return "UPR" if invoice.is_simplified else "VAT"

    # === CHECKING THE DOCUMENT === #

    def _prepare(self, invoice):
        found = list(self._check_records(invoice))
        if any(problem.is_blocking for problem in found):
            return Prepared(problems=found)
        try:
            document = self._write(invoice)
        except InvalidDocument as error:
            return Prepared(problems=[*found, *self._explain_all(invoice, error.problems)])
        found += self._check_document(invoice, document)
        return Prepared(document=document, problems=found)

    def _check_document(self, invoice, document):
        """Return what the finished document is to be blamed for."""
        written = reader.read(document)
        found = [
            *checks.find_problems(written, today=self._today()),
            *checks.find_size_problems(document, written),
        ]
        return self._explain_all(invoice, found)

    def _explain_all(self, invoice, problems):
        return [self._explain(invoice, problem) for problem in problems]

    def _today(self):
        return self._polish_day(None)

    def _polish_day(self, moment):
        """The day in Warsaw, which is the one that KSeF goes by, of a moment (naive UTC) or now."""
        return fields.Date.context_today(self.with_context(tz="Europe/Warsaw"), moment)

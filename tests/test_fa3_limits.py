"""How much one document holds: the entries of each kind, and the bytes."""

from dataclasses import replace

from odoo import Command
from odoo.tests import tagged

from ..ksef.errors import InvalidDocument
from ..ksef.fa3.schema import read_limits
from ..models.fa3.checks_counts import CROWDS
from .fa3_common import TODAY, Fa3Common
from .fa3_corrections_common import CorrectionsCommon

# The builder writes one of each at most, or takes its number from the third parties
FEW = {
    "Podmiot1/DaneKontaktowe",
    "Podmiot2/DaneKontaktowe",
    "Podmiot3/DaneKontaktowe",
    "PodmiotUpowazniony/DaneKontaktowe",
    "Fa/Podmiot2K",
    "Fa/Platnosc/RachunekBankowy",
    "Fa/Platnosc/RachunekBankowyFaktora",
    "Fa/WarunkiTransakcji/Umowy",
    "Stopka/Informacje",
    "Stopka/Rejestry",
}


class LimitsMixin:
    def problem_of(self, invoice):
        """The one problem of an invoice as it was read, with nothing checked but its document."""
        builder = self.env["ksef.fa3"]
        with self.assertRaises(InvalidDocument) as refusal:
            builder._write(invoice)
        (problem,) = builder._explain_all(invoice, refusal.exception.problems)
        return problem


@tagged("post_install", "-at_install")
class TestLimits(LimitsMixin, Fa3Common):
    def beside(self, price_unit, count):
        """Lines of costs that were laid out, each under a name of its own."""
        self.product.ksef_is_out_of_vat = True
        return [
            self.line(None, product_id=self.product.id, name=f"Opłata {n}", price_unit=price_unit)
            for n in range(count)
        ]

    def limit_of(self, invoice, field):
        """What the only problem says, which is about a field."""
        self.assertEqual(self.codes(invoice), ["E-CNT-01"])
        (problem,) = self.problems(invoice)
        self.assertEqual((problem.record, problem.field), (invoice, field))
        return problem.message

    def test_whatever_may_be_too_many_is_told_in_words(self):
        paths = {path for path in read_limits() if not path.startswith("Zalacznik")}
        self.assertEqual(paths - FEW, set(CROWDS))

    def test_every_kind_belongs_to_a_field_of_the_invoice(self):
        fields = {crowd.field for crowd in CROWDS.values()}
        self.assertEqual(fields - set(self.env["account.move"]._fields), set())

    def test_s47_more_rows_than_the_schema_takes(self):
        (invoice,) = self.env["ksef.fa3"]._read(self.sell())
        problem = self.problem_of(replace(invoice, rows=invoice.rows * 10_001))
        self.assertEqual((problem.code, problem.field), ("E-CNT-01", "invoice_line_ids"))
        self.assertIn("10001", problem.message)

    def test_s47_document_that_is_too_big_is_refused(self):
        notes = [
            Command.create({"display_type": "line_note", "name": "ż" * 25_000}) for _ in range(25)
        ]
        self.assertEqual(self.codes(self.sell(self.line(), *notes)), ["E-SIZ"])

    def test_charges_beside_the_sale(self):
        self.build(self.sell(self.line(), *self.beside(1, 100)))
        message = self.limit_of(self.sell(self.line(), *self.beside(1, 101)), "invoice_line_ids")
        self.assertIn("101", message)

    def test_deductions_beside_the_sale(self):
        self.limit_of(
            self.sell(self.line(price_unit=500), *self.beside(-1, 101)), "invoice_line_ids"
        )

    def test_days_on_which_instalments_are_due(self):
        parts = [
            Command.create({"value": "percent", "value_amount": 0.5, "nb_days": n})
            for n in range(100)
        ]
        rest = Command.create({"value": "percent", "value_amount": 50, "nb_days": 100})
        terms = self.env["account.payment.term"].create(
            {"name": "Raty", "line_ids": [*parts, rest]}
        )
        invoice = self.sell(self.line(price_unit=1000), invoice_payment_term_id=terms.id)
        self.limit_of(invoice, "invoice_payment_term_id")

    def test_third_parties(self):
        parties = [
            Command.create({"partner_id": self._create_buyer(name=f"Płatnik {n}").id, "role": "6"})
            for n in range(101)
        ]
        self.limit_of(self.sell(ksef_party_ids=parties), "ksef_party_ids")

    def test_transports(self):
        rows = [Command.create({}) for _number in range(21)]
        self.limit_of(self.sell(ksef_transport_ids=rows), "ksef_transport_ids")

    def test_places_on_the_way_of_a_transport(self):
        places = self.env["res.partner"].concat(
            *(self._create_buyer(name=f"Magazyn {n}") for n in range(21))
        )
        row = Command.create({"via_partner_ids": [Command.set(places.ids)]})
        self.limit_of(self.sell(ksef_transport_ids=[row]), "ksef_transport_ids")

    def test_advances_received(self):
        parts = [Command.create({"paid_on": TODAY, "amount": 3}) for _number in range(41)]
        invoice = self.sell(
            ksef_invoice_type="ZAL", ksef_order_total=246, ksef_partial_advance_ids=parts
        )
        self.limit_of(invoice, "ksef_partial_advance_ids")


@tagged("post_install", "-at_install")
class TestLimitsOfCorrections(LimitsMixin, CorrectionsCommon):
    def test_corrected_invoices(self):
        (invoice,) = self.env["ksef.fa3"]._read(self.credit(self.sell_accepted()))
        corrected = invoice.correction.corrected * 50_001
        crowd = replace(invoice, correction=replace(invoice.correction, corrected=corrected))
        problem = self.problem_of(crowd)
        self.assertEqual((problem.code, problem.field), ("E-CNT-01", "ksef_corrected_document_ids"))
        self.assertIn("50001", problem.message)

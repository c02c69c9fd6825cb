from decimal import Decimal

from odoo.tests import tagged

from ..ksef.bill.facts import read_facts
from ..ksef.bill.groups import codes_of, read_targets
from ..ksef.fa3.reader import read
from .bill_reading_common import GOLDEN, ReadingCommon
from .common import NIP

# What stands beside the invoice is paid with it
CHARGES = {"S09": Decimal("1.00"), "S10": Decimal("0.02")}


@tagged("post_install", "-at_install")
class TestBillRoundTrip(ReadingCommon):
    """R35: the documents that we issue ourselves, read as those who receive them do."""

    def addressed(self, document):
        """The document as if it were issued to us."""
        start = document.index(b"<DaneIdentyfikacyjne>", document.index(b"<Podmiot2>"))
        name = document.find(b"<Nazwa>", start)
        end = document.index(b"</DaneIdentyfikacyjne>", start)
        end = name if start < name < end else end
        identity = f"<DaneIdentyfikacyjne><NIP>{NIP}</NIP>".encode()
        return document[:start] + identity + document[end:]

    def check(self, prefix):
        files = sorted(GOLDEN.glob(f"{prefix}*.xml"))
        self.assertTrue(files)
        for file in files:
            with self.subTest(file.stem):
                self.check_file(file.stem, self.addressed(file.read_bytes()))

    def check_file(self, name, document):
        reading, targets = self.read_document(document), read_targets(read(document).Fa)
        bill, facts = reading.move, read_facts(document)
        if facts.kind == "KOR" and not any(target.net or target.tax for target in targets):
            self.assertEqual(reading.outcome, "no_bill")
            return
        self.assertTrue(bill, reading.reasons)
        sign = -1 if bill.move_type == "in_refund" else 1
        total = round(Decimal(repr(bill.amount_total)), 2)
        self.assertEqual(total * sign, facts.gross_amount + CHARGES.get(name, 0))
        self.check_rates(bill, targets, sign)

    def check_rates(self, bill, targets, sign):
        """Net and tax of each rate that Odoo has a purchase tax for."""
        taxes = self.reader._purchase_taxes(self.company)
        amounts = self.amounts_by_code(bill)
        for target in targets:
            found = [amounts.get(code, (0, 0)) for code in codes_of(target.group)]
            if any(code in taxes for code in codes_of(target.group)):
                self.assertEqual(sum(net for net, _tax in found) * sign, target.net)
                self.assertEqual(sum(tax for _net, tax in found) * sign, target.tax)

    def test_invoices_to_s20(self):
        for digit in ("S0", "S1"):
            self.check(digit)

    def test_invoices_from_s20(self):
        for digit in ("S2", "S3", "S4", "S5"):
            self.check(digit)

    def test_corrections(self):
        self.check("K")

    def test_advances_and_settlements(self):
        self.check("A")

    def test_everything_else_that_a_document_may_hold(self):
        self.check("E")

"""What the tests of received documents share: a company that buys, and its reader."""

from decimal import Decimal
from pathlib import Path

from odoo.tests import tagged

from . import bill_documents
from .common import NIP, KsefCommon

GOLDEN = Path(__file__).parent / "golden"


@tagged("post_install", "-at_install")
class ReadingCommon(KsefCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reader = cls.env["ksef.bill.reader"]
        cls.journal = cls.company_data["default_journal_purchase"]

    def purchase_tax(self, name):
        return self.env["account.chart.template"].with_company(self.company).ref(name)

    def document(self, **values):
        """A document to us; one row of 100.00 with 23% unless told otherwise."""
        return bill_documents.document(
            **{
                "buyer": NIP,
                "totals": {"P_13_1": "100.00", "P_14_1": "23.00", "P_15": "123.00"},
                "rows": [bill_documents.row(1, quantity=2, price=50, net=100)],
                **values,
            }
        )

    def correction(self, totals, rows, kind="KOR", **more):
        """A document to us that corrects one of the same seller."""
        corrected = {
            "DataWystFaKorygowanej": "2026-02-15",
            "NrFaKorygowanej": "FV/2026/02/150",
            "NrKSeF": 1,
            "NrKSeFFaKorygowanej": bill_documents.number_of(),
        }
        return self.document(
            totals=totals,
            rows=rows,
            kind=kind,
            **{"P_2": "FK/1", "DaneFaKorygowanej": corrected, **more},
        )

    def read_document(self, document, **values):
        reader = self.reader.with_user(self.accountant).with_context(lang=self.accountant.lang)
        reading = reader._draft_bill(document, company=self.company, **values)
        reading.move.line_ids.invalidate_recordset()
        return reading

    def bill(self, document=None, **values):
        """The draft of a document that has to make one."""
        reading = self.read_document(document or self.document(), **values)
        self.assertTrue(reading.move, reading.reasons)
        self.assertEqual(reading.move.state, "draft")
        return reading.move

    def no_bill(self, document, **values):
        """The reasons why a document makes none."""
        reading = self.read_document(document, **values)
        self.assertEqual(reading.outcome, "no_bill")
        self.assertFalse(reading.move)
        self.assertTrue(reading.reasons)
        return " ".join(reading.reasons)

    def doubts(self, bill):
        return [remark[0] for remark in bill.ksef_remarks or ()]

    def lines(self, bill):
        """Net amounts and rate codes of the lines, in order."""
        return [
            (line.price_subtotal, line.tax_ids.ksef_rate_code or "")
            for line in bill.invoice_line_ids
        ]

    def amounts_by_code(self, bill):
        """`{code: (net, tax)}`, positive as the bill shows them."""
        sign = bill.direction_sign
        found = {}
        for line in bill.invoice_line_ids:
            code = line.tax_ids.ksef_rate_code or ""
            net, tax = found.get(code, (0, 0))
            found[code] = (net + line.amount_currency * sign, tax)
        for line in bill.line_ids.filtered("tax_line_id"):
            code = line.tax_line_id.ksef_rate_code
            net, tax = found.get(code, (0, 0))
            found[code] = (net, tax + line.amount_currency * sign)
        return {
            code: tuple(round(Decimal(repr(amount)), 2) for amount in amounts)
            for code, amounts in found.items()
        }

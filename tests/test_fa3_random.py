from decimal import Decimal
from random import Random

from odoo.tests import tagged

from ..ksef.fa3 import reader
from .fa3_common import Fa3Common

INVOICES = 40
RATES = ("vs_kraj_23", "vs_kraj_8", "vs_kraj_5", "vs_kraj_0")


@tagged("post_install", "-at_install")
class TestRandomInvoices(Fa3Common):
    """Whatever is invoiced, the document is valid, adds up and says what Odoo says."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.euro = cls.use_currency("EUR", 4.2531)
        cls.included = {name: cls.include(name) for name in RATES}

    @classmethod
    def include(cls, name):
        tax = cls.tax(name).copy({"name": f"brutto {name}"})
        tax.price_include_override = "tax_included"
        return tax

    def test_rounded_globally(self):
        self.assert_all_right(Random(1), "round_globally")

    def test_rounded_per_line(self):
        self.assert_all_right(Random(2), "round_per_line")

    def assert_all_right(self, random, rounding):
        self.company.tax_calculation_rounding_method = rounding
        moves = self.env["account.move"].union(
            *(self.sell_at_random(random) for _ in range(INVOICES))
        )
        for mode in ("in_price", "p10_unit", "p10_total"):
            self.company.ksef_discount_mode = mode
            self.assert_documents_right(moves)

    def assert_documents_right(self, moves):
        found = self.env["ksef.fa3"]._problems(moves)
        blocking = [p.message for problems in found.values() for p in problems if p.is_blocking]
        self.assertEqual(blocking, [])
        for move, document in self.env["ksef.fa3"]._document_bytes(moves).items():
            self.assert_says_the_same(move, reader.read(document).Fa)

    def sell_at_random(self, random):
        """Prices all with or all without tax, or of both kinds; discounts; PLN or EUR."""
        kinds = random.choice(((True,), (False,), (True, False)))
        currency = random.choice((self.env.ref("base.PLN"), self.euro))
        lines = [self.line_at_random(random, kinds) for _ in range(random.randint(1, 7))]
        return self.sell(*lines, currency_id=currency.id)

    def line_at_random(self, random, kinds):
        rate = random.choice(RATES)
        return self.line(
            self.included[rate] if random.choice(kinds) else rate,
            quantity=random.choice((1, 3, 0.25, 1.37, 12, 1000)),
            price_unit=round(random.uniform(0.01, 5000), random.choice((2, 4))),
            discount=random.choice((0, 0, 7, 33.33, 100)),
        )

    def assert_says_the_same(self, move, fa):
        self.assertEqual(fa.P_15, Decimal(f"{move.amount_total:.2f}"))
        nets = (fa.P_13_1, fa.P_13_2, fa.P_13_3, fa.P_13_6_1)
        taxes = (fa.P_14_1, fa.P_14_2, fa.P_14_3)
        self.assertEqual(sum(filter(None, nets)), Decimal(f"{move.amount_untaxed:.2f}"))
        self.assertEqual(sum(filter(None, taxes)), Decimal(f"{move.amount_tax:.2f}"))
        self.assertEqual(len(fa.FaWiersz), len(move.invoice_line_ids))
        quantities = [Decimal(repr(line.quantity)) for line in move.invoice_line_ids]
        self.assertEqual([row.P_8B for row in fa.FaWiersz], quantities)

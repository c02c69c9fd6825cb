from odoo.tests import tagged

from .bill_documents import row
from .bill_reading_common import ReadingCommon
from .inbox_common import InboxCommon, make_document


@tagged("post_install", "-at_install")
class TestBillWords(ReadingCommon):
    """Amounts and days as the language of the reader writes them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("pl_PL")
        cls.accountant.lang = "pl_PL"

    def reasons(self, **values):
        return self.bill(self.document(**values)).ksef_review_reasons

    def test_amounts_of_doubts_are_written_as_in_the_language(self):
        totals = {"P_13_1": "1234567.50", "P_14_1": "23", "P_15": "1234590.50"}
        polish = self.reasons(totals=totals)
        self.assertIn("1234567,50", polish)
        self.assertIn("100,00", polish)
        bill = self.bill(self.document(totals=totals, P_2="FV/2")).with_context(lang="en_US")
        self.assertIn("1,234,567.50", bill.ksef_review_reasons)

    def test_exchange_rates_keep_their_decimals(self):
        rows = [
            row(1, "A", 1, 60, 60, KursWaluty="4.2531"),
            row(2, "B", 1, 40, 40, KursWaluty="4.300000"),
        ]
        self.assertIn("4,2531; 4,300000", self.reasons(rows=rows, KodWaluty="EUR"))

    def test_days_are_written_as_in_the_language(self):
        days = [{"Termin": "2026-03-01"}, {"Termin": "2026-04-01"}]
        self.assertIn("01.03.2026, 01.04.2026", self.reasons(Platnosc={"TerminPlatnosci": days}))

    def test_amounts_in_the_note_have_their_currency(self):
        settlement = {"Odliczenia": {"Kwota": "1020", "Powod": "Nadpłata"}, "SumaOdliczen": "1020"}
        bill = self.bill(self.document(KodWaluty="EUR", Rozliczenie=settlement))
        self.assertIn("1020,00&nbsp;€", bill.narration)


@tagged("post_install", "-at_install")
class TestInboxLanguage(InboxCommon):
    def test_what_a_cron_books_is_in_the_language_of_who_is_responsible(self):
        self.env["res.lang"]._activate_lang("pl_PL")
        self.accountant.lang = "pl_PL"
        self.env["ksef.inbox.rule"].create({"company_id": self.company.id, "booking": "draft"})
        self.simulator.deposit(make_document())
        bill = self.fetch().bill_id
        self.assertIn("Rachunek bankowy", "".join(bill.message_ids.mapped("body")))
        self.let_time_pass()
        typed = self.typed_bill("FV/2")
        self.simulator.deposit(make_document("FV/2"))
        self.fetch_again()
        self.assertIn("dokumentem KSeF", "".join(typed.message_ids.mapped("body")))

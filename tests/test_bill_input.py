import random

from odoo.tests import tagged

from .bill_documents import number_of, row
from .bill_reading_common import GOLDEN, ReadingCommon
from .common import BUYER_NIP

READER = "odoo.addons.account_ksef.models.bill.reader"
OLD = b"http://crd.gov.pl/wzor/2023/06/29/12648/"
FARMERS = b"http://crd.gov.pl/wzor/2026/03/06/14189/"
UBL = "urn:oasis:names:specification:ubl:schema:xsd:"


@tagged("post_install", "-at_install")
class TestBillInput(ReadingCommon):
    """R33, R34 and whatever else may come in: a reason, never an exception."""

    def test_r33_fa2_farmers_and_pef_documents_are_kept_in_a_draft(self):
        for form, document in self.other_forms().items():
            with self.subTest(form):
                bill = self.bill(document)
                self.assertFalse(bill.invoice_line_ids)
                self.assertEqual(bill._ksef_document_bytes(), document)
                self.assertIn(form, bill.ksef_review_reasons)
                self.assertEqual(bill.ref, "FV/2026/02/150")

    def other_forms(self):
        plain = self.document()
        namespace = plain.split(b'"')[1]
        farmers = plain.replace(namespace, FARMERS).replace(b"Faktura", b"FakturaRR")
        farmers = farmers.replace(b"<Fa>", b"<FakturaRR>").replace(b"</Fa>", b"</FakturaRR>")
        return {
            "FA (2)": plain.replace(namespace, OLD),
            "FA_RR": farmers,
            "PEF": self.pef(),
        }

    def pef(self):
        party = (
            "<cac:{0}><cac:Party><cac:PartyTaxScheme><cbc:CompanyID>{1}</cbc:CompanyID>"
            "</cac:PartyTaxScheme></cac:Party></cac:{0}>"
        )
        return (
            f'<Invoice xmlns="{UBL}Invoice-2" xmlns:cac="{UBL}CommonAggregateComponents-2" '
            f'xmlns:cbc="{UBL}CommonBasicComponents-2"><cbc:ID>FV/2026/02/150</cbc:ID>'
            + party.format("AccountingSupplierParty", f"PL{BUYER_NIP}")
            + party.format("AccountingCustomerParty", self.company.vat)
            + "</Invoice>"
        ).encode()

    def test_r34_attacks_and_rubbish_have_a_reason(self):
        doctype = b'<!DOCTYPE a [<!ENTITY x "y">]>'
        for name, document in {
            "doctype": doctype + self.document(),
            "deep": b"<a>" * 5000,
            "encoding": self.document(P_2="ż").decode().encode("cp1250"),
            "text": b"Faktura VAT 1/2026",
            "empty": b"",
            "root": b"<Faktura/>",
            "large": b"<Faktura>" + b"x" * 50_000_000,
        }.items():
            with self.subTest(name):
                self.no_bill(document)

    def test_number_that_does_not_fit_the_document_is_refused(self):
        reason = self.no_bill(self.document(), ksef_number=number_of("5260250274"))
        self.assertIn("5260250274", reason)
        mistyped = number_of()[:-2] + ("00" if number_of()[-2:] != "00" else "01")
        self.assertIn("check digits", self.no_bill(self.document(), ksef_number=mistyped))

    def test_number_of_another_bill_is_refused_by_name(self):
        first = self.bill(self.document(), ksef_number=number_of())
        reason = self.no_bill(self.document(), ksef_number=number_of())
        self.assertIn(first.display_name, reason)

    def test_unknown_currency_keeps_the_file_with_a_reason(self):
        bill = self.bill(self.document(KodWaluty="QQQ"))
        self.assertIn("QQQ", bill.ksef_review_reasons)
        self.assertFalse(bill.invoice_line_ids)

    def test_vat_in_pln_of_another_sign_is_reviewed(self):
        totals = {"P_13_1": "100", "P_14_1": "23", "P_14_1W": "-97.83", "P_15": "123"}
        bill = self.bill(self.document(KodWaluty="EUR", totals=totals))
        self.assertEqual((bill.amount_total, self.lines(bill)), (123, [(100, "23")]))
        self.assertIn("-97.83", bill.ksef_review_reasons)
        self.assertGreater(bill.line_ids.filtered("tax_line_id").balance, 0)

    def test_unknown_rates_and_lonely_elements_are_read_as_far_as_they_go(self):
        rows = [row(1, "A", 1, 60, 60, "ZW"), row(2, "B", 1, 40, 40), {"P_7": "tylko nazwa"}]
        bill = self.bill(self.document(rows=rows))
        self.assertEqual(self.lines(bill), [(60, "23"), (40, "23")])
        several = {"P_13_1": "40", "P_14_1": "9.20", "P_13_2": "0", "P_14_2": "0", "P_15": "49.20"}
        more = [*rows, row(3, "C", 1, 0, 0, "8")]
        bill = self.bill(self.document(totals=several, rows=more, P_2="FV/2"))
        self.assertEqual(self.lines(bill)[0], (60, ""))
        self.assertIn("rate_unknown", self.doubts(bill))
        without = (
            self.document().replace(b"<Podmiot1>", b"<Inny>").replace(b"</Podmiot1>", b"</Inny>")
        )
        self.assertIn("vendor_unknown", self.doubts(self.bill(without)))

    def test_the_file_is_kept_byte_for_byte_and_seen_by_an_accountant(self):
        document = self.document(P_2="żółć")
        bill = self.bill(document, ksef_number=number_of()).with_user(self.accountant)
        self.assertEqual(bill._ksef_document_bytes(), document)
        action = bill.action_ksef_preview()
        wizard = self.env["ksef.preview"].with_user(self.accountant).browse(action["res_id"])
        self.assertIn("żółć", wizard.html)
        self.assertIn(number_of(), wizard.html)

    def test_mutations_make_bills_or_reasons_without_a_defect(self):
        """Defects are caught wherever documents are read; they are logged all the same."""
        with self.assertNoLogs(READER, "ERROR"):
            outcomes = self.outcomes_of_mutations()
        self.assertEqual(outcomes, {"bill", "refund", "no_bill"})

    def outcomes_of_mutations(self):
        dice = random.Random(7)
        files = sorted(GOLDEN.glob("*.xml"))
        outcomes = set()
        for _time in range(60):
            document = bytearray(dice.choice(files).read_bytes())
            for _flip in range(dice.randint(1, 4)):
                place = document.find(b">", dice.randrange(len(document) - 200)) + 1
                document[place : place + dice.randint(0, 3)] = dice.choice([b"", b"9", b"-", b"x"])
            document = bytes(document).replace(b"1111111111", self.company._ksef_nip().encode())
            outcomes.add(self.read_document(document).outcome)
        return outcomes

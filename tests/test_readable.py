import re
from dataclasses import replace

from lxml import etree, html

from odoo.tests import tagged

from ..ksef.fa3.faktura import NAMESPACE
from ..ksef.fa3.faktura.invoice import FaWiersz
from ..ksef.fa3.writer import write
from ..models.readable.labels import LABELS
from .fa3_common import Fa3Common
from .fa3_full import element_names, make_full_document

ATTACKS = ("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</style><b>", "{{7*7}}")
LAUGHS = (
    b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><a>&b;</a>"""
)
# Their content joins the surroundings, so nobody ever sees their names.
WITHOUT_HEADING = {
    *("DaneIdentyfikacyjne", "DaneKontaktowe", "OkresFa", "Zwolnienie", "NoweSrodkiTransportu"),
    *("PMarzy", "Tekst", "TNaglowek", "Kol", "Wiersz", "Suma", "WKom", "SKom", "Fa", "Naglowek"),
    *("Adnotacje", "Rozliczenie", "Platnosc", "WarunkiTransakcji", "Stopka", "Zalacznik"),
}


@tagged("post_install", "-at_install")
class TestReadable(Fa3Common):
    def show(self, document, **options):
        """The rendered view, as a tree."""
        options = {"lang": "en_US", **options}
        return html.fromstring(self.env["ksef.readable"]._html(document, **options))

    def texts(self, tree):
        return [" ".join(text.split()) for text in tree.itertext() if text.strip()]

    def document(self, *lines, **values):
        return self.env["ksef.fa3"]._document_bytes(self.sell(*lines, **values)).popitem()[1]

    def test_every_text_of_a_full_document_appears_once(self):
        document = write(make_full_document())
        leaves = [e.text for e in etree.fromstring(document).iter() if e.text and "~" in e.text]
        whole = " ".join(self.texts(self.show(document)))
        self.assertGreater(len(leaves), 250)
        wrong = [t for t in leaves if len(re.findall(rf"(?<!\w){re.escape(t)}(?!\d)", whole)) != 1]
        self.assertEqual(wrong, [])

    def test_every_amount_of_a_full_document_appears(self):
        document = write(make_full_document())
        leaves = [e.text for e in etree.fromstring(document).iter() if e.text]
        whole = " ".join(self.texts(self.show(document)))
        amounts = [f"{float(text):,.2f}" for text in leaves if re.fullmatch(r"\d+\.\d\d", text)]
        self.assertGreater(len(amounts), 60)
        self.assertEqual([amount for amount in amounts if amount not in whole], [])

    def test_every_element_has_a_name_in_words(self):
        self.assertEqual(element_names() - WITHOUT_HEADING - set(LABELS), set())

    def test_elements_that_the_schema_does_not_know_are_shown_by_their_names(self):
        root = etree.fromstring(self.document())
        invoice = root.find(f"{{{NAMESPACE}}}Fa")
        etree.SubElement(invoice, f"{{{NAMESPACE}}}Nowosc").text = "nowa treść"
        row = etree.SubElement(invoice.find("{*}FaWiersz"), f"{{{NAMESPACE}}}P_99")
        etree.SubElement(row, f"{{{NAMESPACE}}}Wewnatrz").text = "głęboko"
        texts = self.texts(self.show(etree.tostring(root)))
        self.assertEqual(texts[texts.index("nowa treść") - 1], "Nowosc")
        self.assertIn("głęboko", texts)

    def test_codes_amounts_and_dates_are_in_words_of_the_language(self):
        usd = self.env.ref("base.USD")
        self.env["res.currency.rate"].create(
            {"currency_id": usd.id, "name": "2026-03-01", "rate": 0.25}
        )
        document = self.document(self.line(price_unit=1234.5), currency_id=usd.id)
        texts = self.texts(self.show(document, lang="pl_PL"))
        self.assertIn("1 518,44 USD", texts)
        self.assertIn("2 mar 2026", texts)
        self.assertIn("Polska (PL)", texts)
        self.assertIn("Mar 2, 2026", self.texts(self.show(document)))

    def test_rows_before_a_correction_are_marked(self):
        full = make_full_document()
        after, before = full.Fa.FaWiersz
        rows = (replace(before, StanPrzed=True), replace(after, StanPrzed=False))
        tree = self.show(write(replace(full, Fa=replace(full.Fa, FaWiersz=rows))))
        marks = tree.xpath("//div[@data-section='rows']//tr[contains(@class, 'o_has_details')]")
        self.assertEqual(["o_before" in row.get("class") for row in marks], [True, False])
        self.assertIn("Before the correction", self.texts(tree))

    def test_hostile_texts_stay_texts(self):
        partner = self._create_buyer(name=ATTACKS[0], street=ATTACKS[1], vat="PL1111111111")
        lines = [self.line(name=attack) for attack in ATTACKS]
        page = self.env["ksef.readable"]._page(self.document(*lines, partner_id=partner.id))
        tree = html.fromstring(page)
        self.assertEqual(tree.xpath("//script | //img | //b | //iframe | //@onerror"), [])
        self.assertIn(ATTACKS[0], self.texts(tree))
        self.assertIn("{{7*7}}", self.texts(tree))

    def test_hostile_names_of_elements_stay_texts(self):
        document = "<Faktura><a.onclick-ść x:y='&lt;b>' xmlns:x='u'>z</a.onclick-ść></Faktura>"
        tree = self.show(document.encode())
        self.assertIn("a.onclick-ść", self.texts(tree))
        self.assertEqual(tree.xpath("//b"), [])

    def test_what_is_no_readable_xml_gets_a_page_that_says_why(self):
        for content in (b"", b"%PDF-1.4", b"<Faktura>", LAUGHS, b"\xff\xfe\x00", b"x" * 13_000_000):
            with self.subTest(content[:20]):
                self.assertEqual(self.texts(self.show(content))[0], "This file cannot be shown")

    def test_deep_nesting_is_shown_flat(self):
        deep = b"<Faktura>" + b"<a>" * 200 + b"innermost" + b"</a>" * 200 + b"</Faktura>"
        self.assertIn("innermost", self.texts(self.show(deep)))

    def test_document_of_another_kind_is_shown_with_a_warning(self):
        texts = self.texts(self.show(b"<Invoice><ID>PEF/1</ID></Invoice>"))
        self.assertIn("another kind (Invoice)", texts[0])
        self.assertIn("PEF/1", texts)

    def test_ten_thousand_rows_are_shown_whole_or_with_the_number_left_out(self):
        full = make_full_document()
        rows = tuple(FaWiersz(NrWierszaFa=n + 1, P_7=f"Towar {n}") for n in range(10_000))
        document = write(replace(full, Fa=replace(full.Fa, FaWiersz=rows)))
        whole = self.env["ksef.readable"]._html(document)
        self.assertIn("Towar 9999", whole)
        short = self.env["ksef.readable"]._html(document, row_limit=300)
        self.assertNotIn("Towar 300<", short)
        self.assertIn("9700 more rows", short)

    def test_pdf_is_made_of_any_file(self):
        for content in (write(make_full_document()), LAUGHS, b""):
            pdf = self.env["ksef.readable"]._pdf(content, lang="pl_PL")
            self.assertTrue(pdf.startswith(b"%PDF"))

from odoo.tests import TransactionCase, tagged

from ..ksef import codes
from ..models import words
from ..models.failure import Failure

TABLES = {
    "invoice": codes.INVOICE_CODES,
    "issued": codes.INVOICE_CODES,
    "session": codes.SESSION_CODES,
    "authentication": codes.AUTHENTICATION_CODES,
    "export": codes.EXPORT_CODES,
    "enrollment": codes.ENROLLMENT_CODES,
    "refused": [code.value for code in codes.ExceptionCode],
}
KNOWN = [(kind, code) for kind, table in TABLES.items() for code in table]


@tagged("post_install", "-at_install")
class TestWords(TransactionCase):
    def explain(self, kind, code, lang="en_US", details=()):
        env = self.env["res.partner"].with_context(lang=lang).env
        return words.explain_failure(env, Failure(kind=kind, code=code, details=details))

    def advise(self, kind, code, lang):
        """Return what happened and what to do, in a language."""
        env = self.env["res.partner"].with_context(lang=lang).env
        return [env._(text) for text in words.find_advice(kind, code)]

    def test_every_known_code_says_what_happened_and_what_to_do(self):
        for kind, code in KNOWN:
            with self.subTest(kind=kind, code=code):
                self.assertIn(code, words.BY_CODE[kind])
                self.assertTrue(all(self.advise(kind, code, "en_US")))

    def test_every_known_code_has_polish_words(self):
        for kind, code in KNOWN:
            for english, polish in zip(
                self.advise(kind, code, "en_US"), self.advise(kind, code, "pl_PL"), strict=True
            ):
                with self.subTest(kind=kind, code=code):
                    self.assertNotEqual(english, polish)

    def test_no_words_are_kept_for_codes_that_do_not_exist(self):
        http = {403, 410}
        for kind, table in words.BY_CODE.items():
            self.assertLessEqual(set(table), {*TABLES[kind], *http}, kind)

    def test_details_of_ksef_stand_beside_our_words_unchanged(self):
        text = self.explain("invoice", 450, details=("Nieprawidłowy XML",))
        self.assertTrue(text.startswith("KSeF refused the content of the invoice. Correct what"))
        self.assertTrue(text.endswith("KSeF code 450.\nNieprawidłowy XML"))

    def test_code_that_nobody_knows_is_told_with_its_number(self):
        text = self.explain("refused", 99999, details=("Nowość",))
        self.assertIn("refused the request. Tell your administrator", text)
        self.assertTrue(text.endswith("KSeF code 99999.\nNowość"))

    def test_words_fit_the_kind_of_the_row(self):
        values = {"company_id": self.env.company.id, "failure_kind": "login"}
        application = self.env["ksef.enrollment"].new(
            {**values, "scope": "ksef_offline", "name": "Odoo"}
        )
        invoice = self.env["ksef.submission"].new(values)
        self.assertIn("so this waits", words.explain(application))
        self.assertNotIn("invoice", words.explain(application).replace("Invoicing", ""))
        self.assertIn("so the invoice waits", words.explain(invoice))

"""What the tests of the FA(3) builder share: a Polish company that sells, and its documents."""

from freezegun import freeze_time
from lxml import etree

from odoo import Command
from odoo.addons.account.tests.common import AccountTestInvoicingCommon

from ..ksef.fa3.faktura import NAMESPACE
from ..ksef.fa3.schema import find_problems
from . import fa3_golden
from .modules_common import ModulesMixin

SELLER_NIP, BUYER_NIP = "9999999999", "1111111111"
ACCOUNT_NUMBER = "61109010140000071219812874"
TODAY = "2026-03-02"


class Fa3Common(ModulesMixin, AccountTestInvoicingCommon):
    @classmethod
    @AccountTestInvoicingCommon.setup_country("pl")
    def setUpClass(cls):
        super().setUpClass()
        clock = freeze_time(f"{TODAY} 10:00:00")
        clock.start()
        cls.addClassCleanup(clock.stop)
        cls.company = cls._prepare_company(cls.company_data["company"])
        cls.buyer = cls._create_buyer(name="F.H.U. Nabywca", vat=f"PL{BUYER_NIP}")
        cls.account = cls._create_account()
        cls.product = cls.env["product.product"].create(
            {"name": "Klawiatura", "default_code": "KB-001", "type": "consu"}
        )
        cls._name_units()
        # The language of the database gives it another code
        cls.company_data["default_journal_sale"].code = "FV"

    @classmethod
    def _prepare_company(cls, company):
        company.write(
            {
                "name": "ABC sp. z o.o.",
                "vat": f"PL{SELLER_NIP}",
                "street": "ul. Kwiatowa 1 m. 2",
                "zip": "00-001",
                "city": "Warszawa",
                "country_id": cls.env.ref("base.pl").id,
                "email": False,
                "phone": False,
                "tax_calculation_rounding_method": "round_globally",
            }
        )
        return company

    @classmethod
    def _name_units(cls):
        """Polish, whatever languages the database has."""
        for lang in ("en_US", "pl_PL"):
            cls.env["res.lang"]._activate_lang(lang)
        cls.env.ref("uom.product_uom_unit").with_context(lang="pl_PL").name = "szt."

    @classmethod
    def _create_buyer(cls, **values):
        return cls.env["res.partner"].create(
            {
                "is_company": True,
                "street": "ul. Polna 1",
                "zip": "30-002",
                "city": "Kraków",
                "country_id": cls.env.ref("base.pl").id,
                **values,
            }
        )

    @classmethod
    def _create_account(cls):
        return cls.env["res.partner.bank"].create(
            {
                "acc_number": f"PL{ACCOUNT_NUMBER}",
                "partner_id": cls.company.partner_id.id,
                "allow_out_payment": True,
            }
        )

    @classmethod
    def tax(cls, name):
        """A tax of the Polish chart."""
        return cls.env["account.chart.template"].with_company(cls.company).ref(name)

    @classmethod
    def use_currency(cls, name, rate, day=TODAY):
        """A currency with one rate: PLN for one unit."""
        currency = cls.env.ref(f"base.{name}")
        currency.active = True
        currency.rate_ids.unlink()
        cls.set_rate(currency, rate, day)
        return currency

    @classmethod
    def set_rate(cls, currency, rate, day=TODAY):
        cls.env["res.currency.rate"].create(
            {
                "currency_id": currency.id,
                "company_id": cls.company.id,
                "name": day,
                "inverse_company_rate": rate,
            }
        )

    def line(self, tax="vs_kraj_23", **values):
        """A line at 100.00; `tax` is a name of the chart, a recordset, or None."""
        taxes = self.tax(tax) if isinstance(tax, str) else tax
        return Command.create(
            {
                "name": "Usługa",
                "quantity": 1,
                "price_unit": 100,
                "tax_ids": [Command.set(taxes.ids if taxes else [])],
                **values,
            }
        )

    def draft(self, *lines, **values):
        return self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "company_id": self.company.id,
                "partner_id": self.buyer.id,
                "partner_bank_id": self.account.id,
                "invoice_date": TODAY,
                "invoice_line_ids": list(lines) or [self.line()],
                **values,
            }
        )

    def sell(self, *lines, **values):
        """Post an invoice of today."""
        invoice = self.draft(*lines, **values)
        invoice.action_post()
        return invoice

    def build(self, invoice):
        """The root of the document of an invoice that has no problem in sending."""
        return Node(etree.fromstring(self.document_bytes(invoice)))

    def golden(self, invoice, variant=""):
        """The same of the scenario that the test is named after, as it is kept in `golden/`."""
        document = self.document_bytes(invoice)
        name = fa3_golden.name_of(self._testMethodName, variant)
        differences = fa3_golden.differences(name, document)
        if differences:
            self.fail(f"{name} is built otherwise; KSEF_GOLDEN=write accepts it:\n{differences}")
        return Node(etree.fromstring(document))

    def document_bytes(self, invoice):
        self.assertFalse([p.code for p in self.problems(invoice) if p.is_blocking])
        document = self.env["ksef.fa3"]._document_bytes(invoice)[invoice]
        self.assertEqual(find_problems(document), ())
        return document

    def problems(self, invoice):
        return self.env["ksef.fa3"]._problems(invoice)[invoice]

    def codes(self, invoice):
        """Of the problems of an invoice, each of which is told in Polish and in English."""
        polish, english = (
            self.env["ksef.fa3"].with_context(lang=lang)._problems(invoice)[invoice]
            for lang in ("pl_PL", "en_US")
        )
        for one, other in zip(polish, english, strict=True):
            self.assertEqual(one.fact, other.fact)
            self.assertNotEqual(one.message, other.message)
            self.assertNotEqual(one.remedy, other.remedy)
        return [problem.code for problem in english]


class EuroCommon(Fa3Common):
    """The euro at 4.2531 PLN."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.euro = cls.use_currency("EUR", 4.2531)

    def sell_in_euro(self, *lines, **values):
        return self.sell(*lines, currency_id=self.euro.id, **values)


class Node:
    """An element, asked by paths without namespaces: `node["Fa/P_15"]`."""

    def __init__(self, element):
        self._element = element

    def __getitem__(self, path):
        """The text at the path, None if there is no such element."""
        return self._element.findtext(self._qualify(path))

    def all(self, path):
        return [Node(element) for element in self._element.findall(self._qualify(path))]

    def texts(self, path):
        return [element.text for element in self._element.findall(self._qualify(path))]

    def fields(self, path="", prefix=""):
        """Names and texts of the children there, in order; of the element itself without a path."""
        pairs = (
            (etree.QName(child).localname, child.text)
            for child in self._element.find(self._qualify(path))
        )
        return [(name, value) for name, value in pairs if name.startswith(prefix)]

    def has(self, path):
        return self._element.find(self._qualify(path)) is not None

    def all_texts(self):
        return [element.text for element in self._element.iter() if not len(element)]

    def _qualify(self, path):
        return "/".join(f"{{{NAMESPACE}}}{step}" for step in path.split("/")) if path else "."

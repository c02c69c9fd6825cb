"""What the Odoo tests share: two Polish companies, an accountant, and a running simulator."""

import atexit
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from functools import lru_cache

from odoo import Command, fields
from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.tests import freeze_time, new_test_user

from ..models.ksef_queue import QUEUES
from ..simulator.panel import Control
from ..simulator.server import Simulator

MOST_PASSES = 80
NIP, OTHER_NIP, BUYER_NIP = "1234563218", "5555555555", "7762811692"


@lru_cache
def simulator_url():
    """A simulator in a thread of these tests: it lives in the time that they freeze."""
    simulator = Simulator(port=0, fast=True)
    atexit.register(simulator.stop)  # no thread of it may meet the end of the interpreter
    return simulator.start()


class Simulation(Control):
    """The simulator, whose clock shows the time that it is in the tests."""

    def reset(self):
        result = super().reset()
        self.reset_clock()
        return result

    def reset_clock(self):
        self.set_clock(datetime.now(timezone.utc).isoformat())


class KsefCommon(AccountTestInvoicingCommon):
    # Near midnight, in Poland or in UTC, invoices are late and dates differ: that has its own tests
    freeze_time = freeze_time(datetime.now(timezone.utc).replace(hour=10, minute=0), tick=True)

    @classmethod
    @AccountTestInvoicingCommon.setup_country("pl")
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")  # the words that tests look for
        cls.simulator = Simulation(simulator_url())
        # Users have no write access to the queue, tests play the part of the cron as well
        cls.env = cls.env(su=True)
        cls.company = cls._prepare_company(cls.company_data["company"], NIP)
        cls.other_company = cls._prepare_company(
            cls.setup_other_company(name="Druga spółka")["company"], OTHER_NIP
        )
        cls.buyer = cls.env["res.partner"].create(
            {
                "name": "Nabywca sp. z o.o.",
                "lang": "en_US",
                "is_company": True,
                "vat": f"PL{BUYER_NIP}",
                "street": "ul. Polna 1",
                "zip": "00-001",
                "city": "Warszawa",
                "country_id": cls.env.ref("base.pl").id,
            }
        )
        cls.tax_23 = cls.env["account.chart.template"].with_company(cls.company).ref("vs_kraj_23")
        cls.accountant = new_test_user(
            cls.env,
            "ksiegowa_test",
            groups="account.group_account_invoice",
            lang="en_US",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    @classmethod
    def _prepare_company(cls, company, nip):
        company.write(
            {
                "vat": f"PL{nip}",
                "street": "ul. Kwiatowa 1",
                "zip": "47-400",
                "city": "Racibórz",
                "country_id": cls.env.ref("base.pl").id,
            }
        )
        return company

    def setUp(self):
        super().setUp()
        # Calls of KSeF are counted in transactions of their own
        if not type(self)._registry_patched:
            self.registry_enter_test_mode()
        self.simulator.reset()
        self.simulator.delays(processing_polls=1, processing_seconds=0)

    @contextmanager
    def enter_registry_test_mode(self):
        """All of these tests are in that mode: let other cursors see what is not written yet."""
        self.env.flush_all()
        try:
            yield
        finally:
            self.env.invalidate_all()

    def connect(self, company=None, **token):
        """Switch the integration on for a company, with a token made for it."""
        company = company or self.company
        company.write(
            {
                "ksef_is_enabled": True,
                "ksef_environment": "local",
                "ksef_local_url": simulator_url(),
                "ksef_token": self.simulator.token(company._ksef_nip(), **token),
                "ksef_token_ends_on": False,  # on whatever day these tests run
            }
        )

    def post_invoice(self, company=None, **values):
        """Post a plain invoice of today to a Polish business."""
        invoice = self.draft_invoice(company, **values)
        invoice.action_post()
        return invoice

    def draft_invoice(self, company=None, **values):
        """Make a plain invoice to a Polish business."""
        company = company or self.company
        tax = self.env["account.chart.template"].with_company(company).ref("vs_kraj_23")
        return self._create_invoice(
            **{
                "partner_id": self.buyer,
                "company_id": company,
                "invoice_line_ids": [
                    Command.create(
                        {"name": "Usługa", "quantity": 2, "price_unit": 100, "tax_ids": tax.ids}
                    )
                ],
                **values,
            }
        )

    def send(self, invoice):
        """Send as the accountant does, and let the queue come to rest."""
        invoice.with_user(self.accountant).action_ksef_send()
        self.run_queue()

    def run_queue(self, minutes=3):
        """Let the cron do what is due in the next minutes, as if they passed."""
        cron = self.env.ref("account_ksef.ir_cron_process_queue")
        moment = fields.Datetime.now()
        end = moment + timedelta(minutes=minutes)
        for _pass in range(MOST_PASSES):
            with freeze_time(moment), self.enter_registry_test_mode():
                cron.method_direct_trigger()
            moment = self._next_moment(moment)
            if not moment or moment > end:
                return
        self.fail(f"the queue does not come to rest: {self._waiting_rows()}")

    def _next_moment(self, moment):
        following = min((row.retry_at for row in self._waiting_rows()), default=None)
        return following and max(following, moment)

    def _waiting_rows(self):
        return [
            row for name in QUEUES for row in self.env[name].search([("retry_at", "!=", False)])
        ]

    def hold_verdicts(self):
        """Log in and open a session, then have KSeF judge nothing any more."""
        self.send(self.post_invoice())
        self.simulator.delays(processing_polls=1000)

    def without_rate_code(self, invoice):
        """Give an invoice a tax that nobody has told KSeF about."""
        tax = invoice.invoice_line_ids.tax_ids.copy({"name": f"Nieznany {invoice.id}"})
        tax.ksef_rate_code = False
        invoice.button_draft()
        invoice.invoice_line_ids.tax_ids = tax
        invoice.action_post()
        return invoice

    def accepted_documents(self):
        return [d for d in self.simulator.documents() if d["status"] == 200]

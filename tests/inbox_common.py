"""What the tests of the inbox share: documents of a vendor, and the queue that fetches them."""

from pathlib import Path

from odoo import fields

from .common import BUYER_NIP, NIP, KsefCommon

SAMPLE = (Path(__file__).parent / "golden" / "S01.xml").read_text(encoding="utf-8")
VENDOR_NIP = BUYER_NIP
HOSTILE = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'


def make_document(number="FV/1", *, seller=VENDOR_NIP, buyer=NIP, gross="258.29"):
    """An FA(3) document of a vendor to the company over 258.29 PLN, in bytes."""
    text = SAMPLE
    values = {
        "9999999999": seller,
        "1111111111": buyer,
        "ABC sp. z o.o.": "Dostawca sp. z o.o.",
        "FV/2026/00001": number,
        "<P_1>2026-03-02": f"<P_1>{fields.Date.today()}",
        "<P_15>258.29": f"<P_15>{gross}",
    }
    for old, new in values.items():
        text = text.replace(old, new)
    return text.encode()


class InboxCommon(KsefCommon):
    def setUp(self):
        super().setUp()
        self.connect()
        self.company.ksef_responsible_id = self.accountant  # whose language the cron writes in
        self.simulator.delays(hwm_lag_seconds=0, storage_seconds=0)

    def fetch(self, company=None):
        """Press the button of the journal, and let the queue come to rest."""
        company = company or self.company
        company._ksef_fetch_now()
        self.run_queue()
        return self.inbox(company)

    def fetch_again(self):
        """Look once more, a little later."""
        self.let_time_pass()
        self.cursors().write({"looked_at": False})
        return self.fetch()

    def inbox(self, company=None):
        company = company or self.company
        return self.env["ksef.inbox"].search([("company_id", "=", company.id)])

    def cursors(self, company=None):
        return self.env["ksef.fetch"].sudo()._of(company or self.company)

    def cursor(self, role="Subject2"):
        return self.cursors().filtered(lambda row: row.role == role)

    def let_time_pass(self):
        """The queue has run ahead of the clock of KSeF, which catches up."""
        self.simulator.shift_clock(300)

    def received(self, number="FV/1", **values):
        """One document in the inbox."""
        self.let_time_pass()
        [ksef_number] = self.simulator.deposit(make_document(number, **values))
        self.fetch_again()
        return self.inbox().filtered(lambda row: row.ksef_number == ksef_number)

    def files_in_memory(self):
        """Ids of the documents whose files were read since the caches were emptied."""
        document = self.env["ksef.inbox"]._fields["document"]
        return set(document._get_all_cache_ids(self.env))

    def as_accountant(self, record):
        return record.with_user(self.accountant)

    def typed_bill(self, ref="FV/1", price=209.99):
        """A bill that somebody typed before its document came."""
        tax = self.env["account.chart.template"].with_company(self.company).ref("vz_kraj_23")
        return self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": self.buyer.id,
                "company_id": self.company.id,
                "ref": ref,
                "invoice_date": fields.Date.today(),
                "invoice_line_ids": [
                    fields.Command.create(
                        {"name": "Usługa", "price_unit": price, "tax_ids": tax.ids}
                    )
                ],
            }
        )

    def count_requests(self, operation):
        return sum(r["operation"] == operation for r in self.simulator.requests())

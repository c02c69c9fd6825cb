"""What KSeF holds stays as it is, whichever way somebody takes to change it."""

import re
from pathlib import Path

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged

from ..models.account_move_lock import DOCUMENT_FIELDS, LINE_FIELDS
from .common import KsefCommon

BUILDER = Path(__file__).parents[1] / "models" / "fa3"
# Read by the builder, but guarded elsewhere, filled by Odoo or KSeF, or no content of the document
NOT_CONTENT = {"id", "amount_total", "state", "ksef_number", "ksef_state", "company_currency_id"}
COMPUTED_FROM_LINES = {"id", "price_subtotal", "price_tax", "account_type", "company_id"}


class LockCommon(KsefCommon):
    def setUp(self):
        super().setUp()
        self.connect()
        self.invoice = self.post_invoice()

    def mine(self, records):
        return records.with_user(self.accountant).with_company(self.company)

    def assert_locked(self, touch):
        with self.assertRaises(UserError) as caught, self.env.cr.savepoint():
            touch()
        self.assertIn("in KSeF or on its way", str(caught.exception))


@tagged("post_install", "-at_install")
class TestLock(LockCommon):
    def setUp(self):
        super().setUp()
        self.send(self.invoice)

    def test_no_field_of_the_document_can_be_written(self):
        others = {
            "char": "inny",
            "text": "inny",
            "html": "<p>inny</p>",
            "date": fields.Date.to_date("2020-01-01"),
            "float": 7.0,
            "monetary": 7.0,
        }
        invoice = self.mine(self.invoice)
        for name in sorted(DOCUMENT_FIELDS & invoice._fields.keys()):
            field = invoice._fields[name]
            value = others.get(field.type, not invoice[name])
            if field.type == "selection":
                value = next(v for v in field.get_values(self.env) if v != invoice[name])
            elif field.type == "many2one":
                value = self.env[field.comodel_name].search([("id", "!=", invoice[name].id)])[:1].id
                if not value:
                    continue
            with self.subTest(name):
                self.assert_locked(lambda name=name, value=value: invoice.write({name: value}))

    def test_lines_can_neither_change_nor_come_nor_go(self):
        line = self.mine(self.invoice.invoice_line_ids)
        new = {"move_id": self.invoice.id, "name": "Dopisek", "quantity": 1, "price_unit": 5}
        for touch in (
            lambda: line.write({"name": "Inna usługa"}),
            lambda: line.write({"price_unit": 1}),
            lambda: line.write({"quantity": 1}),
            lambda: line.write({"discount": 50}),
            lambda: line.write({"tax_ids": [Command.clear()]}),
            lambda: line.write({"balance": -1}),
            lambda: line.write({"ksef_gtu": "GTU_01"}),
            lambda: line.create(new),
            line.unlink,
        ):
            self.assert_locked(touch)

    def test_lines_cannot_change_through_their_invoice(self):
        line = self.invoice.invoice_line_ids
        for command in (
            Command.create({"name": "Dopisek", "quantity": 1, "price_unit": 5}),
            Command.update(line.id, {"price_unit": 3}),
            Command.delete(line.id),
        ):
            for name in ("line_ids", "invoice_line_ids"):
                with self.subTest(name), self.assertRaises(UserError), self.env.cr.savepoint():
                    self.mine(self.invoice).write({name: [command]})

    def test_line_cannot_move_into_or_out_of_a_document(self):
        draft = self._create_invoice(partner_id=self.buyer)
        self.assert_locked(lambda: self.invoice.invoice_line_ids.write({"move_id": draft.id}))
        self.assert_locked(lambda: draft.invoice_line_ids.write({"move_id": self.invoice.id}))

    def test_due_date_of_an_instalment_is_part_of_the_document(self):
        instalment = self.invoice.line_ids.filtered(lambda line: line.date_maturity)
        self.assert_locked(lambda: self.mine(instalment).write({"date_maturity": "2030-01-01"}))

    def test_rows_beside_the_lines_are_locked_too(self):
        rows = {
            "ksef.party": {"partner_id": self.buyer.id, "role": "2"},
            "ksef.extra": {"key": "Klucz", "value": "Wartość"},
            "ksef.corrected.document": {"number": "FV/1", "issued_on": "2026-01-01"},
            "ksef.partial.advance": {"paid_on": "2026-01-01", "amount": 5},
            "ksef.transport": {"kind": "3", "load": "13"},
            "ksef.new.transport": {
                "line_id": self.invoice.invoice_line_ids.id,
                "first_used_on": "2026-01-01",
                "usage": "10",
            },
        }
        for name, values in rows.items():
            with self.subTest(name):
                self.assert_locked(
                    lambda name=name, values=values: self.mine(self.env[name]).create(
                        {"move_id": self.invoice.id, **values}
                    )
                )

    def test_row_made_before_sending_is_locked_after_it(self):
        other = self.post_invoice()
        row = self.env["ksef.extra"].create({"move_id": other.id, "key": "Umowa", "value": "12"})
        self.send(other)
        self.assertEqual(other.ksef_state, "accepted")
        self.assert_locked(lambda: self.mine(row).write({"value": "13"}))
        self.assert_locked(self.mine(row).unlink)

    def test_row_beside_the_lines_cannot_move_into_or_out_of_a_document(self):
        values = {"partner_id": self.buyer.id, "role": "2"}
        draft = self._create_invoice(partner_id=self.buyer)
        party = self.env["ksef.party"].create({"move_id": draft.id, **values})
        self.assert_locked(lambda: self.mine(party).write({"move_id": self.invoice.id}))
        into = self.mine(self.env["ksef.party"]).with_context(default_move_id=self.invoice.id)
        self.assert_locked(lambda: into.create(values))

    def test_ways_back_are_closed(self):
        invoice = self.mine(self.invoice)
        for touch in (
            invoice.button_draft,
            invoice.button_cancel,
            invoice.button_request_cancel,
            invoice.unlink,
            invoice._check_draftable,
            lambda: invoice.with_context(force_delete=True).unlink(),
            lambda: invoice.write({"state": "draft"}),
            lambda: invoice.write({"state": "cancel"}),
        ):
            self.assert_locked(touch)
        self.assertEqual(self.invoice.state, "posted")

    def test_number_cannot_be_resequenced(self):
        moves = self.invoice | self.post_invoice()
        wizard = (
            self.env["account.resequence.wizard"]
            .with_context(active_model="account.move", active_ids=moves.ids)
            .create({"ordering": "keep", "first_name": "FV/2026/00077"})
        )
        self.assert_locked(wizard.resequence)

    def test_number_cannot_be_written_by_an_administrator_either(self):
        self.assert_locked(lambda: self.invoice.sudo().write({"name": "FV/X"}))

    def test_what_a_correction_in_ksef_corrects_is_kept(self):
        original = self.post_invoice()
        original.ksef_is_excluded = True
        correction = original._reverse_moves([{"invoice_date": fields.Date.today()}])
        correction.ksef_correction_reason = "Zwrot"
        correction.action_post()
        self.env["ksef.submission"].create(
            {
                "move_id": correction.id,
                "company_id": self.company.id,
                "state": "accepted",
                "document_hash": "x",
            }
        )
        with self.assertRaises(UserError) as caught:
            self.mine(original).button_draft()
        self.assertIn(correction.name, str(caught.exception))

    def test_saving_the_same_values_again_is_no_change(self):
        invoice = self.mine(self.invoice)
        self.assertTrue(invoice.write({"ref": invoice.ref, "delivery_date": invoice.delivery_date}))
        line = self.mine(self.invoice.invoice_line_ids)
        self.assertTrue(line.write({"name": line.name, "quantity": line.quantity}))

    def test_work_around_the_document_goes_on(self):
        invoice = self.mine(self.invoice)
        invoice.write({"payment_reference": "Zaliczka", "invoice_user_id": self.accountant.id})
        invoice.message_post(body="Notatka")
        invoice.activity_schedule("mail.mail_activity_data_todo")
        plan = self.env["account.analytic.plan"].create({"name": "Projekty"})
        account = self.env["account.analytic.account"].create({"name": "A", "plan_id": plan.id})
        self.mine(self.invoice.invoice_line_ids).write(
            {"analytic_distribution": {str(account.id): 100}}
        )
        payment = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=self.invoice.ids
        )
        payment.with_user(self.accountant).create({})._create_payments()
        self.assertIn(self.invoice.payment_state, ("paid", "in_payment"))

    def test_credit_note_is_the_way(self):
        wizard = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=self.invoice.ids
        )
        reversal = wizard.with_user(self.accountant).create(
            {"journal_id": self.invoice.journal_id.id, "reason": "Zwrot"}
        )
        reversal.modify_moves()
        self.assertEqual(self.invoice.reversal_move_ids.state, "posted")

    def test_refused_invoice_is_free_again(self):
        other = self.post_invoice()
        self.env["ksef.submission"].create(
            {"move_id": other.id, "company_id": self.company.id, "state": "rejected"}
        )
        self.mine(other).write({"ref": "PO 7"})
        self.mine(other).button_draft()
        self.assertEqual(other.state, "draft")


@tagged("post_install", "-at_install")
class TestLockOnTheWay(LockCommon):
    def test_invoice_that_waits_in_the_queue_may_still_change(self):
        self.mine(self.invoice).action_ksef_send()
        self.mine(self.invoice).write({"ref": "PO 7"})
        self.run_queue()
        self.assertIn(b"PO 7", self.invoice.ksef_submission_ids._document_bytes())

    def test_invoice_that_left_is_locked_before_the_verdict(self):
        self.hold_verdicts()
        self.mine(self.invoice).action_ksef_send()
        self.run_queue(minutes=0.2)
        self.assertEqual(self.invoice.ksef_submission_ids.state, "sent")
        self.assert_locked(lambda: self.mine(self.invoice).write({"ref": "PO 7"}))

    def test_frozen_document_that_leaves_again_is_locked(self):
        self.mine(self.invoice).action_ksef_send()
        self.invoice.ksef_submission_ids.document_hash = "frozen"
        self.assert_locked(lambda: self.mine(self.invoice).write({"ref": "PO 7"}))


@tagged("post_install", "-at_install")
class TestLockCoversTheDocument(KsefCommon):
    def test_every_field_that_the_builder_reads_is_locked(self):
        source = "".join(path.read_text() for path in BUILDER.glob("*.py"))
        for model, pattern, locked in (
            ("account.move", r"\bmove\.(\w+)", DOCUMENT_FIELDS | NOT_CONTENT),
            ("account.move.line", r"\bline\.(\w+)", LINE_FIELDS | COMPUTED_FROM_LINES),
        ):
            known = self.env[model]._fields
            read = {name for name in re.findall(pattern, source) if name in known}
            content = {n for n in read if known[n].store and not known[n].type.endswith("2many")}
            self.assertFalse(content - locked, f"{model}: read for the document, but not locked")


@tagged("post_install", "-at_install")
class TestLockByRpc(LockCommon, HttpCase):
    def setUp(self):
        super().setUp()
        self.send(self.invoice)
        self.authenticate("ksiegowa_test", "ksiegowa_test")

    def call(self, records, method, *args):
        answer = self.url_open(
            f"/web/dataset/call_kw/{records._name}/{method}",
            json={
                "params": {
                    "model": records._name,
                    "method": method,
                    "args": [records.ids, *args],
                    "kwargs": {},
                }
            },
        ).json()
        return answer.get("error", {}).get("data", {}).get("message", "")

    def test_no_call_from_outside_changes_an_accepted_invoice(self):
        line = self.invoice.invoice_line_ids
        for records, method, *args in (
            (self.invoice, "button_draft"),
            (self.invoice, "button_cancel"),
            (self.invoice, "button_request_cancel"),
            (self.invoice, "unlink"),
            (self.invoice, "write", {"name": "FV/X"}),
            (self.invoice, "write", {"invoice_date": "2026-01-01"}),
            (self.invoice, "web_save", {"ref": "PO 7"}, {}),
            (line, "write", {"price_unit": 1}),
            (line, "unlink"),
        ):
            with self.subTest(method=method, args=args):
                self.assertIn("in KSeF or on its way", self.call(records, method, *args))

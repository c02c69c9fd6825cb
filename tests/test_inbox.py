from odoo import Command
from odoo.exceptions import AccessError, RedirectWarning, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .inbox_common import InboxCommon, make_document

UNIT, OTHER_UNIT = "1234563218-00012", "1234563218-00025"


@tagged("post_install", "-at_install")
class TestInbox(InboxCommon):
    def setUp(self):
        super().setUp()
        self.row = self.received("FV/1")

    def test_drawn_steps_are_the_only_ones(self):
        for state in self.row._transitions:
            for target in self.row._transitions:
                self.row.write({"state": state})
                if target in self.row._transitions[state] or target == state:
                    self.row._move_to(target)
                else:
                    with self.assertRaises(ValueError):
                        self.row._move_to(target)

    def test_accountant_makes_a_bill_of_a_document(self):
        self.as_accountant(self.row).action_make_bills()
        self.assertEqual(self.row.state, "booked")
        bill = self.row.bill_id
        self.assertEqual((bill.ksef_number, bill.ref), (self.row.ksef_number, "FV/1"))
        self.assertEqual((bill.partner_id, bill.state), (self.buyer, "draft"))
        self.assertAlmostEqual(bill.amount_total, 258.29)

    def test_document_of_a_typed_bill_gets_no_second_one(self):
        bill = self.typed_bill("FV/7")
        row = self.received("FV/7")
        self.assertEqual((row.state, row.bill_id), ("booked", bill))
        self.assertEqual(bill.ksef_number, row.ksef_number)

    def test_vendor_is_known_however_its_nip_is_written(self):
        self.buyer.vat = "776-281-16-92"
        self.assertEqual(self.received("FV/5").partner_id, self.buyer)

    def test_near_bill_is_shown_to_choose(self):
        bill = self.typed_bill("nr 15 z maja")
        row = self.received("FV/8")
        self.assertEqual(row.state, "new")
        self.assertEqual(self.as_accountant(row).suggestion, bill.display_name)
        action = self.as_accountant(row).action_match()
        wizard = self.env["ksef.inbox.match"].with_user(self.accountant).browse(action["res_id"])
        wizard.line_ids.filtered(lambda line: line.bill_id == bill).action_choose()
        self.assertEqual((row.state, row.bill_id), ("booked", bill))
        self.assertEqual(bill.ksef_number, row.ksef_number)

    def test_untied_bill_loses_its_number_and_the_document_waits_again(self):
        self.as_accountant(self.row).action_make_bills()
        bill = self.row.bill_id
        self.as_accountant(self.row).action_untie()
        self.assertEqual((self.row.state, self.row.bill_id), ("new", self.env["account.move"]))
        self.assertFalse(bill.ksef_number)

    def test_document_of_a_deleted_bill_waits_again(self):
        self.as_accountant(self.row).action_make_bills()
        self.row.bill_id.unlink()
        self.assertEqual(self.row.state, "new")

    def test_states_are_not_written_by_rpc(self):
        with self.assertRaises(AccessError):
            self.as_accountant(self.row).write({"state": "approved"})

    def test_booked_document_is_not_approved(self):
        self.as_accountant(self.row).action_make_bills()
        with self.assertRaises(UserError):
            self.as_accountant(self.row).action_approve()

    def test_document_that_came_twice_is_a_duplicate(self):
        again = self.received("FV/1")
        self.assertNotEqual(again.ksef_number, self.row.ksef_number)
        self.assertEqual((self.row.state, again.state), ("new", "duplicate"))

    def test_bill_with_the_number_typed_by_hand_is_tied(self):
        self.let_time_pass()
        [number] = self.simulator.deposit(make_document("FV/77"))
        bill = self.typed_bill("something else", price=1)
        bill.ksef_number = number
        self.fetch_again()
        row = self.inbox().filtered(lambda row: row.ksef_number == number)
        self.assertEqual((row.state, row.bill_id), ("booked", bill))
        self.assertEqual(bill.ksef_document_hash, row.document_hash)

    def test_reopened_document_goes_back_to_whom_it_was_given(self):
        row = self.as_accountant(self.row)
        row.action_assign_to_me()
        row.action_approve()
        row.action_reopen()
        self.assertEqual((row.state, row.user_id), ("assigned", self.accountant))


@tagged("post_install", "-at_install")
class TestObjections(InboxCommon):
    def setUp(self):
        super().setUp()
        self.row = self.received("FV/1")

    def decide(self, kind, **values):
        wizard = self.env["ksef.inbox.decision"].with_user(self.accountant)
        wizard.create({"kind": kind, "inbox_ids": self.row.ids, **values}).action_confirm()

    def book(self):
        self.as_accountant(self.row).action_make_bills()
        return self.as_accountant(self.row.bill_id)

    def test_disputed_bill_is_not_posted_and_says_why(self):
        bill = self.book()
        self.decide("dispute", reason="Zła cena")
        with self.assertRaisesRegex(RedirectWarning, "Zła cena"):
            bill.action_post()
        self.assertIn("Zła cena", bill.ksef_objection)
        self.assertIn("Zła cena", bill.message_ids[0].body)

    def test_bill_that_is_not_ours_is_not_paid(self):
        bill = self.book()
        bill.action_post()
        self.decide("not_ours", reason="Nic nie kupiliśmy")
        register = self.env["account.payment.register"].with_user(self.accountant)
        wizard = register.with_context(active_model="account.move", active_ids=bill.ids).create({})
        with self.assertRaises(RedirectWarning):
            wizard.action_create_payments()

    def test_payment_made_apart_from_the_bill_is_stopped_too(self):
        bill = self.book()
        bill.action_post()
        self.decide("not_ours", reason="Nic nie kupiliśmy")
        with self.assertRaises(RedirectWarning):
            self.payment_of(bill).with_user(self.accountant).action_post()

    def payment_of(self, bill):
        return self.env["account.payment"].create(
            {
                "payment_type": "outbound",
                "partner_type": "supplier",
                "partner_id": self.buyer.id,
                "amount": 258.29,
                "invoice_ids": [Command.set(bill.ids)],
                "journal_id": self.company_data["default_journal_bank"].id,
            }
        )

    def test_objection_holds_on_the_server_whoever_asks(self):
        bill = self.book()
        self.decide("dispute", reason="Zła cena")
        posting = self.env["validate.account.move"].with_user(self.accountant)
        wizard = posting.with_context(active_model="account.move", active_ids=bill.ids)
        for post in (
            lambda: bill.write({"state": "posted"}),
            lambda: wizard.create({}).validate_move(),
        ):
            with self.assertRaisesRegex(RedirectWarning, "Zła cena"):
                post()
        self.assertEqual(bill.state, "draft")

    def test_payment_of_several_bills_names_the_refused_one(self):
        bill, other = self.book(), self.typed_bill("FV/2")
        (bill + other).action_post()
        self.decide("not_ours", reason="Nic nie kupiliśmy")
        register = self.env["account.payment.register"].with_user(self.accountant)
        wizard = register.with_context(
            active_model="account.move", active_ids=(bill + other).ids
        ).create({"group_payment": True})
        with self.assertRaisesRegex(RedirectWarning, "FV/1"):
            wizard.action_create_payments()
        self.assertFalse(other.matched_payment_ids)

    def test_payment_is_not_put_into_process_by_rpc(self):
        bill = self.book()
        bill.action_post()
        self.decide("dispute", reason="Zła cena")
        payment = self.payment_of(bill).with_user(self.accountant)
        for state in ("in_process", "paid"):
            with self.assertRaises(RedirectWarning):
                payment.write({"state": state})
        self.assertEqual(payment.state, "draft")

    def test_reopened_document_lets_the_bill_through(self):
        bill = self.book()
        self.decide("dispute", reason="Zła cena")
        self.as_accountant(self.row).action_reopen()
        self.assertEqual(self.row.state, "booked")
        bill.action_post()
        self.assertEqual(bill.state, "posted")

    def test_objection_needs_a_reason(self):
        with self.assertRaises(UserError):
            self.row.with_user(self.accountant)._object("disputed", "  ")

    def test_document_is_given_only_to_who_sees_the_inbox(self):
        stranger = new_test_user(self.env, "bez_skrzynki", company_id=self.company.id)
        with self.assertRaises(UserError):
            self.decide("assign", user_id=stranger.id)
        self.decide("assign", user_id=self.accountant.id)
        self.assertEqual((self.row.state, self.row.user_id), ("assigned", self.accountant))


@tagged("post_install", "-at_install")
class TestInboxAccess(InboxCommon):
    def setUp(self):
        super().setUp()
        self.row = self.received("FV/1")
        self.assistant = new_test_user(
            self.env,
            "asystent_zakupow",
            groups="account_ksef.group_ksef_inbox",
            company_id=self.company.id,
        )

    def test_purchase_assistant_reads_and_decides_but_books_nothing(self):
        row = self.row.with_user(self.assistant)
        self.assertEqual(row.document_number, "FV/1")
        self.assertIn("Dostawca", row.html)
        row.action_approve()
        self.assertEqual(self.row.state, "approved")
        with self.assertRaises(AccessError):
            row.action_make_bills()

    def test_purchase_assistant_sees_no_credentials(self):
        for model in ("ksef.fetch", "ksef.login", "ksef.token"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.assistant).search([])
        with self.assertRaises(AccessError):
            self.company.with_user(self.assistant).read(["ksef_token"])

    def test_auditor_reads_and_does_not_decide(self):
        auditor = new_test_user(
            self.env,
            "audytor",
            groups="account.group_account_readonly",
            company_id=self.company.id,
        )
        row = self.row.with_user(auditor)
        self.assertEqual(row.document_number, "FV/1")
        with self.assertRaises(AccessError):
            row.action_approve()


@tagged("post_install", "-at_install")
class TestInboxRules(InboxCommon):
    def rule(self, **values):
        return self.env["ksef.inbox.rule"].create(
            {"company_id": self.company.id, "partner_id": self.buyer.id, **values}
        )

    def test_rule_gives_documents_to_a_person(self):
        self.rule(user_id=self.accountant.id)
        row = self.received()
        self.assertEqual((row.state, row.user_id), ("assigned", self.accountant))

    def test_rule_of_a_vendor_wins_over_that_of_all(self):
        self.rule(partner_id=False, booking="draft")
        self.rule(booking="manual")
        self.assertEqual(self.received().state, "new")

    def received_for(self, unit, number):
        """A document that names a unit of the company as its recipient."""
        third = (
            f"<Podmiot3><DaneIdentyfikacyjne><IDWew>{unit}</IDWew><Nazwa>Oddział</Nazwa>"
            "</DaneIdentyfikacyjne><Rola>8</Rola></Podmiot3><Fa>"
        )
        document = make_document(number).decode().replace("<Fa>", third, 1)
        self.let_time_pass()
        self.simulator.deposit(document.encode())
        self.fetch_again()
        return self.inbox().filtered(lambda row: row.document_number == number)

    def test_rule_of_a_unit_is_for_documents_that_name_it(self):
        self.rule(partner_id=False, internal_id=UNIT, user_id=self.accountant.id)
        row = self.received_for(UNIT, "FV/1")
        self.assertEqual((row.internal_id, row.user_id), (UNIT, self.accountant))
        self.assertFalse(self.received_for(OTHER_UNIT, "FV/2").user_id)
        self.assertFalse(self.received("FV/3").user_id)

    def test_closest_rule_wins(self):
        vendor, unit = {"partner_id": self.buyer.id}, {"internal_id": UNIT}
        row = self.env["ksef.inbox"].new({"company_id": self.company.id, **vendor, **unit})
        for closer in ({}, unit, vendor, {**vendor, **unit}):
            rule = self.rule(**{"partner_id": False, **closer})
            self.assertEqual(row._rules()[row], rule)

    def test_unit_of_somebody_else_is_no_rule(self):
        for unit in ("12345", "1234563218-00011", "7762811692-00018"):
            with self.subTest(unit), self.assertRaises(ValidationError):
                self.rule(internal_id=unit)

    def test_rule_books_on_its_journal_and_account(self):
        journal = self.company_data["default_journal_purchase"].copy({"code": "ZKS"})
        account = self.company_data["default_account_expense"].copy({"code": "499999"})
        self.rule(booking="draft", journal_id=journal.id, account_id=account.id, is_by_rate=True)
        bill = self.received().bill_id
        self.assertEqual((bill.journal_id, bill.invoice_line_ids.account_id), (journal, account))

    def test_rule_posts_what_leaves_no_doubt(self):
        self.rule(booking="posted")
        doubtful = self.received("FV/1").bill_id
        self.assertEqual((doubtful.state, doubtful.ksef_is_to_review), ("draft", True))
        doubtful.partner_bank_id.allow_out_payment = True
        row = self.received("FV/2")
        self.assertEqual((row.state, row.bill_id.state), ("booked", "posted"))
        self.assertEqual(row.bill_id.amount_total, 258.29)

    def test_bill_that_cannot_be_posted_waits_with_the_reason(self):
        journal = self.company_data["default_journal_purchase"].copy({"code": "ZKS"})
        journal.active = False
        self.received("FV/1").with_user(self.accountant).action_make_bills()
        self.rule(booking="posted", journal_id=journal.id)
        bill = self.received("FV/2").bill_id
        self.assertEqual(bill.state, "draft")
        self.assertIn("Could not be posted by itself", bill.message_ids[0].body)

    def test_rule_writes_its_analytic_distribution_on_every_line(self):
        plan = self.env["account.analytic.plan"].create({"name": "Projekty"})
        project = self.env["account.analytic.account"].create(
            {"name": "Budowa", "plan_id": plan.id, "company_id": self.company.id}
        )
        self.rule(booking="draft", analytic_distribution={str(project.id): 100})
        lines = self.received().bill_id.invoice_line_ids
        self.assertEqual(len(lines), 2)
        for line in lines:
            self.assertEqual(line.analytic_distribution, {str(project.id): 100})

    def test_faulty_document_is_not_booked_by_itself(self):
        self.rule(booking="posted")
        self.simulator.deposit(
            b"<broken", buyerNip="1234563218", sellerNip="7762811692", invoiceNumber="D/9"
        )
        self.assertEqual(self.fetch().state, "new")

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import new_test_user, tagged

from .fa3_common import ACCOUNT_NUMBER, BUYER_NIP, Fa3Common

UNIT_NIP = "5555555555"
INTERNAL_ID = "1111111111-00013"


class ThirdParties(Fa3Common):
    def create_unit(self, **values):
        return self.env["res.partner"].create(
            {
                "name": "Szkoła nr 1",
                "type": "other",
                "parent_id": self.buyer.id,
                "street": "ul. Szkolna 1",
                "city": "Kraków",
                "country_id": self.env.ref("base.pl").id,
                **values,
            }
        )

    def identity_of(self, document):
        return document.fields("Podmiot3/DaneIdentyfikacyjne")

    def name_party(self, partner, role, **values):
        return {
            "ksef_party_ids": [Command.create({"partner_id": partner.id, "role": role, **values})]
        }


@tagged("post_install", "-at_install")
class TestUnits(ThirdParties):
    def test_s31_school_of_a_municipality_by_its_internal_identifier(self):
        self.buyer.ksef_entity_kind = "jst"
        school = self.create_unit(ksef_internal_id=INTERNAL_ID)
        document = self.golden(self.sell(partner_id=school.id))
        self.assertEqual(document["Podmiot2/DaneIdentyfikacyjne/NIP"], BUYER_NIP)
        self.assertEqual((document["Podmiot2/JST"], document["Podmiot2/GV"]), ("1", "2"))
        self.assertEqual(
            self.identity_of(document), [("IDWew", INTERNAL_ID), ("Nazwa", "Szkoła nr 1")]
        )
        self.assertEqual(document["Podmiot3/Rola"], "8")
        self.assertEqual(document["Podmiot3/Adres/AdresL1"], "ul. Szkolna 1")

    def test_school_with_a_nip_of_its_own(self):
        self.buyer.ksef_entity_kind = "jst"
        school = self._create_buyer(
            name="Szkoła nr 2", vat=f"PL{UNIT_NIP}", ksef_parent_entity_id=self.buyer.id
        )
        document = self.build(self.sell(partner_id=school.id))
        self.assertEqual(document["Podmiot2/DaneIdentyfikacyjne/NIP"], BUYER_NIP)
        self.assertFalse(document.has("Podmiot2/AdresKoresp"))
        self.assertEqual(self.identity_of(document), [("NIP", UNIT_NIP), ("Nazwa", "Szkoła nr 2")])

    def test_school_as_the_delivery_address(self):
        self.buyer.ksef_entity_kind = "jst"
        school = self.create_unit(ksef_internal_id=INTERNAL_ID)
        document = self.build(self.sell(partner_shipping_id=school.id))
        self.assertEqual((document["Podmiot2/JST"], document["Podmiot3/Rola"]), ("1", "8"))

    def test_delivery_to_the_school_of_another_municipality_changes_no_buyer(self):
        self.buyer.ksef_entity_kind = "jst"
        school = self.create_unit(ksef_internal_id=INTERNAL_ID)
        shop = self._create_buyer(name="Sklep", vat=f"PL{UNIT_NIP}")
        document = self.build(self.sell(partner_id=shop.id, partner_shipping_id=school.id))
        self.assertEqual(document["Podmiot2/DaneIdentyfikacyjne/NIP"], UNIT_NIP)
        self.assertEqual(document["Podmiot2/JST"], "2")
        self.assertFalse(document.has("Podmiot3"))

    def test_s32_member_of_a_vat_group(self):
        self.buyer.ksef_entity_kind = "vat_group"
        member = self._create_buyer(
            name="Spółka zależna", vat=f"PL{UNIT_NIP}", ksef_parent_entity_id=self.buyer.id
        )
        document = self.golden(self.sell(partner_id=member.id))
        self.assertEqual((document["Podmiot2/JST"], document["Podmiot2/GV"]), ("2", "1"))
        self.assertEqual(document["Podmiot3/Rola"], "10")

    def test_municipality_buys_for_itself(self):
        self.buyer.ksef_entity_kind = "jst"
        document = self.build(self.sell())
        self.assertEqual(document["Podmiot2/JST"], "2")
        self.assertFalse(document.has("Podmiot3"))

    def test_s31_unit_has_to_be_named(self):
        self.assertEqual(self.codes(self.sell(ksef_is_jst=True)), ["E-JST-01"])
        self.assertEqual(self.codes(self.sell(ksef_is_gv=True)), ["E-JST-01"])

    def test_unit_that_is_named_has_to_be_announced(self):
        unit = self._create_buyer(name="Urząd", vat=f"PL{UNIT_NIP}")
        self.assertEqual(self.codes(self.sell(**self.name_party(unit, "8"))), ["W-JST-02"])
        invoice = self.sell(ksef_is_jst=True, **self.name_party(unit, "8"))
        self.assertEqual(self.codes(invoice), [])

    def test_internal_identifier_is_checked_where_it_is_entered(self):
        for number in ("1111111111-00012", "1111111112-00013", "1111111111"):
            with self.assertRaises(ValidationError):
                self.create_unit(ksef_internal_id=number)

    def test_s50_wrong_internal_identifier_of_old_data_is_refused(self):
        self.buyer.ksef_entity_kind = "jst"
        school = self.create_unit(ksef_internal_id=INTERNAL_ID)
        invoice = self.sell(partner_id=school.id)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET ksef_internal_id = '1111111111-00012' WHERE id = %s",
            (school.id,),
        )
        self.env.invalidate_all()
        (problem,) = self.problems(invoice)
        self.assertEqual((problem.code, problem.record), ("E-IDW-01", school))


@tagged("post_install", "-at_install")
class TestOtherParties(ThirdParties):
    def create_factor(self):
        factor = self._create_buyer(name="Faktor S.A.", vat=f"PL{UNIT_NIP}")
        self.env["res.partner.bank"].create(
            {
                "acc_number": "PL83101010230000261395100000",
                "partner_id": factor.id,
                "ksef_own_account_kind": "2",
            }
        )
        return factor

    def test_s34_factor_of_the_customer_is_paid(self):
        self.buyer.ksef_factor_partner_id = self.create_factor()
        document = self.golden(self.sell())
        self.assertEqual(document["Podmiot3/Rola"], "1")
        self.assertEqual(document["Podmiot3/DaneIdentyfikacyjne/NIP"], UNIT_NIP)
        self.assertFalse(document.has("Fa/Platnosc/RachunekBankowy"))
        self.assertEqual(
            document["Fa/Platnosc/RachunekBankowyFaktora/NrRB"], "83101010230000261395100000"
        )
        self.assertEqual(document["Fa/Platnosc/RachunekBankowyFaktora/RachunekWlasnyBanku"], "2")

    def test_factor_of_the_journal_is_paid(self):
        invoice = self.sell()
        invoice.journal_id.ksef_factor_partner_id = self.create_factor()
        document = self.build(invoice)
        self.assertTrue(document.has("Fa/Platnosc/RachunekBankowyFaktora"))

    def test_invoice_without_factor_is_paid_to_the_seller(self):
        document = self.build(self.sell())
        self.assertEqual(document["Fa/Platnosc/RachunekBankowy/NrRB"], ACCOUNT_NUMBER)

    def test_s35_two_buyers_have_their_shares(self):
        other = self._create_buyer(name="Drugi nabywca", vat=f"PL{UNIT_NIP}")
        document = self.golden(self.sell(**self.name_party(other, "4", share=50)))
        self.assertEqual((document["Podmiot3/Rola"], document["Podmiot3/Udzial"]), ("4", "50"))

    def test_e03_parties_are_identified_in_each_of_the_ways(self):
        self.buyer.write({"ref": "K-17", "ksef_eori": "PL111111111100000"})
        european = self._create_buyer(
            name="Käufer GmbH", vat="DE136695976", country_id=self.env.ref("base.de").id
        )
        american = self._create_buyer(
            name="Buyer Inc.", vat="12-3456789", country_id=self.env.ref("base.us").id
        )
        european.write({"ref": "K-18", "ksef_eori": "DE136695976000000"})
        roles = (
            {"partner_id": european.id, "role": "other", "role_description": "Gwarant"},
            {"partner_id": american.id, "role": "6"},
            {"partner_id": self._create_buyer(name="Odbiorca", is_company=False).id, "role": "2"},
        )
        document = self.golden(self.sell(ksef_party_ids=[Command.create(role) for role in roles]))
        identities = [party.fields("DaneIdentyfikacyjne") for party in document.all("Podmiot3")]
        self.assertEqual(
            [[value for name, value in fields if name != "Nazwa"] for fields in identities],
            [["DE", "136695976"], ["US", "123456789"], ["1"]],
        )
        self.assertEqual(document["Podmiot2/NrEORI"], "PL111111111100000")
        self.assertEqual(
            (document["Podmiot2/NrKlienta"], document["Podmiot3/NrKlienta"]), ("K-17", "K-18")
        )

    def test_payer_is_named(self):
        payer = self._create_buyer(name="Ubezpieczyciel", vat=f"PL{UNIT_NIP}")
        document = self.build(self.sell(ksef_payer_id=payer.id))
        self.assertEqual(document["Podmiot3/Rola"], "6")

    def test_accounting_office_is_named(self):
        self.company.ksef_issuer_partner_id = self._create_buyer(name="Biuro", vat=f"PL{UNIT_NIP}")
        self.assertEqual(self.build(self.sell())["Podmiot3/Rola"], "5")

    def test_branch_that_gets_the_goods_is_named_if_wanted(self):
        branch = self.create_unit(name="Oddział", type="delivery")
        self.assertFalse(self.build(self.sell(partner_shipping_id=branch.id)).has("Podmiot3"))
        self.company.ksef_is_shipping_recipient = True
        document = self.build(self.sell(partner_shipping_id=branch.id))
        self.assertEqual(document["Podmiot3/Rola"], "2")
        self.assertEqual(self.identity_of(document), [("BrakID", "1"), ("Nazwa", "Oddział")])

    def test_role_of_another_kind_is_described(self):
        partner = self._create_buyer(name="Pośrednik", vat=f"PL{UNIT_NIP}")
        party = self.name_party(partner, "other", role_description="Pośrednik handlowy")
        document = self.build(self.sell(**party))
        self.assertFalse(document.has("Podmiot3/Rola"))
        roles = (document["Podmiot3/RolaInna"], document["Podmiot3/OpisRoli"])
        self.assertEqual(roles, ("1", "Pośrednik handlowy"))

    def test_role_of_another_kind_needs_words(self):
        with self.assertRaises(ValidationError):
            self.draft(**self.name_party(self.buyer, "other"))

    def test_share_is_a_percentage(self):
        with self.assertRaises(ValidationError):
            self.draft(**self.name_party(self.buyer, "4", share=101))

    def test_s50_wrong_nip_of_a_third_party_is_refused(self):
        payer = self._create_buyer(name="Płatnik")
        invoice = self.sell(ksef_payer_id=payer.id)
        self.env.cr.execute("UPDATE res_partner SET vat = 'PL123' WHERE id = %s", (payer.id,))
        payer.invalidate_recordset(["vat"])
        (problem,) = self.problems(invoice)
        self.assertEqual((problem.code, problem.record), ("E-NIP-03", payer))

    def test_e04_bailiff_issues_the_invoice(self):
        bailiff = self._create_buyer(name="Komornik", vat=f"PL{UNIT_NIP}")
        bailiff.ksef_eori = "PL555555555500000"
        values = {"ksef_authorized_partner_id": bailiff.id, "ksef_authorized_role": "2"}
        document = self.golden(self.sell(**values))
        self.assertEqual(document["PodmiotUpowazniony/DaneIdentyfikacyjne/NIP"], UNIT_NIP)
        self.assertEqual(document["PodmiotUpowazniony/RolaPU"], "2")
        bailiff.vat = False
        self.assertEqual(self.codes(self.sell(**values)), ["E-NIP-03"])

    def test_parties_that_follow_from_settings_are_shown_to_the_user(self):
        self.buyer.ksef_factor_partner_id = self.create_factor()
        invoice = self.draft()
        self.assertEqual(invoice.ksef_automatic_parties, "Faktor S.A. (Factor)")
        self.assertFalse(
            self.draft(partner_id=self._create_buyer(name="X").id).ksef_automatic_parties
        )

    def test_accountant_names_parties_and_descriptions(self):
        accountant = new_test_user(
            self.env,
            "fa3_ksiegowa_strony",
            groups="account.group_account_invoice",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        draft = self.draft().with_user(accountant)
        draft.write(self.name_party(self.buyer, "2"))
        draft.ksef_extra_ids = [Command.create({"key": "Nr", "value": "1"})]
        self.assertEqual((len(draft.ksef_party_ids), len(draft.ksef_extra_ids)), (1, 1))

    def test_parties_of_another_company_are_out_of_sight(self):
        party = self.draft(**self.name_party(self.buyer, "2")).ksef_party_ids
        stranger = new_test_user(
            self.env,
            "fa3_obca",
            groups="account.group_account_invoice",
            company_id=self.setup_other_company()["company"].id,
        )
        self.assertFalse(self.env["ksef.party"].with_user(stranger).search([("id", "=", party.id)]))


@tagged("post_install", "-at_install")
class TestBuyers(ThirdParties):
    def test_buyer_is_named_without_number_on_purpose(self):
        self.buyer.ksef_is_without_id = True
        document = self.build(self.sell())
        self.assertEqual(
            document.fields("Podmiot2/DaneIdentyfikacyjne"),
            [("BrakID", "1"), ("Nazwa", "F.H.U. Nabywca")],
        )

    def test_contact_with_another_number_is_refused(self):
        contact = self.create_unit(name="Dział", type="invoice")
        invoice = self.sell(partner_id=contact.id)
        self.env.cr.execute(
            "UPDATE res_partner SET vat = 'PL5555555555' WHERE id = %s", contact.ids
        )
        contact.invalidate_recordset(["vat"])
        (problem,) = self.problems(invoice)
        self.assertEqual((problem.code, problem.record), ("E-BUY-02", contact))

    def test_s33_consumer_is_expected_in_ksef_if_the_company_says_so(self):
        self.company.ksef_is_enabled = True
        self.company.ksef_start_on = False
        buyer = self._create_buyer(name="Osoba", is_company=False)
        self.assertFalse(self.sell(partner_id=buyer.id).ksef_state)
        self.company.ksef_is_b2c_sent = True
        invoice = self.sell(partner_id=buyer.id)
        self.assertEqual(invoice.ksef_state, "to_send")
        self.assertEqual(
            self.golden(invoice).fields("Podmiot2/DaneIdentyfikacyjne"),
            [("BrakID", "1"), ("Nazwa", "Osoba")],
        )

    def test_invoice_that_is_kept_out_is_not_expected(self):
        self.company.ksef_is_enabled = True
        self.company.ksef_start_on = False
        invoice = self.sell()
        self.assertEqual(invoice.ksef_state, "to_send")
        invoice.ksef_is_excluded = True
        self.assertFalse(invoice.ksef_state)
        self.assertFalse(invoice.ksef_is_sendable)

import base64
from datetime import datetime, timedelta, timezone

from cryptography.hazmat.primitives.asymmetric import ec

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from .common import NIP, OTHER_NIP
from .credentials_common import PASSWORD, CredentialsCommon
from .protocol.certificates import make_certificate, make_ec_key, make_rsa_key, seal_name
from .protocol.null_parameters import with_null_parameters


@tagged("post_install", "-at_install")
class TestCertificates(CredentialsCommon):
    def setUp(self):
        super().setUp()
        self.connect()

    def assert_refused(self, values, *words, scope="ksef_authentication"):
        """Refused at once with the reason, in both languages, and nothing is kept of it."""
        before = self.stored()
        with self.assertRaises(UserError) as caught, self.cr.savepoint():
            self.load(values, scope=scope)
        for word in words:
            self.assertIn(word, str(caught.exception))
        self.assertEqual(self.stored(), before)

    def stored(self):
        models = ("certificate.certificate", "certificate.key", "ksef.certificate.load")
        return [self.env[name].with_context(active_test=False).search_count([]) for name in models]

    def now(self):
        return datetime.now(timezone.utc)

    # === LOADING === #

    def test_p12_with_password_is_loaded(self):
        self.load(self.one_file(self.p12(self.seal())))
        certificate = self.company.ksef_certificate_id
        self.assertEqual(certificate.scope, "ksef_authentication")
        self.assertEqual(certificate.company_id, self.company)
        self.assertEqual(certificate.ksef_holder, "Testowa Sp. z o.o.")
        self.assertEqual(certificate.ksef_identifier, f"NIP {NIP}")
        self.assertEqual(certificate.ksef_key_name, "EC P-256")
        self.assertEqual(certificate.ksef_validity, "valid")
        self.assertRegex(certificate.ksef_serial_number, "^[0-9A-F]{16,}$")

    def test_certificate_and_key_in_two_files_are_loaded(self):
        der = self.seal()
        for certificate in (der, self.pem(der)):
            for password in ("", PASSWORD):
                files = self.two_files(certificate, self.key_file(password), password)
                self.load(files)
                content = self.company.ksef_certificate_id.content
                self.assertEqual(base64.b64decode(content), der)

    def test_both_types_stand_side_by_side(self):
        self.load(self.one_file(self.p12(self.seal())))
        offline = self.p12(self.seal(is_offline=True))
        self.load(self.one_file(offline), scope="ksef_offline")
        self.assertEqual(self.company.ksef_certificate_id.scope, "ksef_authentication")
        self.assertEqual(self.company.ksef_offline_certificate_id.scope, "ksef_offline")
        credential = self.company._ksef_offline_credential()
        self.assertEqual(credential.private_key.private_numbers(), self.key.private_numbers())

    def test_leaf_of_a_chain_is_found(self):
        issuer_key = make_ec_key()
        issuer = make_certificate(seal_name(OTHER_NIP), issuer_key)
        leaf = self.seal(issuer=seal_name(OTHER_NIP), issuer_key=issuer_key)
        chain = self.pem(issuer) + self.pem(leaf)
        self.load(self.two_files(chain, self.key_file()))
        self.assertEqual(self.company.ksef_certificate_id.ksef_identifier, f"NIP {NIP}")

    def test_certificate_with_null_parameters_is_stored_byte_for_byte(self):
        der = with_null_parameters(self.seal(), self.key)
        self.load(self.two_files(der, self.key_file()))
        certificate = self.company.ksef_certificate_id
        self.assertFalse(certificate.loading_error)
        self.assertEqual(self.company._ksef_login_credential().certificate_der, der)
        self.assertTrue(certificate.date_start and certificate.date_end)

    def test_password_is_not_kept(self):
        self.load(self.one_file(self.p12(self.seal())))
        certificate = self.company.ksef_certificate_id
        self.assertFalse(certificate.pkcs12_password or certificate.private_key_id.password)
        self.env.flush_all()
        self.cr.execute("SELECT * FROM ksef_certificate_load")
        names = {column.name for column in self.cr.description}
        self.assertFalse(names & {"password", "container", "certificate_file", "key_file"})
        kept = self.env["ir.attachment"].search([("res_model", "=", "ksef.certificate.load")])
        self.assertFalse(kept)

    # === REFUSING === #

    def test_wrong_password(self):
        self.assert_refused(self.one_file(self.p12(self.seal()), "other"), "password does not open")

    def test_key_of_another_certificate(self):
        other = make_certificate(seal_name(NIP), make_ec_key())
        self.assert_refused(self.two_files(other, self.key_file()), "another certificate")

    def test_expired(self):
        der = self.seal(not_before=self.now() - timedelta(days=30), days=10)
        self.assert_refused(self.two_files(der, self.key_file()), "has expired")

    def test_not_yet_valid(self):
        der = self.seal(not_before=self.now() + timedelta(days=2))
        self.assert_refused(self.two_files(der, self.key_file()), "not valid yet")

    def test_offline_certificate_in_the_place_of_the_other(self):
        # Only certificates of KSeF have two types: qualified ones may bear either usage
        issuer = seal_name(NIP, common_name="CCK KSeF")
        der = self.seal(is_offline=True, issuer=issuer, issuer_key=make_ec_key())
        self.assert_refused(self.two_files(der, self.key_file()), "Offline certificate (type 2)")

    def test_authentication_certificate_in_the_place_of_the_offline_one(self):
        files = self.two_files(self.seal(), self.key_file())
        self.assert_refused(files, "not an Offline certificate", scope="ksef_offline")

    def test_seal_of_another_company(self):
        files = self.one_file(self.p12(self.seal(OTHER_NIP)))
        self.assert_refused(files, "another organisation", OTHER_NIP)

    def test_seal_of_an_accounting_office_that_acts_for_the_company(self):
        files = self.one_file(self.p12(self.seal(OTHER_NIP)), is_of_representative=True)
        self.load(files)
        self.assertEqual(self.company.ksef_certificate_id.ksef_identifier, f"NIP {OTHER_NIP}")

    def test_short_rsa_key(self):
        key = make_rsa_key(1024)
        der = make_certificate(seal_name(NIP), key)
        self.assert_refused(self.one_file(self.p12(der, key)), "too short")

    def test_unsupported_curve(self):
        key = ec.generate_private_key(ec.SECP384R1())
        der = make_certificate(seal_name(NIP), key)
        self.assert_refused(self.one_file(self.p12(der, key)), "curve P-256")

    def test_unreadable_file(self):
        self.assert_refused(self.one_file(b"no certificate at all"), "cannot be read")
        self.assert_refused(self.two_files(self.seal(), b"no key"), "cannot be read")

    def test_no_key_in_the_file(self):
        self.assert_refused(self.one_file(self.p12(self.seal(), key=False)), "no private key")

    def test_no_file(self):
        self.assert_refused({}, "Choose the file")

    # === THE WINDOW === #

    def test_window_shows_whose_it_is_before_it_is_loaded(self):
        form = self.form()
        form.container = base64.b64encode(self.p12(self.seal())).decode()
        self.assertTrue(form.is_locked)
        self.assertFalse(form.problem or form.is_ready)
        form.password = "other"
        self.assertIn("password does not open", form.problem)
        self.assertTrue(form.is_locked)
        form.password = PASSWORD
        self.assertFalse(form.problem or form.warning)
        self.assertTrue(form.is_ready)
        self.assertEqual((form.holder, form.identifier), ("Testowa Sp. z o.o.", f"NIP {NIP}"))
        self.assertTrue(form.valid_from and form.valid_until and form.serial_number)

    def test_window_warns_that_a_person_needs_permissions(self):
        form = self.form()
        form.container = base64.b64encode(self.p12(self.signature(OTHER_NIP))).decode()
        form.password = PASSWORD
        self.assertTrue(form.is_ready)
        self.assertIn("permissions", form.warning)

    def form(self):
        """The window as the administrator of the server sees it."""
        wizard = self.env["ksef.certificate.load"].with_context(
            default_company_id=self.company.id, default_scope="ksef_authentication"
        )
        return Form(wizard)

    # === LOGGING IN === #

    def try_connection(self):
        action = self.company.action_ksef_test_connection()
        self.run_queue(minutes=0.1)
        return self.env["ksef.login"].browse(action["res_id"])

    def test_certificate_logs_in_and_shows_what_it_may_do(self):
        self.connect_with_certificate()
        login = self.try_connection()
        self.assertEqual((login.state, login.method), ("active", "certificate"))
        self.assertIn("InvoiceWrite", login.permissions)

    def test_certificate_with_null_parameters_logs_in(self):
        der = with_null_parameters(self.seal(), self.key)
        self.load(self.two_files(der, self.key_file()))
        self.assertEqual(self.try_connection().state, "active")

    def test_person_without_permissions_is_refused_with_words(self):
        self.load(self.one_file(self.p12(self.signature(OTHER_NIP))))
        login = self.try_connection()
        self.assertEqual(login.state, "refused")
        self.assertIn("no permission", login.explanation)

    def test_certificate_that_expired_meanwhile_is_refused_before_the_call(self):
        self.load(self.one_file(self.p12(self.seal(days=3))))
        with freeze_time(self.now() + timedelta(days=4)):
            login = self.env["ksef.login"]._start(self.company)
            self.assertEqual(login._decide("_from_new").failure.kind, "key_expired")

    def test_login_without_a_certificate_says_so(self):
        self.company.ksef_auth_method = "certificate"
        self.assertIn("No authentication certificate", self.try_connection().explanation)

    # === MOVING FROM THE TOKEN === #

    def test_loading_a_certificate_moves_from_the_token_in_one_step(self):
        self.send(self.post_invoice())
        invoice = self.post_invoice()
        invoice.action_ksef_send()
        old = self.env["ksef.login"]._current(self.company)
        self.load(self.one_file(self.p12(self.seal())))
        self.assertEqual(self.company.ksef_auth_method, "certificate")
        self.assertEqual(old.state, "ended")
        self.run_queue()
        self.assertEqual(invoice.ksef_state, "accepted", "running work goes on")
        self.assertEqual(self.env["ksef.login"]._current(self.company).method, "certificate")

    def test_token_stays_when_asked_to(self):
        self.load(self.one_file(self.p12(self.seal()), is_to_replace_token=False))
        self.assertEqual(self.company.ksef_auth_method, "token")

    # === PROTECTION === #

    def test_certificate_in_use_cannot_be_deleted_or_changed(self):
        self.connect_with_certificate()
        certificate = self.company.ksef_certificate_id
        key = certificate.private_key_id
        for change in (
            certificate.unlink,
            key.unlink,
            lambda: certificate.write({"active": False}),
            lambda: certificate.write({"content": base64.b64encode(self.seal())}),
            lambda: key.write({"content": base64.b64encode(self.key_file())}),
        ):
            with self.assertRaises(UserError), self.cr.savepoint():
                change()
        self.company.write({"ksef_certificate_id": False})
        certificate.unlink()

    def test_company_takes_no_certificate_of_another_purpose_or_company(self):
        self.connect_with_certificate()
        certificate = self.company.ksef_certificate_id
        for company, name in (
            (self.company, "ksef_offline_certificate_id"),
            (self.other_company, "ksef_certificate_id"),
        ):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                company[name] = certificate

"""Certificates for the tests: made here, self-signed, as KSeF's test environment takes them."""

import base64
import ssl

from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)

from .common import NIP, KsefCommon
from .protocol.certificates import make_certificate, make_ec_key, person_name, seal_name

PASSWORD = "zażółć gęślą jaźń"


class CredentialsCommon(KsefCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.key = make_ec_key()

    def seal(self, nip=NIP, **options):
        """The DER of a seal with the key of the class."""
        return make_certificate(seal_name(nip), self.key, **options)

    def signature(self, nip, **options):
        """The DER of a person's certificate."""
        return make_certificate(person_name(nip), self.key, **options)

    def p12(self, der, key=None, password=PASSWORD):
        """One file, with the key of the class, another one, or none (`False`)."""
        certificate = x509.load_der_x509_certificate(der)
        encryption = BestAvailableEncryption(password.encode())
        return pkcs12.serialize_key_and_certificates(
            b"ksef", self.key if key is None else key or None, certificate, None, encryption
        )

    def key_file(self, password=""):
        """The key in PEM."""
        encryption = BestAvailableEncryption(password.encode()) if password else NoEncryption()
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)

    def pem(self, der):
        return ssl.DER_cert_to_PEM_cert(der).encode()

    # === THE WINDOW === #

    def one_file(self, content, password=PASSWORD, **values):
        """What a person enters who has one file."""
        return {"container": base64.b64encode(content), "password": password, **values}

    def two_files(self, certificate, key, password="", **values):
        """What a person enters who has a certificate and its key apart."""
        return {
            "kept_in": "two",
            "certificate_file": base64.b64encode(certificate),
            "key_file": base64.b64encode(key),
            "password": password,
            **values,
        }

    def load(self, values, scope="ksef_authentication", company=None):
        """Press the button of the window."""
        company = company or self.company
        wizard = self.env["ksef.certificate.load"].create(
            {"company_id": company.id, "scope": scope, **values}
        )
        return wizard.action_load()

    def connect_with_certificate(self, company=None, der=None):
        """Switch the integration on for a company that logs in with its own seal."""
        company = company or self.company
        self.connect(company)
        company.ksef_token = False
        company.ksef_auth_method = "certificate"
        self.load(self.one_file(self.p12(der or self.seal(company._ksef_nip()))), company=company)

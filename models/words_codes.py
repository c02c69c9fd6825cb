"""Every code of KSeF in words: what happened, and what to do about it.

The tables follow those of `ksef.codes`, one for each kind of process; a test compares them.
"""

from typing import Any, NamedTuple

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class Advice(NamedTuple):
    """Two texts to be translated when they are shown."""

    what: Any
    remedy: Any


BY_ITSELF = _lt("Nothing is to be done: it is tried again by itself.")
WAIT = _lt("Nothing is to be done: the result appears by itself.")
NOTHING = _lt("Nothing is to be done.")
NEW_SESSION = _lt("Nothing is to be done: a new session is opened by itself.")
NEW_LOGIN = _lt(
    "Nothing is to be done: a new login is made by itself. If it comes back, test "
    "the connection in Settings / Invoicing / KSeF."
)
TEST_CONNECTION = _lt("Test the connection in Settings / Invoicing / KSeF.")
SEND_AGAIN = _lt("Send the invoice again. If it is refused once more, tell your administrator.")
TELL_ADMINISTRATOR = _lt("Tell your administrator, together with the code and the details.")
REPEAT = _lt(
    "Repeat what you did. If it fails again, tell your administrator, together with the code."
)
LOOK_AT_INVOICES = _lt(
    "Look at the invoices of the session one by one: each says what is wrong with "
    "it. Correct them and send them again."
)
SHORTER_PERIOD = _lt("Ask for a shorter period, or wait until KSeF has its data.")
APPLY_ANEW = _lt("Start the application for the certificate anew.")
REVOKE_CERTIFICATE = _lt(
    "Revoke a certificate that is not used any more in the KSeF application, then apply again."
)
LOAD_CERTIFICATE = _lt(
    "Load a valid authentication certificate (type 1) in Settings / Invoicing / KSeF."
)
CHOOSE_ANEW = _lt("Choose the invoices anew.")
ASK_MINISTRY = _lt("Contact the ministry's help line.")

TECHNICAL_CORRECTION = _lt(
    "The buyer has this invoice, so its number and content stay: put right what the details name "
    "and send a technical correction."
)
NUMBER_TAKEN = _lt(
    "Find out where the other one was issued (another program, another branch). The buyer has this "
    "invoice under the same number: cancel it here, tell the buyer, and issue another one under "
    "a new number."
)

INVOICE = {
    100: Advice(_lt("KSeF has taken the invoice and will check it."), WAIT),
    150: Advice(_lt("KSeF is checking the invoice; at busy times that may last hours."), WAIT),
    200: Advice(_lt("KSeF has accepted the invoice."), NOTHING),
    405: Advice(_lt("KSeF stopped the session before it judged the invoice."), BY_ITSELF),
    410: Advice(
        _lt("KSeF does not let this company issue for this seller."),
        _lt(
            "Check the permissions of the token or certificate, and that the NIP of the "
            "company is that of the KSeF login; for attachments also the consent in e-Urząd "
            "Skarbowy."
        ),
    ),
    415: Advice(
        _lt("An invoice with an attachment cannot be sent this way."),
        _lt("Remove the attachment from the document, or send it in a batch."),
    ),
    430: Advice(_lt("KSeF received a file of another size or content than declared."), SEND_AGAIN),
    435: Advice(_lt("KSeF could not decrypt the file."), SEND_AGAIN),
    440: Advice(
        _lt("KSeF already holds an invoice with this number."),
        _lt(
            "Find out where it was issued; then give this invoice another number and send it again."
        ),
    ),
    450: Advice(
        _lt("KSeF refused the content of the invoice."),
        _lt("Correct what the details name, then send it again under the same number."),
    ),
    500: Advice(_lt("KSeF failed while it checked the invoice."), BY_ITSELF),
    550: Advice(_lt("KSeF cancelled the processing of the invoice."), BY_ITSELF),
}

# What is to be done about a refused invoice that was issued offline: the buyer has it
ISSUED = {
    **{code: Advice(advice.what, TECHNICAL_CORRECTION) for code, advice in INVOICE.items()},
    410: INVOICE[410],
    440: Advice(INVOICE[440].what, NUMBER_TAKEN),
}

SESSION = {
    100: Advice(_lt("The session is open."), NOTHING),
    150: Advice(_lt("KSeF is processing the batch."), WAIT),
    170: Advice(_lt("The session is closed; KSeF is processing its invoices."), WAIT),
    200: Advice(_lt("KSeF has processed the session."), NOTHING),
    405: Advice(_lt("The parts of the batch do not match what was declared."), SEND_AGAIN),
    415: Advice(_lt("KSeF could not decrypt the key of the session."), NEW_SESSION),
    420: Advice(
        _lt("The session holds more invoices than KSeF takes at once."),
        _lt("Send the invoices again in smaller groups."),
    ),
    430: Advice(_lt("KSeF could not unpack the archive of the batch."), SEND_AGAIN),
    435: Advice(_lt("KSeF could not decrypt the parts of the batch."), SEND_AGAIN),
    440: Advice(_lt("The session was cancelled: no invoice arrived in it in time."), NEW_SESSION),
    445: Advice(_lt("No invoice of the session was valid."), LOOK_AT_INVOICES),
    500: Advice(_lt("KSeF failed while it processed the session."), NEW_SESSION),
    550: Advice(_lt("KSeF cancelled the session."), NEW_SESSION),
}

AUTHENTICATION = {
    100: Advice(_lt("KSeF is checking the access data."), WAIT),
    200: Advice(_lt("The login succeeded."), NOTHING),
    415: Advice(
        _lt("The access data are right, but they carry no permission for this company."),
        _lt("Grant it in the KSeF application, then test the connection again."),
    ),
    425: Advice(_lt("This login was revoked in KSeF."), TEST_CONNECTION),
    450: Advice(
        _lt("KSeF refused the token: it is wrong, revoked, expired or belongs to another company."),
        _lt("Generate a new token for this company in KSeF and enter it whole in the settings."),
    ),
    460: Advice(_lt("KSeF refused the certificate."), LOAD_CERTIFICATE),
    470: Advice(
        _lt("KSeF refused the login: its owner is registered as deceased."),
        _lt("Enter access data of another person who is entitled to act for the company."),
    ),
    480: Advice(_lt("KSeF blocked the login on suspicion of a security incident."), ASK_MINISTRY),
    500: Advice(_lt("KSeF failed while it checked the access data."), BY_ITSELF),
    550: Advice(_lt("KSeF cancelled the login."), BY_ITSELF),
}

EXPORT = {
    100: Advice(_lt("KSeF is preparing the package."), WAIT),
    200: Advice(_lt("The package is ready."), NOTHING),
    210: Advice(_lt("The package has expired."), BY_ITSELF),
    415: Advice(_lt("KSeF could not decrypt the key of the package."), REPEAT),
    420: Advice(_lt("KSeF has no data yet for the end of this period."), SHORTER_PERIOD),
    500: Advice(_lt("KSeF failed while it prepared the package."), BY_ITSELF),
    550: Advice(_lt("KSeF cancelled the preparation of the package."), BY_ITSELF),
}

ENROLLMENT = {
    100: Advice(_lt("KSeF is preparing the certificate."), WAIT),
    200: Advice(_lt("The certificate is ready."), NOTHING),
    400: Advice(_lt("KSeF rejected the application for a certificate."), APPLY_ANEW),
    500: Advice(_lt("KSeF failed while it prepared the certificate."), APPLY_ANEW),
    550: Advice(_lt("KSeF cancelled the application for the certificate."), APPLY_ANEW),
}

EXCEPTION = {
    9101: Advice(_lt("The signed login document is not valid."), TELL_ADMINISTRATOR),
    9102: Advice(_lt("The login document bears no signature."), TELL_ADMINISTRATOR),
    9103: Advice(_lt("The login document bears too many signatures."), TELL_ADMINISTRATOR),
    9105: Advice(_lt("The signature of the login document is not valid."), LOAD_CERTIFICATE),
    21001: Advice(_lt("KSeF could not read the request."), TELL_ADMINISTRATOR),
    21111: Advice(_lt("The login took too long."), NEW_LOGIN),
    21115: Advice(_lt("KSeF does not take this certificate."), LOAD_CERTIFICATE),
    21117: Advice(
        _lt("The NIP of the company does not fit the access data."),
        _lt("Enter a token or certificate of this company, or correct the NIP of the company."),
    ),
    21155: Advice(_lt("The KSeF session is full."), NEW_SESSION),
    21157: Advice(_lt("A part of the batch has a wrong size."), SEND_AGAIN),
    21161: Advice(
        _lt("The batch has too many parts."), _lt("Send the invoices in smaller groups.")
    ),
    21164: Advice(
        _lt("KSeF does not know an invoice with this number."),
        _lt("Check the KSeF number, sign by sign."),
    ),
    21165: Advice(_lt("The invoice is in KSeF but cannot be downloaded yet."), BY_ITSELF),
    21166: Advice(
        _lt("A technical correction is not possible: a valid one exists already."),
        _lt("KSeF is asked for it by itself; its number becomes that of the invoice."),
    ),
    21167: Advice(
        _lt("A technical correction is not possible: the invoice itself was accepted."),
        _lt(
            "KSeF is asked for its number by itself. Should the invoice be wrong, issue a credit "
            "note once the number is there."
        ),
    ),
    21173: Advice(_lt("KSeF does not know the session any more."), NEW_SESSION),
    21175: Advice(_lt("KSeF does not know this package any more."), REPEAT),
    21178: Advice(_lt("KSeF has no receipt (UPO) for this yet."), BY_ITSELF),
    21180: Advice(_lt("The KSeF session is closed."), NEW_SESSION),
    21181: Advice(_lt("KSeF did not accept what the package was to hold."), TELL_ADMINISTRATOR),
    21182: Advice(_lt("Too many packages are being prepared for this company."), BY_ITSELF),
    21183: Advice(_lt("KSeF has no data yet for the end of the period asked for."), BY_ITSELF),
    21184: Advice(_lt("KSeF is being maintained."), NEW_SESSION),
    21205: Advice(_lt("A part of the batch did not arrive."), SEND_AGAIN),
    21208: Advice(_lt("The batch did not arrive in time."), NEW_SESSION),
    21217: Advice(_lt("KSeF could not read the characters of the document."), TELL_ADMINISTRATOR),
    21301: Advice(_lt("The token was revoked or the login has ended."), TEST_CONNECTION),
    21304: Advice(_lt("KSeF does not know this login any more."), NEW_LOGIN),
    21308: Advice(
        _lt("The owner of the access data is registered as deceased."),
        _lt("Enter access data of another person who is entitled to act for the company."),
    ),
    21401: Advice(_lt("The signed login document does not fit the schema."), TELL_ADMINISTRATOR),
    21402: Advice(_lt("The file has another size than declared."), SEND_AGAIN),
    21403: Advice(_lt("The file has another content than declared."), SEND_AGAIN),
    21405: Advice(_lt("KSeF refused the form of the request."), TELL_ADMINISTRATOR),
    21406: Advice(_lt("The signature does not fit the kind of login."), LOAD_CERTIFICATE),
    21418: Advice(_lt("KSeF lost the place in a long list."), REPEAT),
    21470: Advice(_lt("KSeF has changed its encryption keys."), BY_ITSELF),
    25001: Advice(
        _lt(
            "KSeF gives certificates only to those who log in with a certificate, a seal or "
            "a signature, not with a token."
        ),
        _lt("Log in with a certificate, a seal or a signature, then apply again."),
    ),
    25002: Advice(
        _lt("With this way of logging in KSeF issues no certificates."),
        _lt("Log in with a certificate, a seal or a signature, then apply again."),
    ),
    25003: Advice(
        _lt("The names in the application do not fit the holder of the login."), APPLY_ANEW
    ),
    25004: Advice(_lt("KSeF could not read the application for the certificate."), APPLY_ANEW),
    25005: Advice(_lt("KSeF does not know this application."), APPLY_ANEW),
    25006: Advice(_lt("The limit of applications for certificates is reached."), ASK_MINISTRY),
    25007: Advice(_lt("The limit of certificates is reached."), REVOKE_CERTIFICATE),
    25008: Advice(
        _lt("KSeF does not know this certificate, or it belongs to another holder."),
        _lt("Check the serial number of the certificate."),
    ),
    25009: Advice(_lt("This certificate cannot be revoked any more."), NOTHING),
    25010: Advice(_lt("KSeF does not take a key of this kind."), APPLY_ANEW),
    25011: Advice(
        _lt("KSeF does not take a signature of this kind on the application."), APPLY_ANEW
    ),
    26001: Advice(
        _lt("A token cannot have permissions that this login does not have."),
        _lt("Choose fewer permissions, or log in as somebody who has them."),
    ),
    26002: Advice(
        _lt("A token cannot be generated for this kind of company identifier."),
        _lt("Log in for the NIP of the company."),
    ),
    30001: Advice(_lt("The test data exist already."), NOTHING),
    71001: Advice(
        _lt("KSeF does not know one of the invoices."),
        _lt("Check the KSeF numbers of the invoices."),
    ),
    71002: Advice(
        _lt("The collective identifier covers too few or too many invoices."),
        _lt("Choose 2 to 500 invoices."),
    ),
    71004: Advice(
        _lt("The invoices are not of one seller."), _lt("Choose invoices of one seller only.")
    ),
    71005: Advice(_lt("An invoice is named twice."), CHOOSE_ANEW),
}

HTTP = {
    403: Advice(
        _lt("The token or certificate lacks a permission for this."),
        _lt(
            "Have somebody grant the permission to send and read invoices in the KSeF "
            "application, or use access data that carry it."
        ),
    ),
    410: Advice(_lt("KSeF no longer keeps what was asked for."), REPEAT),
}

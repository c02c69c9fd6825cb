"""The one place where errors become words for people: what happened, why, what to do.

Branches on kinds and codes, never on the Polish texts that KSeF sends; those are shown
beside our words, unchanged.
"""

from odoo.tools.translate import LazyTranslate

from .failure import Failure
from .words_certificates import CREDENTIAL_REFUSALS, ENROLLMENT, KEY_PROBLEMS

_lt = LazyTranslate(__name__)

KINDS = {
    **KEY_PROBLEMS,
    "no_answer": _lt(
        "KSeF does not answer. Nothing is lost: it is tried again by itself. "
        "If it lasts, ask your administrator to check the network."
    ),
    "unavailable": _lt(
        "KSeF is out of order at the moment. Nothing is lost: it is tried again by itself."
    ),
    "rate_limited": _lt(
        "KSeF asks to wait, because this company has reached its limit of requests. "
        "It goes on by itself at the time shown."
    ),
    "unauthorized": _lt(
        "KSeF no longer accepts the login of this company. A new login is made by itself."
    ),
    "bad_answer": _lt(
        "KSeF gave an answer that cannot be read. It is tried again by itself; "
        "if it lasts, tell your administrator."
    ),
    "defect": _lt(
        "An error inside Odoo stopped this step. It is tried again by itself; "
        "your administrator finds the details in the server's log."
    ),
    "problems": _lt(
        "The invoice cannot be sent as it is. Correct what is listed and send it again."
    ),
    "no_address": _lt(
        "The address of the local simulator is missing. Enter it in Settings / Invoicing / KSeF."
    ),
    "no_token": _lt(
        "No KSeF token is entered for this company. An administrator enters it in "
        "Settings / Invoicing / KSeF."
    ),
    "broken_token": _lt(
        "The KSeF token is not complete. It has three parts separated by the sign |: "
        "copy it whole, as KSeF showed it when it was generated."
    ),
    "foreign_token": _lt(
        "The KSeF token belongs to another taxpayer than this company. Enter a token that was "
        "generated for the NIP of this company, or correct the NIP of the company."
    ),
    "bad_nip": _lt(
        "The company has no valid NIP, and KSeF knows companies by their NIP. "
        "Correct the tax identification number of the company."
    ),
    "login": _lt(
        "The company cannot log in to KSeF, so the invoice waits. Once an administrator has "
        "corrected the access data in Settings / Invoicing / KSeF, it is sent by itself."
    ),
    "foreign_duplicate": _lt(
        "KSeF already holds another document with this number and type from this seller. "
        "Find out where it was issued (another program, another branch); then give this "
        "invoice another number and send it again."
    ),
}

INVOICE = {
    410: _lt(
        "KSeF does not let this company issue for this seller. Check the permissions of the "
        "token and that the NIP of the company is that of the KSeF login."
    ),
    415: _lt("An invoice with an attachment cannot be sent this way."),
    430: _lt("KSeF received a file of another size or content than declared. Send it again."),
    435: _lt("KSeF could not decrypt the file. Send it again."),
    440: _lt("KSeF already holds an invoice with this number."),
    450: _lt(
        "KSeF refused the content of the invoice. Correct what the details name and send it again: "
        "a refused invoice was never issued, so it keeps its number."
    ),
}

AUTHENTICATION = {
    415: _lt(
        "The access data are right, but they carry no permission for this company. "
        "Grant it in the KSeF application, then test the connection again."
    ),
    425: _lt("This login was revoked in KSeF. Test the connection again."),
    450: _lt(
        "KSeF refused the token: it is wrong, revoked, expired or belongs to another company. "
        "Generate a new token for this company in KSeF and enter it whole in the settings."
    ),
    460: _lt("KSeF refused the certificate. Load a valid authentication certificate."),
    470: _lt("KSeF refused the login: its owner is registered as deceased."),
    480: _lt(
        "KSeF blocked the login on suspicion of a security incident. "
        "Contact the ministry's help line."
    ),
}

REFUSALS = {
    **CREDENTIAL_REFUSALS,
    21001: _lt("KSeF could not read the request."),
    21111: _lt("The login took too long. It is started anew."),
    21117: _lt("The NIP of the company does not fit the access data."),
    21155: _lt("The KSeF session is full. A new one is opened by itself."),
    21173: _lt("KSeF does not know the session any more. A new one is opened by itself."),
    21180: _lt("The KSeF session is closed. A new one is opened by itself."),
    21184: _lt("KSeF is being maintained. A new session is opened by itself."),
    21301: _lt("The token was revoked or the login has ended. Test the connection."),
    21405: _lt("KSeF refused the form of the request. Tell your administrator."),
    21470: _lt("KSeF has changed its encryption keys. It is tried again with the new ones."),
    403: _lt(
        "The token lacks a permission for this. Generate a token that may send and read invoices "
        "and enter it in the settings."
    ),
    410: _lt("KSeF no longer keeps what was asked for."),
}

PERMISSIONS = {
    "InvoiceRead": _lt("read invoices"),
    "InvoiceWrite": _lt("issue invoices"),
    "Introspection": _lt("see the sessions of others"),
    "CredentialsRead": _lt("see permissions"),
    "CredentialsManage": _lt("manage permissions"),
    "SubunitManage": _lt("manage subordinate units"),
    "EnforcementOperations": _lt("act as an enforcement authority"),
    "CollectiveIdentifierManage": _lt("manage collective identifiers"),
}

UNKNOWN = {
    "invoice": _lt("KSeF refused the invoice."),
    "session": _lt("KSeF could not process the session."),
    "authentication": _lt("KSeF refused the login."),
    "enrollment": _lt("KSeF rejected the application for a certificate."),
    "refused": _lt("KSeF refused the request."),
}

BY_CODE = {
    "invoice": INVOICE,
    "authentication": AUTHENTICATION,
    "enrollment": ENROLLMENT,
    "refused": REFUSALS,
}


def explain(row):
    """Explain the failure on a queue row in the language of its environment."""
    details = (row.failure_details,) if row.failure_details else ()
    failure = Failure(kind=row.failure_kind, code=row.failure_code, details=details)
    return explain_failure(row.env, failure)


def explain_failure(env, failure):
    """Explain a failure in the language of an environment."""
    kind, code = failure.kind, failure.code
    text = KINDS.get(kind) or BY_CODE.get(kind, {}).get(code) or UNKNOWN[kind]
    parts = [env._(text)]
    if kind not in KINDS:
        parts.append(env._("KSeF code %s.", code))
    return "\n".join([*parts, *failure.details])


def name_permissions(env, permissions):
    """Name permissions of KSeF in words; unknown ones keep KSeF's name."""
    return ", ".join(env._(PERMISSIONS[p]) if p in PERMISSIONS else p for p in permissions)

"""The one place where errors become words for people: what happened, why, what to do.

Branches on kinds and codes, never on the Polish texts that KSeF sends; those are shown
beside our words, unchanged.
"""

from dataclasses import replace

from odoo.tools.translate import LazyTranslate

from .failure import Failure
from .words_certificates import KEY_PROBLEMS
from .words_codes import (
    AUTHENTICATION,
    ENROLLMENT,
    EXCEPTION,
    EXPORT,
    HTTP,
    INVOICE,
    ISSUED,
    SESSION,
    TELL_ADMINISTRATOR,
    Advice,
)

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
        "The company cannot log in to KSeF, so this waits. Once an administrator has corrected "
        "the access data in Settings / Invoicing / KSeF, it goes on by itself."
    ),
    "not_listed": _lt(
        "KSeF has accepted a technical correction of this invoice, but does not list it yet. It "
        "is looked for again and again; nothing is sent meanwhile. If it lasts, look for the "
        "invoice by its number and date in the KSeF application: another program may have sent "
        "it."
    ),
    "foreign_duplicate": _lt(
        "KSeF already holds another document with this number and type from this seller. "
        "Find out where it was issued (another program, another branch); then give this "
        "invoice another number and send it again."
    ),
}

# Instead of the above, where the row is an invoice
OF_INVOICE = {
    "login": _lt(
        "The company cannot log in to KSeF, so the invoice waits. Once an administrator has "
        "corrected the access data in Settings / Invoicing / KSeF, it is sent by itself."
    ),
}

# Instead of the above, where a person waits for the answer: nothing repeats the call
AT_ONCE = {
    "no_answer": _lt(
        "KSeF does not answer. Try again in a few minutes; if it lasts, ask your administrator to "
        "check the network."
    ),
    "unavailable": _lt("KSeF is out of order at the moment. Try again later."),
    "rate_limited": _lt(
        "KSeF asks to wait, because this company has reached its limit of requests. Try again in "
        "a few minutes."
    ),
    "unauthorized": _lt(
        "KSeF no longer accepts the login of this company. Test the connection, then try again."
    ),
    "bad_answer": _lt(
        "KSeF gave an answer that cannot be read. Try again; if it lasts, tell your administrator."
    ),
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
    "issued": _lt("KSeF refused the invoice."),
    "session": _lt("KSeF could not process the session."),
    "authentication": _lt("KSeF refused the login."),
    "export": _lt("KSeF could not prepare the package."),
    "enrollment": _lt("KSeF rejected the application for a certificate."),
    "refused": _lt("KSeF refused the request."),
}

BY_CODE = {
    "invoice": INVOICE,
    "issued": ISSUED,
    "session": SESSION,
    "authentication": AUTHENTICATION,
    "export": EXPORT,
    "enrollment": ENROLLMENT,
    "refused": {**HTTP, **EXCEPTION},
}


def explain(row):
    """Explain the failure on a queue row in the language of its environment."""
    is_invoice = row._name == "ksef.submission"
    return _explain(row.env, _failure_of(row), {**KINDS, **OF_INVOICE} if is_invoice else KINDS)


def explain_issued(row):
    """The same of an invoice that KSeF refused though the buyer has it."""
    return _explain(row.env, replace(_failure_of(row), kind="issued"), KINDS)


def _failure_of(row):
    details = (row.failure_details,) if row.failure_details else ()
    return Failure(kind=row.failure_kind, code=row.failure_code, details=details)


def explain_failure(env, failure):
    """Explain a failure in the language of an environment; KSeF's own details stand beside it."""
    return _explain(env, failure, KINDS)


def explain_at_once(env, failure):
    """The same of a call that a person waited for."""
    return _explain(env, failure, {**KINDS, **AT_ONCE})


def _explain(env, failure, kinds):
    if failure.kind in kinds:
        return "\n".join([env._(kinds[failure.kind]), *failure.details])
    advice = find_advice(failure.kind, failure.code)
    text = f"{env._(advice.what)} {env._(advice.remedy)}"
    return "\n".join([text, env._("KSeF code %s.", failure.code), *failure.details])


def find_advice(kind, code):
    """Return what is known about a code of KSeF; for a new one, what it belongs to."""
    return BY_CODE[kind].get(code) or Advice(UNKNOWN[kind], TELL_ADMINISTRATOR)


def name_permissions(env, permissions):
    """Name permissions of KSeF in words; unknown ones keep KSeF's name."""
    return ", ".join(env._(PERMISSIONS[p]) if p in PERMISSIONS else p for p in permissions)

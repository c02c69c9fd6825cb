"""Every documented KSeF code with its class. Programs branch on these, never on Polish text."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, IntEnum


class Outcome(Enum):
    """What a status means for the one who waits for it."""

    PENDING = "pending"  # ask again later
    ACCEPTED = "accepted"
    REFUSED = "refused"  # final; the same thing would be refused again
    AGAIN = "again"  # KSeF could not do it; the same thing may be tried anew


_COMMON = {
    100: Outcome.PENDING,
    200: Outcome.ACCEPTED,
    500: Outcome.AGAIN,
    550: Outcome.AGAIN,
}
INVOICE_CODES: Mapping[int, Outcome] = {
    **_COMMON,
    150: Outcome.PENDING,
    405: Outcome.AGAIN,  # the session failed, the invoice was not judged
    410: Outcome.REFUSED,  # scope of permissions
    415: Outcome.REFUSED,  # attachment not allowed
    430: Outcome.REFUSED,  # hash or size of the file
    435: Outcome.REFUSED,  # decryption of the file
    440: Outcome.REFUSED,  # duplicate
    450: Outcome.REFUSED,  # schema and semantics
}
SESSION_CODES: Mapping[int, Outcome] = {
    **_COMMON,
    150: Outcome.PENDING,  # batch: being processed
    170: Outcome.PENDING,  # online: closed
    405: Outcome.REFUSED,  # elements of the package
    415: Outcome.REFUSED,  # decryption of the key
    420: Outcome.REFUSED,  # number of invoices
    430: Outcome.REFUSED,  # decompression
    435: Outcome.REFUSED,  # decryption of the parts
    440: Outcome.REFUSED,  # cancelled: no invoices, or too late
    445: Outcome.REFUSED,  # no valid invoice
}
AUTHENTICATION_CODES: Mapping[int, Outcome] = {
    **_COMMON,
    415: Outcome.REFUSED,  # no permissions
    425: Outcome.AGAIN,  # revoked: authenticate anew
    450: Outcome.REFUSED,  # token
    460: Outcome.REFUSED,  # certificate
    470: Outcome.REFUSED,  # deceased person
    480: Outcome.REFUSED,  # blocked after a security incident
}
EXPORT_CODES: Mapping[int, Outcome] = {
    **_COMMON,
    210: Outcome.AGAIN,  # the package expired, order it anew
    415: Outcome.REFUSED,  # decryption of the key
    420: Outcome.REFUSED,  # range beyond the data
}
ENROLLMENT_CODES: Mapping[int, Outcome] = {**_COMMON, 400: Outcome.REFUSED}

_TABLES = (INVOICE_CODES, SESSION_CODES, AUTHENTICATION_CODES, EXPORT_CODES, ENROLLMENT_CODES)


class ExceptionCode(IntEnum):
    """Codes of the errors of an answer (``Refused.code``)."""

    INVALID_SIGNED_DOCUMENT = 9101
    NO_SIGNATURE = 9102
    TOO_MANY_SIGNATURES = 9103
    INVALID_SIGNATURE = 9105
    UNREADABLE = 21001
    INVALID_CHALLENGE = 21111
    INVALID_CERTIFICATE = 21115
    SUBJECT_NOT_FOR_CONTEXT = 21117
    SESSION_INVOICE_LIMIT = 21155
    PART_SIZE = 21157
    PART_COUNT = 21161
    INVOICE_NOT_FOUND = 21164
    INVOICE_NOT_YET_AVAILABLE = 21165
    CORRECTION_UNAVAILABLE = 21166
    CORRECTION_NOT_ALLOWED = 21167
    SESSION_NOT_FOUND = 21173
    EXPORT_NOT_FOUND = 21175
    UPO_NOT_FOUND = 21178
    SESSION_STATUS = 21180
    EXPORT_NOT_ALLOWED = 21181
    EXPORT_LIMIT = 21182
    RANGE_BEYOND_DATA = 21183
    SESSION_TEMPORARILY_UNAVAILABLE = 21184
    PART_MISSING = 21205
    BATCH_TIMEOUT = 21208
    ENCODING = 21217
    NOT_AUTHORIZED = 21301
    AUTHENTICATION_NOT_FOUND = 21304
    DECEASED = 21308
    SIGNED_DOCUMENT_SCHEMA = 21401
    FILE_SIZE = 21402
    FILE_HASH = 21403
    VALIDATION = 21405
    SIGNATURE_CONFLICT = 21406
    CONTINUATION_TOKEN = 21418
    PUBLIC_KEY = 21470
    ENROLLMENT_DATA_UNAVAILABLE = 25001
    ENROLLMENT_NOT_ALLOWED = 25002
    REQUEST_DATA_MISMATCH = 25003
    REQUEST_FORMAT = 25004
    ENROLLMENT_NOT_FOUND = 25005
    ENROLLMENT_LIMIT = 25006
    CERTIFICATE_LIMIT = 25007
    CERTIFICATE_NOT_FOUND = 25008
    CERTIFICATE_NOT_REVOCABLE = 25009
    REQUEST_KEY = 25010
    REQUEST_SIGNATURE_ALGORITHM = 25011
    TOKEN_PERMISSIONS = 26001
    TOKEN_CONTEXT = 26002
    TEST_DATA_EXISTS = 30001
    COLLECTIVE_INVOICE_NOT_FOUND = 71001
    COLLECTIVE_INVOICE_LIMIT = 71002
    COLLECTIVE_SELLERS_DIFFER = 71004
    COLLECTIVE_INVOICE_REPEATED = 71005


class Remedy(Enum):
    """What helps after a refusal with an exception code."""

    NONE = "none"  # a person has to change something
    LATER = "later"  # the same request, later
    NEW_SESSION = "new_session"  # the same invoice in a new session
    NEW_KEYS = "new_keys"  # fetch the public keys again, encrypt again, once
    NEW_LOGIN = "new_login"  # authenticate from the start


_REMEDIES = {
    ExceptionCode.INVALID_CHALLENGE: Remedy.NEW_LOGIN,
    ExceptionCode.NOT_AUTHORIZED: Remedy.NEW_LOGIN,
    ExceptionCode.AUTHENTICATION_NOT_FOUND: Remedy.NEW_LOGIN,
    ExceptionCode.SESSION_INVOICE_LIMIT: Remedy.NEW_SESSION,
    ExceptionCode.SESSION_NOT_FOUND: Remedy.NEW_SESSION,
    ExceptionCode.SESSION_STATUS: Remedy.NEW_SESSION,
    ExceptionCode.SESSION_TEMPORARILY_UNAVAILABLE: Remedy.NEW_SESSION,
    ExceptionCode.BATCH_TIMEOUT: Remedy.NEW_SESSION,
    ExceptionCode.INVOICE_NOT_YET_AVAILABLE: Remedy.LATER,
    ExceptionCode.EXPORT_LIMIT: Remedy.LATER,
    ExceptionCode.RANGE_BEYOND_DATA: Remedy.LATER,
    ExceptionCode.PUBLIC_KEY: Remedy.NEW_KEYS,
}


def invoice_outcome(code: int) -> Outcome:
    return _outcome(INVOICE_CODES, code)


def session_outcome(code: int) -> Outcome:
    return _outcome(SESSION_CODES, code)


def authentication_outcome(code: int) -> Outcome:
    return _outcome(AUTHENTICATION_CODES, code)


def export_outcome(code: int) -> Outcome:
    return _outcome(EXPORT_CODES, code)


def enrollment_outcome(code: int) -> Outcome:
    return _outcome(ENROLLMENT_CODES, code)


def exception_remedy(code: int) -> Remedy:
    """Unknown codes have no remedy: nothing is repeated that we do not understand."""
    try:
        return _REMEDIES.get(ExceptionCode(code), Remedy.NONE)
    except ValueError:
        return Remedy.NONE


def is_known(code: int) -> bool:
    """Whether ``code`` is documented, as a status or as an exception."""
    return code in frozenset(ExceptionCode) or any(code in table for table in _TABLES)


def _outcome(table: Mapping[int, Outcome], code: int) -> Outcome:
    """An unknown 1xx is still under way; an unknown end is a refusal, a person has to look."""
    if code in table:
        return table[code]
    return Outcome.PENDING if 100 <= code < 200 else Outcome.REFUSED

"""What is wrong with a certificate, a key or a token: what happened, why, what to do."""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

KEY_PROBLEMS = {
    "no_certificate": _lt(
        "No authentication certificate is loaded for this company. An administrator loads it in "
        "Settings / Invoicing / KSeF."
    ),
    "key_unreadable": _lt(
        "The file cannot be read as a certificate or a key. Choose the files as KSeF or your "
        "provider gave them: .p12 or .pfx, or .crt, .pem, .cer or .der with a .key."
    ),
    "key_wrong_password": _lt(
        "The password does not open the key. Enter the password that was chosen when the "
        "certificate was generated or exported."
    ),
    "key_no_key": _lt(
        "The file holds no private key, and without it a certificate can sign nothing. Choose "
        "the file that was made together with the key, or the certificate and its key in two files."
    ),
    "key_no_certificate": _lt(
        "The file holds no certificate. Choose the file of the certificate, not that of the key."
    ),
    "key_unsupported": _lt(
        "KSeF does not take keys of this kind. It takes RSA with 2048 bits or more, and EC on the "
        "curve P-256. Generate a new certificate."
    ),
    "key_weak": _lt(
        "The RSA key is too short: KSeF takes 2048 bits or more. Generate a new certificate."
    ),
    "key_other_key": _lt(
        "The key belongs to another certificate. Choose the key that was made for this one."
    ),
    "key_wrong_type": _lt(
        "This is an Offline certificate (type 2): it signs the codes of invoices issued offline "
        "and cannot log in. Load an authentication certificate (type 1) here."
    ),
    "key_not_offline": _lt(
        "This is not an Offline certificate (type 2), so it cannot sign the codes of invoices "
        "issued offline. Generate a certificate of the type Offline in KSeF and load it here."
    ),
    "key_not_yet_valid": _lt(
        "The certificate is not valid yet. Load it once its validity has begun."
    ),
    "key_expired": _lt("The certificate has expired. Generate a new one in KSeF and load it."),
    "no_enrollment": _lt(
        "KSeF allows this holder no more certificates: too many are active, or too many were "
        "applied for. Revoke those that nobody uses, in the KSeF application."
    ),
    "token_failed": _lt("KSeF could not make the token. Generate it anew."),
    "foreign_certificate": _lt(
        "The certificate belongs to another organisation than this company. Load that of the "
        "company; if the other one acts for it, with permissions granted in KSeF, say so below."
    ),
}

ENDING_TEXTS = {
    "ksef_certificate_id": _lt(
        "After that the company cannot log in to KSeF, and no invoice is sent. An administrator "
        "renews the certificate with one click in Settings / Invoicing / KSeF, or loads another."
    ),
    "ksef_offline_certificate_id": _lt(
        "After that invoices issued while KSeF is away cannot be signed. An administrator renews "
        "the certificate with one click in Settings / Invoicing / KSeF, or loads another."
    ),
    "ksef_token": _lt(
        "After that KSeF may refuse tokens, and no invoice is sent. An administrator loads an "
        "authentication certificate in Settings / Invoicing / KSeF, which replaces the token, or "
        "changes the date there if the ministry has moved it."
    ),
}

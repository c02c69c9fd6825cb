"""Keeping secrets out of Odoo's own debug log, which names the arguments of every call.

Odoo writes what a browser sends, values and all, when its level is DEBUG. What people type into
our windows and settings must not get there. The log of SQL (`odoo.sql_db` at DEBUG) shows what the
database stores, tokens included; whoever switches it on can read the database as well.
"""

import logging
import re

LOGGER = "odoo.service.model"
_SECRET = re.compile(
    r"""(['"](?:ksef_token|password|container|certificate_file|key_file)['"]: )"""
    r"""(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
)


class SecretFilter(logging.Filter):
    """Replaces the values of secret fields in the text of a record."""

    def filter(self, record):
        text = record.getMessage()
        redacted = _SECRET.sub(r"\1'***'", text)
        if redacted != text:
            record.msg, record.args = redacted, ()
        return True


logging.getLogger(LOGGER).addFilter(SecretFilter())

"""The link behind the code of an invoice, pasted in the place of its KSeF number."""

from datetime import datetime, time, timedelta, timezone

from odoo import api, models

from ...ksef import errors
from ...ksef.links import read_invoice_link
from ...ksef.query import DateType, InvoiceFilter, Role
from .. import words
from ..failure import Failure
from ..ksef_gateway import WAITED_FOR
from ..ksef_queue import NotReady


class AccountMove(models.Model):
    """The link holds the hash of the document, by which the inbox and KSeF know its number."""

    _inherit = "account.move"

    @api.model
    def _ksef_number_in(self, text):
        found = super()._ksef_number_in(text)
        link = None if found else read_invoice_link(text)
        return self._ksef_number_in_inbox(link) if link else found

    def _ksef_number_in_inbox(self, link):
        """The number of the document in the inbox; None if it has not come."""
        companies = self.company_id or self.env.companies
        row = (
            self.env["ksef.inbox"]
            .sudo()
            .search(
                [
                    ("company_id", "in", companies.ids),
                    ("seller_nip", "=", link.seller_nip),
                    "|",
                    ("document_hash", "=", link.document_hash),
                    ("announced_hash", "=", link.document_hash),
                ],
                limit=1,
            )
        )
        return row.ksef_number or None

    @api.onchange("ksef_number")
    def _onchange_ksef_number(self):
        """Ask KSeF for the number of a link whose document is not in the inbox yet."""
        super()._onchange_ksef_number()
        link = read_invoice_link(self.ksef_number or "")
        if not link:
            return None
        number, obstacle = self._ksef_ask_for_number(link)
        if number:
            self.ksef_number = number
            return None
        title = self.env._("A link, and not a KSeF number")
        message = f"{self._ksef_words_of_link(link)}\n{obstacle}".strip()
        return {"warning": {"title": title, "message": message}}

    def _ksef_ask_for_number(self, link):
        """Return the number that KSeF tells, and why it tells none."""
        if not self.company_id.ksef_is_enabled:
            return None, ""
        logins = self.env["ksef.login"].sudo().with_context(**{WAITED_FOR: True})
        try:
            client = logins._current_client(self.company_id)
            page = client.metadata_page(_filter_of(link))
        except NotReady:
            return None, self.env._("The login to KSeF is under way: paste the link once more.")
        except errors.KsefError as error:
            return None, words.explain_at_once(self.env, Failure.from_error(error))
        found = (
            entry.ksef_number for entry in page.invoices if entry.invoice_hash == link.document_hash
        )
        return next(found, None), ""

    def _ksef_words_of_form(self):
        link = read_invoice_link(self.ksef_number)
        return self._ksef_words_of_link(link) if link else super()._ksef_words_of_form()

    def _ksef_words_of_link(self, link):
        return self.env._(
            "The link leads to a document of the seller with NIP %(seller)s of %(day)s, but does "
            "not hold its KSeF number, and the document is not in the inbox. Fetch it from KSeF "
            "(Vendors / KSeF / Inbox) and paste the link again, or copy the number that stands "
            "under the code on the invoice.",
            seller=link.seller_nip,
            day=link.issued_on,
        )


def _filter_of(link):
    """What a seller issued to us on one day."""
    begins_at = datetime.combine(link.issued_on, time(), timezone.utc)
    return InvoiceFilter(
        role=Role.BUYER,
        date_type=DateType.ISSUE,
        from_at=begins_at,
        to_at=begins_at + timedelta(days=1),
        seller_nip=link.seller_nip,
    )

"""Without packages: the same documents by the metadata query, and file by file.

KSeF allows 20 queries and 64 downloads an hour, so this is for few documents, or for when
packages do not work.
"""

from datetime import timedelta

from odoo import api, fields, models

from ...ksef import errors
from ..failure import Failure
from ..ksef_queue import Decision
from .arrival import Arrival

FILES = 8  # fetched in one step: as many as KSeF allows in a second
NOT_YET = 21165  # the document is stored a little later
LATER = 60  # seconds
BEHIND = timedelta(days=1)
MOST_BAD_FILES = 5  # for one document


class KsefFetch(models.Model):
    _inherit = "ksef.fetch"

    def _from_listing(self):
        """Note one page of documents; with the last one the range is done."""
        filters = self._filter()
        page = self._client().metadata_page(filters, self.listed_pages)
        arrivals = [
            Arrival(ksef_number=entry.ksef_number, metadata=entry.metadata, is_delivered=False)
            for entry in page.listed
        ]
        self.env["ksef.inbox"]._receive_safely(self.company_id, self.role, arrivals)
        if page.has_more and not page.is_truncated:
            values = {"listed_pages": self.listed_pages + 1}
            return Decision(state="listing", retry_in=1, values=values)
        done = self._done(page)
        return Decision(state="collecting", **{**done, "retry_in": 0})

    def _from_collecting(self):
        """Fetch some files more; what KSeF does not hand out never stops the others."""
        client = self._client()
        waiting = self.env["ksef.inbox"]._missing(self.company_id, FILES)
        if not waiting:
            return Decision(state="idle", retry_in=self._next_look())
        arrivals = []
        failure = self._download(client, waiting, arrivals)
        self.env["ksef.inbox"]._receive_safely(self.company_id, self.role, arrivals)
        retry_in = self._retry_in(failure) if failure else 1
        return Decision(state="collecting", retry_in=retry_in, failure=failure)

    def _download(self, client, rows, arrivals):
        """Add the files of rows to `arrivals`, up to an error, which is returned."""
        for row in rows:
            try:
                document = client.invoice_document(row.ksef_number)
            except errors.Refused as error:
                if error.code == NOT_YET:
                    return Failure(kind="unavailable", retry_after=LATER)
                row._move_to(row.state, fault="refused")
                continue
            except errors.BadAnswer as error:
                row._note_bad_file()
                return Failure.from_error(error)
            except errors.KsefError as error:
                if isinstance(error, errors.Unauthorized):
                    self.env["ksef.login"]._current(self.company_id)._expire()
                return Failure.from_error(error)
            arrivals.append(Arrival(ksef_number=row.ksef_number, content=document.content))
        return None

    def _next_look(self):
        """At once where what was listed is of long ago: then there is more."""
        is_behind = self.read_until_at < fields.Datetime.now() - BEHIND
        return 0 if is_behind else self._pause()


class KsefInbox(models.Model):
    _inherit = "ksef.inbox"

    download_failures = fields.Integer(readonly=True)

    @api.model
    def _known(self, company, numbers):
        rows = self.search([("company_id", "=", company.id), ("ksef_number", "in", list(numbers))])
        return set(rows.mapped("ksef_number"))

    @api.model
    def _missing(self, company, limit):
        """Rows whose file has not come yet: those that nothing is wrong with, the oldest first."""
        domain = [("company_id", "=", company.id), ("fault", "=", "missing")]
        return self.search(domain, limit=limit, order="download_failures, id")

    def _note_bad_file(self):
        """What came was not the file. That may pass; if it does not, the others do not wait."""
        failures = self.download_failures + 1
        fault = "refused" if failures >= MOST_BAD_FILES else self.fault
        self._move_to(self.state, download_failures=failures, fault=fault)

    @api.model
    def _count_missing(self, company):
        return len(self._missing(company, 1))

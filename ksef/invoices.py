"""Reading the invoices that KSeF keeps, one by one and by lists: `/invoices/…`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time

from .errors import BadAnswer
from .messages import InvoiceDocument
from .operations import Group, Operation
from .query import InvoiceFilter, InvoiceMetadata, MetadataPage
from .sessions import checked_hash
from .transport import XML_LIMIT, Request
from .verbs import MAX_PAGES, Verbs
from .wire import UTC

DOWNLOAD = Operation("GET", "/invoices/ksef/{ksefNumber}", Group.INVOICE_DOWNLOAD)
QUERY = Operation("POST", "/invoices/query/metadata", Group.INVOICE_METADATA)
PAGE_SIZE = 250


class InvoiceVerbs(Verbs):
    """Verbs of reading invoices."""

    def invoice_document(self, ksef_number: str) -> InvoiceDocument:
        """One invoice as it was sent; code 21165 means that it is stored a little later."""
        answer = self._ask(
            Request(operation=DOWNLOAD, values={"ksefNumber": ksef_number}, limit=XML_LIMIT)
        )
        return InvoiceDocument(content=answer.content, content_hash=checked_hash(answer))

    def metadata_page(self, filters: InvoiceFilter, number: int = 0) -> MetadataPage:
        """One page, the oldest invoices first; ``number`` counts pages from 0."""
        parameters = (
            ("sortOrder", "Asc"),
            ("pageOffset", str(number)),
            ("pageSize", str(PAGE_SIZE)),
        )
        request = Request(operation=QUERY, parameters=parameters, json=filters.to_json())
        return MetadataPage.from_json(self._ask(request).fields())

    def query_metadata(self, filters: InvoiceFilter) -> Iterator[InvoiceMetadata]:
        """All invoices of a filter, each once, the oldest first.

        KSeF lists no more than 10 000 at once; the range is then asked for anew from the last
        one on. Twenty pages an hour are allowed, so prefer exports for more than a few.
        """
        known: set[str] = set()
        while True:
            last: InvoiceMetadata | None = None
            for page in self._metadata_pages(filters):
                for last in page.invoices:
                    if last.ksef_number not in known:
                        known.add(last.ksef_number)
                        yield last
            if not page.is_truncated or last is None:
                return
            filters = _continued(filters, last)

    def _metadata_pages(self, filters: InvoiceFilter) -> Iterator[MetadataPage]:
        for number in range(MAX_PAGES):
            page = self.metadata_page(filters, number)
            yield page
            if not page.has_more or page.is_truncated:
                return
        raise BadAnswer("a list that does not get on")


def _continued(filters: InvoiceFilter, last: InvoiceMetadata) -> InvoiceFilter:
    """The filter from the last invoice on; raises BadAnswer if that is no step."""
    reached = last.date_of(filters.date_type)
    from_at = reached if isinstance(reached, datetime) else _start_of(reached)
    if from_at <= filters.from_at:
        raise BadAnswer("more invoices of one moment than KSeF lists")
    return replace(filters, from_at=from_at)


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)

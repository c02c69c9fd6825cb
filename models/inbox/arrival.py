"""Documents on their way into the inbox."""

import base64
import logging
from dataclasses import dataclass, field
from datetime import timezone
from typing import Any

from psycopg2 import OperationalError

from odoo import api, fields, models

from ...ksef import number as ksef_numbers
from ...ksef.bill.facts import read_facts
from ...ksef.crypto import hash_base64

_logger = logging.getLogger(__name__)

QUIET = {"tracking_disable": True, "mail_create_nolog": True, "mail_create_nosubscribe": True}


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """A document as KSeF handed it out. `metadata` is an `InvoiceMetadata`, if it is known.

    Without `content` KSeF only told that the document is there.
    """

    ksef_number: str
    content: bytes = field(default=b"", repr=False)
    metadata: Any = None
    is_delivered: bool = True


class KsefInbox(models.Model):
    _inherit = "ksef.inbox"

    @api.model
    def _receive_safely(self, company, role, arrivals):
        """As `_receive`, but a document that defeats us is kept as a file and stops nobody."""
        try:
            with self.env.cr.savepoint():
                return self._receive(company, role, arrivals)
        except OperationalError:
            raise  # of the database, not of a document
        except Exception:
            _logger.exception("KSeF: %s documents cannot be received together", len(arrivals))
        if len(arrivals) == 1:
            return self._keep_file(company, role, arrivals[0])
        return self.union(*(self._receive_safely(company, role, [one]) for one in arrivals))

    @api.model
    def _keep_file(self, company, role, arrival):
        """At least a row with the file."""
        return self.with_context(**QUIET).create(
            {
                "company_id": company.id,
                "role": role,
                "ksef_number": arrival.ksef_number,
                "seller_nip": arrival.ksef_number[:10],
                "received_at": fields.Datetime.now(),
                "fault": "unreadable",
                **self._values_of_file(arrival),
            }
        )

    @api.model
    def _receive(self, company, role, arrivals):
        """Make rows of what is not known yet, complete those that wait for their file.

        :param arrivals: `Arrival` objects, each number once; a slice that fits into memory
        :return: the rows that are new
        """
        arrivals = {arrival.ksef_number: arrival for arrival in arrivals}
        known = self.search(
            [("company_id", "=", company.id), ("ksef_number", "in", list(arrivals))]
        )
        for row in known.filtered(lambda row: not row.document_hash):
            row._complete(arrivals[row.ksef_number])
        fresh = [arrivals[number] for number in arrivals.keys() - set(known.mapped("ksef_number"))]
        return self._create_rows(company, role, fresh) if fresh else self.browse()

    @api.model
    def _create_rows(self, company, role, arrivals):
        values = [self._values_of(company, role, arrival) for arrival in arrivals]
        self._add_vendors(company, values)
        self._add_currencies(values)
        rows = company._ksef_worded(self.with_context(**QUIET)).create(values)
        rows._find_duplicates()
        rows._apply_rules()
        rows._tie_known_bills()
        rows._book_by_rule()
        return rows

    def _complete(self, arrival):
        """The file of a row came after the row."""
        if arrival.is_delivered:
            values = self._values_of(self.company_id, self.role, arrival)
            self._add_currencies([values])
            self.with_context(**QUIET).write(
                {name: value for name, value in values.items() if value or name == "fault"}
            )

    # === VALUES === #

    @api.model
    def _values_of(self, company, role, arrival):
        facts = read_facts(arrival.content)
        fault = self._find_fault(company, arrival, facts)
        return {
            "company_id": company.id,
            "role": role,
            "ksef_number": arrival.ksef_number,
            "seller_nip": arrival.ksef_number[:10],
            **self._values_of_metadata(arrival.metadata),
            **self._values_of_facts(facts),
            **self._values_of_file(arrival),
            "internal_id": facts.unit_of(company._ksef_nip()) or False,
            "fault": fault,
            "obstacle": fault == "unreadable" and facts.obstacle.value,
        }

    @api.model
    def _values_of_facts(self, facts):
        """What the document itself says, which wins over what KSeF tells about it."""
        values = {
            "document_number": facts.number,
            "seller_nip": facts.seller_nip,
            "seller_name": facts.seller_name,
            "form": facts.form.value,
            "kind": facts.kind,
            "issued_on": facts.issued_on,
            "net_amount": _amount(facts.net_amount),
            "vat_amount": _amount(facts.tax_amount),
            "gross_amount": _amount(facts.gross_amount),
            "currency_id": facts.currency,
        }
        return {name: value for name, value in values.items() if value or value == 0.0}

    @api.model
    def _values_of_metadata(self, metadata):
        """What KSeF tells, for documents that cannot be read and for their moments."""
        if not metadata:
            return {"received_at": fields.Datetime.now()}
        return {
            "document_number": metadata.invoice_number,
            "seller_nip": metadata.seller.identifier.value,
            "seller_name": metadata.seller.name,
            "form": metadata.form_code.system_code,
            "kind": metadata.invoice_type.upper(),
            "issued_on": metadata.issued_on,
            "received_at": _naive(metadata.acquisition_at),
            "stored_at": _naive(metadata.permanent_storage_at),
            "net_amount": float(metadata.net_amount),
            "vat_amount": float(metadata.vat_amount),
            "gross_amount": float(metadata.gross_amount),
            "currency_id": metadata.currency,
            "announced_hash": metadata.invoice_hash,
        }

    @api.model
    def _values_of_file(self, arrival):
        """The file itself; a file of no bytes is a file, too."""
        if not arrival.is_delivered:
            return {}
        return {
            "document_hash": hash_base64(arrival.content),
            "document": self._stored_file(arrival.content),
        }

    @api.model
    def _stored_file(self, content):
        return base64.b64encode(content) if content else False

    @api.model
    def _add_currencies(self, values):
        """Put records in the place of codes; currencies that are not in use are known as well."""
        codes = {row["currency_id"] for row in values if row.get("currency_id")}
        currencies = self.env["res.currency"].with_context(active_test=False)
        found = {c.name: c.id for c in currencies.search([("name", "in", list(codes))])}
        for row in values:
            row["currency_id"] = found.get(row.get("currency_id"))

    @api.model
    def _add_vendors(self, company, values):
        """Find the vendors of many rows with one search."""
        nips = {row["seller_nip"] for row in values if row.get("seller_nip")}
        vendors = self.env["ksef.bill.reader"]._find_vendors(nips, company)
        nobody = self.env["res.partner"]
        for row in values:
            vendor = vendors.get(row.get("seller_nip"), nobody)
            row["partner_id"] = vendor.commercial_partner_id.id

    # === WHAT IS WRONG === #

    @api.model
    def _find_fault(self, company, arrival, facts):
        """The worst that is wrong with a file; False where it is as it should be."""
        if not arrival.is_delivered:
            return "missing"
        metadata = arrival.metadata
        if metadata and metadata.invoice_hash != hash_base64(arrival.content):
            return "hash"
        if facts.obstacle:
            return "unreadable"
        if not facts.roles_of(company._ksef_nip()):
            return "misaddressed"
        nips = {party.nip for party in facts.parties}
        is_known = ksef_numbers.is_valid(arrival.ksef_number) and arrival.ksef_number[:10] in nips
        return False if is_known else "number"

    def _find_duplicates(self):
        """Mark what the same seller has sent under the same number already."""
        earlier = self.search(
            [
                ("company_id", "in", self.company_id.ids),
                ("id", "not in", self.ids),
                ("document_number", "in", self.mapped("document_number")),
                ("seller_nip", "in", self.mapped("seller_nip")),
                ("state", "!=", "duplicate"),
            ]
        )
        known = set(earlier.mapped(_identity))
        again = self.filtered(lambda row: row.document_number and _identity(row) in known)
        again._move_to("duplicate")


def _identity(row):
    return row.company_id, row.seller_nip, row.document_number, row.kind


def _amount(amount):
    return None if amount is None else float(amount)


def _naive(moment):
    return moment.astimezone(timezone.utc).replace(tzinfo=None)

"""Reading the package of an export, slice by slice."""

import tempfile
from contextlib import contextmanager
from pathlib import Path

from odoo import models
from odoo.tools import split_every

from ...ksef import errors
from ...ksef.codes import Outcome
from ...ksef.crypto import SessionKey
from ...ksef.export import in_slices, read_package, read_package_metadata
from ..failure import Failure
from ..ksef_queue import BACK_OFF, Decision
from ..ksef_request import STALE
from .arrival import Arrival

SLICE = 100  # documents stored and committed at once
SLICE_SIZE = 16 * 1024 * 1024  # bytes of them, which lie in memory several times over
SLOWEST = 10  # documents stored in a second
RANGE_BEYOND = 420  # of the data that are final: nothing has come


class KsefFetch(models.Model):
    _inherit = "ksef.fetch"

    def _from_ordered(self):
        """Ask for the package; its links live an hour, so it is read at once."""
        answer = self._client().export_status(self.reference_number)
        if answer.outcome is Outcome.PENDING:
            return Decision(state="ordered", retry_in=BACK_OFF[min(self.attempts, 5)])
        failure = Failure.from_status(answer.status, "export")
        if answer.outcome is not Outcome.ACCEPTED or not answer.package:
            return self._on_no_package(failure)
        lease = STALE + answer.package.invoice_count / SLOWEST
        return Decision(state="reading", retry_in=lease, then="_read_package")

    def _on_no_package(self, failure):
        if failure.code == RANGE_BEYOND:
            return Decision(state="idle", retry_in=self._pause(), values=self._without_package())
        return self._give_up(failure)

    def _from_reading(self):
        """Whoever was reading never came back: read it once more."""
        return self._read_package()

    def _read_package(self):
        """Store what the package holds; each slice is committed, so nothing is read for nothing."""
        client = self._client()
        package = client.export_status(self.reference_number).package
        if not package:
            raise errors.BadAnswer("a package that is gone")
        with self._downloaded(client, package) as path:
            listed = self._listed(path, package)
            packed = self._store(read_package(path, package.compression), listed)
        waiting = self._note_missing(listed)
        if len(listed.keys() | packed) < package.invoice_count:
            raise errors.BadAnswer("a package that holds less than was announced")
        state = "collecting" if waiting else "idle"
        done = self._done(package)
        return Decision(state=state, **({**done, "retry_in": 0} if waiting else done))

    @contextmanager
    def _downloaded(self, client, package):
        """The decrypted archive, its parts checked, for as long as it is needed."""
        key = SessionKey.from_values(self.encryption_key, self.initialization_vector)
        with tempfile.TemporaryDirectory(prefix="ksef-") as folder:
            path = Path(folder) / "package"
            client.download_package(package, key, path)
            yield path

    def _listed(self, path, package):
        """Return `{KSeF number: metadata}` of a package; None for metadata that are unreadable."""
        entries = read_package_metadata(path, package.compression)
        return {entry.ksef_number: entry.metadata for entry in entries}

    def _store(self, invoices, listed):
        """Bring documents into the inbox, never all of them in memory; return their numbers."""
        inbox, numbers = self.env["ksef.inbox"], set()
        for part in in_slices(invoices, count=SLICE, size=SLICE_SIZE):
            arrivals = [
                Arrival(
                    ksef_number=invoice.ksef_number,
                    content=invoice.content,
                    metadata=listed.get(invoice.ksef_number),
                )
                for invoice in part
            ]
            inbox._receive_safely(self.company_id, self.role, arrivals)
            numbers.update(arrival.ksef_number for arrival in arrivals)
            self.env["ir.cron"]._commit_progress()
            self.env.invalidate_all()
        return numbers

    def _note_missing(self, listed):
        """Make rows of what is listed without a file; return how many wait for theirs."""
        inbox = self.env["ksef.inbox"]
        for numbers in split_every(SLICE, listed):
            known = inbox._known(self.company_id, numbers)
            arrivals = [
                Arrival(ksef_number=number, metadata=listed[number], is_delivered=False)
                for number in numbers
                if number not in known
            ]
            inbox._receive_safely(self.company_id, self.role, arrivals)
        return inbox._count_missing(self.company_id)

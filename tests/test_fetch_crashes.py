import base64
from itertools import count

from odoo import api, fields
from odoo.tests import freeze_time, tagged

from ..ksef.crypto import hash_base64
from ..models.inbox import fetch_listing, fetch_package
from ..models.inbox.fetch import MOST_FAILURES
from .inbox_common import InboxCommon, make_document
from .test_lanes import NOBODY

DOCUMENTS = 3  # that come before each death


class Killed(BaseException):
    """The process has ended: nothing in it gets hold of that."""


class LastCommit:
    """Takes the place of a cursor's `commit` and ends the process at one of them."""

    def __init__(self, last):
        self.last = last
        self.made = 0

    def on(self, cursor):
        """Count the commits of this cursor too."""
        self.commit = cursor.commit
        cursor.commit = self

    def __call__(self):
        self.made += 1
        self.end()

    def end(self):
        raise NotImplementedError


class BehindCommit(LastCommit):
    def end(self):
        self.commit()
        if self.made == self.last:
            raise Killed


class BeforeCommit(LastCommit):
    """The answer of KSeF is lost with what was to be written of it."""

    def end(self):
        if self.made == self.last:
            raise Killed
        self.commit()


@tagged("post_install", "-at_install")
class TestFetchCrashes(InboxCommon):
    """A process dies at each commit of the fetching in turn, and another one goes on."""

    def setUp(self):
        super().setUp()
        self.patch(fetch_package, "SLICE", 2)
        self.patch(fetch_listing, "FILES", 2)
        self.fetch()
        self.documents = []

    def die_everywhere(self, kind, prepare):
        """Return the states of the cursor in which a process has died."""
        states = set()
        for last in count(1):
            self.deposit()
            prepare()
            self.company._ksef_fetch_now()
            (self.cursors() - self.cursor()).write({"retry_at": False})
            if not self.is_killed(kind(last)):
                break
            states.add(self.cursor().state)
            self.go_on()
        self.check()
        return states

    def deposit(self):
        numbers = range(len(self.documents), len(self.documents) + DOCUMENTS)
        fresh = [make_document(f"FV/{number}") for number in numbers]
        self.let_time_pass()
        self.simulator.deposit(*fresh)
        self.let_time_pass()
        self.documents += fresh
        self.cursors().write({"looked_at": False})

    def is_killed(self, commit):
        """Carry the queue until the process dies or has nothing left to do."""
        moment = fields.Datetime.now()
        try:
            while moment:
                with freeze_time(moment), self.enter_registry_test_mode():
                    self.run_process(commit)
                moment = self._next_moment(moment)
        except Killed:
            return True
        return False

    def run_process(self, commit):
        with self.registry.cursor() as cursor:
            commit.on(cursor)
            api.Environment(cursor, api.SUPERUSER_ID, {})["ksef.queue"]._cron_process()

    def go_on(self):
        """Another process finds what the dead one, whose connection is gone, was doing."""
        self.cursors().filtered("connection").write({"connection": NOBODY})
        self.run_queue(minutes=20)
        self.check()

    def check(self):
        """Nothing is lost, nothing is there twice, nothing is left undone."""
        rows = self.inbox()
        hashes = [hash_base64(base64.b64decode(row.document or "")) for row in rows]
        self.assertEqual(sorted(hashes), sorted(map(hash_base64, self.documents)))
        self.assertEqual(set(rows.mapped("fault")), {False})
        self.assertEqual(self.cursor().state, "idle")
        self.assertFalse(self.cursor().encryption_key)

    def order_packages(self):
        """Nothing is to be prepared: packages are the usual way."""

    def break_packages(self):
        self.cursor().write({"package_failures": MOST_FAILURES})

    def lose_files(self):
        self.simulator.fault("lost-files", "export", count=2)

    def test_package_arrives_whole_wherever_a_process_dies(self):
        states = self.die_everywhere(BehindCommit, self.order_packages)
        self.assertEqual(states, {"idle", "ordered", "reading"})

    def test_package_arrives_whole_wherever_an_answer_is_lost(self):
        states = self.die_everywhere(BeforeCommit, self.order_packages)
        self.assertEqual(states, {"idle", "ordered", "reading"})

    def test_list_arrives_whole_wherever_a_process_dies(self):
        states = self.die_everywhere(BehindCommit, self.break_packages)
        self.assertEqual(states, {"idle", "listing", "collecting"})

    def test_list_arrives_whole_wherever_an_answer_is_lost(self):
        states = self.die_everywhere(BeforeCommit, self.break_packages)
        self.assertEqual(states, {"idle", "listing", "collecting"})

    def test_gap_in_a_package_is_filled_wherever_a_process_dies(self):
        states = self.die_everywhere(BehindCommit, self.lose_files)
        self.assertEqual(states, {"idle", "ordered", "reading", "collecting"})

from datetime import datetime, timedelta, timezone

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import freeze_time, tagged

from ..ksef.deadlines import Mode
from .common import KsefCommon

START = datetime(2026, 11, 20, 8, 0, tzinfo=timezone.utc)


def message(event=7, category="FAILURE", kind="FAILURE_START", version=1, **values):
    """A message as Latarnia sends it."""
    return {
        "id": f"K/2026/AWR/{event:02d}",
        "eventId": event,
        "category": category,
        "type": kind,
        "title": "Awaria KSeF",
        "text": "Trwa usuwanie awarii.",
        "start": START.isoformat(),
        "end": None,
        "version": version,
        "published": START.isoformat(),
        **values,
    }


@tagged("post_install", "-at_install")
class TestAnnouncements(KsefCommon):
    def setUp(self):
        super().setUp()
        self.connect()
        self.announcements = self.env["ksef.announcement"]

    def look(self, status="AVAILABLE", *messages):
        self.simulator.latarnia(status=status, messages=messages)
        with self.enter_registry_test_mode():
            self.env.ref("account_ksef.ir_cron_look").method_direct_trigger()

    def own(self):
        return self.announcements.search([("environment", "=", "local")])

    def test_failure_is_registered_and_ended_by_latarnia(self):
        self.look("FAILURE", message())
        row = self.own()
        self.assertEqual((row.mode, row.state, row.source), ("emergency", "running", "latarnia"))
        self.assertEqual(row.starts_at, datetime(2026, 11, 20, 8, 0))
        self.assertEqual(self.company.ksef_light, "failure")
        ending = (START + timedelta(hours=5)).isoformat()
        self.look(
            "AVAILABLE",
            message(),
            message(kind="FAILURE_END", version=2, start=START.isoformat(), end=ending),
        )
        self.assertEqual(self.own(), row)
        self.assertEqual((row.state, row.ends_at), ("over", datetime(2026, 11, 20, 13, 0)))
        self.assertEqual(self.company.ksef_light, "works")

    def test_changed_announcement_replaces_the_earlier_version(self):
        end = "2026-11-21T06:00:00+01:00"
        first = message(category="MAINTENANCE", kind="MAINTENANCE_ANNOUNCEMENT", end=end)
        self.look("AVAILABLE", first)
        later = {**first, "version": 2, "end": "2026-11-21T08:00:00+01:00"}
        self.look("AVAILABLE", later, first)
        self.assertEqual(self.own().ends_at, datetime(2026, 11, 21, 7, 0))
        self.assertEqual(self.own().version, 2)
        with freeze_time("2026-11-20 20:00:00"):
            self.company.invalidate_recordset(["ksef_light"])
            self.assertEqual(self.company.ksef_light, "announced")

    def test_silent_latarnia_means_unknown_and_changes_nothing(self):
        self.look("FAILURE", message())
        self.simulator.latarnia(reachable=False)
        with self.enter_registry_test_mode():
            self.env.ref("account_ksef.ir_cron_look").method_direct_trigger()
        lighthouse = self.env["ksef.lighthouse"].search([("environment", "=", "local")])
        self.assertEqual(lighthouse.availability, "UNKNOWN")
        self.assertTrue(lighthouse.answered_at)
        self.assertEqual(self.own().state, "running")

    def test_silence_alone_is_no_failure(self):
        self.simulator.latarnia(reachable=False)
        with self.enter_registry_test_mode():
            self.env.ref("account_ksef.ir_cron_look").method_direct_trigger()
        self.assertFalse(self.own())
        self.assertEqual(self.company.ksef_light, "unheard")

    def test_unknown_category_is_passed_over(self):
        self.look("AVAILABLE", message(category="NEWS"), message(event=8))
        self.assertEqual(self.own().event_number, 8)

    def test_words_about_test_environments_do_not_count_by_themselves(self):
        rows = self.announcements._take_over("test", self._read([message()]))
        self.assertFalse(rows.is_counted)
        self.assertFalse(self.announcements._counted("test"))
        rows.is_counted = True
        outage = self.announcements._counted("test")._as_outage()
        self.assertEqual((outage.mode, outage.ended_on), (Mode.EMERGENCY, None))

    def _read(self, messages):
        self.simulator.latarnia(status="FAILURE", messages=messages)
        return self.env["ksef.gateway"]._client(self.company).announcements()

    def test_days_of_an_outage_are_polish_days(self):
        self.announcements.create(
            {
                "environment": "local",
                "mode": "emergency",
                "title": "Awaria",
                "basis": "BIP",
                "starts_at": "2026-11-20 23:30:00",
                "ends_at": "2026-11-21 22:59:00",
            }
        )
        outage = self.announcements._counted("local")._as_outage()
        self.assertEqual(outage.began_on, fields.Date.to_date("2026-11-21"))
        self.assertEqual(outage.ended_on, fields.Date.to_date("2026-11-21"))

    def test_accountant_records_what_the_media_say(self):
        self.look()
        rows = self.announcements.with_user(self.accountant).with_company(self.company)
        values = {"mode": "total_failure", "title": "Awaria całkowita"}
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            rows.create(values)
        row = rows.create({**values, "basis": "Media ogólnopolskie"})
        self.assertEqual(row.environment, "local")  # where this company issues
        self.assertEqual(self.company.ksef_light, "total_failure")
        row.ends_at = fields.Datetime.now()
        self.company.invalidate_recordset(["ksef_light"])
        self.assertEqual(self.company.ksef_light, "works")

    def test_what_latarnia_said_cannot_be_rewritten(self):
        self.look("FAILURE", message())
        row = self.own().with_user(self.accountant)
        for change in ({"ends_at": fields.Datetime.now()}, {"mode": "unavailability"}):
            with self.subTest(change), self.assertRaises(AccessError):
                row.write(change)
        with self.assertRaises(AccessError):
            row.unlink()
        with self.assertRaises(AccessError):
            row.copy({"source": "latarnia"})
        row.is_counted = False
        self.assertEqual(self.company.ksef_light, "works")

    def test_light_tells_that_ksef_does_not_answer(self):
        self.company.ksef_local_url = "http://127.0.0.1:9"
        self.post_invoice().with_user(self.accountant).action_ksef_send()
        self.run_queue(minutes=0.1)
        self.company.invalidate_recordset(["ksef_light"])
        self.assertEqual(self.company.ksef_light, "unknown")

    def test_light_tells_that_the_access_data_are_refused(self):
        self.company.ksef_token = "broken"
        self.post_invoice().with_user(self.accountant).action_ksef_send()
        self.run_queue()
        self.company.invalidate_recordset(["ksef_light"])
        self.assertEqual(self.company.ksef_light, "refused")

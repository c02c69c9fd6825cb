"""Waking cron workers at a precise moment.

A trigger of `ir.cron` fires at once or with a precision of one minute, and an
invoice gets its number within seconds. The trigger stays the promise that a row
is taken up; the alarm only makes it punctual, and nothing depends on it.
"""

import threading

from odoo import sql_db
from odoo.addons.base.models.ir_cron import ODOO_NOTIFY_FUNCTION
from odoo.tools import SQL

CRON_PRECISION = 60  # seconds between two looks of an idle cron worker


def set_alarm(cr, delay):
    """Notify the cron workers of this database `delay` seconds after the commit of `cr`.

    A trigger for now notifies by itself; delays of a minute and more are left to it.
    """
    if 0 < delay < CRON_PRECISION:
        cr.postcommit.add(lambda: start_alarm(cr.dbname, delay))


def start_alarm(dbname, delay):
    """Notify the cron workers of a database in `delay` seconds."""
    timer = threading.Timer(delay, _notify_workers, (dbname,))
    timer.daemon = True
    timer.start()


def _notify_workers(dbname):
    with sql_db.db_connect("postgres").cursor() as cr:
        cr.execute(
            SQL("SELECT %s('cron_trigger', %s)", SQL.identifier(ODOO_NOTIFY_FUNCTION), dbname)
        )

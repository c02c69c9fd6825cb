"""What a cron does for one company after the other."""

import logging

from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)


def run_each(work, items):
    """Call a method of a model for each item, in a transaction of its own.

    What fails stops none of those that follow. What collides with somebody's edit is left for
    the next run.
    """
    env = work.__self__.env
    env["ir.cron"]._commit_progress(remaining=len(items))
    for item in items:
        run_alone(work, item)
        env["ir.cron"]._commit_progress(1)


def run_alone(work, item):
    """Call a method of a model for one item; what fails is undone, logged and stops nothing."""
    env = work.__self__.env
    try:
        work(item)
    except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
        env.cr.rollback()
    except Exception:
        _logger.exception("KSeF: %s failed for %s", work.__name__, item)
        env.cr.rollback()

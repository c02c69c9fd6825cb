"""What sending would mean before it is begun: which way it goes, and about how long it takes."""

import math
from dataclasses import dataclass

from odoo import api, models

from ..ksef.budget import DEFAULT_LIMITS
from ..ksef.operations import Group

EACH_ONLINE = 1.5  # seconds from an invoice to its number, with its share of what goes before
EACH_IN_BATCH = 0.03  # seconds for building, packing and judging
BATCH = 60  # seconds until KSeF has judged a batch, whatever is in it


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How many documents of a company would go which way; `seconds` is an estimate."""

    count: int
    is_batch: bool
    seconds: float

    @property
    def minutes(self):
        return math.ceil(self.seconds / 60)


class KsefSubmission(models.Model):
    _inherit = "ksef.submission"

    @api.model
    def _plan(self, company, count):
        """Return the `Plan` of so many documents of a company if they were queued now."""
        is_batch = self._is_for_batch(company, count)
        if is_batch:
            seconds = BATCH + count * EACH_IN_BATCH
        else:
            a_minute = DEFAULT_LIMITS[Group.INVOICE_SEND.value].per_minute
            seconds = max(count * EACH_ONLINE, 60 * ((count - 1) // a_minute))
        return Plan(count=count, is_batch=is_batch, seconds=seconds)

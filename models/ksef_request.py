from odoo import api, fields, models

from ..ksef import errors
from .failure import Failure
from .ksef_gateway import WAITED_FOR
from .ksef_queue import ENVIRONMENTS, PATIENCE, Decision

STALE = 300  # seconds after which a call without an outcome counts as lost


class KsefRequest(models.AbstractModel):
    """Something that KSeF is asked to make once, with an answer that may get lost.

    new -> sending -> sent -> done. A lost answer leads to unknown, where KSeF is asked what has
    come of it, and never to a blind repetition. What KSeF refuses, a person has to ask anew.
    """

    _name = "ksef.request"
    _inherit = ["ksef.queue"]
    _description = "Request to KSeF"

    _transitions = {
        "new": {"sending", "refused"},
        "sending": {"sent", "unknown", "new", "refused"},
        "unknown": {"sent", "done", "new", "refused"},
        "sent": {"done", "refused"},
        "done": set(),
        "refused": set(),
    }

    state = fields.Selection(
        [
            ("new", "Being prepared"),
            ("sending", "Being sent"),
            ("unknown", "Being clarified"),
            ("sent", "Being made by KSeF"),
            ("done", "Done"),
            ("refused", "Refused"),
        ],
        default="new",
        required=True,
        readonly=True,
    )
    environment = fields.Selection(ENVIRONMENTS, readonly=True)
    is_running = fields.Boolean(compute="_compute_is_running")

    @api.depends("state")
    def _compute_is_running(self):
        for row in self:
            row.is_running = row.state in ("new", "sending", "unknown", "sent")

    def _client(self):
        return self.env["ksef.login"]._current_client(self.company_id)

    def _from_sending(self):
        """The process that sent it has died: find out what has come of it."""
        return Decision(state="unknown", retry_in=0)

    def _on_not_ready(self, waiting):
        state = "new" if self.state == "sending" else self.state
        return Decision(state=state, retry_in=waiting.retry_in, failure=waiting.failure)

    def _on_error(self, error):
        failure = Failure.from_error(error)
        if isinstance(error, errors.Unauthorized):
            self.env["ksef.login"]._current(self.company_id)._expire()
            state = "new" if self.state == "sending" else self.state
            return Decision(state=state, retry_in=1, failure=failure)
        if isinstance(error, errors.Refused):
            return Decision(state="refused", failure=failure)
        if self.state == "sending":
            state = "unknown" if error.may_have_arrived else "new"
            return Decision(state=state, retry_in=self._retry_in(failure), failure=failure)
        return super()._on_error(error)

    def _on_defect(self):
        state = "unknown" if self.state == "sending" else self.state
        return Decision(state=state, retry_in=PATIENCE, failure=Failure(kind="defect"))

    def action_ksef_refresh(self):
        """Go on with a request that somebody is looking at, without waiting for the cron."""
        self.check_access("read")
        waited_for = self.sudo().with_context(**{WAITED_FOR: True})
        waited_for.env["ksef.login"]._current(self.company_id)._process()
        waited_for._process()

    def _open(self, title):
        """Return the window that shows how far this request is."""
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

"""The run of a sending: what will happen, how far it is, and the way back to it."""

from odoo import api, fields, models

# How much of the way a document in this state has behind it, in percent
WAY = {"queued": 0, "sending": 40, "unknown": 40, "sent": 70, "accepted": 100}
REFUSED = ("rejected", "error")


class KsefSend(models.TransientModel):
    _inherit = "ksef.send"

    plan = fields.Text(string="What will happen", compute="_compute_plan")
    waiting_count = fields.Integer("Waiting", compute="_compute_progress")
    with_ksef_count = fields.Integer("With KSeF", compute="_compute_progress")
    refused_count = fields.Integer("Need attention", compute="_compute_progress")

    # === BEFORE === #

    @api.depends("line_ids.outlook")
    @api.depends_context("lang")
    def _compute_plan(self):
        for wizard in self:
            ready = wizard._ready_moves().grouped("company_id")
            lines = [wizard._describe(company, moves) for company, moves in ready.items()]
            wizard.plan = "\n".join(lines)

    def _describe(self, company, moves):
        plan = self.env["ksef.submission"].sudo()._plan(company, len(moves))
        if plan.is_batch:
            text = self.env._(
                "%(company)s: %(count)s invoices go together as a package; their numbers come "
                "after about %(minutes)s min.",
                company=company.name,
                count=plan.count,
                minutes=plan.minutes,
            )
        else:
            text = self.env._(
                "%(company)s: %(count)s invoices go one by one, at once; the last number comes "
                "after about %(minutes)s min.",
                company=company.name,
                count=plan.count,
                minutes=plan.minutes,
            )
        return text

    def _ready_moves(self):
        domain = [("wizard_id", "=", self.id), ("outlook", "=", "ready")]
        return self.env["ksef.send.line"].search(domain).move_id

    # === DURING === #

    def _count_outlooks(self):
        groups = self.env["ksef.send.line"]._read_group(
            [("wizard_id", "=", self.id)], ["outlook"], ["__count"]
        )
        counts = dict(groups)
        for outlook in ("ready", "blocked", "warned", "skipped"):
            self[f"{outlook}_count"] = counts.get(outlook, 0)

    def _count_states(self):
        moves = self._ready_moves() if self.is_started else self.env["account.move"]
        domain = [("id", "in", moves.ids)]
        states = dict(self.env["account.move"]._read_group(domain, ["ksef_state"], ["__count"]))
        self.accepted_count = states.get("accepted", 0)
        self.refused_count = sum(states.get(state, 0) for state in REFUSED)
        self.settled_count = self.accepted_count + self.refused_count
        self.is_running = self.is_started and self.settled_count < self.ready_count
        self._measure_way(moves)

    def _measure_way(self, moves):
        """Packages are judged as a whole, so the way to there counts as well."""
        submissions = self.env["ksef.submission"]
        live = [("move_id", "in", moves.ids), ("state", "in", list(WAY))]
        counts = dict(submissions._read_group(live, ["state"], ["__count"]))
        waiting = [*live, ("state", "=", "queued"), ("retry_at", "!=", False)]
        self.waiting_count = submissions.search_count(waiting)
        self.with_ksef_count = sum(counts.get(state, 0) for state in ("sending", "unknown", "sent"))
        way = 100 * self.refused_count + sum(WAY[state] * counts.get(state, 0) for state in WAY)
        self.progress = min(100.0, way / (self.ready_count or 1)) if self.is_started else 0.0

    # === AFTERWARDS === #

    @api.model
    def _open_for(self, moves):
        """Whoever comes back while the invoices are on their way finds the run again."""
        if not any(moves.mapped("ksef_is_sendable")):
            domain = [("move_id", "in", moves.ids), ("wizard_id.is_started", "=", True)]
            mine = [*domain, ("create_uid", "=", self.env.uid)]
            line = self.env["ksef.send.line"].search(mine, order="id desc", limit=1)
            if line and line.wizard_id.is_running:
                return line.wizard_id._action()
        return super()._open_for(moves)

"""When KSeF was announced to be away: what invoices issued in the meantime rest upon."""

from datetime import timezone

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from ..ksef.deadlines import Mode, Outage, polish_day
from .ksef_queue import ENVIRONMENTS

# What Latarnia says about its test environments has been made up before
TRUSTED_ENVIRONMENTS = ("production", "local")
MODES = [
    ("unavailability", "Unavailability, announced beforehand"),
    ("emergency", "Failure"),
    ("total_failure", "Total failure"),
]
FROM_LATARNIA = {
    "MAINTENANCE": "unavailability",
    "FAILURE": "emergency",
    "TOTAL_FAILURE": "total_failure",
}
END = "FAILURE_END"


class KsefAnnouncement(models.Model):
    """A time that KSeF is away for: read from Latarnia, or recorded by a person.

    Deadlines rest upon it (art. 106nf, 106nh and 106ng VAT Act), so it says who said so. What
    Latarnia said stays as it was; whether it counts is a person's to decide.
    """

    _name = "ksef.announcement"
    _description = "KSeF announcement"
    _inherit = ["mail.thread"]
    _order = "starts_at desc, id desc"
    _rec_name = "title"

    _event_idx = models.UniqueIndex(
        "(environment, event_number) WHERE event_number IS NOT NULL AND event_number != 0",
        "This announcement of Latarnia is registered already.",
    )
    _check_end = models.Constraint(
        "CHECK (ends_at IS NULL OR ends_at >= starts_at)", "It cannot end before it begins."
    )

    environment = fields.Selection(
        ENVIRONMENTS, required=True, default=lambda self: self._default_environment()
    )
    mode = fields.Selection(MODES, string="Kind", required=True, tracking=True)
    starts_at = fields.Datetime(
        string="Begins", required=True, tracking=True, default=fields.Datetime.now
    )
    ends_at = fields.Datetime(string="Ends", tracking=True, help="Empty while it lasts.")
    title = fields.Char(required=True)
    text = fields.Text(string="Words of the announcement")
    source = fields.Selection(
        [("latarnia", "Latarnia, the ministry's service"), ("manual", "Entered by a person")],
        required=True,
        readonly=True,
        default="manual",
    )
    basis = fields.Char(
        string="Announced in",
        help="Where it was announced: the ministry's bulletin (BIP), the media, a number.",
    )
    event_number = fields.Integer(readonly=True)
    version = fields.Integer(readonly=True)
    published_at = fields.Datetime(string="Published", readonly=True)
    is_counted = fields.Boolean(
        string="Counts",
        default=True,
        tracking=True,
        help="Deadlines follow from it. What Latarnia says of test environments does not count "
        "unless you say so.",
    )
    state = fields.Selection(
        [("coming", "Announced"), ("running", "Now"), ("over", "Over")],
        compute="_compute_state",
        search="_search_state",
    )

    @api.model
    def _default_environment(self):
        """Where the user's company issues: elsewhere its deadlines would not follow."""
        company = self.env.company.sudo()
        return company.ksef_environment if company.ksef_is_enabled else "production"

    @api.depends("starts_at", "ends_at")
    def _compute_state(self):
        now = fields.Datetime.now()
        for announcement in self:
            if announcement.starts_at and announcement.starts_at > now:
                announcement.state = "coming"
            elif announcement.ends_at and announcement.ends_at <= now:
                announcement.state = "over"
            else:
                announcement.state = "running"

    @api.model
    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        now = fields.Datetime.now()
        begun = fields.Domain("starts_at", "<=", now)
        ended = fields.Domain("ends_at", "!=", False) & fields.Domain("ends_at", "<=", now)
        domains = {"coming": ~begun, "over": begun & ended, "running": begun & ~ended}
        return fields.Domain.OR([domains[name] for name in value if name in domains])

    @api.constrains("source", "basis")
    def _check_basis(self):
        for announcement in self:
            if announcement.source == "manual" and not (announcement.basis or "").strip():
                raise ValidationError(
                    self.env._(
                        "Say where this was announced: deadlines rest upon it, and an inspector "
                        "may ask."
                    )
                )

    # === WHO MAY CHANGE WHAT === #

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su and any(vals.get("source", "manual") != "manual" for vals in vals_list):
            raise AccessError(self.env._("Only Odoo itself enters what Latarnia says."))
        created = super().create(vals_list)
        created._tell_invoices()
        return created

    def write(self, vals):
        kept = self.filtered(lambda row: row.source == "latarnia")
        if kept and not self.env.su and vals.keys() - {"is_counted"}:
            raise AccessError(
                self.env._(
                    "What Latarnia said stays as it was. Decide whether it counts, or enter an "
                    "announcement of your own."
                )
            )
        result = super().write(vals)
        if vals.keys() & {"mode", "starts_at", "ends_at", "is_counted", "environment"}:
            self._tell_invoices()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_of_latarnia(self):
        if any(row.source == "latarnia" for row in self):
            raise AccessError(self.env._("What Latarnia said is kept. Say that it does not count."))

    def _tell_invoices(self):
        """Have the deadlines that may rest upon it counted anew."""
        self.env["account.move"]._ksef_recount_deadlines()

    # === READING LATARNIA === #

    @api.model
    def _take_over(self, environment, messages):
        """Register what Latarnia says; a newer version replaces what it said before.

        `messages`: announcements as `ksef` read them. Returns the rows that are new or changed.
        """
        known = self.search([("environment", "=", environment), ("source", "=", "latarnia")])
        by_event = {row.event_number: row for row in known}
        touched = self.browse()
        for event, said in _by_event(messages).items():
            values = _values(said)
            row = by_event.get(event)
            if row is None:
                touched |= self.create(self._first_values(environment, event, values))
            elif row._differs(values):
                row.write(values)
                touched |= row
        return touched

    @api.model
    def _first_values(self, environment, event, values):
        return {
            **values,
            "environment": environment,
            "event_number": event,
            "source": "latarnia",
            "is_counted": environment in TRUSTED_ENVIRONMENTS,
        }

    def _differs(self, values):
        return any(self[name] != value for name, value in values.items())

    # === FOR DEADLINES === #

    @api.model
    def _counted(self, environment):
        """Everything that counts in an environment, oldest first."""
        counted = [("environment", "=", environment), ("is_counted", "=", True)]
        return self.search(counted, order="starts_at, id")

    @api.model
    def _running(self, environment):
        """The announcement that holds now, the gravest first; may be empty."""
        rows = self.search(
            [
                ("environment", "=", environment),
                ("is_counted", "=", True),
                ("state", "=", "running"),
            ]
        )
        gravity = [name for name, _label in MODES]
        return rows.sorted(lambda row: -gravity.index(row.mode))[:1]

    @api.model
    def _next(self, environment):
        """The announcement that comes first of those that have not begun; may be empty."""
        counted = [("environment", "=", environment), ("is_counted", "=", True)]
        return self.search([*counted, ("state", "=", "coming")], order="starts_at", limit=1)

    def _as_outage(self):
        return Outage(
            mode=Mode(self.mode),
            began_on=day_of(self.starts_at),
            ended_on=day_of(self.ends_at) if self.ends_at else None,
        )


def _by_event(messages):
    """Return `{event number: its messages, oldest version first}`."""
    events = {}
    for message in sorted(messages, key=lambda message: message.version):
        if message.category in FROM_LATARNIA:
            events.setdefault(message.event_id, []).append(message)
    return events


def _values(messages):
    """What all messages of one event say together."""
    last = messages[-1]
    end = next((m for m in reversed(messages) if m.type == END), None)
    start = next((m for m in reversed(messages) if m.type != END), last)
    ends_at = (end.ends_at or end.starts_at) if end else start.ends_at
    return {
        "mode": FROM_LATARNIA[start.category],
        "starts_at": _naive(start.starts_at),
        "ends_at": _naive(ends_at) if ends_at else False,
        "title": last.title or start.title or last.id,
        "text": "\n\n".join(dict.fromkeys(m.text for m in messages if m.text)),
        "basis": last.id,
        "version": last.version,
        "published_at": _naive(last.published_at) if last.published_at else False,
    }


def _naive(moment):
    return moment.astimezone(timezone.utc).replace(tzinfo=None, microsecond=0)


def day_of(moment):
    """The Polish day of a naive moment in UTC."""
    return polish_day(moment.replace(tzinfo=timezone.utc))

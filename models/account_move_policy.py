import logging

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from .account_move import EMPLOYEES

_logger = logging.getLogger(__name__)

SALES = ("out_invoice", "out_refund", "out_receipt")


class AccountMove(models.Model):
    """Whether an invoice goes to KSeF, and when it goes by itself."""

    _inherit = "account.move"

    ksef_is_requested = fields.Boolean(
        string="Send to KSeF all the same",
        copy=False,
        help="The invoice is issued in KSeF although by the rules it need not be.",
    )
    ksef_exemption = fields.Selection(
        [
            ("receipt", "Receipt"),
            ("country", "Taxed in another country"),
            ("excluded", "Kept out by hand"),
            ("before_start", "Before the start"),
            ("small_seller", "Small seller"),
            ("partner", "Customer without KSeF"),
            ("journal", "Journal without KSeF"),
            ("consumer", "Consumer"),
        ],
        string="Not in KSeF",
        compute="_compute_ksef_exemption",
        store=True,
        copy=False,
    )
    ksef_waiting_since = fields.Datetime(
        readonly=True, copy=False, help="When the invoice was posted and expected in KSeF."
    )
    ksef_blocked_reason = fields.Text(
        readonly=True,
        copy=False,
        groups=EMPLOYEES,
        help="What was found when it was to be sent by itself.",
    )

    # === WHETHER IT GOES === #

    @api.depends(
        "state",
        "move_type",
        "journal_id",
        "commercial_partner_id",
        "invoice_date",
        "ksef_is_excluded",
        "ksef_is_requested",
    )
    def _compute_ksef_exemption(self):
        """Settings are read but no dependency: they must not touch invoices of the past."""
        for move in self:
            is_sale = move.company_id.ksef_is_enabled and move.move_type in SALES
            found = (reason for reason, is_true in move._ksef_exemptions() if is_true)
            move.ksef_exemption = is_sale and next(found, False)

    def _ksef_exemptions(self):
        """Go through the rules in their order: pairs of a reason and whether it is true."""
        company = self.company_id
        day = self.invoice_date or fields.Date.context_today(self)
        chosen = self.commercial_partner_id.with_company(company).ksef_send_policy
        yield "receipt", self.move_type == "out_receipt"
        yield "country", company.account_fiscal_country_id.code != "PL"
        yield "excluded", self.ksef_is_excluded
        if self.ksef_is_requested:
            return
        yield "before_start", company.ksef_start_on and day < company.ksef_start_on
        yield (
            "small_seller",
            company.ksef_small_seller_until and (day <= company.ksef_small_seller_until),
        )
        yield "partner", chosen == "never"
        if chosen:
            return
        yield "journal", self.journal_id.ksef_send_policy == "never"
        yield "consumer", self._ksef_is_to_consumer()

    # === WHEN IT GOES === #

    def _ksef_send_policy(self):
        """Return the policy for this invoice: that of the customer, the journal or the company."""
        buyer = self.commercial_partner_id.with_company(self.company_id)
        for chosen in (buyer.ksef_send_policy, self.journal_id.ksef_send_policy):
            if chosen and chosen != "never":
                return chosen
        return self.company_id.ksef_send_policy

    def _ksef_goes_at(self):
        """When this waiting invoice is sent by itself (naive UTC); False if only by hand.

        What is late does not wait for the schedule.
        """
        policy = self._ksef_send_policy()
        if self.ksef_state != "to_send" or policy == "manual":
            return False
        if policy == "on_post" or self.ksef_is_late:
            return fields.Datetime.now()
        posted_at = self.ksef_waiting_since or self.create_date
        return self.company_id._ksef_schedule().next_after(posted_at)

    def _post(self, soft=True):
        posted = super()._post(soft)
        waiting = posted.filtered(lambda move: move.ksef_state in ("to_send", "error")).sudo()
        noted = {"ksef_waiting_since": fields.Datetime.now(), "ksef_blocked_reason": None}
        waiting._ksef_store([noted] * len(waiting))
        waiting.filtered(
            lambda move: move.ksef_state == "to_send" and move._ksef_send_policy() == "on_post"
        )._ksef_send_on_post()
        return posted

    def _ksef_send_on_post(self):
        """Queue what was just posted. Posting never fails because of KSeF: the cron tries again."""
        if not self:
            return
        try:
            with self.env.cr.savepoint():
                self._ksef_send_by_itself()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception:
            _logger.exception("KSeF: invoices %s were posted but not queued", self.ids)

    def _ksef_send_by_itself(self):
        """Queue the invoices; those with a blocking problem wait for a person instead."""
        reasons = {
            move.id: "\n".join(f"{p.message} {p.remedy}" for p in problems if p.is_blocking)
            for move, problems in self._ksef_problems_by_move().items()
        }
        blocked = self.filtered(lambda move: reasons.get(move.id))
        blocked._ksef_note_blocked([reasons[move.id] for move in blocked])
        (self - blocked)._ksef_queue()

    def _ksef_note_blocked(self, reasons):
        """Note why each of these invoices waits for a person, or that none does any more."""
        self._ksef_store([{"ksef_blocked_reason": reason or None} for reason in reasons])

    def _ksef_queue(self):
        freed = self.sudo().filtered("ksef_blocked_reason")
        freed._ksef_note_blocked([""] * len(freed))
        return super()._ksef_queue()

    # === WHEN KSEF IS AWAY === #

    def _ksef_on_ksef_away(self):
        """Decide about queued invoices that KSeF cannot be reached for: they wait.

        Called for those of companies that issue offline in such a case. Returns those that
        go on waiting.
        """
        return self

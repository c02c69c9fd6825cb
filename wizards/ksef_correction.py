from contextlib import closing

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from .ksef_correction_words import EXPLANATIONS, USUAL_REASONS

STEPS = ("subject", "content", "preview")
# Kinds that change the lines of one invoice
OF_LINES = ("cancel", "lines", "return")
# Kinds that take every line back
TO_ZERO = ("cancel", "nip")
DOWNWARDS = ("cancel", "nip", "return", "discount")
EITHER_WAY = ("lines", "amount")
# Kinds that leave the amounts in the currency of the invoice as they are
OF_DATA = ("buyer", "vendor", "data", "number", "rate")


class KsefCorrection(models.TransientModel):
    """Leads from what is wrong with an invoice to the documents that correct it.

    Until the last step nothing is written but the wizard itself: the preview makes the documents,
    looks at them, and takes all of it back.
    """

    _name = "ksef.correction"
    _description = "Correct an invoice in KSeF"

    step = fields.Selection(
        [
            ("subject", "What is wrong"),
            ("content", "As it should be"),
            ("preview", "Check and create"),
        ],
        default="subject",
        required=True,
    )
    subject = fields.Selection(
        [
            ("cancel", "The whole invoice should not be there"),
            ("return", "Goods came back"),
            ("lines", "Price, quantity, VAT rate or name of a line"),
            ("amount", "Amount of the advance"),
            ("discount", "A discount was given after the sale, for a period"),
            ("buyer", "Name or address of the buyer"),
            ("vendor", "Name or address of the vendor"),
            ("nip", "NIP of the buyer: the invoice went to somebody else"),
            ("data", "Other data: dates, payment, annotations, description"),
            ("number", "The number of the invoice"),
            ("rate", "The exchange rate only"),
        ],
        string="What is wrong?",
        default="lines",
        required=True,
    )
    possible_subjects = fields.Char(compute="_compute_possible_subjects")
    explanation = fields.Text(string="What will be issued", compute="_compute_explanation")
    move_ids = fields.Many2many("account.move", string="Invoices", required=True)
    is_collective = fields.Boolean(compute="_compute_is_collective")
    origin_id = fields.Many2one(
        "account.move", string="Invoice", compute="_compute_origin_id", store=True
    )
    company_id = fields.Many2one("res.company", compute="_compute_origin_id", store=True)
    currency_id = fields.Many2one(related="origin_id.currency_id")
    ksef_number = fields.Char(related="origin_id.ksef_number")
    partner_id = fields.Many2one(related="origin_id.commercial_partner_id", string="Buyer")
    correction_count = fields.Integer(related="origin_id.ksef_correction_count")

    reason = fields.Char(
        string="Reason of the correction",
        size=256,
        compute="_compute_reason",
        store=True,
        readonly=False,
        help="The buyer reads it on the document.",
    )
    issued_on = fields.Date(
        string="Date of the correction", default=fields.Date.context_today, required=True
    )
    effect = fields.Selection(
        selection="_select_effects",
        string="Takes effect",
        compute="_compute_effect",
        store=True,
        readonly=False,
    )
    effect_explanation = fields.Text(compute="_compute_effect_explanation")
    line_ids = fields.One2many("ksef.correction.line", "wizard_id", string="Lines")
    amount_difference = fields.Monetary(string="Difference", compute="_compute_amount_difference")
    preview = fields.Html(readonly=True, sanitize=False)
    problems = fields.Text(string="What stands against it", readonly=True)
    is_blocked = fields.Boolean(compute="_compute_is_blocked")

    def _select_effects(self):
        return (
            self.env["account.move"]
            ._fields["ksef_correction_type"]
            ._description_selection(self.env)
        )

    @api.depends("move_ids")
    def _compute_origin_id(self):
        for wizard in self:
            if wizard.origin_id not in wizard.move_ids._origin:
                wizard.origin_id = wizard.move_ids[:1]
            wizard.company_id = wizard.origin_id.company_id

    @api.depends("move_ids")
    def _compute_is_collective(self):
        for wizard in self:
            wizard.is_collective = len(wizard.move_ids) > 1

    @api.depends("move_ids")
    def _compute_possible_subjects(self):
        for wizard in self:
            wizard.possible_subjects = ",".join(wizard._possible_subjects())

    def _possible_subjects(self):
        """What can be wrong with sales; what is in PLN has no exchange rate."""
        is_in_pln = self.origin_id.currency_id == self.company_id.currency_id
        impossible = {"amount", "vendor"} | ({"rate"} if is_in_pln else set())
        return [subject for subject in EXPLANATIONS if subject not in impossible]

    # === WORDS === #

    @api.depends("subject", "origin_id")
    @api.depends_context("lang")
    def _compute_explanation(self):
        for wizard in self:
            kind = wizard.origin_id._ksef_kind_of_correction()
            explanation = self.env._(EXPLANATIONS[wizard.subject])
            wizard.explanation = explanation % {"kind": kind}

    @api.depends("subject")
    def _compute_reason(self):
        for wizard in self:
            usual = USUAL_REASONS.get(wizard.subject)
            wizard.reason = usual and self.env._(usual)

    @api.depends("subject", "amount_difference")
    def _compute_effect(self):
        """Downwards in the period of the correction (art. 29a(13)), an error where it was made."""
        for wizard in self:
            is_down = wizard.subject in DOWNWARDS or wizard.amount_difference < 0
            wizard.effect = "2" if is_down else "1"

    @api.depends("effect")
    @api.depends_context("lang")
    def _compute_effect_explanation(self):
        texts = {
            "1": self.env._("Usual for an error that was there from the start."),
            "2": self.env._("Usual for reductions, returns and whatever happened later."),
            "3": self.env._("For lines that take effect at different times."),
        }
        for wizard in self:
            wizard.effect_explanation = texts.get(wizard.effect, "")

    @api.depends("line_ids.difference")
    def _compute_amount_difference(self):
        for wizard in self:
            wizard.amount_difference = sum(wizard.line_ids.mapped("difference"))

    @api.depends("problems")
    def _compute_is_blocked(self):
        for wizard in self:
            wizard.is_blocked = bool(wizard.problems)

    # === OPENING === #

    @api.model
    def _open_for(self, moves):
        """Return the action that shows a new wizard for these invoices."""
        origins = self.env["account.move"].union(*(move._ksef_root() for move in moves))
        moves._ksef_check_correctable()
        wizard = self.create(
            {
                "move_ids": [Command.set(origins.ids)],
                "subject": self._usual_subject(origins),
            }
        )
        wizard._check_invoices()
        return wizard._action()

    @api.model
    def _usual_subject(self, origins):
        return "discount" if len(origins) > 1 else "lines"

    def _check_invoices(self):
        """Whether these invoices may be corrected, by this user, and together.

        :raises UserError: naming what stands against it
        """
        self.move_ids.check_access("write")
        self.move_ids._ksef_check_correctable()
        if self.is_collective:
            self._check_together()
        if self.subject not in self._possible_subjects():
            raise UserError(
                self.env._(
                    "This cannot be corrected on %(invoice)s. Choose something else that is wrong.",
                    invoice=self.origin_id.display_name,
                )
            )

    def _check_together(self):
        """Several invoices have one correction only for a discount, to one buyer."""
        if self.subject != "discount":
            raise UserError(
                self.env._(
                    "Only a discount for a period is given on several invoices together. Correct "
                    "anything else invoice by invoice."
                )
            )
        for name in ("commercial_partner_id", "company_id", "currency_id", "move_type"):
            if len(set(self.move_ids.mapped(name))) > 1:
                raise UserError(
                    self.env._(
                        "Invoices that are corrected together must be of one seller, to one buyer "
                        "and in one currency."
                    )
                )

    def _action(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Correct in KSeF"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    # === STEPS === #

    def action_next(self):
        """Go to the next step, with what it needs."""
        self.ensure_one()
        self._check_invoices()
        if self.step == "subject":
            self._prepare_content()
            self.step = "content"
        else:
            self._check_content()
            self._fill_preview()
            self.step = "preview"
        return self._action()

    def action_back(self):
        """Go back one step; what was entered stays."""
        self.ensure_one()
        self.step = STEPS[max(0, STEPS.index(self.step) - 1)]
        return self._action()

    def action_create_documents(self):
        """Make the documents as drafts and open them for review."""
        self.ensure_one()
        self._check_invoices()
        self._check_content()
        self._fill_preview()
        self._check_unblocked()
        drafts = self._make_drafts(self._find_sign())
        return self.origin_id._ksef_action_of_moves(drafts)

    def _check_unblocked(self):
        """What KSeF would refuse, or what would be wrong there, is not made at all.

        :raises UserError: with the problems of the documents
        """
        if self.problems:
            raise UserError(
                self.env._(
                    "The correction cannot be created yet:\n%(problems)s", problems=self.problems
                )
            )

    # === CONTENT === #

    def _prepare_content(self):
        """Offer what KSeF has as what should be there; `_prepare_<subject>` adds its own."""
        known = self._known()
        self.line_ids = [Command.clear()]
        if self._is_of_rows():
            self._offer_rows(known)
        prepare = getattr(self, f"_prepare_{self.subject}", None)
        if prepare:
            prepare(known)

    def _offer_rows(self, known):
        """One line for each row that is left; of a cancelled invoice nothing stays."""
        values = [self._line_values(row) for row in known.rows]
        if self.subject in TO_ZERO:
            values = [{**item, "quantity": 0} for item in values]
        self.line_ids = [Command.create(item) for item in values]

    def _known(self):
        """What KSeF has of the invoice.

        :raises UserError: for an invoice that its documents do not tell enough about
        """
        known = self.env["ksef.fa3"]._known_invoices(self.origin_id).get(self.origin_id)
        if not known:
            raise UserError(
                self.env._(
                    "%(invoice)s: what KSeF has of this invoice cannot be read, so its correction "
                    "cannot be prepared. Reverse it with a credit note instead.",
                    invoice=self.origin_id.display_name,
                )
            )
        return known

    def _line_values(self, row):
        before = {
            "name": row.name,
            "quantity": float(row.quantity),
            "price_unit": float(row.price_unit),
            "discount": float(row.discount),
        }
        return {
            "key": row.key,
            "line_id": row.line.id,
            "unit": row.unit,
            "value_before": float(row.value),
            "tax_ids": [Command.set(row.line.tax_ids.ids)],
            **before,
            **{f"{name}_before": value for name, value in before.items()},
        }

    def _check_content(self):
        """Whether there is anything to correct; `_check_<subject>` looks at its own fields.

        :raises UserError: naming what is missing
        """
        if not (self.reason or "").strip():
            raise UserError(
                self.env._("Enter the reason of the correction; the buyer reads it on it.")
            )
        check = getattr(self, f"_check_{self.subject}", None)
        if check:
            check()
        if self._is_of_rows() and not self._changed_lines():
            self._refuse_empty()

    def _is_of_rows(self):
        """Whether the rows of the invoice are what changes."""
        return self.subject in (*OF_LINES, *TO_ZERO)

    def _refuse_empty(self):
        raise UserError(
            self.env._(
                "Nothing is different from what KSeF has. Enter the right values, or go back and "
                "choose what is wrong."
            )
        )

    def _changed_lines(self):
        return self.line_ids.filtered(lambda line: line.change != "none")

    # === PREVIEW === #

    def _fill_preview(self):
        """Make the documents, show what they say, and take them back."""
        sign = self._find_sign()
        trial = self.with_context(tracking_disable=True)
        with closing(self.env.cr.savepoint()):
            moves = trial._make_drafts(sign)
            moves._post(soft=False)
            documents = moves.filtered(lambda move: move._ksef_is_issued_here())
            previews = self.env["ksef.fa3"]._previews(documents.with_env(self.env))
            shown = self._render(previews)
        self.preview = shown
        blocking = [p.message for preview in previews for p in preview.problems if p.is_blocking]
        self.problems = "\n".join(blocking)
        if self.subject in OF_DATA and not self.is_blocked and not self._has_changes(previews):
            self._refuse_empty()

    def _has_changes(self, previews):
        return any(preview.data or preview.changes for preview in previews)

    def _render(self, previews):
        return self.env["ir.qweb"]._render(
            "account_ksef.correction_preview", {"wizard": self, "previews": previews}
        )

    def _find_sign(self):
        """-1 for a credit note, 1 where the buyer has to pay more; Odoo tells by its own rules."""
        if self.subject not in EITHER_WAY:
            return -1
        trial = self.with_context(tracking_disable=True)
        with closing(self.env.cr.savepoint()):
            refund = trial._make_drafts(-1)[:1]
            return 1 if refund.currency_id.compare_amounts(refund.amount_total, 0) < 0 else -1

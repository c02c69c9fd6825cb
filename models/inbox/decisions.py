"""What people decide about received documents."""

from odoo import api, models
from odoo.exceptions import AccessError, UserError

from .document import OBJECTED, OPEN

INBOX_GROUP = "account_ksef.group_ksef_inbox"


class KsefInbox(models.Model):
    _inherit = "ksef.inbox"

    # === BUTTONS === #

    @api.model
    def action_fetch(self, _ids=None):
        """Have KSeF asked for new documents of the user's companies; nobody waits for them."""
        self._check_decider()
        companies = self.env.companies.filtered("ksef_is_enabled")
        if not companies:
            raise UserError(
                self.env._(
                    "None of your companies is connected to KSeF. Connect it in Settings / "
                    "Invoicing / KSeF, or have your administrator do it."
                )
            )
        for company in companies:
            company._ksef_fetch_now()
        return self._notify_of_fetching(companies)

    @api.model
    def is_being_fetched(self):
        """Whether KSeF is being asked for documents of the user's companies, for the list."""
        self.browse().check_access("read")
        return bool(self.env["ksef.fetch"].sudo()._of(self.env.companies)._under_way())

    @api.model
    def _notify_of_fetching(self, companies):
        """Say that it has begun, and what stood in the way last time."""
        cursors = self.env["ksef.fetch"].sudo()._of(companies)
        obstacles = {cursor.explanation for cursor in cursors if cursor.explanation}
        begun = self.env._("KSeF is being asked. New documents appear here within a minute or two.")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("KSeF inbox"),
                "message": "\n".join([begun, *obstacles]),
                "type": "warning" if obstacles else "info",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_assign_to_me(self):
        """Take these documents over."""
        self._assign(self.env.user)

    def action_assign(self):
        """Ask to whom these documents are given."""
        return self._ask("assign")

    def action_approve(self):
        """Say that these documents are right and may be booked."""
        self._decide("approved", OPEN)

    def action_dispute(self):
        """Ask what is wrong with these documents."""
        return self._ask("dispute")

    def action_mark_not_ours(self):
        """Ask why these documents do not concern the company."""
        return self._ask("not_ours")

    def action_mark_duplicate(self):
        """Say that these documents repeat others."""
        self._decide("duplicate", OPEN)

    def action_reopen(self):
        """Take a decision back, or that there was nothing to book; bills are untied instead."""
        for row in self:
            done = () if row.bill_id else ("booked",)
            row._decide(row._resting_state(), (*OBJECTED, "approved", "duplicate", *done))
        self.sudo().write({"reason": False})

    def action_download_xml(self):
        """Download the file, byte for byte."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/document"
            "?filename_field=document_name&download=true",
            "target": "download",
        }

    def action_download_pdf(self):
        """Download the readable document."""
        self.ensure_one()
        report = self.env.ref("account_ksef.action_report_inbox")
        return report.report_action(self, config=False)

    def action_open_bill(self):
        """Show the bill made of this document."""
        self.ensure_one()
        return self.bill_id._get_records_action(name=self.env._("Bill"))

    # === DECIDING === #

    def _assign(self, user):
        """Give the documents to a user, who must be able to see them.

        :raises UserError: if the user does not see the inbox of the company
        """
        self._check_decider()
        for company in self.company_id:
            if company not in user.company_ids or not user.has_group(INBOX_GROUP):
                raise UserError(
                    self.env._(
                        "%(user)s does not see the KSeF inbox of %(company)s. Choose somebody who "
                        "does, or have your administrator give them the right.",
                        user=user.name,
                        company=company.name,
                    )
                )
        rows = self.sudo()
        rows.write({"user_id": user.id})
        rows.filtered(lambda row: row.state == "new")._move_to("assigned")

    def _object(self, state, reason):
        """Refuse documents, with the reason, so that their bills are neither posted nor paid."""
        if not (reason or "").strip():
            raise UserError(self.env._("Say why: the reason is shown to whoever meets the bill."))
        self._decide(state, (*OPEN, *OBJECTED, "booked"), reason=reason.strip())

    def _decide(self, state, allowed, **values):
        """Carry out a decision of the user on rows that are in one of the states `allowed`.

        :raises UserError: naming the first row for which it is too late
        """
        self._check_decider()
        late = self.filtered(lambda row: row.state not in allowed and row.state != state)[:1]
        if late:
            raise UserError(
                self.env._(
                    "%(document)s is in the state “%(state)s”, in which this cannot be done. "
                    "Reopen it first, or untie it from its bill.",
                    document=late.display_name,
                    state=late._state_name(),
                )
            )
        self.sudo()._move_to(state, **values)
        self._tell_bills()

    def _check_decider(self):
        """Decisions are open to who sees the inbox, also by RPC.

        :raises AccessError: to auditors, who may only read
        """
        self.check_access("read")
        if not self.env.su and not self.env.user.has_group(INBOX_GROUP):
            raise AccessError(self.env._("You may read the KSeF inbox, but not decide in it."))

    def _state_name(self):
        return dict(self._fields["state"]._description_selection(self.env))[self.state]

    def _tell_bills(self):
        """Write decisions into the history of documents and bills."""
        for row in self.sudo():
            text = self.env._(
                "KSeF document %(document)s: %(state)s. %(reason)s",
                document=row.display_name,
                state=row._state_name(),
                reason=row.reason or "",
            )
            row.message_post(body=text, author_id=self.env.user.partner_id.id)
            if row.bill_id:
                row.bill_id.message_post(body=text, author_id=self.env.user.partner_id.id)

    def _ask(self, kind):
        """Open the window that asks what a decision needs."""
        return {
            "type": "ir.actions.act_window",
            "name": dict(
                self.env["ksef.inbox.decision"]._fields["kind"]._description_selection(self.env)
            )[kind],
            "res_model": "ksef.inbox.decision",
            "view_mode": "form",
            "target": "new",
            "context": {"default_kind": kind, "default_inbox_ids": self.ids},
        }

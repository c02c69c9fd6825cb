"""Odoo's own Send dialog, single, in bulk and by cron: nothing leaves without its KSeF number.

An invoice that KSeF has to issue first is queued through our queue, and its sending is kept
until the number is there (`account_move_sending.py`). All others go their usual way.
"""

from odoo import models

KSEF = "ksef"  # the key of our checkbox among Odoo's "extra EDIs"
L10N_PL_EDI = "pl_ksef"  # that of the addon of Odoo itself


class AccountMoveSend(models.AbstractModel):
    _inherit = "account.move.send"

    def _get_all_extra_edis(self):
        edis = super()._get_all_extra_edis()
        edis[KSEF] = {
            "label": self.env._("KSeF"),
            "is_applicable": lambda move: move._ksef_awaits_issue(),
            "help": self.env._("Issue the invoice in KSeF. The buyer gets it with its number."),
        }
        if L10N_PL_EDI in edis:
            is_theirs = edis[L10N_PL_EDI]["is_applicable"]
            edis[L10N_PL_EDI]["is_applicable"] = lambda move: (
                move._ksef_leaves_to_l10n_pl_edi() and is_theirs(move.sudo())
            )
        return edis

    # === ALERTS === #

    def _get_alerts(self, moves, moves_data):
        alerts = super()._get_alerts(moves, moves_data)
        chosen = moves._ksef_if_user_may_send().filtered(
            lambda move: KSEF in moves_data[move]["extra_edis"]
        )
        waiting = moves.filtered(lambda move: move._ksef_awaits_issue() or move in chosen)
        waiting = waiting.filtered(lambda move: not move._ksef_is_issued())
        if waiting:
            to_send = (chosen & waiting).filtered("ksef_is_sendable")
            problems = to_send._ksef_problems_by_move()
            word = self._ksef_alerts_by_kind if len(moves) > 1 else self._ksef_alerts_by_problem
            alerts.update(word(problems))
            alerts.update(self._ksef_waiting_alert(waiting, chosen, moves_data))
        return alerts

    def _ksef_alerts_by_problem(self, problems_by_move):
        """One alert for each problem of an invoice, with the record to mend."""
        return {
            f"ksef_{problem.code}_{position}": {
                "level": "danger" if problem.is_blocking else "warning",
                "message": f"{problem.message} {problem.remedy}",
                **self._ksef_alert_link(problem.record),
            }
            for found in problems_by_move.values()
            for position, problem in enumerate(found)
        }

    def _ksef_alerts_by_kind(self, problems_by_move):
        """One alert for each rule; an invoice with an error is left out, it stops no other."""
        by_code = {}
        for move, problems in problems_by_move.items():
            for problem in problems:
                by_code.setdefault(problem.code, {})[move] = problem
        return {
            f"ksef_{code}": {
                "level": "warning",
                "message": self._ksef_kind_text(found),
                **self._ksef_alert_link(self.env["account.move"].union(*found)),
            }
            for code, found in sorted(by_code.items())
        }

    def _ksef_kind_text(self, found):
        """Word one kind of problem; `found` is `{move: Problem}`."""
        problem = next(iter(found.values()))
        text = f"{problem.message} {problem.remedy}"
        if problem.is_blocking:
            return self.env._(
                "%(count)s left out of this sending: %(text)s", count=len(found), text=text
            )
        return self.env._("%(count)s to look at: %(text)s", count=len(found), text=text)

    def _ksef_alert_link(self, records):
        if not records:
            return {}
        return {"action_text": self.env._("Open it"), "action": records._get_records_action()}

    def _ksef_waiting_alert(self, waiting, chosen, moves_data):
        """Tell that e-mails wait for their number, and for whom nobody asks for one."""
        mailed = waiting.filtered(lambda move: "email" in moves_data[move]["sending_methods"])
        alerts = {}
        if mailed & chosen:
            alerts["ksef_mail_waits"] = {
                "level": "info",
                "message": self.env._(
                    "The e-mail leaves by itself as soon as KSeF has given the invoice its number. "
                    "Number and verification code are on the PDF then."
                ),
            }
        if mailed - chosen:
            alerts["ksef_mail_not_asked"] = {
                "level": "warning",
                "message": self._ksef_not_asked_text(mailed),
            }
        return {**alerts, **self._ksef_cron_alert()} if alerts else alerts

    def _ksef_not_asked_text(self, moves):
        if moves._ksef_user_may_send():
            return self.env._(
                "Without KSeF ticked, nothing is sent to KSeF now. The buyer may have this "
                "invoice with its KSeF number only: the e-mail waits until it was sent there."
            )
        return self.env._(
            "Accountants send invoices to KSeF. The buyer may have this invoice with its KSeF "
            "number only: the e-mail leaves by itself once an accountant has sent it there."
        )

    def _ksef_cron_alert(self):
        if self.env.ref("account.ir_cron_account_move_send").sudo().active:
            return {}
        return {
            "ksef_cron": {
                "level": "danger",
                "message": self.env._(
                    "The e-mail would never leave: the scheduled action that sends invoices in the "
                    "background is switched off. Ask your administrator to switch it on."
                ),
            }
        }

    # === SENDING === #

    def _generate_and_send_invoices(
        self,
        moves,
        from_cron=False,
        allow_raising=True,
        allow_fallback_pdf=False,
        **custom_settings,
    ):
        """Keep the invoices that KSeF has to issue first, and send the others."""
        waiting = moves.filtered(lambda move: self._ksef_has_to_wait(move, custom_settings))
        if waiting:
            self._check_sending_data(waiting, **custom_settings)
            refused = self._ksef_keep(waiting, custom_settings)
            is_raising = allow_raising and not from_cron and not allow_fallback_pdf
            self._hook_if_errors(refused, allow_raising=is_raising)
        ready = moves - waiting
        if not ready:
            return self.env["ir.attachment"]
        return super()._generate_and_send_invoices(
            ready,
            from_cron=from_cron,
            allow_raising=allow_raising,
            allow_fallback_pdf=allow_fallback_pdf,
            **custom_settings,
        )

    def _ksef_has_to_wait(self, move, custom_settings):
        if move._ksef_awaits_issue():
            return True
        return KSEF in self._ksef_edis(move, custom_settings) and not move._ksef_is_issued()

    def _ksef_edis(self, move, custom_settings):
        if "extra_edis" in custom_settings:
            return custom_settings["extra_edis"] or ()
        return self._get_default_extra_edis(move)

    def _ksef_keep(self, waiting, custom_settings):
        """Queue what is to be sent to KSeF, and keep the rest of the work until it is issued.

        Returns what is not sent because of a problem, with the errors as Odoo tells its own.
        """
        chosen = waiting._ksef_if_user_may_send().filtered(
            lambda move: KSEF in self._ksef_edis(move, custom_settings)
        )
        problems = chosen.filtered("ksef_is_sendable")._ksef_problems_by_move()
        refused = self._ksef_refuse(problems)
        kept = waiting - waiting.browse(move.id for move in refused)
        kept._ksef_keep_sending(custom_settings)
        (chosen & kept).filtered("ksef_is_sendable")._ksef_queue()
        return refused

    def _ksef_refuse(self, problems_by_move):
        """Forget the sending of invoices with an error; return `{move: data}` with the errors."""
        refused = {}
        for move, problems in problems_by_move.items():
            errors = [f"{p.message} {p.remedy}" for p in problems if p.is_blocking]
            if errors:
                author = move._ksef_sending_author()["author_partner_id"]
                title = self.env._("The invoice was not sent to KSeF, nor to the buyer:")
                refused[move.sudo()] = {
                    "author_partner_id": author,
                    "error": {"error_title": title, "errors": errors},
                }
                move.sudo().sending_data = False
        return refused

    def _get_default_sending_settings(self, move, from_cron=False, **custom_settings):
        """In the background, send as the person chose in the dialog before the number was there."""
        kept = move._ksef_kept_settings() if from_cron else {}
        return super()._get_default_sending_settings(
            move, from_cron=from_cron, **{**kept, **custom_settings}
        )

    def _call_web_service_before_invoice_pdf_render(self, invoices_data):
        """Never two senders: Odoo's own addon gets nothing that is ours, whatever a caller asks."""
        for move, data in invoices_data.items():
            if not move._ksef_leaves_to_l10n_pl_edi():
                data["extra_edis"] = [key for key in data["extra_edis"] if key != L10N_PL_EDI]
        return super()._call_web_service_before_invoice_pdf_render(invoices_data)

    # === ATTACHMENTS === #

    def _get_placeholder_mail_attachments_data(
        self, move, invoice_edi_format=None, extra_edis=None, pdf_report=None
    ):
        data = super()._get_placeholder_mail_attachments_data(
            move,
            invoice_edi_format=invoice_edi_format,
            extra_edis=extra_edis,
            pdf_report=pdf_report,
        )
        is_sent_now = KSEF in (extra_edis or ())
        return data + [
            {
                "id": f"placeholder_{file.name}",
                "name": file.name,
                "mimetype": "application/xml",
                "placeholder": True,
                "ksef_kind": file.kind,
            }
            for file in move._ksef_mail_files(is_sent_now)
            if file.kind in self._ksef_wished_kinds(move)
        ]

    def _ksef_wished_kinds(self, move):
        """Which of KSeF's files go with the e-mails of a company: `document`, `upo`."""
        return move.company_id._ksef_mail_kinds()

    def _get_mail_params(self, move, move_data):
        """Add the files of KSeF that were left in the list of attachments."""
        params = super()._get_mail_params(move, move_data)
        wished = [
            item for item in move_data.get("mail_attachments_widget") or [] if not item.get("skip")
        ]
        kinds = {item["ksef_kind"] for item in wished if item.get("ksef_kind")}
        params["attachments"] += move._ksef_mail_contents(kinds)
        return params

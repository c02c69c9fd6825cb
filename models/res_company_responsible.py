from odoo import api, fields, models
from odoo.exceptions import ValidationError

# Who can act on what KSeF wants: send, correct, or mend the access data
ABLE = ("account.group_account_invoice", "base.group_system")


class ResCompany(models.Model):
    _inherit = "res.company"

    ksef_responsible_id = fields.Many2one(
        "res.users",
        string="Responsible for KSeF",
        domain="[('share', '=', False), ('company_ids', 'in', [id])]",
        help="Gets an activity when KSeF needs a person. If empty, the salesperson of the "
        "invoice is asked if they are an accountant, otherwise an accountant of the company.",
    )

    @api.constrains("ksef_responsible_id")
    def _check_ksef_responsible(self):
        for company in self.filtered("ksef_responsible_id"):
            if not company._ksef_can_be_handled_by(company.ksef_responsible_id):
                raise ValidationError(
                    self.env._(
                        "%(user)s cannot be responsible for KSeF: the person needs access to "
                        "%(company)s and the right to issue invoices.",
                        user=company.ksef_responsible_id.name,
                        company=company.name,
                    )
                )

    def _ksef_can_be_handled_by(self, user):
        """Whether a user sees this company's invoices and may send them."""
        return bool(
            user.active
            and not user.share
            and self in user.company_ids
            and any(user.has_group(group) for group in ABLE)
        )

    def _ksef_person_for(self, candidates=()):
        """Return the user who is asked to act: the responsible one, else the first who can.

        :param candidates: users who know the matter, such as the salesperson of an invoice
        """
        self.ensure_one()
        for user in (*self.ksef_responsible_id, *candidates):
            if self._ksef_can_be_handled_by(user):
                return user
        return self._ksef_first_accountant() or self.env.ref("base.user_admin")

    def _ksef_worded(self, records):
        """The same records in the language of who reads what is written of them.

        That is the user; where a cron or an e-mail is at work, the one responsible.
        """
        if not self.env.user._is_superuser():
            return records
        return records.with_context(lang=self._ksef_person_for().lang)

    def _ksef_first_accountant(self):
        group = self.env.ref(ABLE[0])
        users = group.all_user_ids.filtered(self._ksef_can_be_handled_by)
        return users.sorted("id")[:1]

import re
from decimal import Decimal

from odoo import models

from ...ksef.fa3 import faktura, text
from ...ksef.fa3.plan import limit_of

_CASH, _CARD, _TRANSFER = 1, 2, 6
FORM_OF_JOURNAL = {"cash": _CASH, "credit": _CARD, "bank": _TRANSFER}
_SWIFT = re.compile(r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?")
_BANK_LIMIT = limit_of(faktura.TRachunekBankowy, "NazwaBanku")


class KsefFa3Payment(models.AbstractModel):
    _inherit = "ksef.fa3"

    def _build_payment(self, invoice):
        """Platnosc: what was paid before the document is made, and how to pay the rest."""
        is_paid = self._is_paid(invoice)
        account = invoice.move.partner_bank_id
        return faktura.Platnosc(
            TerminPlatnosci=() if is_paid else self._build_due_days(invoice),
            FormaPlatnosci=self._payment_form(invoice),
            RachunekBankowy=(self._build_account(invoice, account),) if account else (),
            **self._build_paid(invoice),
        )

    def _is_paid(self, invoice):
        paid = sum((payment.amount for payment in invoice.payments), Decimal(0))
        return bool(invoice.payments) and paid >= invoice.total

    def _build_paid(self, invoice):
        """Fields for a payment in full at once, in full by parts, or in part."""
        if not invoice.payments:
            return {}
        is_paid = self._is_paid(invoice)
        if is_paid and len(invoice.payments) == 1:
            return {"Zaplacono": True, "DataZaplaty": invoice.payments[0].paid_on}
        return {
            "ZnacznikZaplatyCzesciowej": not is_paid,
            "ZaplataCzesciowa": tuple(map(self._build_part, invoice.payments)),
        }

    def _build_part(self, payment):
        return faktura.ZaplataCzesciowa(
            KwotaZaplatyCzesciowej=payment.amount,
            DataZaplatyCzesciowej=payment.paid_on,
            FormaPlatnosci=FORM_OF_JOURNAL.get(payment.journal_type),
        )

    def _build_due_days(self, invoice):
        terms = invoice.move.line_ids.filtered(lambda line: line.display_type == "payment_term")
        days = {day for day in terms.mapped("date_maturity") if day}
        return tuple(faktura.TerminPlatnosci(Termin=day) for day in sorted(days))

    def _payment_form(self, invoice):
        """How it was paid if it was paid at once, else how the buyer is expected to pay."""
        if self._is_paid(invoice) and len(invoice.payments) == 1:
            return FORM_OF_JOURNAL.get(invoice.payments[0].journal_type)
        journal = invoice.move.preferred_payment_method_line_id.journal_id
        return FORM_OF_JOURNAL.get(journal.type, _TRANSFER)

    def _build_account(self, invoice, account):
        swift = (account.bank_id.bic or "").replace(" ", "").upper()
        return faktura.TRachunekBankowy(
            NrRB=self._account_number(invoice, account),
            SWIFT=swift if _SWIFT.fullmatch(swift) else None,
            NazwaBanku=text.shorten(text.clean_line(account.bank_id.name), _BANK_LIMIT)[0],
            OpisRachunku=text.clean_line(account.currency_id.name),
        )

    def _account_number(self, invoice, account):
        """26 digits for a payer in Poland, the whole IBAN for others."""
        number = account.sanitized_acc_number or ""
        is_domestic = (
            invoice.move.currency_id.name == "PLN" and invoice.buyer.country_id.code == "PL"
        )
        return number.removeprefix("PL") if is_domestic else number

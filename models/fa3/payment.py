import re
from decimal import Decimal

from odoo import models

from ...ksef.fa3 import text
from ...ksef.fa3.amounts import format_quantity, to_decimal
from ...ksef.fa3.faktura.payment import (
    Platnosc,
    Skonto,
    TerminPlatnosci,
    TRachunekBankowy,
    ZaplataCzesciowa,
)
from ...ksef.fa3.plan import limit_of

_CASH, _CARD, TRANSFER = 1, 2, 6
_OTHER = "other"
FORM_OF_JOURNAL = {"cash": _CASH, "credit": _CARD, "bank": TRANSFER}
_SWIFT = re.compile(r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?")
BANK_LIMIT = limit_of(TRachunekBankowy, "NazwaBanku")
_FORM_LIMIT = limit_of(Platnosc, "OpisPlatnosci")


class KsefFa3Payment(models.AbstractModel):
    _inherit = "ksef.fa3"

    def _build_payment(self, invoice):
        """Platnosc: what was paid before the document is made, and how to pay the rest."""
        is_paid = self._is_paid(invoice)
        return Platnosc(
            TerminPlatnosci=() if is_paid else self._build_due_days(invoice),
            Skonto=None if is_paid else self._build_early_discount(invoice.move),
            LinkDoPlatnosci=None if is_paid else invoice.move.ksef_payment_link or None,
            IPKSeF=invoice.move.ksef_payment_code or None,
            **self._build_form(invoice),
            **self._build_accounts(invoice),
            **self._build_paid(invoice),
        )

    # === PAID === #

    def _is_paid(self, invoice):
        paid = sum((payment.amount for payment in invoice.payments), Decimal(0))
        return bool(invoice.payments) and paid >= invoice.due

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
        return ZaplataCzesciowa(
            KwotaZaplatyCzesciowej=payment.amount,
            DataZaplatyCzesciowej=payment.paid_on,
            FormaPlatnosci=payment.form,
        )

    # === TO BE PAID === #

    def _terms_of(self, move):
        """The instalments of an invoice in the order of their days."""
        terms = move.line_ids.filtered(lambda line: line.display_type == "payment_term")
        return terms.filtered("date_maturity").sorted("date_maturity")

    def _build_due_days(self, invoice):
        days = dict.fromkeys(self._terms_of(invoice.move).mapped("date_maturity"))
        return tuple(TerminPlatnosci(Termin=day) for day in days)

    def _build_early_discount(self, move):
        terms = move.invoice_payment_term_id
        if not terms.early_discount:
            return None
        percentage = format_quantity(to_decimal(terms.discount_percentage))
        return Skonto(
            WarunkiSkonta=f"Zapłata w ciągu {terms.discount_days} dni od daty wystawienia",
            WysokoscSkonta=f"{percentage}%",
        )

    # === FORM OF PAYMENT === #

    def _build_form(self, invoice):
        """How it was paid if it was paid at once, else how the buyer is expected to pay."""
        if self._is_paid(invoice) and len(invoice.payments) == 1:
            return {"FormaPlatnosci": invoice.payments[0].form}
        method = invoice.move.preferred_payment_method_line_id
        if method.ksef_payment_form == _OTHER:
            description = text.shorten(text.clean_line(method.name), _FORM_LIMIT)[0]
            return {"PlatnoscInna": True, "OpisPlatnosci": description}
        return {"FormaPlatnosci": self._payment_form(method)}

    def _payment_form(self, method):
        return self._form_of_method(method) or FORM_OF_JOURNAL.get(method.journal_id.type, TRANSFER)

    def _form_of_payment(self, payment_move):
        """How it was paid: as the method of the payment says, else as the kind of its journal."""
        method = payment_move.origin_payment_id.payment_method_line_id
        form = FORM_OF_JOURNAL.get(self._journal_type_of(payment_move))
        return self._form_of_method(method) or form

    def _form_of_method(self, method):
        """None where the journal tells, or only the words of the method would."""
        form = method.ksef_payment_form
        return int(form) if form and form != _OTHER else None

    def _journal_type_of(self, payment_move):
        """Payments at the till are booked in a general journal; their method says what it was."""
        at_till = "pos_payment_ids" in payment_move._fields and payment_move.sudo().pos_payment_ids
        if not at_till:
            return payment_move.journal_id.type
        method = at_till.payment_method_id[:1]
        is_card = method.type == "bank" and method.payment_method_type != "qr_code"
        return "credit" if is_card else method.type

    # === ACCOUNTS === #

    def _build_accounts(self, invoice):
        """The account of the factor takes the place of the seller's."""
        account = self._account_to_pay(invoice.move)
        if not account:
            return {}
        is_factored = bool(self._factor_of(invoice.move))
        field = "RachunekBankowyFaktora" if is_factored else "RachunekBankowy"
        return {field: (self._build_account(invoice, account),)}

    def _account_to_pay(self, move):
        factor = self._factor_of(move)
        return factor.bank_ids[:1] if factor else move.partner_bank_id

    def _build_account(self, invoice, account):
        return TRachunekBankowy(
            NrRB=self._account_number(invoice, account),
            SWIFT=self._swift_of(account.bank_id),
            RachunekWlasnyBanku=int(account.ksef_own_account_kind or 0) or None,
            NazwaBanku=text.shorten(text.clean_line(account.bank_id.name), BANK_LIMIT)[0],
            OpisRachunku=text.clean_line(account.currency_id.name),
        )

    def _swift_of(self, bank):
        swift = (bank.bic or "").replace(" ", "").upper()
        return swift if _SWIFT.fullmatch(swift) else None

    def _account_number(self, invoice, account):
        """26 digits for a payer in Poland, the whole IBAN for others."""
        number = account.sanitized_acc_number or ""
        is_domestic = (
            invoice.move.currency_id.name == "PLN" and invoice.buyer.country_id.code == "PL"
        )
        return number.removeprefix("PL") if is_domestic else number

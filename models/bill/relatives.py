from dataclasses import dataclass
from typing import Any

from odoo import models

from ...ksef.bill.draft import Doubt, Outcome, Remark
from ...ksef.bill.terms import day
from ..account_move_bill import BILL_TYPES

# Where Odoo keeps what a document corrects; the second needs its module of debit notes
ORIGIN_FIELDS = {Outcome.REFUND: "reversed_entry_id", Outcome.BILL: "debit_origin_id"}
_MOST_NAMED = 5


@dataclass(frozen=True, kw_only=True)
class Mention:
    """Another document, as this one names it: by its KSeF number, else by its own and its day."""

    ksef_number: str
    number: str
    issued_on: Any = None


@dataclass(frozen=True, kw_only=True)
class Relatives:
    """The bills, found here, that a document corrects and whose advances it settles."""

    originals: Any
    advances: Any


class KsefBillReader(models.AbstractModel):
    """What a document refers to: the bills that it corrects, and the advances that it settles."""

    _inherit = "ksef.bill.reader"

    # === FINDING === #

    def _relatives(self, fa, vendor, source):
        return Relatives(
            originals=self._find_mentioned(_mentions_of_originals(fa), vendor, source),
            advances=self._find_mentioned(_mentions_of_advances(fa), vendor, source),
        )

    def _find_mentioned(self, mentions, vendor, source):
        """The bills that a document names, by KSeF number, else the one by reference and day."""
        bills = self.env["account.move"]
        numbers = [mention.ksef_number for mention in mentions if mention.ksef_number]
        domain = [
            ("company_id", "=", source.company.id),
            ("move_type", "in", BILL_TYPES),
            ("state", "!=", "cancel"),
        ]
        found = bills.search([*domain, ("ksef_number", "in", numbers)]) if numbers else bills
        if found or len(mentions) != 1 or not vendor or not mentions[0].number:
            return found
        issued_on = mentions[0].issued_on
        return bills.search(
            [
                *domain,
                ("commercial_partner_id", "=", vendor.commercial_partner_id.id),
                ("ref", "=", mentions[0].number),
                *([("invoice_date", "=", issued_on)] if issued_on else []),
                *([("ksef_number", "=", False)] if numbers else []),  # another one: not this bill
            ]
        )

    # === TELLING === #

    def _values_of_relatives(self, relatives, fa, draft):
        """The field of Odoo that ties a correction to the one known bill that it corrects."""
        if len(fa.DaneFaKorygowanej) != 1 or len(relatives.originals) != 1:
            return {}
        name = ORIGIN_FIELDS[draft.outcome]
        return {name: relatives.originals.id} if name in relatives.originals._fields else {}

    def _remarks_on_relatives(self, relatives, fa):
        """What refers to documents that are not here is booked all the same."""
        for doubt, mentions, found in (
            (Doubt.ORIGINAL_UNKNOWN, _mentions_of_originals(fa), relatives.originals),
            (Doubt.ADVANCE_UNKNOWN, _mentions_of_advances(fa), relatives.advances),
        ):
            if mentions and not found:
                names = (mention.number or mention.ksef_number for mention in mentions)
                yield Remark(doubt=doubt, subject=", ".join([*filter(None, names)][:_MOST_NAMED]))

    def _tell_relatives(self, bill, relatives):
        """Whoever looks at a bill that was corrected or settled finds there what did it."""
        link = bill._get_html_link(title=bill.ref or None)
        for original in relatives.originals:
            original.message_post(body=self.env._("Corrected by %s.", link))
        for advance in relatives.advances:
            advance.message_post(body=self.env._("Settled by %s.", link))
            bill.message_post(
                body=self.env._("Settles the advance of %s.", advance._get_html_link())
            )

    def _keep_with_originals(self, fa, source):
        """Keep a correction that books nothing with the bills that it corrects; return them."""
        name = f"{source.ksef_number or fa.P_2}.xml".replace("/", "_")
        vendor = self._find_vendor(self._facts(source.document).seller_nip, source.company)
        originals = self._find_mentioned(_mentions_of_originals(fa), vendor, source)
        for bill in originals:
            if name not in bill.message_ids.attachment_ids.mapped("name"):
                bill.with_context(disable_attachment_import=True).message_post(
                    body=self.env._(
                        "A correction without amounts has come: %s", fa.PrzyczynaKorekty or fa.P_2
                    ),
                    attachments=[(name, source.document)],
                )
        return originals


def _mentions_of_originals(fa):
    return [
        Mention(
            ksef_number=entry.NrKSeFFaKorygowanej or "",
            number=entry.NrFaKorygowanej or "",
            issued_on=day(entry.DataWystFaKorygowanej),
        )
        for entry in fa.DaneFaKorygowanej
    ]


def _mentions_of_advances(fa):
    """Other kinds of documents only repeat what the settling invoice named."""
    if fa.RodzajFaktury != "ROZ":
        return []
    return [
        Mention(ksef_number=entry.NrKSeFFaZaliczkowej or "", number=entry.NrFaZaliczkowej or "")
        for entry in fa.FakturaZaliczkowa
    ]

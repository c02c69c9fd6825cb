"""Rules for an invoice that its schema cannot express."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from .facts import InvoiceFacts
from .numbers import internal_id_is_valid, nip_is_valid


def date_problems(facts: InvoiceFacts, today: date) -> Iterator[str]:
    if facts.issued_on > today:
        yield (
            f"Data wystawienia faktury (P_1: {facts.issued_on}) jest późniejsza "
            f"niż data przyjęcia faktury ({today})."
        )


def identifier_problems(facts: InvoiceFacts) -> Iterator[str]:
    """Check digits of every NIP, and of the NIP inside an internal identifier."""
    authorized = () if facts.authorized_subject is None else (facts.authorized_subject,)
    parties = (facts.buyer, *facts.third_subjects, *authorized)
    nips = [facts.seller_nip, *(p.value for p in parties if p.type == "Nip" and p.value)]
    for nip in nips:
        if not nip_is_valid(nip):
            yield f"Numer NIP: '{nip}' jest nieprawidłowy."
    for party in parties:
        if party.type == "InternalId" and not internal_id_is_valid(party.value or ""):
            yield (
                f"Identyfikator wewnętrzny podmiotu trzeciego: '{party.value}' jest nieprawidłowy."
            )

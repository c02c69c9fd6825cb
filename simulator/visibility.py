"""Who sees which invoice, and as what."""

from __future__ import annotations

from .state import Identifier, SessionInvoice

SELLER = "Subject1"
BUYER = "Subject2"
THIRD_SUBJECT = "Subject3"
AUTHORIZED = "SubjectAuthorized"


def roles_of(context: Identifier, invoice: SessionInvoice) -> frozenset[str]:
    """Every role that the context has in an invoice.

    A unit sees what names its internal identifier; a company what names its NIP.
    """
    facts = invoice.facts
    if facts is None:
        return frozenset()
    key = (context.type, context.value)
    roles = set()
    if key == ("Nip", facts.seller_nip):
        roles.add(SELLER)
    if key == (facts.buyer.type, facts.buyer.value):
        roles.add(BUYER)
    if any(key == (party.type, party.value) for party in facts.third_subjects):
        roles.add(THIRD_SUBJECT)
    authorized = facts.authorized_subject
    if authorized is not None and key == (authorized.type, authorized.value):
        roles.add(AUTHORIZED)
    return frozenset(roles)

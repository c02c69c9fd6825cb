"""Who may do what: owners, grants, and authorizations between companies."""

from __future__ import annotations

import uuid

from .facts import InvoiceFacts
from .state import Grant, Identifier, State

INVOICE_READ = "InvoiceRead"
INVOICE_WRITE = "InvoiceWrite"
PEF_INVOICE_WRITE = "PefInvoiceWrite"
INTROSPECTION = "Introspection"
CREDENTIALS_READ = "CredentialsRead"
CREDENTIALS_MANAGE = "CredentialsManage"
SUBUNIT_MANAGE = "SubunitManage"
ENFORCEMENT_OPERATIONS = "EnforcementOperations"
COLLECTIVE_IDENTIFIER_MANAGE = "CollectiveIdentifierManage"
VAT_UE_MANAGE = "VatUeManage"
SELF_INVOICING = "SelfInvoicing"
TAX_REPRESENTATIVE = "TaxRepresentative"

OWNER_PERMISSIONS = (
    CREDENTIALS_MANAGE,
    CREDENTIALS_READ,
    INVOICE_WRITE,
    INVOICE_READ,
    INTROSPECTION,
    SUBUNIT_MANAGE,
    ENFORCEMENT_OPERATIONS,
    COLLECTIVE_IDENTIFIER_MANAGE,
)


def context_nip(context: Identifier) -> str:
    """The NIP inside a context identifier of type Nip, InternalId or NipVatUe."""
    return context.value[:10]


def is_owner(state: State, subject: Identifier | None, context: Identifier) -> bool:
    """The company itself, or the person whose PESEL is linked to its NIP."""
    if subject is None:
        return False
    nip = context_nip(context)
    if subject.type == "Nip":
        return subject.value == nip
    return subject.type == "Pesel" and state.pesel_of_nip.get(nip) == subject.value


def permissions_of(
    state: State, subject: Identifier | None, context: Identifier
) -> tuple[str, ...]:
    """All permissions of a subject in a context as of now, in a stable order."""
    if is_owner(state, subject, context):
        return OWNER_PERMISSIONS
    granted = [
        given.permission
        for given in state.grants
        if given.subject == subject and given.context == context
    ]
    return tuple(dict.fromkeys(granted))


def grant(state: State, given: Grant) -> None:
    """Adds a grant unless the same permission is there already."""
    same = (given.context, given.subject, given.permission)
    if all((g.context, g.subject, g.permission) != same for g in state.grants):
        state.grants.append(given)


def new_grant_id() -> str:
    """36 characters."""
    return str(uuid.uuid4())


def may_issue_for(state: State, context: Identifier, facts: InvoiceFacts) -> bool:
    """Whether this context may issue an invoice of that seller.

    Self-invoicing needs the mark P_17 = 1 in the document, the buyer's own NIP, and the seller's
    authorization; a tax representative needs the latter only.
    """
    given = authorizations_of(state, context, facts.seller_nip)
    is_own_purchase = facts.is_self_invoicing and facts.buyer.value == context_nip(context)
    return (
        facts.seller_nip == context_nip(context)
        or (is_own_purchase and SELF_INVOICING in given)
        or TAX_REPRESENTATIVE in given
    )


def may_act_for(state: State, context: Identifier, seller_nip: str) -> bool:
    """Whether the context may issue anything at all in the name of that seller."""
    if seller_nip == context_nip(context):
        return True
    return bool(authorizations_of(state, context, seller_nip))


def authorizations_of(state: State, context: Identifier, seller_nip: str) -> frozenset[str]:
    """What a seller has entrusted to another company."""
    company = Identifier(type="Nip", value=context_nip(context))
    seller = Identifier(type="Nip", value=seller_nip)
    return frozenset(
        authorization.permission
        for authorization in state.grants
        if authorization.subject == company and authorization.context == seller
    )

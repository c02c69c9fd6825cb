"""`/permissions`: what one may do oneself, and what one entrusts to another company."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, Literal

from ..answers import Answer, json_answer
from ..bodies import Description, Text
from ..call import Call, NoBody
from ..clock import wire_moment, wire_optional
from ..errors import Gone, invalid_input
from ..numbers import PERMISSION_OPERATION, reference_number
from ..operations import Operation
from ..pages import PageSizes, numbered_page
from ..permissions import (
    CREDENTIALS_MANAGE,
    CREDENTIALS_READ,
    OWNER_PERMISSIONS,
    context_nip,
    grant,
    is_owner,
    new_grant_id,
)
from ..state import Grant, Identifier, PermissionOperation, Verdict
from .shared import status_info

_SIZES = PageSizes(maximum=100)
_RETENTION = timedelta(days=30)
_TAKEN = Verdict(code=100, description="Operacja przyjęta do realizacji")
_DONE = Verdict(code=200, description="Operacja zakończona sukcesem")
_UNKNOWN_PERMISSION = Verdict(
    code=400,
    description="Operacja zakończona niepowodzeniem",
    details=("Uprawnienie o podanym identyfikatorze nie istnieje.",),
)

PersonalPermission = Literal[
    "CredentialsManage",
    "CredentialsRead",
    "InvoiceWrite",
    "InvoiceRead",
    "Introspection",
    "SubunitManage",
    "EnforcementOperations",
    "VatUeManage",
    "CollectiveIdentifierManage",
]


@dataclass(frozen=True, kw_only=True)
class ContextFilter:
    type: Literal["Nip", "InternalId"]
    value: str


@dataclass(frozen=True, kw_only=True)
class TargetFilter:
    type: Literal["Nip", "AllPartners", "InternalId"]
    value: str | None = None


@dataclass(frozen=True, kw_only=True)
class PersonalQuery:
    context_identifier: ContextFilter | None = None
    target_identifier: TargetFilter | None = None
    permission_types: tuple[PersonalPermission, ...] | None = None
    permission_state: Literal["Active", "Inactive"] | None = None


@dataclass(frozen=True, kw_only=True)
class AuthorizedEntity:
    type: Literal["Nip", "PeppolId"]
    value: Annotated[str, Text(minimum=9, maximum=10)]


@dataclass(frozen=True, kw_only=True)
class EntityDetails:
    full_name: Annotated[str, Text(maximum=90)]


@dataclass(frozen=True, kw_only=True)
class AuthorizationBody:
    subject_identifier: AuthorizedEntity
    permission: Literal["SelfInvoicing", "RRInvoicing", "TaxRepresentative", "PefInvoicing"]
    description: Description
    subject_details: EntityDetails


def query_own_grants(call: Call[PersonalQuery]) -> Answer:
    """Grants of the caller, and what the owner of the context has.

    CHOICE: for a login by token the grants are the token's own permissions.
    """
    page = numbered_page(call, [g for g in _own_grants(call) if _matches(call, g)], _SIZES)
    is_owned = is_owner(call.state, call.caller.subject, call.caller.context)
    return json_answer(
        {
            "permissions": [_described(given) for given in page.items],
            "ownerPermissions": list(OWNER_PERMISSIONS) if is_owned else None,
            "hasMore": page.has_more,
        }
    )


def grant_authorization(call: Call[AuthorizationBody]) -> Answer:
    """The company of the context lets another one act for it."""
    context = call.caller.context
    with call.state.lock:
        grant(
            call.state,
            Grant(
                id=new_grant_id(),
                context=Identifier(type="Nip", value=context_nip(context)),
                subject=Identifier(
                    type=call.body.subject_identifier.type,
                    value=call.body.subject_identifier.value,
                ),
                author=call.caller.subject or context,
                permission=call.body.permission,
                description=call.body.description,
                granted_at=call.state.clock.now(),
            ),
        )
        return _started(call, _DONE)


def withdraw_authorization(call: Call[NoBody]) -> Answer:
    wanted = call.arguments["permission_id"]
    nip = context_nip(call.caller.context)
    with call.state.lock:
        found = [g for g in call.state.grants if g.id == wanted and g.context.value == nip]
        for withdrawn in found:
            call.state.grants.remove(withdrawn)
        return _started(call, _DONE if found else _UNKNOWN_PERMISSION)


def operation_status(call: Call[NoBody]) -> Answer:
    """CHOICE: 21405, the only code listed, for an unknown operation."""
    reference = call.arguments["reference_number"]
    operation = call.state.permission_operations.get(reference)
    if operation is None or operation.context != call.caller.context:
        raise invalid_input(f"Operacja o numerze referencyjnym {reference} nie istnieje.")
    if call.state.clock.now() - operation.started_at > _RETENTION:
        raise Gone
    with call.state.lock:
        is_shown = operation.unfolding.look(call.state.clock.ticks())
    return json_answer({"status": status_info(operation.verdict if is_shown else _TAKEN)})


def attachment_status(call: Call[NoBody]) -> Answer:
    nip = context_nip(call.caller.context)
    ended_at = call.state.attachment_consents.get(nip)
    is_allowed = call.state.has_attachment_consent(nip)
    return json_answer({"isAttachmentAllowed": is_allowed, "revokedDate": wire_optional(ended_at)})


def _started(call: Call[Any], outcome: Verdict) -> Answer:
    operation = PermissionOperation(
        reference_number=reference_number(PERMISSION_OPERATION, call.state.clock.today()),
        context=call.caller.context,
        started_at=call.state.clock.now(),
        verdict=outcome,
        unfolding=call.state.unfolding(),
    )
    call.state.permission_operations[operation.reference_number] = operation
    return json_answer({"referenceNumber": operation.reference_number}, 202)


def _own_grants(call: Call[PersonalQuery]) -> list[Grant]:
    caller = call.caller
    reference = caller.authentication.token_reference
    if reference is None:
        return [
            given
            for given in call.state.grants
            if given.subject == caller.subject and given.context == caller.context
        ]
    token = call.state.tokens[reference]
    return [
        Grant(
            id=f"{reference[:34]}{at:02d}",
            context=token.context,
            subject=token.author,
            author=token.author,
            permission=permission,
            description=token.description,
            granted_at=token.created_at,
        )
        for at, permission in enumerate(token.permissions)
    ]


def _matches(call: Call[PersonalQuery], given: Grant) -> bool:
    body = call.body
    if body.permission_types and given.permission not in body.permission_types:
        return False
    if body.permission_state == "Inactive":
        return False
    wanted = body.context_identifier
    return wanted is None or given.context == Identifier(type=wanted.type, value=wanted.value)


def _described(given: Grant) -> dict[str, object]:
    return {
        "id": given.id,
        "contextIdentifier": {"type": given.context.type, "value": given.context.value},
        "authorizedIdentifier": {"type": given.subject.type, "value": given.subject.value},
        "permissionScope": given.permission,
        "description": given.description,
        "permissionState": "Active",
        "startDate": wire_moment(given.granted_at),
        "canDelegate": given.can_delegate,
    }


OPERATIONS = (
    Operation(
        name="personal-grants",
        method="POST",
        path="/permissions/query/personal/grants",
        handler=query_own_grants,
        body=PersonalQuery,
    ),
    Operation(
        name="authorization-grant",
        method="POST",
        path="/permissions/authorizations/grants",
        handler=grant_authorization,
        permissions=(CREDENTIALS_MANAGE,),
        body=AuthorizationBody,
    ),
    Operation(
        name="authorization-withdraw",
        method="DELETE",
        path="/permissions/authorizations/grants/<permission_id>",
        handler=withdraw_authorization,
        permissions=(CREDENTIALS_MANAGE,),
    ),
    Operation(
        name="permission-operation",
        method="GET",
        path="/permissions/operations/<reference_number>",
        handler=operation_status,
    ),
    Operation(
        name="attachment-status",
        method="GET",
        path="/permissions/attachments/status",
        handler=attachment_status,
        permissions=(CREDENTIALS_MANAGE, CREDENTIALS_READ),
    ),
)

"""`/tokens`: KSeF tokens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from ..answers import Answer, empty_answer, json_answer
from ..bodies import Description, Items
from ..call import Call, NoBody
from ..clock import wire_moment, wire_optional
from ..errors import bad_request, invalid_input
from ..operations import Operation
from ..pages import PageSizes, continued_page
from ..permissions import CREDENTIALS_MANAGE, CREDENTIALS_READ
from ..state import KsefToken
from ..tokens import TokenWish, create_token, look_at_token, revoke_token
from .shared import require_no_token

_LIST_SIZES = PageSizes(maximum=100)
_MINIMUM_FILTER = 3
_CONTEXTS = ("Nip", "InternalId")

TokenPermission = Literal[
    "InvoiceRead",
    "InvoiceWrite",
    "CredentialsRead",
    "CredentialsManage",
    "SubunitManage",
    "EnforcementOperations",
    "Introspection",
    "CollectiveIdentifierManage",
]


@dataclass(frozen=True, kw_only=True)
class GenerateToken:
    permissions: Annotated[tuple[TokenPermission, ...], Items(minimum=1)]
    description: Description


def generate_token(call: Call[GenerateToken]) -> Answer:
    """The secret is in this answer and never again."""
    caller = call.caller
    require_no_token(call)
    if caller.context.type not in _CONTEXTS or caller.subject is None:
        raise bad_request(
            26002, f"Kontekst {caller.context.type}; dozwolone: {', '.join(_CONTEXTS)}."
        )
    missing = sorted(set(call.body.permissions) - caller.permissions)
    if missing:
        raise bad_request(26001, f"Brakujące uprawnienia: {', '.join(missing)}.")
    token = create_token(
        call.state,
        TokenWish(
            context=caller.context,
            author=caller.subject,
            permissions=tuple(dict.fromkeys(call.body.permissions)),
            description=call.body.description,
        ),
    )
    return json_answer({"referenceNumber": token.reference_number, "token": token.secret}, 202)


def token_status(call: Call[NoBody]) -> Answer:
    token = _find_token(call)
    with call.state.lock:
        return json_answer(_described(call, token))


def list_tokens(call: Call[NoBody]) -> Answer:
    with call.state.lock:
        seen = [token for token in call.state.tokens.values() if _may_see(call, token)]
        matching = [token for token in seen if _matches(call, token)]
        matching.sort(key=lambda token: token.created_at, reverse=True)
        page = continued_page(call, matching, _LIST_SIZES)
        tokens = [_described(call, token) for token in page.items]
    return json_answer({"continuationToken": page.continuation, "tokens": tokens})


def delete_token(call: Call[NoBody]) -> Answer:
    token = _find_token(call)
    if not _is_own(call, token) and CREDENTIALS_MANAGE not in call.caller.permissions:
        call.require_any(CREDENTIALS_MANAGE)
    revoke_token(call.state, token)
    return empty_answer()


def _find_token(call: Call[NoBody]) -> KsefToken:
    """CHOICE: 21405, the only code listed, for a token that is unknown or not to be seen."""
    reference = call.arguments["reference_number"]
    token = call.state.tokens.get(reference)
    if token is None or not _may_see(call, token):
        raise invalid_input(f"Token o numerze referencyjnym {reference} nie istnieje.")
    return token


def _may_see(call: Call[NoBody], token: KsefToken) -> bool:
    """A program that logged in with a token, and may not read credentials, sees that one."""
    caller = call.caller
    if token.context != caller.context:
        return False
    return _is_own(call, token) or bool(caller.permissions & {CREDENTIALS_MANAGE, CREDENTIALS_READ})


def _is_own(call: Call[NoBody], token: KsefToken) -> bool:
    own_reference = call.caller.authentication.token_reference
    if own_reference is not None:
        return own_reference == token.reference_number
    return token.author == call.caller.subject


def _matches(call: Call[NoBody], token: KsefToken) -> bool:
    query = call.incoming.query
    description = _text_filter(call, "description")
    author = _text_filter(call, "authorIdentifier")
    kind = call.incoming.parameter("authorIdentifierType")
    return (
        ("status" not in query or token.status in query["status"])
        and description.lower() in token.description.lower()
        and author in token.author.value
        and kind in (None, token.author.type)
    )


def _text_filter(call: Call[NoBody], name: str) -> str:
    text = call.incoming.parameter(name)
    if text is not None and len(text) < _MINIMUM_FILTER:
        raise invalid_input(f"'{name}': wymagane co najmniej {_MINIMUM_FILTER} znaki.")
    return text or ""


def _described(call: Call[NoBody], token: KsefToken) -> dict[str, object]:
    return {
        "referenceNumber": token.reference_number,
        "authorIdentifier": {"type": token.author.type, "value": token.author.value},
        "contextIdentifier": {"type": token.context.type, "value": token.context.value},
        "description": token.description,
        "requestedPermissions": list(token.permissions),
        "dateCreated": wire_moment(token.created_at),
        "lastUseDate": wire_optional(token.last_used_at),
        "status": look_at_token(call.state, token),
        "statusDetails": None,
    }


OPERATIONS = (
    Operation(
        name="token-generate",
        method="POST",
        path="/tokens",
        handler=generate_token,
        body=GenerateToken,
    ),
    Operation(name="token-list", method="GET", path="/tokens", handler=list_tokens),
    Operation(
        name="token-status", method="GET", path="/tokens/<reference_number>", handler=token_status
    ),
    Operation(
        name="token-revoke",
        method="DELETE",
        path="/tokens/<reference_number>",
        handler=delete_token,
    ),
)

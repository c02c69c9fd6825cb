"""`/auth`: logging in, and the list of logins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from ..addresses import AuthorizationPolicy
from ..answers import Answer, empty_answer, json_answer
from ..bearer import ACCESS, AUTHENTICATION, REFRESH, IssuedToken, issue
from ..bodies import Text
from ..call import Call, NoBody
from ..clock import wire_moment, wire_optional
from ..errors import bad_request
from ..keys import TOKEN_ENCRYPTION
from ..logins import (
    TokenLogin,
    current_permissions,
    issue_challenge,
    read_login_document,
    start_certificate_login,
    start_token_login,
)
from ..operations import PUBLIC, Operation
from ..pages import PageSizes, continued_page
from ..state import Authentication, Identifier, Verdict
from ..verdicts import AUTHENTICATION as AUTHENTICATION_STATUS
from ..verdicts import verdict
from .shared import KeyId, find_key, status_info

_LIST_SIZES = PageSizes(maximum=100)


@dataclass(frozen=True, kw_only=True)
class ContextIdentifier:
    type: Literal["Nip", "InternalId", "NipVatUe", "PeppolId"]
    value: str


@dataclass(frozen=True, kw_only=True)
class TokenLoginRequest:
    challenge: Annotated[str, Text(minimum=36, maximum=36)]
    context_identifier: ContextIdentifier
    encrypted_token: bytes
    public_key_id: KeyId | None = None
    authorization_policy: AuthorizationPolicy | None = None


def challenge(call: Call[NoBody]) -> Answer:
    issued = issue_challenge(call.state)
    return json_answer(
        {
            "challenge": issued.value,
            "timestamp": wire_moment(issued.issued_at),
            "timestampMs": issued.timestamp_ms,
            "clientIp": call.incoming.address,
        }
    )


def login_with_token(call: Call[TokenLoginRequest]) -> Answer:
    body = call.body
    policy = body.authorization_policy
    has_policy = policy is not None and policy.allowed_ips is not None
    login = TokenLogin(
        challenge=body.challenge,
        context=Identifier(type=body.context_identifier.type, value=body.context_identifier.value),
        ciphertext=body.encrypted_token,
        key=find_key(call, body.public_key_id, TOKEN_ENCRYPTION),
        networks=policy.allowed_ips.networks()
        if has_policy and policy and policy.allowed_ips
        else None,
    )
    return _started(call, start_token_login(call.state, login))


def login_with_certificate(call: Call[NoBody]) -> Answer:
    document = read_login_document(call.state, call.incoming.content)
    is_asked = call.incoming.parameter("verifyCertificateChain") == "true"
    is_verified = is_asked or call.state.switches.refuses_self_signed
    chain_problem = None
    if is_verified and not call.authority.ca.has_issued(document.signed.certificate):
        chain_problem = "Niezaufany łańcuch certyfikatów"
    authentication = start_certificate_login(call.state, document, chain_problem=chain_problem)
    return _started(call, authentication)


def login_status(call: Call[NoBody]) -> Answer:
    with call.state.lock:
        authentication = _own_operation(call)
        is_shown = authentication.unfolding.look(call.state.clock.ticks())
        status = authentication.verdict if is_shown else verdict(AUTHENTICATION_STATUS, 100)
    return json_answer(_description(authentication, status))


def redeem(call: Call[NoBody]) -> Answer:
    """Gives out both tokens, once."""
    with call.state.lock:
        authentication = call.caller.authentication
        reference = authentication.reference_number
        if authentication.is_redeemed:
            raise bad_request(
                21301, f"Tokeny dla operacji uwierzytelniania {reference} zostały już pobrane."
            )
        _check_succeeded(call, authentication, "pobranie tokenów")
        authentication.is_redeemed = True
        permissions = current_permissions(call.state, authentication)
        access = issue(call.state, ACCESS, authentication, permissions)
        refresh = issue(call.state, REFRESH, authentication)
        authentication.refresh_valid_until = refresh.valid_until
    return json_answer({"accessToken": _token(access), "refreshToken": _token(refresh)})


def refresh_access(call: Call[NoBody]) -> Answer:
    """A new access token with the permissions of now; the refresh token stays as it is."""
    with call.state.lock:
        authentication = call.caller.authentication
        _check_succeeded(call, authentication, "odświeżenie tokenu dostępowego")
        authentication.refreshed_at = call.state.clock.now()
        permissions = current_permissions(call.state, authentication)
        access = issue(call.state, ACCESS, authentication, permissions)
    return json_answer({"accessToken": _token(access)})


def list_logins(call: Call[NoBody]) -> Answer:
    """The logins of this subject in this context that are still good, the newest first."""
    now = call.state.clock.now()
    with call.state.lock:
        own = [
            authentication
            for authentication in call.state.authentications.values()
            if authentication.subject == call.caller.subject
            and authentication.context == call.caller.context
            and authentication.refresh_valid_until is not None
            and authentication.refresh_valid_until > now
            and authentication.verdict.code == 200
        ]
    own.sort(key=lambda authentication: authentication.started_at, reverse=True)
    page = continued_page(call, own, _LIST_SIZES)
    return json_answer(
        {
            "continuationToken": page.continuation,
            "items": [_list_item(call, authentication) for authentication in page.items],
        }
    )


def revoke_current_login(call: Call[NoBody]) -> Answer:
    _revoke(call, call.caller.authentication)
    return empty_answer()


def revoke_login(call: Call[NoBody]) -> Answer:
    reference = call.arguments["reference_number"]
    authentication = call.state.authentications.get(reference)
    # CHOICE: a foreign or unknown login answers like a revoked one, with nothing.
    if authentication is not None and authentication.context == call.caller.context:
        _revoke(call, authentication)
    return empty_answer()


def _revoke(call: Call[NoBody], authentication: Authentication) -> None:
    with call.state.lock:
        authentication.verdict = verdict(AUTHENTICATION_STATUS, 425)
        authentication.unfolding.end()


def _started(call: Call[Any], authentication: Authentication) -> Answer:
    token = issue(call.state, AUTHENTICATION, authentication)
    return json_answer(
        {
            "referenceNumber": authentication.reference_number,
            "authenticationToken": _token(token),
        },
        202,
    )


def _own_operation(call: Call[NoBody]) -> Authentication:
    """Raises 21304 when the token belongs to another operation. The 410 that is documented for
    the time after seven days cannot be reached: the token for this ends after 45 minutes."""
    reference = call.arguments["reference_number"]
    authentication = call.state.authentications.get(reference)
    if authentication is None or authentication is not call.caller.authentication:
        raise bad_request(
            21304,
            f"Operacja uwierzytelniania o numerze referencyjnym {reference} nie została "
            "znaleziona.",
        )
    return authentication


def _check_succeeded(call: Call[NoBody], authentication: Authentication, aim: str) -> None:
    subject = authentication.subject
    if subject is not None and subject.value in call.state.deceased:
        raise bad_request(21308)
    is_shown = authentication.unfolding.is_over(call.state.clock.ticks())
    code = authentication.verdict.code if is_shown else 100
    if code != 200:
        raise bad_request(21301, f"Status uwierzytelniania ({code}) nie pozwala na {aim}.")
    reference = authentication.token_reference
    if reference is not None and call.state.tokens[reference].status in ("Revoking", "Revoked"):
        raise bad_request(21301, "Token KSeF został unieważniony.")


def _list_item(call: Call[NoBody], authentication: Authentication) -> dict[str, object]:
    return {
        "referenceNumber": authentication.reference_number,
        "isCurrent": authentication is call.caller.authentication,
        **_description(authentication, authentication.verdict),
    }


def _description(authentication: Authentication, status: Verdict) -> dict[str, object]:
    method = authentication.method
    return {
        "startDate": wire_moment(authentication.started_at),
        "authenticationMethod": method.legacy_name,
        "authenticationMethodInfo": {
            "category": method.category,
            "code": method.code,
            "displayName": method.display_name,
        },
        "status": status_info(status),
        "isTokenRedeemed": authentication.is_redeemed,
        "lastTokenRefreshDate": wire_optional(authentication.refreshed_at),
        "refreshTokenValidUntil": wire_optional(authentication.refresh_valid_until),
    }


def _token(issued: IssuedToken) -> dict[str, str]:
    return {"token": issued.token, "validUntil": wire_moment(issued.valid_until)}


_WITH_AUTHENTICATION = frozenset({AUTHENTICATION})

OPERATIONS = (
    Operation(
        name="challenge",
        method="POST",
        path="/auth/challenge",
        handler=challenge,
        group="anonymous",
        bearer=PUBLIC,
    ),
    Operation(
        name="ksef-token",
        method="POST",
        path="/auth/ksef-token",
        handler=login_with_token,
        group="anonymous",
        bearer=PUBLIC,
        body=TokenLoginRequest,
    ),
    Operation(
        name="xades-signature",
        method="POST",
        path="/auth/xades-signature",
        handler=login_with_certificate,
        group="anonymous",
        bearer=PUBLIC,
    ),
    Operation(
        name="auth-status",
        method="GET",
        path="/auth/<reference_number>",
        handler=login_status,
        group="anonymous",
        bearer=_WITH_AUTHENTICATION,
    ),
    Operation(
        name="redeem",
        method="POST",
        path="/auth/token/redeem",
        handler=redeem,
        group="anonymous",
        bearer=_WITH_AUTHENTICATION,
    ),
    Operation(
        name="refresh",
        method="POST",
        path="/auth/token/refresh",
        handler=refresh_access,
        group="anonymous",
        bearer=frozenset({REFRESH}),
    ),
    Operation(name="login-list", method="GET", path="/auth/sessions", handler=list_logins),
    Operation(
        name="login-revoke-current",
        method="DELETE",
        path="/auth/sessions/current",
        handler=revoke_current_login,
        bearer=frozenset({ACCESS, REFRESH}),
    ),
    Operation(
        name="login-revoke",
        method="DELETE",
        path="/auth/sessions/<reference_number>",
        handler=revoke_login,
    ),
)

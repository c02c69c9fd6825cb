"""KSeF tokens: the long-lived secrets that programs log in with."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from .numbers import KSEF_TOKEN, reference_number
from .state import Identifier, KsefToken, State

PENDING = "Pending"
ACTIVE = "Active"
REVOKING = "Revoking"
REVOKED = "Revoked"
FAILED = "Failed"
_CONTEXT_PREFIX = {"Nip": "nip", "InternalId": "internalId"}


@dataclass(frozen=True, kw_only=True)
class TokenWish:
    """What a token shall be good for."""

    context: Identifier
    author: Identifier
    permissions: tuple[str, ...]
    description: str


def create_token(state: State, wish: TokenWish) -> KsefToken:
    reference = reference_number(KSEF_TOKEN, state.clock.today())
    prefix = _CONTEXT_PREFIX[wish.context.type]
    token = KsefToken(
        reference_number=reference,
        secret=f"{reference}|{prefix}-{wish.context.value}|{secrets.token_hex(32)}",
        context=wish.context,
        author=wish.author,
        permissions=wish.permissions,
        description=wish.description,
        created_at=state.clock.now(),
        status=PENDING,
        unfolding=state.unfolding(),
    )
    with state.lock:
        state.tokens[reference] = token
    return token


def look_at_token(state: State, token: KsefToken) -> str:
    """One poll: the change under way shows as such at least once."""
    is_over = token.unfolding.look(state.clock.ticks())
    if is_over:
        token.status = {PENDING: ACTIVE, REVOKING: REVOKED}.get(token.status, token.status)
    return token.status


def revoke_token(state: State, token: KsefToken) -> None:
    """A token that is revoked already stays as it is."""
    with state.lock:
        if token.status in (PENDING, ACTIVE):
            token.status = REVOKING
            token.unfolding = state.unfolding()

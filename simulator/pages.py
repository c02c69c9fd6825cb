"""Paging: continuation tokens for some lists, page numbers for others."""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from .call import Call
from .errors import bad_request, invalid_input
from .state import State

T = TypeVar("T")

CONTINUATION_HEADER = "x-continuation-token"


@dataclass(frozen=True, kw_only=True)
class PageSizes:
    """What `pageSize` may be, and what it is when absent."""

    minimum: int = 10
    maximum: int
    default: int = 10


@dataclass(frozen=True, kw_only=True)
class Page(Generic[T]):
    """`continuation` is the token for the next page, or `None` on the last."""

    items: Sequence[T]
    continuation: str | None = None
    has_more: bool = False


def continued_page(call: Call[Any], items: Sequence[T], sizes: PageSizes) -> Page[T]:
    """Cuts by the token of the request's header. Raises 21405 and 21418."""
    size = _page_size(call, sizes)
    scope = f"{call.operation}?{sorted(call.incoming.query.items())}&{call.arguments}"
    token = call.incoming.headers.get(CONTINUATION_HEADER)
    start = 0 if token is None else _read_token(call.state, scope, token)
    end = start + size
    has_more = end < len(items)
    return Page(
        items=items[start:end],
        continuation=_make_token(call.state, scope, end) if has_more else None,
        has_more=has_more,
    )


def numbered_page(call: Call[Any], items: Sequence[T], sizes: PageSizes) -> Page[T]:
    """Cuts by `pageOffset`, which counts pages, not rows. Raises 21405."""
    size = _page_size(call, sizes)
    start = integer_parameter(call, "pageOffset", 0) * size
    if start < 0:
        raise invalid_input("'pageOffset': wartość poza zakresem.")
    return Page(items=items[start : start + size], has_more=start + size < len(items))


def integer_parameter(call: Call[Any], name: str, default: int) -> int:
    text = call.incoming.parameter(name)
    try:
        return default if text is None else int(text)
    except ValueError as error:
        raise bad_request(21001, f"'{name}': oczekiwano liczby całkowitej.") from error


def _page_size(call: Call[Any], sizes: PageSizes) -> int:
    size = integer_parameter(call, "pageSize", sizes.default)
    if not sizes.minimum <= size <= sizes.maximum:
        raise invalid_input(f"'pageSize': dozwolone wartości {sizes.minimum}-{sizes.maximum}.")
    return size


def _make_token(state: State, scope: str, start: int) -> str:
    return urlsafe_b64encode(f"{start}:{_signature(state, scope, start)}".encode()).decode()


def _read_token(state: State, scope: str, token: str) -> int:
    """A token is good for the same list and the same filters only."""
    try:
        start = int(urlsafe_b64decode(token).decode().partition(":")[0])
    except (Base64Error, ValueError) as error:
        raise bad_request(21418) from error
    expected = _make_token(state, scope, start)
    if not hmac.compare_digest(expected.encode(), token.encode()):
        raise bad_request(21418)
    return start


def _signature(state: State, scope: str, start: int) -> str:
    return hmac.new(state.secret, f"{scope}\n{start}".encode(), hashlib.sha256).hexdigest()

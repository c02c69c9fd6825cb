"""Which addresses may use the tokens of a login."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, summarize_address_range
from typing import Annotated

from .bodies import Items
from .errors import invalid_input

AddressList = Annotated[tuple[str, ...], Items(maximum=10)]


@dataclass(frozen=True, kw_only=True)
class AllowedIps:
    """At most ten entries of each kind: `1.2.3.4`, `1.2.3.4-1.2.3.9`, `1.2.0.0/16`."""

    ip4_addresses: AddressList | None = None
    ip4_ranges: AddressList | None = None
    ip4_masks: AddressList | None = None

    def networks(self) -> tuple[IPv4Network, ...]:
        """Raises 21405 for what is no address."""
        try:
            return (
                *(IPv4Network(address) for address in self.ip4_addresses or ()),
                *(part for text in self.ip4_ranges or () for part in _range(text)),
                *(IPv4Network(mask, strict=False) for mask in self.ip4_masks or ()),
            )
        except ValueError as error:
            raise invalid_input(f"'allowedIps': {error}.") from error


@dataclass(frozen=True, kw_only=True)
class AuthorizationPolicy:
    allowed_ips: AllowedIps | None = None


def is_allowed(address: str, networks: Iterable[IPv4Network]) -> bool:
    return any(IPv4Address(address) in network for network in networks)


def _range(text: str) -> Iterable[IPv4Network]:
    first, _, last = text.partition("-")
    return summarize_address_range(IPv4Address(first), IPv4Address(last))

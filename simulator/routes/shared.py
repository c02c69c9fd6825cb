"""What several chapters have in common: encryption of a request, shapes of a status."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any

from ..bodies import Text
from ..call import Call
from ..cipher import IV_SIZE, KEY_SIZE, SymmetricKey
from ..errors import Forbidden, bad_request, invalid_input
from ..keys import INVOICE_ENCRYPTION, PublishedKey
from ..state import Verdict

KeyId = Annotated[str, Text(minimum=44, maximum=44)]


@dataclass(frozen=True, kw_only=True)
class EncryptionInfo:
    encrypted_symmetric_key: bytes = field(repr=False)
    initialization_vector: bytes = field(repr=False)
    public_key_id: KeyId | None = None


def find_key(call: Call[Any], key_id: str | None, usage: str) -> PublishedKey:
    """Raises 21470 for a key that is unknown, withdrawn or meant for something else."""
    key = call.authority.keys.find(key_id, usage)
    if key is None:
        raise bad_request(21470, f"Klucz o identyfikatorze {key_id} nie jest wspierany.")
    return key


def read_symmetric_key(call: Call[Any], encryption: EncryptionInfo) -> SymmetricKey | None:
    """`None` for a key that cannot be decrypted, which the client learns later. Raises 21405
    for an initialization vector of the wrong length."""
    vector = encryption.initialization_vector
    if len(vector) != IV_SIZE:
        raise invalid_input(
            "Nieprawidłowa długość wektora inicjującego (IV). "
            f"Oczekiwano {IV_SIZE} bajtów, otrzymano {len(vector)}."
        )
    key = find_key(call, encryption.public_key_id, INVOICE_ENCRYPTION)
    plain = key.decrypt(encryption.encrypted_symmetric_key)
    if plain is None or len(plain) != KEY_SIZE:
        return None
    return SymmetricKey(key=plain, initialization_vector=vector)


def require_no_token(call: Call[Any]) -> None:
    """Raises 403 for a login by KSeF token."""
    category = call.caller.authentication.method.category
    if category == "Token":
        raise Forbidden(
            "auth-method-not-allowed",
            "Ta operacja nie jest dostępna dla użytej metody uwierzytelnienia.",
            {"authenticationMethodCategory": category},
        )


def status_info(status: Verdict) -> dict[str, object]:
    """Code, description, and details where there are any."""
    return {
        "code": status.code,
        "description": status.description,
        "details": list(status.details) or None,
    }

"""`/security`: the public keys of the authority."""

from __future__ import annotations

from base64 import b64encode

from ..answers import Answer, json_answer
from ..call import Call, NoBody
from ..clock import wire_moment
from ..keys import PublishedKey
from ..operations import PUBLIC, Operation


def list_public_keys(call: Call[NoBody]) -> Answer:
    return json_answer([_published(key) for key in call.authority.keys.published()])


def _published(key: PublishedKey) -> dict[str, object]:
    return {
        "certificate": b64encode(key.certificate_der).decode(),
        "certificateId": key.certificate_id,
        "publicKeyId": key.key_id,
        "validFrom": wire_moment(key.certificate.not_valid_before_utc),
        "validTo": wire_moment(key.certificate.not_valid_after_utc),
        "usage": [key.usage],
    }


OPERATIONS = (
    Operation(
        name="public-keys",
        method="GET",
        path="/security/public-key-certificates",
        handler=list_public_keys,
        group="anonymous",
        bearer=PUBLIC,
    ),
)

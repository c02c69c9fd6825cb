"""`/storage`: files behind pre-signed links. No token is wanted here, and none is taken."""

from __future__ import annotations

from typing import Any

from ..answers import Answer, empty_answer, xml_answer
from ..batch import find_part
from ..call import Call, NoBody
from ..errors import NotFound, StorageRefused
from ..links import check_link
from ..operations import NO_LIMIT, PUBLIC, Operation
from ..upo import invoice_upo, session_upo


def check_storage_access(call: Call[Any]) -> None:
    """A link is its own permission. CHOICE: a request that also bears a token is refused; the
    documentation says only that none should be sent."""
    if "authorization" in call.incoming.headers:
        raise StorageRefused(
            403, "InvalidAuthenticationInfo", "Authorization header is not allowed."
        )
    expiry = call.incoming.parameter("se") or ""
    signature = call.incoming.parameter("sig") or ""
    check_link(call.state, call.incoming.path, expiry, signature)


def linked_upo(call: Call[NoBody]) -> Answer:
    check_storage_access(call)
    reference = call.arguments["reference_number"]
    invoice = call.state.by_reference.get(reference)
    if invoice is not None and invoice.is_accepted:
        return xml_answer(invoice_upo(call.state, call.authority.seal, invoice))
    for session in call.state.sessions.values():
        for page in session.upo_pages:
            if page.reference_number == reference:
                return xml_answer(session_upo(call.state, call.authority.seal, session, page))
    raise NotFound


def upload_part(call: Call[NoBody]) -> Answer:
    check_storage_access(call)
    if call.incoming.headers.get("x-ms-blob-type") != "BlockBlob":
        raise StorageRefused(400, "MissingRequiredHeader", "x-ms-blob-type")
    reference = call.arguments["session_reference"]
    part = find_part(call.state, reference, int(call.arguments["ordinal_number"]))
    part.receive(call.incoming.stream)
    return empty_answer(201)


OPERATIONS = (
    Operation(
        name="upo-link",
        method="GET",
        path="/storage/upo/<reference_number>",
        handler=linked_upo,
        group=NO_LIMIT,
        bearer=PUBLIC,
        is_outside_api=True,
    ),
    Operation(
        name="part-upload",
        method="PUT",
        path="/storage/batch/<session_reference>/<ordinal_number>",
        handler=upload_part,
        group=NO_LIMIT,
        bearer=PUBLIC,
        is_outside_api=True,
    ),
)

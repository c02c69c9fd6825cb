"""`/latarnia`: status and messages. Public, without limits, outside `/v2`."""

from __future__ import annotations

from ..answers import Answer, json_answer
from ..call import Call, NoBody
from ..latarnia import Beacon
from ..mischief import AnswerLost
from ..operations import NO_LIMIT, PUBLIC, Operation


def status(call: Call[NoBody]) -> Answer:
    beacon = _beacon(call)
    return json_answer({"status": beacon.status, "messages": list(beacon.messages) or None})


def messages(call: Call[NoBody]) -> Answer:
    return json_answer(list(_beacon(call).messages))


def _beacon(call: Call[NoBody]) -> Beacon:
    beacon = call.state.beacon
    if not beacon.is_reachable:
        raise AnswerLost
    return beacon


OPERATIONS = (
    Operation(
        name="latarnia-status",
        method="GET",
        path="/latarnia/status",
        handler=status,
        group=NO_LIMIT,
        bearer=PUBLIC,
        is_outside_api=True,
    ),
    Operation(
        name="latarnia-messages",
        method="GET",
        path="/latarnia/messages",
        handler=messages,
        group=NO_LIMIT,
        bearer=PUBLIC,
        is_outside_api=True,
    ),
)

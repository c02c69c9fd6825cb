"""Faults that fit every operation: before it is handled, or after.

| name | effect | options |
|---|---|---|
| `server-error` | nothing is done; 500 with an HTML page | `status`, or `json` for JSON |
| `rate-limit` | nothing is done; 429 | `retry_after` |
| `empty-forbidden` | nothing is done; 403 without a body | |
| `unauthorized` | nothing is done; 401, as if the access token had just run out | |
| `slow-answer` | the answer comes late | `seconds` |
| `lost-answer` | everything is done; the connection drops without an answer | |
| `gateway-error` | everything is done; 502 with an HTML page | `status` |
| `truncated-answer` | everything is done; half of the body, as if it were all | |
| `cut-answer` | everything is done; the connection ends in the middle of the body | |
| `huge-answer` | everything is done; spaces without end after the body | `megabytes` |
| `replaced-answer` | any other answer | `status`, `content`, `content_type`, `headers` |
| `wrong-hash` | header `x-ms-meta-hash` does not fit the body | |
| `extra-fields` | every object of the answer has a field nobody knows | |
| `system-warning` | header `X-System-Warning` | `text` |
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from .answers import Answer, html_answer, server_error_answer
from .digests import sha256_base64
from .errors import TooManyRequests, Unauthorized
from .faults import Fault, FaultBox

_PAGE = "<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>"
_WARNING = "[sig-001]: Format podpisu niezgodny z akceptowanymi profilami XAdES"


class AnswerLost(Exception):
    """The connection shall be dropped."""


def before_handling(faults: FaultBox, operation: str, now: datetime) -> Answer | None:
    """An answer that replaces the work, or `None` to go on. Raises 401 and 429."""
    slow = faults.take("slow-answer", operation)
    if slow is not None:
        time.sleep(float(slow.options.get("seconds", 1)))
    if faults.take("unauthorized", operation) is not None:
        raise Unauthorized("Token wygasł.")
    limited = faults.take("rate-limit", operation)
    if limited is not None:
        raise _rate_limited(limited)
    if faults.take("empty-forbidden", operation) is not None:
        return Answer(status=403)
    broken = faults.take("server-error", operation)
    return None if broken is None else _server_error(broken, now)


def after_handling(faults: FaultBox, operation: str, answer: Answer) -> Answer:
    """The answer as it leaves the house. Raises `AnswerLost`."""
    if faults.take("lost-answer", operation) is not None:
        raise AnswerLost
    for name, change in _CHANGES.items():
        fault = faults.take(name, operation)
        if fault is not None:
            answer = change(answer, fault.options)
    return answer


def _rate_limited(fault: Fault) -> TooManyRequests:
    seconds = int(fault.options.get("retry_after", 1))
    return TooManyRequests(
        retry_after=seconds,
        detail=f"Przekroczono limit żądań. Spróbuj ponownie po {seconds} sekundach.",
    )


def _server_error(fault: Fault, now: datetime) -> Answer:
    if fault.options.get("json"):
        return server_error_answer(now)
    return _page(int(fault.options.get("status", 500)), "Internal Server Error")


def _gateway_error(_answer: Answer, options: Mapping[str, Any]) -> Answer:
    return _page(int(options.get("status", 502)), "Bad Gateway")


def _page(status: int, title: str) -> Answer:
    return html_answer(_PAGE.format(title=f"{status} {title}"), status)


def _truncate(answer: Answer, _options: Mapping[str, Any]) -> Answer:
    return replace(answer, content=answer.content[: len(answer.content) // 2])


def _cut(answer: Answer, _options: Mapping[str, Any]) -> Answer:
    headers = {"Content-Length": str(len(answer.content)), "Connection": "close"}
    half = answer.content[: len(answer.content) // 2]
    return replace(answer, content=half, headers={**answer.headers, **headers})


def _inflate(answer: Answer, options: Mapping[str, Any]) -> Answer:
    padding = b" " * (int(options.get("megabytes", 100)) * 1_000_000)
    return replace(answer, content=answer.content + padding)


def _replace(answer: Answer, options: Mapping[str, Any]) -> Answer:
    return Answer(
        status=int(options.get("status", answer.status)),
        content=str(options.get("content", "")).encode(),
        content_type=options.get("content_type", answer.content_type),
        headers={**answer.headers, **options.get("headers", {})},
    )


def _falsify_hash(answer: Answer, _options: Mapping[str, Any]) -> Answer:
    wrong = sha256_base64(answer.content + b"?")
    return replace(answer, headers={**answer.headers, "x-ms-meta-hash": wrong})


def _add_fields(answer: Answer, _options: Mapping[str, Any]) -> Answer:
    if answer.content_type is None or "json" not in answer.content_type:
        return answer
    value = _with_extra(json.loads(answer.content))
    return replace(answer, content=json.dumps(value, ensure_ascii=False).encode())


def _with_extra(value: Any) -> Any:
    if isinstance(value, list):
        return [_with_extra(item) for item in value]
    if isinstance(value, dict):
        known = {name: _with_extra(item) for name, item in value.items()}
        return {**known, "simulatorExtra": {"unknown": [1, None, "ż"]}}
    return value


def _add_warning(answer: Answer, options: Mapping[str, Any]) -> Answer:
    text = str(options.get("text", _WARNING))
    return replace(answer, headers={**answer.headers, "X-System-Warning": text})


_CHANGES: Mapping[str, Callable[[Answer, Mapping[str, Any]], Answer]] = {
    "gateway-error": _gateway_error,
    "truncated-answer": _truncate,
    "cut-answer": _cut,
    "huge-answer": _inflate,
    "replaced-answer": _replace,
    "wrong-hash": _falsify_hash,
    "extra-fields": _add_fields,
    "system-warning": _add_warning,
}

"""The official contract of the API, and what breaks it.

A request must not hold anything that the contract does not know; an answer may, for the contract
may grow.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

Schema = Mapping[str, Any]

_FILE = Path(__file__).parents[2] / "schemas" / "contract.json"
_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?(Z|[+-]\d\d:\d\d)")


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """A request and its answer as they went over the wire; header names are lower case."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    status: int
    answer_headers: Mapping[str, str]
    answer: bytes


class Contract:
    """The compact contract, made from the official file by ``tools/compact_contract.py``."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.operations: Mapping[str, Any] = values["operations"]
        self.schemas: Mapping[str, Schema] = values["schemas"]

    @classmethod
    def load(cls) -> Contract:
        return cls(json.loads(_FILE.read_text(encoding="utf-8")))

    def operation_of(self, method: str, path: str) -> str | None:
        """The name of the operation, its own words before those in braces."""
        fit = [name for name in self.operations if _matches(name, method, path)]
        return min(fit, key=lambda name: name.count("{"), default=None)

    def problems(self, exchange: Exchange, prefix: str = "/v2") -> list[str]:
        """What in an exchange breaks the contract; what a server refuses may be broken."""
        name = self._name_of(exchange, prefix)
        if name is None:
            return [f"{exchange.method} {exchange.url} is not in the contract"]
        found = list(self._answer_problems(name, exchange))
        if exchange.status < 400:
            found += self._request_problems(name, exchange)
        return [f"{name}: {problem}" for problem in found]

    def answer_problems(self, exchange: Exchange, prefix: str = "/v2") -> list[str]:
        """What in an answer breaks the contract, whatever was asked."""
        name = self._name_of(exchange, prefix)
        if name is None:
            return []
        return [f"{name}: {problem}" for problem in self._answer_problems(name, exchange)]

    def _name_of(self, exchange: Exchange, prefix: str) -> str | None:
        path = urlsplit(exchange.url).path.removeprefix(prefix)
        return self.operation_of(exchange.method, path)

    def _request_problems(self, name: str, exchange: Exchange) -> Iterator[str]:
        operation = self.operations[name]
        if operation.get("secured") and not exchange.headers.get("authorization"):
            yield "no token"
        yield from self._parameter_problems(name, exchange)
        schemas = operation.get("request", {})
        if not schemas:
            if exchange.body:
                yield "a body that nobody asked for"
            return
        kind = exchange.headers.get("content-type", "").partition(";")[0]
        if kind not in schemas:
            yield f"a body of type {kind!r}"
        elif kind == "application/json":
            yield from self._json_problems(schemas[kind], exchange.body, "body")

    def _parameter_problems(self, name: str, exchange: Exchange) -> Iterator[str]:
        parts = urlsplit(exchange.url)
        query = dict(parse_qsl(parts.query))
        values = {
            "query": query,
            "header": exchange.headers,
            "path": _path_values(name, parts.path),
        }
        known = self.operations[name].get("parameters", [])
        for unknown in query.keys() - {each["name"] for each in known if each["in"] == "query"}:
            yield f"unknown parameter {unknown}"
        for each in known:
            value = values[each["in"]].get(each["name"])
            if value is not None:
                yield from self.check(each["schema"], _typed(value, each["schema"]), each["name"])
            elif each.get("required"):
                yield f"{each['name']} is missing"

    def _answer_problems(self, name: str, exchange: Exchange) -> Iterator[str]:
        answers = self.operations[name]["answers"]
        if exchange.status >= 500:
            return
        if str(exchange.status) not in answers:
            yield f"an answer with status {exchange.status}"
            return
        schemas = answers[str(exchange.status)]
        kind = exchange.answer_headers.get("content-type", "").partition(";")[0]
        if not schemas or not exchange.answer:
            if bool(schemas) != bool(exchange.answer):
                yield f"an answer of {len(exchange.answer)} bytes"
        elif kind not in schemas:
            yield f"an answer of type {kind!r}"
        elif "json" in kind:
            yield from self._json_problems(schemas[kind], exchange.answer, "answer")

    def _json_problems(self, schema: Schema, content: bytes, place: str) -> Iterator[str]:
        try:
            value = json.loads(content)
        except ValueError:
            yield f"{place} is no JSON"
        else:
            yield from self.check(schema, value, place, is_request=place == "body")

    def check(
        self, schema: Schema, value: object, place: str, *, is_request: bool = False
    ) -> Iterator[str]:
        """What in a value breaks a schema."""
        if "ref" in schema:
            schema = {**self.schemas[schema["ref"]], **schema, "ref": None}
        if value is None:
            if not schema.get("nullable"):
                yield f"{place} is null"
            return
        if not _is_of_type(schema.get("type"), value):
            yield f"{place} is a {type(value).__name__}"
            return
        yield from (f"{place} {problem}" for problem in _broken_bounds(schema, value))
        if isinstance(value, list):
            for index, item in enumerate(value):
                yield from self.check(
                    schema.get("items", {}), item, f"{place}[{index}]", is_request=is_request
                )
        if isinstance(value, dict):
            yield from self._check_fields(schema, value, place, is_request)

    def _check_fields(
        self, schema: Schema, value: Mapping[str, Any], place: str, is_request: bool
    ) -> Iterator[str]:
        properties, others = schema.get("properties", {}), schema.get("values")
        for name in schema.get("required", ()):
            if name not in value:
                yield f"{place}.{name} is missing"
        for name, field in value.items():
            known = properties.get(name, others)
            if known is not None:
                yield from self.check(known, field, f"{place}.{name}", is_request=is_request)
            elif is_request and properties:
                yield f"{place}.{name} is unknown"


def _matches(name: str, method: str, path: str) -> bool:
    wanted, _, template = name.partition(" ")
    return wanted == method and _pattern(template).fullmatch(path) is not None


def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template))


def _path_values(name: str, path: str) -> Mapping[str, str]:
    match = re.search(_pattern(name.partition(" ")[2]).pattern + "$", path)
    return (
        {} if match is None else {key: unquote(value) for key, value in match.groupdict().items()}
    )


def _typed(value: str, schema: Schema) -> object:
    return int(value) if schema.get("type") == "integer" and value.isdecimal() else value


def _is_of_type(name: str | None, value: object) -> bool:
    if name is None:
        return True
    return isinstance(value, _TYPES[name]) and (name == "boolean" or not isinstance(value, bool))


def _broken_bounds(schema: Schema, value: Any) -> Iterator[str]:
    if "enum" in schema and value not in schema["enum"]:
        yield f"is {value!r}"
    if isinstance(value, str):
        yield from _broken_text(schema, value)
    if isinstance(value, list) and not _is_between(schema, "Items", len(value)):
        yield f"has {len(value)} items"
    if isinstance(value, (int, float)) and not _is_between(schema, "imum", value):
        yield f"is {value}"


def _is_between(schema: Schema, bound: str, value: float) -> bool:
    """Whether a value keeps to the bounds ``min…`` and ``max…`` of a schema."""
    least, most = schema.get(f"min{bound}", value), schema.get(f"max{bound}", value)
    return bool(least <= value <= most)


def _broken_text(schema: Schema, value: str) -> Iterator[str]:
    if not _is_between(schema, "Length", len(value)):
        yield f"has {len(value)} characters"
    if "pattern" in schema and re.search(schema["pattern"], value) is None:
        yield f"is {value!r}"
    check = _FORMATS.get(schema.get("format", ""))
    if check is not None and not check(value):
        yield f"is no {schema['format']}: {value[:60]!r}"


def _is_day(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_base64(value: str) -> bool:
    try:
        base64.b64decode(value, validate=True)
    except binascii.Error:
        return False
    return True


_FORMATS: Mapping[str, Callable[[str], bool]] = {
    "date-time": lambda value: _MOMENT.fullmatch(value) is not None,
    "date": _is_day,
    "byte": _is_base64,
    "uri": lambda value: bool(urlsplit(value).netloc),
}

CONTRACT = Contract.load()

#!/usr/bin/env python3
"""Make ``schemas/contract.json`` from the ministry's OpenAPI description of the KSeF API.

    tools/compact_contract.py schemas/contract.json open-api.json

Kept is what a machine can check: operations with their parameters, bodies, answers, rate limits
and permissions, and the schemas with types, formats, bounds, patterns, enums and required fields.
Prose, examples and tags go. ``allOf`` of one schema is that schema.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

METHODS = ("get", "post", "put", "delete")
CONSTRAINTS = (
    "type",
    "format",
    "enum",
    "pattern",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "minItems",
    "maxItems",
    "nullable",
    "required",
)
PROSE = (
    "default",
    "deprecated",
    "description",
    "example",
    "readOnly",
    "title",
)


class ContractError(Exception):
    """The official file has a construct that this script does not know how to keep."""


def compact(official: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "build": build_of(official["info"]["description"]),
        "operations": {
            f"{method.upper()} {path}": compact_operation(item[method])
            for path, item in sorted(official["paths"].items())
            for method in METHODS
            if method in item
        },
        "schemas": {
            name: compact_schema(schema)
            for name, schema in sorted(official["components"]["schemas"].items())
        },
    }


def build_of(description: str) -> str:
    """The exact version, which the official file tells only in its prose."""
    match = re.search(r"build (\d[\w.+-]*)", description)
    if match is None:
        raise ContractError("no build in the description")
    return match[1]


def compact_operation(operation: Mapping[str, Any]) -> dict[str, Any]:
    """Answers map a status to its content types; those without a body have none."""
    request = operation.get("requestBody", {})
    return _without_nothing(
        {
            "secured": bool(operation.get("security")),
            "limits": operation.get("x-rate-limits"),
            "permissions": operation.get("x-required-permissions"),
            "parameters": [compact_parameter(each) for each in operation.get("parameters", [])],
            "request": compact_content(request.get("content", {})),
            "answers": {
                status: compact_content(answer.get("content", {}))
                for status, answer in sorted(operation["responses"].items())
            },
        }
    )


def compact_parameter(parameter: Mapping[str, Any]) -> dict[str, Any]:
    return _without_nothing(
        {
            "name": parameter["name"],
            "in": parameter["in"],
            "required": parameter.get("required", False),
            "schema": compact_schema(parameter["schema"]),
        }
    )


def compact_content(content: Mapping[str, Any]) -> dict[str, Any]:
    return {kind: compact_schema(media.get("schema", {})) for kind, media in content.items()}


def compact_schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A schema of the same meaning; a reference is ``{"ref": name}`` with what is beside it."""
    unknown = {name for name in schema if not _is_known(name)}
    if unknown:
        raise ContractError(f"unknown in a schema: {', '.join(sorted(unknown))}")
    kept = {name: schema[name] for name in CONSTRAINTS if name in schema}
    for part in (schema, *schema.get("allOf", [])):
        if "$ref" in part:
            kept["ref"] = part["$ref"].rpartition("/")[2]
    if "properties" in schema:
        properties = schema["properties"].items()
        kept["properties"] = {name: compact_schema(value) for name, value in properties}
    if isinstance(schema.get("additionalProperties"), Mapping):
        kept["values"] = compact_schema(schema["additionalProperties"])
    if "items" in schema:
        kept["items"] = compact_schema(schema["items"])
    return kept


def _is_known(name: str) -> bool:
    structure = ("$ref", "allOf", "properties", "items", "additionalProperties")
    return name in CONSTRAINTS + PROSE + structure or name.startswith("x-")


def _without_nothing(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value}


def write(contract: Mapping[str, Any], path: Path) -> None:
    """One operation or schema a line: small, and a new version shows as a readable difference."""
    lines = ["{", f' "build": {_dump(contract["build"])},']
    for part in ("operations", "schemas"):
        lines.append(f' "{part}": {{')
        lines += [f"  {_dump(name)}: {_dump(value)}," for name, value in contract[part].items()]
        lines[-1] = lines[-1].rstrip(",")
        lines.append(" }," if part == "operations" else " }")
    path.write_text("\n".join([*lines, "}", ""]), encoding="utf-8")


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("output", type=Path)
    parser.add_argument("official", type=Path)
    options = parser.parse_args()
    official = json.loads(options.official.read_text(encoding="utf-8"))
    write(compact(official), options.output)


if __name__ == "__main__":
    main()

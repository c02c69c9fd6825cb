"""The shape of the routing table: an operation is a method, a path, its guards, its handler."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from werkzeug.exceptions import MethodNotAllowed as WrongMethod
from werkzeug.exceptions import NotFound as NoRoute
from werkzeug.routing import Map, RequestRedirect, Rule

from .answers import Answer
from .bearer import ACCESS
from .call import Call, NoBody
from .errors import MethodNotAllowed, NotFound

Handler = Callable[[Call[Any]], Answer]

PUBLIC: frozenset[str] = frozenset()
WITH_ACCESS = frozenset({ACCESS})
NO_LIMIT = ""


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One line of the contract.

    `group` names the request limit; `bearer` the kinds of token that are accepted, none for a
    public operation; `permissions` is what the caller must have one of, nothing for all callers;
    `body` is the dataclass of the JSON body. Other bodies (XML, uploads) a handler reads itself.
    """

    name: str
    method: str
    path: str
    handler: Handler
    group: str = "other"
    bearer: frozenset[str] = WITH_ACCESS
    permissions: tuple[str, ...] = ()
    body: type = NoBody
    is_streamed: bool = False
    is_outside_api: bool = field(default=False)


@dataclass(frozen=True, kw_only=True)
class Match:
    operation: Operation
    arguments: Mapping[str, str]


class Router:
    """Finds the operation for a method and a path."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._operations = {operation.name: operation for operation in operations}
        self._map = Map(
            [_rule(operation) for operation in self._operations.values()],
            strict_slashes=True,
            merge_slashes=False,
        )

    def match(self, method: str, path: str) -> Match:
        """Raises `NotFound` or `MethodNotAllowed`."""
        adapter = self._map.bind("simulator")
        try:
            name, arguments = adapter.match(path, method)
        except WrongMethod as error:
            raise MethodNotAllowed from error
        except (NoRoute, RequestRedirect) as error:
            raise NotFound from error
        return Match(operation=self._operations[name], arguments=arguments)


def _rule(operation: Operation) -> Rule:
    prefix = "" if operation.is_outside_api else "/v2"
    return Rule(f"{prefix}{operation.path}", methods=[operation.method], endpoint=operation.name)

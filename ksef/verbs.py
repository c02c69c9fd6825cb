"""What all verbs of the client share: the environment, the connection and the access token."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from .answers import Answer
from .environment import Environment
from .errors import BadAnswer, Unauthorized
from .transport import Request, Transport
from .wire import Fields

CONTINUATION = "x-continuation-token"
MAX_PAGES = 1000  # of one list; no list of KSeF has a tenth of that


class Verbs:
    """Base of the classes that group the verbs; ``Client`` unites them."""

    environment: Environment
    access_token: str | None
    _transport: Transport

    def _ask(self, request: Request) -> Answer:
        """Make a call with the access token; raises Unauthorized if there is none."""
        if not self.access_token:
            raise Unauthorized()
        return self._transport.exchange(replace(request, bearer=self.access_token))

    def _pages(self, request: Request) -> Iterator[Fields]:
        """All pages of a list that is continued by a token in a header."""
        continuation = ""
        for _ in range(MAX_PAGES):
            headers = {CONTINUATION: continuation} if continuation else {}
            page = self._ask(replace(request, headers=headers)).fields()
            yield page
            previous, continuation = continuation, page.optional_text("continuationToken") or ""
            if not continuation:
                return
            if continuation == previous:
                break
        raise BadAnswer("a list that does not get on")

    def _numbered_pages(self, request: Request) -> Iterator[Fields]:
        """All pages of a list that is continued by the number of the page."""
        for number in range(MAX_PAGES):
            parameters = (*request.parameters, ("pageOffset", str(number)))
            page = self._ask(replace(request, parameters=parameters)).fields()
            yield page
            if not page.flag("hasMore"):
                return
        raise BadAnswer("a list that does not get on")

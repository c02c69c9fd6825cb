"""KSeF tokens and what the one who is logged in may do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .messages import GeneratedToken, KsefToken, PersonalGrant
from .operations import Operation
from .transport import Request
from .verbs import Verbs

GENERATE = Operation("POST", "/tokens")
LIST = Operation("GET", "/tokens")
STATUS = Operation("GET", "/tokens/{referenceNumber}")
REVOKE = Operation("DELETE", "/tokens/{referenceNumber}")
PERSONAL_GRANTS = Operation("POST", "/permissions/query/personal/grants")
_PAGE_SIZE = ("pageSize", "100")


def token_reference(token: str) -> str:
    """The reference number inside a KSeF token, by which it can look at itself."""
    return token.partition("|")[0]


class TokenVerbs(Verbs):
    """Verbs of tokens and permissions."""

    def generate_token(self, permissions: Sequence[str], description: str) -> GeneratedToken:
        """A token for programs; only for those who logged in with a certificate."""
        body = {"permissions": list(permissions), "description": description}
        answer = self._ask(Request(operation=GENERATE, json=body))
        return GeneratedToken.from_json(answer.fields())

    def token_status(self, reference_number: str) -> KsefToken:
        request = Request(operation=STATUS, values={"referenceNumber": reference_number})
        return KsefToken.from_json(self._ask(request).fields())

    def list_tokens(self) -> Iterator[KsefToken]:
        """All tokens one may see: of the context, or one's own."""
        for page in self._pages(Request(operation=LIST, parameters=(_PAGE_SIZE,))):
            yield from map(KsefToken.from_json, page.objects("tokens"))

    def revoke_token(self, reference_number: str) -> None:
        self._ask(Request(operation=REVOKE, values={"referenceNumber": reference_number}))

    def own_permissions(self) -> tuple[str, ...]:
        """What the one who logged in may do in this context, sorted.

        After a login with a token this is what its *author* may do; the token itself may do
        what ``token_status(token_reference(token)).requested_permissions`` says.
        """
        request = Request(operation=PERSONAL_GRANTS, parameters=(_PAGE_SIZE,), json={})
        found: set[str] = set()
        for page in self._numbered_pages(request):
            grants = map(PersonalGrant.from_json, page.objects("permissions"))
            found.update(grant.scope for grant in grants if grant.is_active)
            found.update(page.texts("ownerPermissions"))
        return tuple(sorted(found))

"""Logging in: challenge, KSeF token or signature, status, redeeming, refreshing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from .credentials import CertificateCredential
from .crypto import encode_base64, wrap
from .keys import TOKEN_ENCRYPTION, KeyVerbs, PublicKey
from .messages import (
    AuthenticationSession,
    AuthenticationStarted,
    AuthenticationStatus,
    Challenge,
    Context,
    Token,
    TokenPair,
)
from .operations import Group, Operation
from .transport import Request
from .xades import SubjectIdentification, sign_request

CHALLENGE = Operation("POST", "/auth/challenge", Group.ANONYMOUS)
WITH_TOKEN = Operation("POST", "/auth/ksef-token", Group.ANONYMOUS)
WITH_SIGNATURE = Operation("POST", "/auth/xades-signature", Group.ANONYMOUS)
STATUS = Operation("GET", "/auth/{referenceNumber}", Group.ANONYMOUS)
REDEEM = Operation("POST", "/auth/token/redeem", Group.ANONYMOUS)
REFRESH = Operation("POST", "/auth/token/refresh", Group.ANONYMOUS)
LIST_SESSIONS = Operation("GET", "/auth/sessions")
END_CURRENT = Operation("DELETE", "/auth/sessions/current")
END_SESSION = Operation("DELETE", "/auth/sessions/{referenceNumber}")
_PAGE_SIZE = ("pageSize", "100")


class AuthenticationVerbs(KeyVerbs):
    """Verbs of logging in; none but the last three needs an access token."""

    def authenticate_with_token(
        self, token: str, context: Context, *, now: datetime
    ) -> AuthenticationStarted:
        """Begin a login with a KSeF token; a wrong one shows in the status, as code 450."""
        return self._with_key(TOKEN_ENCRYPTION, now, partial(self._start, token, context))

    def authenticate_with_certificate(
        self,
        credential: CertificateCredential,
        context: Context,
        *,
        identification: SubjectIdentification = SubjectIdentification.CERTIFICATE_SUBJECT,
        now: datetime,
    ) -> AuthenticationStarted:
        """Begin a login with a signature; raises UnusableKey for a certificate that cannot."""
        credential.check_for_login(now)
        document = sign_request(
            self._challenge().text, context, credential, identification=identification, now=now
        )
        answer = self._transport.exchange(Request(operation=WITH_SIGNATURE, xml=document))
        return AuthenticationStarted.from_json(answer.fields())

    def authentication_status(self, started: AuthenticationStarted) -> AuthenticationStatus:
        request = Request(
            operation=STATUS,
            values={"referenceNumber": started.reference_number},
            bearer=started.authentication_token.value,
        )
        return AuthenticationStatus.from_json(self._transport.exchange(request).fields())

    def redeem(self, authentication_token: str) -> TokenPair:
        """The tokens of a successful login. KSeF gives them once: if the answer is lost, log in
        from the start."""
        request = Request(operation=REDEEM, bearer=authentication_token)
        return TokenPair.from_json(self._transport.exchange(request).fields())

    def refresh(self, refresh_token: str) -> Token:
        """A new access token; the refresh token stays good until its own end."""
        request = Request(operation=REFRESH, bearer=refresh_token)
        answer = self._transport.exchange(request).fields()
        return Token.from_json(answer.fields("accessToken"))

    def authentication_sessions(self) -> Iterator[AuthenticationSession]:
        """The logins of this subject in this context, the newest first."""
        for page in self._pages(Request(operation=LIST_SESSIONS, parameters=(_PAGE_SIZE,))):
            yield from map(AuthenticationSession.from_json, page.objects("items"))

    def end_authentication(self) -> None:
        """Kill the refresh token of this login; access tokens live on until their end."""
        self._ask(Request(operation=END_CURRENT))

    def end_authentication_session(self, reference_number: str) -> None:
        """Kill the refresh token of another login."""
        self._ask(Request(operation=END_SESSION, values={"referenceNumber": reference_number}))

    def _challenge(self) -> Challenge:
        answer = self._transport.exchange(Request(operation=CHALLENGE))
        return Challenge.from_json(answer.fields())

    def _start(self, token: str, context: Context, key: PublicKey) -> AuthenticationStarted:
        challenge = self._challenge()
        secret = f"{token}|{challenge.timestamp}".encode()
        body = {
            "challenge": challenge.text,
            "contextIdentifier": context.to_json(),
            "encryptedToken": encode_base64(wrap(secret, key.rsa_key())),
            "publicKeyId": key.public_key_id,
        }
        answer = self._transport.exchange(Request(operation=WITH_TOKEN, json=body))
        return AuthenticationStarted.from_json(answer.fields())

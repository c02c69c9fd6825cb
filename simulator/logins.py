"""Logins: challenges, KSeF tokens, signed documents, and what comes of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import IPv4Network

from lxml import etree

from .addresses import AllowedIps
from .certificates import (
    Holder,
    holder_by_fingerprint,
    holder_by_subject,
    is_for_signing_offline_only,
    is_valid_at,
)
from .digests import sha256_base64
from .errors import bad_request
from .keys import PublishedKey
from .markup import (
    LOGIN_SCHEMA,
    MalformedXml,
    SchemaViolation,
    WrongEncoding,
    parse_strictly,
    validate,
)
from .numbers import AUTHENTICATION as AUTHENTICATION_REFERENCE
from .numbers import CHALLENGE, reference_number
from .permissions import permissions_of
from .register import certificate_problem, registered
from .state import Authentication, Challenge, Identifier, KsefToken, Method, State, Verdict
from .verdicts import AUTHENTICATION, verdict
from .xades import SignedDocument, verify

CHALLENGE_LIFETIME = timedelta(minutes=10)

_NAMESPACES = (
    "http://ksef.mf.gov.pl/auth/token/2.0",
    "http://ksef.mf.gov.pl/auth/token/2.1",
)
_TOKEN_METHOD = Method(
    category="Token", code="token.ksef", display_name="Token KSeF", legacy_name="Token"
)
_SEAL_METHOD = Method(
    category="XadesSignature",
    code="xades.qualified-seal",
    display_name="Pieczęć kwalifikowana",
    legacy_name="QualifiedSeal",
)
_PERSON_METHOD = Method(
    category="XadesSignature",
    code="xades.qualified-signature",
    display_name="Podpis kwalifikowany",
    legacy_name="QualifiedSignature",
)
_CERTIFICATE_METHOD = Method(
    category="XadesSignature",
    code="xades.ksef-certificate",
    display_name="Certyfikat KSeF",
    legacy_name="InternalCertificate",
)


@dataclass(frozen=True, kw_only=True)
class TokenLogin:
    """A login by KSeF token as it was asked for."""

    challenge: str
    context: Identifier
    ciphertext: bytes = field(repr=False)
    key: PublishedKey
    networks: tuple[IPv4Network, ...] | None


@dataclass(frozen=True, kw_only=True)
class LoginDocument:
    """The signed document of a login by certificate, read and verified."""

    challenge: str
    context: Identifier
    holder: Holder
    networks: tuple[IPv4Network, ...] | None
    signed: SignedDocument
    document_hash: str


def issue_challenge(state: State) -> Challenge:
    now = state.clock.now()
    challenge = Challenge(
        value=reference_number(CHALLENGE, state.clock.today()),
        timestamp_ms=int(now.timestamp() * 1000),
        issued_at=now,
    )
    with state.lock:
        state.challenges[challenge.value] = challenge
    return challenge


def start_token_login(state: State, login: TokenLogin) -> Authentication:
    """Raises 21111. A wrong token is no error here: it shows in the status."""
    with state.lock:
        challenge = _take_challenge(state, login.challenge)
        token = None
        try:
            token = _decrypted_token(state, login, challenge)
            _check_token(state, token, login.context)
            outcome = _outcome(state, login.context, token.author, token.permissions)
        except _Failed as failure:
            outcome = failure.verdict
        authentication = _record(state, login.context, _TOKEN_METHOD, outcome, login.networks)
        if token is not None:
            authentication.subject = token.author
            authentication.token_reference = token.reference_number
            token.last_used_at = state.clock.now()
        return authentication


def read_login_document(state: State, content: bytes) -> LoginDocument:
    """Everything about the document that is a 400; touches nothing in the state."""
    try:
        root = parse_strictly(content)
    except WrongEncoding as error:
        raise bad_request(21217, str(error)) from error
    except MalformedXml as error:
        raise bad_request(9101, str(error)) from error
    signed = verify(root, state.clock.now())
    request = _in_schema_namespace(signed.content)
    try:
        validate(request, LOGIN_SCHEMA)
    except SchemaViolation as error:
        raise bad_request(21401, *error.messages) from error
    return _read_request(request, signed, content)


def start_certificate_login(
    state: State, document: LoginDocument, *, chain_problem: str | None
) -> Authentication:
    """Raises 21111. A certificate that is out of date or revoked shows in the status."""
    holder = document.holder
    with state.lock:
        challenge = _take_challenge(state, document.challenge)
        problem = chain_problem or _certificate_problem(state, document)
        if challenge is None:
            outcome = verdict(AUTHENTICATION, 450, "Nieprawidłowe wyzwanie autoryzacyjne")
        elif problem is not None:
            outcome = verdict(AUTHENTICATION, 460, problem)
        else:
            permissions = permissions_of(state, holder.identifier, document.context)
            outcome = _outcome(state, document.context, holder.identifier, permissions)
        method = _certificate_method(state, document)
        authentication = _record(state, document.context, method, outcome, document.networks)
        authentication.subject = holder.identifier
        authentication.certificate_names = holder.names
        authentication.document_hash = document.document_hash
        return authentication


def current_permissions(state: State, authentication: Authentication) -> tuple[str, ...]:
    """What the bearer may do now: a token's own list, or the subject's grants."""
    if authentication.token_reference is None:
        return permissions_of(state, authentication.subject, authentication.context)
    return state.tokens[authentication.token_reference].permissions


class _Failed(Exception):
    """A login by token that ends with status 450."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.verdict = verdict(AUTHENTICATION, 450, detail)


def _take_challenge(state: State, value: str) -> Challenge | None:
    """A challenge serves once. `None` only where a switch turns the 400 into a status."""
    challenge = state.challenges.get(value)
    now = state.clock.now()
    if challenge is None or challenge.is_used or now - challenge.issued_at > CHALLENGE_LIFETIME:
        # CHOICE: documented both as 400/21111 and as status 450; a switch gives the latter.
        if state.switches.challenge_error_is_status:
            return None
        raise bad_request(21111)
    challenge.is_used = True
    return challenge


def _decrypted_token(state: State, login: TokenLogin, challenge: Challenge | None) -> KsefToken:
    """The plaintext is `token|timestampMs`, and the token itself contains bars."""
    if challenge is None:
        raise _Failed("Nieprawidłowe wyzwanie autoryzacyjne")
    plaintext = login.key.decrypt(login.ciphertext)
    if plaintext is None:
        raise _Failed("Nieprawidłowe szyfrowanie tokena")
    try:
        secret, _, timestamp = plaintext.decode("utf-8").rpartition("|")
    except UnicodeDecodeError as error:
        raise _Failed("Nieprawidłowe kodowanie tokena") from error
    if timestamp != str(challenge.timestamp_ms):
        raise _Failed("Nieprawidłowy czas tokena")
    token = next((t for t in state.tokens.values() if t.secret == secret), None)
    if token is None:
        raise _Failed("Nieprawidłowy token")
    return token


def _check_token(state: State, token: KsefToken, context: Identifier) -> None:
    if token.status in ("Revoking", "Revoked"):
        raise _Failed("Token unieważniony")
    if token.status != "Active" and not token.unfolding.is_due(state.clock.ticks()):
        raise _Failed("Token nieaktywny")
    if token.context != context:
        raise _Failed(f"Token nie może być użyty w kontekście {context.type}: {context.value}")


def _outcome(
    state: State, context: Identifier, subject: Identifier, permissions: tuple[str, ...]
) -> Verdict:
    if subject.value in state.deceased:
        return verdict(AUTHENTICATION, 470)
    if context in state.blocked_contexts:
        return verdict(
            AUTHENTICATION, 480, "Podejrzenie incydentu bezpieczeństwa. Skontaktuj się z MF."
        )
    if not permissions:
        return verdict(AUTHENTICATION, 415, "Brak przypisanych uprawnień")
    return verdict(AUTHENTICATION, 200)


def _record(
    state: State,
    context: Identifier,
    method: Method,
    outcome: Verdict,
    networks: tuple[IPv4Network, ...] | None,
) -> Authentication:
    authentication = Authentication(
        reference_number=reference_number(AUTHENTICATION_REFERENCE, state.clock.today()),
        context=context,
        subject=None,
        method=method,
        started_at=state.clock.now(),
        verdict=outcome,
        unfolding=state.unfolding(),
        allowed_networks=networks,
    )
    state.authentications[authentication.reference_number] = authentication
    return authentication


def _in_schema_namespace(root: etree._Element) -> etree._Element:
    """Version 2.0 of the document differs from 2.1 in its namespace only."""
    old, new = _NAMESPACES
    text = etree.tostring(root)
    if etree.QName(root).namespace == old:
        text = text.replace(old.encode(), new.encode())
    return etree.fromstring(text)


def _read_request(request: etree._Element, signed: SignedDocument, content: bytes) -> LoginDocument:
    names: Mapping[str, str] = {"a": _NAMESPACES[1]}
    context = request.find("a:ContextIdentifier", namespaces=dict(names))
    chosen = None if context is None else context[0]
    if chosen is None or is_for_signing_offline_only(signed.certificate):
        raise bad_request(21115, "Certyfikat typu Offline nie służy do uwierzytelniania.")
    identifier = Identifier(type=etree.QName(chosen).localname, value=chosen.text or "")
    if identifier.type == "PeppolId":
        raise bad_request(21117)
    kind = request.findtext("a:SubjectIdentifierType", namespaces=dict(names))
    is_fingerprint = kind == "certificateFingerprint"
    return LoginDocument(
        challenge=request.findtext("a:Challenge", namespaces=dict(names)) or "",
        context=identifier,
        holder=holder_by_fingerprint(signed.certificate, signed.certificate_der)
        if is_fingerprint
        else holder_by_subject(signed.certificate),
        networks=_read_networks(request),
        signed=signed,
        document_hash=sha256_base64(content),
    )


def _read_networks(request: etree._Element) -> tuple[IPv4Network, ...] | None:
    if not _texts(request, "AllowedIps"):
        return None
    return AllowedIps(
        ip4_addresses=_texts(request, "Ip4Address"),
        ip4_ranges=_texts(request, "Ip4Range"),
        ip4_masks=_texts(request, "Ip4Mask"),
    ).networks()


def _texts(request: etree._Element, name: str) -> tuple[str, ...]:
    """The texts of all elements of that name; empty ones count."""
    return tuple(node.text or "" for node in request.iter(f"{{{_NAMESPACES[1]}}}{name}"))


def _certificate_problem(state: State, document: LoginDocument) -> str | None:
    if not is_valid_at(document.signed.certificate, state.clock.now()):
        return "Nieważny certyfikat"
    return certificate_problem(state, document.signed.certificate)


def _certificate_method(state: State, document: LoginDocument) -> Method:
    if registered(state, document.signed.certificate) is not None:
        return _CERTIFICATE_METHOD
    return _SEAL_METHOD if document.holder.is_seal else _PERSON_METHOD

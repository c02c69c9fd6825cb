"""Logging in against the simulator: tokens, certificates, refreshing, ending."""

from __future__ import annotations

from datetime import timedelta

import pytest
from certificates import make_certificate, make_ec_key, make_rsa_key, person_name, seal_name
from company import connect, finish_login, log_in, log_in_as_owner, now, seal
from cryptography import x509
from scripted_server import answer, scripted
from wire import BUYER, SELLER

from ksef.client import Client
from ksef.codes import Outcome
from ksef.credentials import CertificateCredential
from ksef.environment import local
from ksef.errors import BadAnswer, KeyProblem, Refused, Unauthorized, UnusableKey
from ksef.messages import AuthenticationStarted, Context, Token
from ksef.tokens import token_reference
from ksef.xades import SubjectIdentification
from simulator.panel import RunningSimulator

CONTEXT = Context(value=SELLER)


def test_token_opens_the_door(simulator: RunningSimulator) -> None:
    token = simulator.control.token(SELLER)
    with connect(simulator) as client:
        started = client.authenticate_with_token(token, CONTEXT, now=now())
        assert finish_login(client, started).method_category == "Token"
        pair = client.redeem(started.authentication_token.value)
        assert now() < pair.access_token.valid_until < pair.refresh_token.valid_until
        client.access_token = pair.access_token.value
        status = client.token_status(token_reference(token))
    assert status.requested_permissions == ("InvoiceRead", "InvoiceWrite")
    assert status.is_active
    assert status.context == CONTEXT


def test_status_is_pending_at_first(simulator: RunningSimulator) -> None:
    with connect(simulator) as client:
        token = simulator.control.token(SELLER)
        started = client.authenticate_with_token(token, CONTEXT, now=now())
        assert client.authentication_status(started).outcome is Outcome.PENDING


def test_revoked_token_is_refused_in_the_status(simulator: RunningSimulator) -> None:
    with connect(simulator) as client:
        token = simulator.control.token(SELLER, status="Revoked")
        started = client.authenticate_with_token(token, CONTEXT, now=now())
        refused = finish_login(client, started)
    assert (refused.outcome, refused.status.code) == (Outcome.REFUSED, 450)
    assert refused.status.details


def test_token_of_another_company_is_refused_in_the_status(simulator: RunningSimulator) -> None:
    with connect(simulator) as client:
        token = simulator.control.token(BUYER)
        started = client.authenticate_with_token(token, CONTEXT, now=now())
        assert finish_login(client, started).status.code == 450


def test_garbage_for_a_token_is_refused_in_the_status(simulator: RunningSimulator) -> None:
    with connect(simulator) as client:
        started = client.authenticate_with_token("zażółć", CONTEXT, now=now())
        assert finish_login(client, started).status.code == 450


def test_tokens_are_redeemed_once(simulator: RunningSimulator) -> None:
    with connect(simulator) as client:
        token = simulator.control.token(SELLER)
        started = client.authenticate_with_token(token, CONTEXT, now=now())
        finish_login(client, started)
        client.redeem(started.authentication_token.value)
        with pytest.raises(Refused) as caught:
            client.redeem(started.authentication_token.value)
    assert caught.value.code == 21301


def test_another_process_goes_on_from_stored_values(simulator: RunningSimulator) -> None:
    with connect(simulator) as first:
        token = simulator.control.token(SELLER)
        started = first.authenticate_with_token(token, CONTEXT, now=now())
    stored = (
        started.reference_number,
        started.authentication_token.value,
        started.authentication_token.valid_until,
    )
    reference, value, valid_until = stored
    resumed = AuthenticationStarted(
        reference_number=reference,
        authentication_token=Token(value=value, valid_until=valid_until),
    )
    with connect(simulator) as second:
        assert finish_login(second, resumed).outcome is Outcome.ACCEPTED
        second.redeem(value)


def test_refresh_token_serves_many_times(simulator: RunningSimulator) -> None:
    with connect(simulator) as client:
        token = simulator.control.token(SELLER)
        started = client.authenticate_with_token(token, CONTEXT, now=now())
        finish_login(client, started)
        pair = client.redeem(started.authentication_token.value)
        for _ in range(2):
            fresh = client.refresh(pair.refresh_token.value)
            with client.with_access_token(fresh.value) as renewed:
                assert renewed.token_status(token_reference(token)).is_active


def test_access_token_ends(simulator: RunningSimulator) -> None:
    with log_in(simulator) as client:
        simulator.control.shift_clock(3600)
        with pytest.raises(Unauthorized):
            list(client.list_tokens())


def test_tokens_do_not_stand_in_for_each_other(simulator: RunningSimulator) -> None:
    with log_in(simulator) as client, pytest.raises(Unauthorized):
        client.refresh(client.access_token or "")


def test_login_without_redeeming_is_no_login(simulator: RunningSimulator) -> None:
    with connect(simulator) as client:
        token = simulator.control.token(SELLER)
        started = client.authenticate_with_token(token, CONTEXT, now=now())
        finish_login(client, started)
        client.access_token = started.authentication_token.value
        with pytest.raises(Unauthorized):
            list(client.list_tokens())


@pytest.mark.parametrize("make_key", [make_rsa_key, make_ec_key])
@pytest.mark.parametrize("make_name", [person_name, seal_name])
def test_certificate_opens_the_door(
    simulator: RunningSimulator, make_key: object, make_name: object
) -> None:
    key = make_key()  # type: ignore[operator]
    der = make_certificate(make_name(SELLER), key)  # type: ignore[operator]
    credential = CertificateCredential(certificate_der=der, private_key=key)
    with connect(simulator) as client:
        started = client.authenticate_with_certificate(credential, CONTEXT, now=now())
        assert finish_login(client, started).method_category == "XadesSignature"
        client.redeem(started.authentication_token.value)


@pytest.mark.parametrize(
    ("context_type", "value"),
    [("InternalId", "5555555555-12342"), ("NipVatUe", f"{SELLER}-DE123456789")],
)
def test_login_in_other_contexts_is_understood(
    simulator: RunningSimulator, context_type: str, value: str
) -> None:
    context = Context(type=context_type, value=value)
    with connect(simulator) as client:
        started = client.authenticate_with_certificate(seal(), context, now=now())
        assert finish_login(client, started).outcome is not Outcome.PENDING
        token = simulator.control.token(SELLER)
        started = client.authenticate_with_token(token, context, now=now())
        assert finish_login(client, started).status.code == 450


def test_certificate_of_another_company_has_no_permissions(simulator: RunningSimulator) -> None:
    with connect(simulator) as client:
        started = client.authenticate_with_certificate(seal(BUYER), CONTEXT, now=now())
        assert finish_login(client, started).status.code == 415


def test_unknown_fingerprint_has_no_permissions(simulator: RunningSimulator) -> None:
    with connect(simulator) as client:
        started = client.authenticate_with_certificate(
            seal(),
            CONTEXT,
            identification=SubjectIdentification.CERTIFICATE_FINGERPRINT,
            now=now(),
        )
        assert finish_login(client, started).outcome is Outcome.REFUSED


def test_certificate_that_is_over_is_not_even_sent() -> None:
    credential = seal()
    with Client(local("http://127.0.0.1:9")) as client, pytest.raises(UnusableKey) as caught:
        client.authenticate_with_certificate(credential, CONTEXT, now=now() + timedelta(days=800))
    assert caught.value.problem is KeyProblem.EXPIRED


def test_certificate_that_has_not_begun_is_not_even_sent() -> None:
    credential = seal()
    with Client(local("http://127.0.0.1:9")) as client, pytest.raises(UnusableKey) as caught:
        client.authenticate_with_certificate(credential, CONTEXT, now=now() - timedelta(days=1))
    assert caught.value.problem is KeyProblem.NOT_YET_VALID


def test_offline_certificate_of_ksef_is_not_even_sent() -> None:
    key = make_ec_key()
    issuer = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "CCK KSeF")])
    der = make_certificate(
        seal_name(SELLER), key, issuer=issuer, issuer_key=make_ec_key(), is_offline=True
    )
    credential = CertificateCredential(certificate_der=der, private_key=key)
    with Client(local("http://127.0.0.1:9")) as client, pytest.raises(UnusableKey) as caught:
        client.authenticate_with_certificate(credential, CONTEXT, now=now())
    assert caught.value.problem is KeyProblem.WRONG_TYPE


@pytest.mark.parametrize("text", ["\\u0000", "\\ud800", "\\n"])
def test_challenge_that_cannot_be_signed_is_a_bad_answer(text: str) -> None:
    challenge = f'{{"challenge":"{text}","timestampMs":1}}'
    with (
        scripted(answer(body=challenge.encode())) as server,
        Client(local(server.url)) as client,
        pytest.raises(BadAnswer),
    ):
        client.authenticate_with_certificate(seal(), Context(value=SELLER), now=now())


def test_ended_login_refreshes_no_more(simulator: RunningSimulator) -> None:
    with connect(simulator) as client:
        token = simulator.control.token(SELLER)
        started = client.authenticate_with_token(token, CONTEXT, now=now())
        finish_login(client, started)
        pair = client.redeem(started.authentication_token.value)
        client.access_token = pair.access_token.value
        client.end_authentication()
        with pytest.raises(Refused) as caught:
            client.refresh(pair.refresh_token.value)
    assert caught.value.code == 21301


def test_logins_are_listed_and_ended(simulator: RunningSimulator) -> None:
    with log_in_as_owner(simulator) as first, log_in_as_owner(simulator) as second:
        listed = list(second.authentication_sessions())
        assert [each.is_current for each in listed].count(True) == 1
        other = next(each for each in listed if not each.is_current)
        assert other.authentication.is_token_redeemed
        second.end_authentication_session(other.reference_number)
        left = [each.reference_number for each in first.authentication_sessions()]
    assert other.reference_number not in left
    assert len(left) == len(listed) - 1


def test_owner_makes_a_token_that_opens_the_door(simulator: RunningSimulator) -> None:
    with log_in_as_owner(simulator) as owner:
        made = owner.generate_token(["InvoiceRead"], "Token testowy")
        while owner.token_status(made.reference_number).status == "Pending":
            pass
        assert made.reference_number == token_reference(made.token)
        with connect(simulator) as client:
            started = client.authenticate_with_token(made.token, CONTEXT, now=now())
            assert finish_login(client, started).outcome is Outcome.ACCEPTED
        owner.revoke_token(made.reference_number)
        while owner.token_status(made.reference_number).status == "Revoking":
            pass
        listed = {each.reference_number: each.status for each in owner.list_tokens()}
    assert listed[made.reference_number] == "Revoked"


def test_token_cannot_make_tokens(simulator: RunningSimulator) -> None:
    with log_in(simulator) as client, pytest.raises(Refused) as caught:
        client.generate_token(["InvoiceRead"], "Token testowy")
    assert caught.value.http_status in (400, 403)


def test_owner_may_do_nearly_everything(simulator: RunningSimulator) -> None:
    with log_in_as_owner(simulator) as owner:
        assert {"InvoiceRead", "InvoiceWrite", "CredentialsManage"} <= set(owner.own_permissions())


def test_secrets_do_not_show(simulator: RunningSimulator) -> None:
    with connect(simulator) as client:
        token = simulator.control.token(SELLER)
        started = client.authenticate_with_token(token, CONTEXT, now=now())
        finish_login(client, started)
        pair = client.redeem(started.authentication_token.value)
    shown = f"{started!r} {pair!r} {seal()!r}"
    for secret in (
        started.authentication_token.value,
        pair.access_token.value,
        pair.refresh_token.value,
        "PrivateKey",
    ):
        assert secret not in shown

"""KSeF's public keys: chosen, kept, renewed."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from certificates import make_certificate, make_ec_key, make_rsa_key, seal_name
from company import connect, finish_login, log_in, now, send
from invoices import invoice
from scripted_server import answer, scripted
from wire import SELLER

from ksef import keys
from ksef.client import Client
from ksef.codes import Outcome
from ksef.credentials import PrivateKey
from ksef.crypto import SessionKey
from ksef.environment import local
from ksef.errors import BadAnswer, KeyProblem, Refused, UnusableKey
from ksef.keys import KEY_ENCRYPTION, TOKEN_ENCRYPTION, PublicKey, choose_key
from ksef.messages import Context
from simulator.panel import RunningSimulator

MOMENT = datetime(2026, 3, 2, 12, tzinfo=timezone.utc)
YEAR = timedelta(days=365)
KEY = PublicKey(
    public_key_id="a" * 44,
    certificate_id="b" * 44,
    certificate_der=make_certificate(seal_name(SELLER), make_rsa_key()),
    usages=(TOKEN_ENCRYPTION,),
    valid_from=MOMENT - YEAR,
    valid_until=MOMENT + YEAR,
)


@pytest.fixture(autouse=True)
def _no_keys_from_before() -> Iterator[None]:
    keys._cache.clear()
    yield
    keys._cache.clear()


def listed(*found: PublicKey) -> bytes:
    return json.dumps(
        [
            {
                "certificate": base64.b64encode(key.certificate_der).decode(),
                "certificateId": key.certificate_id,
                "publicKeyId": key.public_key_id,
                "validFrom": key.valid_from.isoformat(),
                "validTo": key.valid_until.isoformat(),
                "usage": list(key.usages),
            }
            for key in found
        ]
    ).encode()


def test_newest_of_the_valid_keys_is_chosen() -> None:
    newer = replace(KEY, public_key_id="new", valid_from=MOMENT - timedelta(days=1))
    coming = replace(KEY, public_key_id="coming", valid_from=MOMENT + timedelta(days=1))
    over = replace(
        KEY, public_key_id="over", valid_from=MOMENT, valid_until=MOMENT - timedelta(seconds=1)
    )
    other = replace(KEY, public_key_id="other", usages=(KEY_ENCRYPTION,), valid_from=MOMENT)
    chosen = choose_key([KEY, newer, coming, over, other], TOKEN_ENCRYPTION, MOMENT)
    assert chosen.public_key_id == "new"


def test_key_of_two_usages_serves_both() -> None:
    both = replace(KEY, usages=(TOKEN_ENCRYPTION, KEY_ENCRYPTION, "Tomorrow"))
    for usage in (TOKEN_ENCRYPTION, KEY_ENCRYPTION):
        assert choose_key([both], usage, MOMENT) is both


def test_no_valid_key_is_told() -> None:
    with pytest.raises(UnusableKey) as caught:
        choose_key([KEY], KEY_ENCRYPTION, MOMENT)
    assert caught.value.problem is KeyProblem.NO_KEY


@pytest.mark.parametrize("key", [make_ec_key(), make_rsa_key(1024)], ids=["EC", "weak"])
def test_elliptic_and_weak_keys_are_refused_clearly(key: PrivateKey) -> None:
    der = make_certificate(seal_name(SELLER), key)
    with pytest.raises(UnusableKey) as caught:
        replace(KEY, certificate_der=der).rsa_key()
    assert caught.value.problem is KeyProblem.UNSUPPORTED


def test_keys_are_fetched_once_a_day() -> None:
    with scripted(answer(body=listed(KEY)), answer(body=listed(KEY))) as server:
        for _ in range(2):
            with Client(local(server.url)) as client:
                assert client.public_keys(now=MOMENT) == (KEY,)
                client.public_keys(now=MOMENT + timedelta(hours=23, minutes=59))
        assert len(server.requests) == 1
        with Client(local(server.url)) as client:
            client.public_keys(now=MOMENT + timedelta(hours=24))
        assert len(server.requests) == 2


def test_clock_set_back_fetches_anew() -> None:
    with scripted(answer(body=listed(KEY)), answer(body=listed(KEY))) as server:
        with Client(local(server.url)) as client:
            client.public_keys(now=MOMENT)
            client.public_keys(now=MOMENT - timedelta(seconds=1))
        assert len(server.requests) == 2


def test_keys_of_another_environment_are_not_mixed_in() -> None:
    other = replace(KEY, public_key_id="other")
    with (
        scripted(answer(body=listed(KEY))) as first,
        scripted(answer(body=listed(other))) as second,
    ):
        with Client(local(first.url)) as client:
            assert client.public_keys(now=MOMENT) == (KEY,)
        with Client(local(second.url)) as client:
            assert client.public_keys(now=MOMENT) == (other,)


def test_list_without_a_valid_key_is_fetched_once_more() -> None:
    over = replace(KEY, usages=(KEY_ENCRYPTION,), valid_until=MOMENT - timedelta(days=1))
    with scripted(answer(body=listed(over)), answer(body=listed(over))) as server:
        with Client(local(server.url), access_token="t") as client, pytest.raises(UnusableKey):
            client.open_online_session(SessionKey.generate(), now=MOMENT)
        assert len(server.requests) == 2


@pytest.mark.parametrize("body", [b"{}", b"[1]", b'[{"certificate":"!"}]', b"null"])
def test_anything_but_a_list_of_keys_is_a_bad_answer(body: bytes) -> None:
    with (
        scripted(answer(body=body)) as server,
        Client(local(server.url)) as client,
        pytest.raises(BadAnswer),
    ):
        client.public_keys(now=MOMENT)


def test_emergency_rotation_before_opening_is_survived(simulator: RunningSimulator) -> None:
    with log_in(simulator) as client:
        client.public_keys(now=now())
        simulator.control.rotate_keys(KEY_ENCRYPTION, emergency=True)
        [status] = send(client, invoice())
    assert status.outcome is Outcome.ACCEPTED


def test_emergency_rotation_before_login_is_survived(simulator: RunningSimulator) -> None:
    token = simulator.control.token(SELLER)
    with connect(simulator) as client:
        client.public_keys(now=now())
        simulator.control.rotate_keys(TOKEN_ENCRYPTION, emergency=True)
        started = client.authenticate_with_token(token, Context(value=SELLER), now=now())
        assert finish_login(client, started).outcome is Outcome.ACCEPTED


def test_planned_rotation_is_not_noticed(simulator: RunningSimulator) -> None:
    with log_in(simulator) as client:
        client.public_keys(now=now())
        simulator.control.rotate_keys(KEY_ENCRYPTION, emergency=False)
        [status] = send(client, invoice())
    assert status.outcome is Outcome.ACCEPTED


def test_key_that_is_refused_twice_is_given_up() -> None:
    refusal = answer("400 Bad Request", b'{"errors":[{"code":21470,"description":"x"}]}')
    key = listed(replace(KEY, usages=(KEY_ENCRYPTION,)))
    with scripted(answer(body=key), refusal, answer(body=key), refusal) as server:
        with (
            Client(local(server.url), access_token="t") as client,
            pytest.raises(Refused) as caught,
        ):
            client.open_online_session(SessionKey.generate(), now=MOMENT)
        assert caught.value.code == 21470
        assert len(server.requests) == 4


def test_other_refusals_do_not_fetch_keys() -> None:
    refusal = answer("400 Bad Request", b'{"errors":[{"code":21405,"description":"x"}]}')
    key = listed(replace(KEY, usages=(KEY_ENCRYPTION,)))
    with scripted(answer(body=key), refusal) as server:
        with Client(local(server.url), access_token="t") as client, pytest.raises(Refused):
            client.open_online_session(SessionKey.generate(), now=MOMENT)
        assert len(server.requests) == 2

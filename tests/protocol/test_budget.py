"""The rate budget: who keeps to it is never shut out."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from functools import partial

import pytest
from company import finish_login, log_in, now
from hypothesis import given, settings
from hypothesis import strategies as st
from replay import read_along
from scripted_server import answer, scripted
from wire import SELLER

from ksef import auth, tokens
from ksef.budget import (
    ALLOWANCE,
    DEFAULT_LIMITS,
    GLOBAL,
    Budget,
    Limit,
    LocalLedger,
    limits_from_values,
    limits_to_values,
)
from ksef.client import Client
from ksef.codes import Outcome
from ksef.crypto import SessionKey
from ksef.environment import local
from ksef.errors import NoAnswer, RateLimited, Unauthorized
from ksef.invoices import QUERY
from ksef.messages import Context
from ksef.query import InvoiceFilter, Role
from ksef.sessions import CLOSE_ONLINE, OPEN_ONLINE, SEND_INVOICE
from ksef.transport import DOWNLOAD
from simulator.panel import RunningSimulator

START = datetime(2026, 3, 2, 12, tzinfo=timezone.utc)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def spend(budget: Budget, operation: object, seconds: float) -> None:
    """A call that is answered at once."""
    begun = budget.begin(operation, now=at(seconds))  # type: ignore[arg-type]
    budget.finish(operation, begun, now=at(seconds))  # type: ignore[arg-type]


def test_everything_is_free_at_first() -> None:
    assert Budget().wait(QUERY, now=START) == 0


def test_eighth_call_of_a_second_has_to_wait_for_its_end() -> None:
    budget = Budget()
    for _ in range(8):
        spend(budget, QUERY, 0)
    assert budget.wait(QUERY, now=at(0.25)) == pytest.approx(0.75)
    with pytest.raises(RateLimited) as caught:
        budget.begin(QUERY, now=at(0.25))
    assert caught.value.retry_after == pytest.approx(0.75)
    assert caught.value.group == "invoiceMetadata"
    assert budget.wait(QUERY, now=at(1)) == 0


def test_windows_slide() -> None:
    budget = Budget()
    for index in range(16):
        spend(budget, QUERY, index * 3)
    assert budget.wait(QUERY, now=at(48)) == pytest.approx(12)
    spend(budget, QUERY, 60)
    assert budget.wait(QUERY, now=at(60)) == pytest.approx(3)


def test_hour_is_a_window_too() -> None:
    budget = Budget()
    for index in range(20):
        spend(budget, QUERY, index * 60)
    assert budget.wait(QUERY, now=at(1200)) == pytest.approx(2400)
    assert budget.wait(QUERY, now=at(3600)) == 0


def test_opening_and_closing_are_counted_apart() -> None:
    budget = Budget()
    for _ in range(10):
        spend(budget, OPEN_ONLINE, 0)
    assert budget.wait(OPEN_ONLINE, now=START) > 0
    assert budget.wait(CLOSE_ONLINE, now=START) == 0
    assert budget.wait(SEND_INVOICE, now=START) == 0


def test_each_of_the_other_operations_has_its_own_counter() -> None:
    budget = Budget()
    for _ in range(10):
        spend(budget, tokens.LIST, 0)
    assert budget.wait(tokens.LIST, now=START) > 0
    assert budget.wait(tokens.GENERATE, now=START) == 0


def test_all_operations_together_have_a_limit() -> None:
    budget = Budget(limits={**DEFAULT_LIMITS, GLOBAL: Limit(per_second=3)})
    for operation in (OPEN_ONLINE, SEND_INVOICE, CLOSE_ONLINE):
        spend(budget, operation, 0)
    assert budget.wait(auth.CHALLENGE, now=at(0.5)) == pytest.approx(0.5)


def test_links_are_not_limited() -> None:
    budget = Budget(limits={**DEFAULT_LIMITS, GLOBAL: Limit(per_second=0)})
    assert budget.wait(DOWNLOAD, now=START) == 0
    assert budget.begin(DOWNLOAD, now=START)


def test_group_that_is_closed_waits_a_whole_window() -> None:
    budget = Budget(limits={**DEFAULT_LIMITS, "invoiceMetadata": Limit(per_hour=0)})
    assert budget.wait(QUERY, now=START) == 3600


def test_call_under_way_counts_as_a_late_one() -> None:
    budget = Budget(limits={**DEFAULT_LIMITS, "invoiceMetadata": Limit(per_second=1)})
    begun = budget.begin(QUERY, now=START)
    assert budget.wait(QUERY, now=START) == pytest.approx(1 + ALLOWANCE)
    budget.finish(QUERY, begun, now=at(0.5))
    assert budget.wait(QUERY, now=at(0.5)) == pytest.approx(1)


def test_call_slower_than_the_allowance_is_counted_at_its_latest() -> None:
    budget = Budget()
    begun = budget.begin(QUERY, now=START)
    budget.finish(QUERY, begun, now=at(ALLOWANCE + 20))
    assert budget.calls[QUERY.counter] == [at(ALLOWANCE).timestamp()]


def test_being_shut_out_is_honoured_to_the_second() -> None:
    budget = Budget()
    budget.block(QUERY, 90, now=START)
    budget.block(QUERY, 30, now=START)
    assert budget.wait(QUERY, now=at(30)) == pytest.approx(60)
    assert budget.wait(QUERY, now=at(90)) == 0
    assert budget.wait(SEND_INVOICE, now=START) == 0


def test_clock_set_back_does_not_shut_us_out() -> None:
    budget = Budget()
    for _ in range(8):
        spend(budget, QUERY, 10_000)
    assert budget.wait(QUERY, now=START) == 0


def test_budget_survives_being_stored() -> None:
    budget = Budget()
    for index in range(5):
        spend(budget, SEND_INVOICE, index)
    budget.block(QUERY, 60, now=at(5))
    stored = json.loads(json.dumps(budget.to_values()))
    assert Budget.from_values(stored) == budget


def test_nothing_stored_is_an_empty_budget() -> None:
    assert Budget.from_values({}) == Budget()


def test_what_no_window_reaches_is_forgotten() -> None:
    budget = Budget()
    for index in range(100):
        spend(budget, QUERY, index * 3600)
    assert len(budget.calls[QUERY.counter]) <= 2


def test_limits_survive_being_stored() -> None:
    stored = json.loads(json.dumps(limits_to_values(DEFAULT_LIMITS)))
    assert limits_from_values(stored) == DEFAULT_LIMITS


def test_limits_of_tomorrow_are_read() -> None:
    values = {"perSecond": 1, "perMinute": -1, "perHour": 5}
    limits = limits_from_values({"invoiceSend": values, "surprise": values})
    assert limits["invoiceSend"] == Limit(per_second=1, per_hour=5)
    assert "surprise" not in limits
    assert limits["invoiceMetadata"] == DEFAULT_LIMITS["invoiceMetadata"]


LIMIT = Limit(per_second=2, per_minute=5, per_hour=12)
calls = st.lists(
    st.tuples(st.floats(0, 400), st.floats(0, 5), st.floats(0, 5)), min_size=1, max_size=60
)


@settings(max_examples=200)
@given(calls)
def test_server_never_counts_more_than_it_allows(
    plan: list[tuple[float, float, float]],
) -> None:
    """Pauses, the way there and the way back are arbitrary; the server counts in between."""
    budget = Budget(limits={**DEFAULT_LIMITS, "invoiceMetadata": LIMIT})
    moment, counted = 0.0, []
    for pause, there, back in plan:
        moment += pause
        moment += budget.wait(QUERY, now=at(moment)) + 1e-6
        begun = budget.begin(QUERY, now=at(moment))
        counted.append(moment + there)
        moment += there + back
        budget.finish(QUERY, begun, now=at(moment))
    for window, allowed in LIMIT.windows():
        for index in range(len(counted) - allowed):
            assert counted[index + allowed] - counted[index] >= window - 1e-3


@given(st.lists(st.floats(0, 4000), max_size=40), st.floats(0, 8000))
def test_time_to_wait_is_the_shortest(moments: list[float], moment: float) -> None:
    budget = Budget(limits={**DEFAULT_LIMITS, "invoiceMetadata": LIMIT})
    for each in sorted(moments):
        if budget.wait(QUERY, now=at(each)) == 0:
            spend(budget, QUERY, each)
    seconds = budget.wait(QUERY, now=at(moment))
    later = Budget(limits=budget.limits, calls=dict(budget.calls))
    assert later.wait(QUERY, now=at(moment + seconds + 1e-3)) == 0
    if seconds > 0.01:
        assert budget.wait(QUERY, now=at(moment + seconds - 0.01)) > 0


def test_client_does_not_call_beyond_its_budget() -> None:
    budget = Budget(limits={**DEFAULT_LIMITS, "anonymous": Limit(per_minute=1)})
    token = b'{"accessToken":{"token":"x","validUntil":"2026-03-02T12:00:00Z"}}'
    with (
        scripted(answer(body=token), answer(body=token)) as server,
        Client(local(server.url), budget=LocalLedger(budget, now)) as client,
    ):
        client.refresh("r")
        with pytest.raises(RateLimited) as caught:
            client.refresh("r")
        assert 0 < caught.value.retry_after <= 60
        assert len(server.requests) == 1


def test_client_remembers_that_it_was_shut_out() -> None:
    refusal = answer("429 Too Many Requests", b"{}", "Retry-After: 42")
    with (
        scripted(refusal, refusal) as server,
        Client(local(server.url), budget=LocalLedger(Budget(), now)) as client,
    ):
        for _ in range(2):
            with pytest.raises(RateLimited) as caught:
                client.refresh("r")
            assert caught.value.retry_after == pytest.approx(42, abs=1)
        assert len(server.requests) == 1


def test_failed_call_is_counted_as_well() -> None:
    budget = Budget(limits={**DEFAULT_LIMITS, "anonymous": Limit(per_minute=1)})
    with Client(local("http://127.0.0.1:9"), budget=LocalLedger(budget, now)) as client:
        with pytest.raises(NoAnswer):
            client.refresh("r")
        with pytest.raises(RateLimited):
            client.refresh("r")


class SharedTime:
    """The clock of the simulator and of the ledger, moved on together instead of waiting."""

    def __init__(self, simulator: RunningSimulator) -> None:
        self._simulator = simulator
        self._ahead = timedelta(0)
        self.waits: list[float] = []

    def __call__(self) -> datetime:
        return now() + self._ahead

    def wait(self, seconds: float) -> None:
        self._simulator.control.shift_clock(seconds)
        self._ahead += timedelta(seconds=seconds)
        self.waits.append(seconds)


class PatientCompany:
    """A client that waits for its turn, and refreshes its token when that is over."""

    def __init__(self, simulator: RunningSimulator, time: SharedTime) -> None:
        self._time = time
        ledger = LocalLedger(Budget(), time)
        self.client = read_along(Client(local(simulator.url), budget=ledger))
        token, context = simulator.control.token(SELLER), Context(value=SELLER)
        started = self.client.authenticate_with_token(token, context, now=now())
        assert finish_login(self.client, started).outcome is Outcome.ACCEPTED
        tokens = self.client.redeem(started.authentication_token.value)
        self.client.access_token = tokens.access_token.value
        self._refresh_token = tokens.refresh_token.value

    def do(self, call: Callable[[], object]) -> None:
        while True:
            try:
                call()
            except RateLimited as limit:
                self._time.wait(limit.retry_after)
            except Unauthorized:
                self.client.access_token = self.client.refresh(self._refresh_token).value
            else:
                return


def test_client_that_keeps_to_its_budget_is_never_shut_out(simulator: RunningSimulator) -> None:
    """Of queries and of sending, more than an hour allows: all three windows are met."""
    simulator.control.limits("production")
    simulator.control.delays(processing_seconds=0)
    time = SharedTime(simulator)
    company = PatientCompany(simulator, time)
    client, key = company.client, SessionKey.generate()
    session = client.open_online_session(key, now=now()).reference_number
    filters = InvoiceFilter(role=Role.BUYER, from_at=now() - timedelta(hours=1))
    for _ in range(185):
        company.do(partial(client.send_invoice, session, b"no invoice", key))
    for _ in range(25):
        company.do(partial(client.metadata_page, filters))
        company.do(client.rate_limits)
    statuses = [request["status"] for request in simulator.control.requests()]
    assert len([seconds for seconds in time.waits if seconds > 600]) >= 2, "no hour was ever full"
    assert 429 not in statuses


def test_limits_of_the_context_are_read(simulator: RunningSimulator) -> None:
    simulator.control.limits("production")
    with log_in(simulator) as client:
        limits = client.rate_limits()
    assert limits["invoiceSend"] == Limit(per_second=10, per_minute=30, per_hour=180)
    assert set(limits) == set(DEFAULT_LIMITS)

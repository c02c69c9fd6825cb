"""Latarnia: what it says, and that its silence means nothing."""

from __future__ import annotations

import pytest
from company import connect
from scripted_server import answer, scripted, unused_port

from ksef.client import Client
from ksef.environment import local
from ksef.errors import BadAnswer, KsefError
from ksef.latarnia import Availability
from simulator.panel import RunningSimulator

MESSAGE = {
    "id": "K/2026/AWR/02",
    "eventId": 7,
    "category": "FAILURE",
    "type": "FAILURE_START",
    "title": "Awaria",
    "text": "Trwa awaria",
    "start": "2026-03-02T10:00:00Z",
    "end": None,
    "version": 1,
    "published": "2026-03-02T10:05:00Z",
}


def test_lighthouse_shines(simulator: RunningSimulator) -> None:
    with connect(simulator) as client:
        assert client.system_state().availability is Availability.AVAILABLE
        assert client.announcements() == ()


def test_failure_is_announced(simulator: RunningSimulator) -> None:
    simulator.control.latarnia(status="FAILURE", messages=[MESSAGE])
    with connect(simulator) as client:
        state = client.system_state()
        [announced] = client.announcements()
    assert state.availability is Availability.FAILURE
    assert state.announcements == (announced,)
    assert (announced.event_id, announced.type) == (7, "FAILURE_START")
    assert announced.ends_at is None
    assert announced.starts_at.isoformat() == "2026-03-02T10:00:00+00:00"


def test_dark_lighthouse_means_nothing(simulator: RunningSimulator) -> None:
    simulator.control.latarnia(reachable=False)
    with connect(simulator) as client:
        assert client.system_state().availability is Availability.UNKNOWN
        with pytest.raises(KsefError):
            client.announcements()


def test_no_lighthouse_means_nothing() -> None:
    with Client(local(f"http://127.0.0.1:{unused_port()}")) as client:
        assert client.system_state().availability is Availability.UNKNOWN


@pytest.mark.parametrize(
    "body", [b'{"status":"TOMORROW"}', b"<html>", b"[]", b'{"status":"FAILURE","messages":[{}]}']
)
def test_strange_light_means_nothing(body: bytes) -> None:
    with scripted(answer(body=body)) as server, Client(local(server.url)) as client:
        assert client.system_state().availability is Availability.UNKNOWN


def test_anything_but_a_list_of_messages_is_a_bad_answer() -> None:
    with (
        scripted(answer(body=b"{}")) as server,
        Client(local(server.url)) as client,
        pytest.raises(BadAnswer),
    ):
        client.announcements()

"""Fixtures of the protocol tests: a simulator that is running, and its control panel."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings
from wire import SELLER, Wire

from simulator.panel import Control, RunningSimulator
from simulator.server import Simulator

# A machine with other work to do is no failure of ours.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def simulator_server() -> Iterator[Simulator]:
    """One simulator for the whole run: its RSA keys are the slow part of a start."""
    server = Simulator(port=0, fast=True)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def simulator(simulator_server: Simulator) -> RunningSimulator:
    """A simulator that remembers nothing of the test before: no documents, faults, limits."""
    control = Control(simulator_server.url)
    control.reset()
    return RunningSimulator(url=simulator_server.url, control=control)


@pytest.fixture
def control(simulator: RunningSimulator) -> Control:
    """The panel of a simulator that needs one look in vain for everything, but no time."""
    simulator.control.delays(processing_seconds=0, storage_seconds=0, hwm_lag_seconds=0)
    return simulator.control


@pytest.fixture
def wire(simulator: RunningSimulator, control: Control) -> Wire:
    """Nobody in particular."""
    return Wire(simulator.url)


@pytest.fixture
def seller(wire: Wire, control: Control) -> Wire:
    """The seller's program, logged in with a token that may read and write invoices."""
    return wire.login_with_token(SELLER, control.token(SELLER))

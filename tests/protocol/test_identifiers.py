"""Collective identifiers against the simulator."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from company import log_in, now, send
from invoices import invoice

from ksef import number
from ksef.errors import Refused
from ksef.identifiers import CollectedInvoice, Payment
from simulator.panel import RunningSimulator


def test_payment_of_two_invoices_gets_one_number(simulator: RunningSimulator) -> None:
    with log_in(simulator) as client:
        first, second = send(client, invoice("FV/1"), invoice("FV/2"))
        collected = [
            CollectedInvoice(
                ksef_number=first.ksef_number or "",
                payment=Payment(amount=Decimal("100.10"), currency="PLN"),
                description="zaliczka",
            ),
            CollectedInvoice(ksef_number=second.ksef_number or ""),
        ]
        made = client.create_collective_identifier(collected)
        assert number.is_valid_collective(made)
        hour = timedelta(hours=1)
        [listed] = client.collective_identifiers(now() - hour, now() + hour)
        [of_invoice] = client.collective_identifiers_of(first.ksef_number or "")
        entries = list(client.collected_invoices([made]))
    assert (listed.number, listed.invoice_count, listed.is_of_this_context) == (made, 2, True)
    assert (of_invoice.number, of_invoice.invoice_count) == (made, None)
    assert sorted((each.invoice for each in entries), key=str) == sorted(collected, key=str)
    assert {each.number for each in entries} == {made}


def test_invoice_that_is_not_there_cannot_be_collected(simulator: RunningSimulator) -> None:
    collected = [
        CollectedInvoice(ksef_number="5265877635-20250826-0100001AF629-AF"),
        CollectedInvoice(ksef_number="5265877635-20250626-010080DD2B5E-26"),
    ]
    with log_in(simulator) as client, pytest.raises(Refused) as caught:
        client.create_collective_identifier(collected)
    assert caught.value.code == 71001

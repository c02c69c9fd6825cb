"""Addresses of KSeF, and that a local one never leaves the machine."""

from __future__ import annotations

import pytest

from ksef.environment import DEMO, PRODUCTION, TEST, local


def test_official_addresses() -> None:
    assert PRODUCTION.api_url == "https://api.ksef.mf.gov.pl/v2"
    assert DEMO.api_url == "https://api-demo.ksef.mf.gov.pl/v2"
    assert TEST.api_url == "https://api-test.ksef.mf.gov.pl/v2"
    assert PRODUCTION.qr_url == "https://qr.ksef.mf.gov.pl"
    assert not any(environment.is_local for environment in (PRODUCTION, DEMO, TEST))


def test_local_addresses_hang_together() -> None:
    environment = local("http://127.0.0.1:8080/")
    assert environment.api_url == "http://127.0.0.1:8080/v2"
    assert environment.qr_url == "http://127.0.0.1:8080/qr"
    assert environment.latarnia_url == "http://127.0.0.1:8080/latarnia"
    assert environment.is_local


@pytest.mark.parametrize("url", ["http://localhost:1", "https://127.9.9.9", "http://[::1]:80"])
def test_this_machine_is_local(url: str) -> None:
    assert local(url).is_local


@pytest.mark.parametrize(
    "url",
    [
        "http://192.168.0.1",
        "https://api.ksef.mf.gov.pl",
        "http://127.0.0.1@example.com",
        "http://127.0.0.1.example.com",
        "http://example.com#127.0.0.1",
        "ftp://127.0.0.1",
        "127.0.0.1:80",
        "http://127.0.0.1:port",
        "http://[::1",
        "http://",
        "",
    ],
)
def test_any_other_machine_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="loopback"):
        local(url)

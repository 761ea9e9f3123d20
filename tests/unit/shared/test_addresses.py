from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steppewire.addresses import is_literal, is_public, network


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1%eth0",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
        "::127.0.0.1",
        "fec0::1",
        "2001:0:0:0:0:0:80ff:fffe",
        "not an address",
    ],
)
def test_private_reserved_and_disguised_addresses_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "8.8.8.8", "2a00:1450:4010:c0e::71", "::ffff:8.8.8.8"]
)
def test_public_addresses_are(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_an_address_mapped_into_ipv6_is_as_public_as_itself(
    address: ipaddress.IPv4Address,
) -> None:
    assert is_public(str(address)) == is_public(f"::ffff:{address}")


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "2130706433", "0x7f.1", "127.1", "10.1."])
def test_numeric_hosts_are_literals_in_every_spelling(host: str) -> None:
    assert is_literal(host)


@pytest.mark.parametrize("host", ["el.kz", "24.kz", "localhost", "1.example.kz", "xn--80a.kz"])
def test_names_are_no_literals(host: str) -> None:
    assert not is_literal(host)


def test_a_network_that_is_allowed_counts_as_public() -> None:
    allowed = (network("10.20.0.0/16"), network("fc00::1"))

    assert is_public("10.20.3.4", allowed)
    assert is_public("fc00::1", allowed)
    assert not is_public("10.21.3.4", allowed)
    assert not is_public("::ffff:10.21.3.4", allowed)


def test_what_is_no_network_is_refused_with_an_example() -> None:
    with pytest.raises(ValueError, match=r"10\.20\.0\.0/16"):
        network("10.20.0.0/99")

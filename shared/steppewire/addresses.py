"""Which network addresses we may connect to: public ones only (server-side request forgery)."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

Network = IPv4Network | IPv6Network

_NAT64 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
_COMPATIBLE = IPv6Network("::/96")


def is_public(address: str, allowed: Sequence[Network] = ()) -> bool:
    """Tell whether `address` (IPv4 or IPv6, numeric) is public and unicast, or an allowed one.

    An IPv6 address that carries an IPv4 one inside is as public as what it carries.
    """
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inner = _carried(ip) if isinstance(ip, IPv6Address) else None
    return any(ip in one for one in allowed) or _global(ip if inner is None else inner)


def network(text: str) -> Network:
    """Read `10.20.0.0/16` or a single address; raise ValueError with the remedy."""
    try:
        return ip_network(text, strict=False)
    except ValueError:
        raise ValueError(f"{text!r} is no network: give one such as 10.20.0.0/16") from None


def is_literal(host: str) -> bool:
    """Tell whether a URL's host is a numeric address rather than a name."""
    try:
        ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        # 2130706433, 0x7f.1 and 127.1 are addresses to a resolver; no top-level domain starts so
        return host.rstrip(".").rpartition(".")[2][:1].isdigit()
    return True


def _global(ip: IPv4Address | IPv6Address) -> bool:
    special = ip.is_multicast or ip.is_reserved or ip.is_unspecified
    site_local = isinstance(ip, IPv6Address) and ip.is_site_local  # fec0::/10
    return ip.is_global and not special and not site_local


def _carried(ip: IPv6Address) -> IPv4Address | None:
    if ip.ipv4_mapped:
        return ip.ipv4_mapped
    if ip.sixtofour:
        return ip.sixtofour
    if ip.teredo:
        return ip.teredo[1]
    if ip in _COMPATIBLE or any(ip in network for network in _NAT64):
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return None

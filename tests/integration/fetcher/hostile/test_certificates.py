"""Certificates: whom they are for, until when, and who says so."""

from __future__ import annotations

import pytest

from steppewire.errors import Verdict
from steppewire.testing.hostile import BAD, Ending, Hostile, names
from steppewire_fetcher.web import Web

CERTIFICATES = {
    "secure": "200",
    "chained": "200",
    "incomplete": "bad-certificate",
    "self-signed": "bad-certificate",
    "wrong-name": "bad-certificate",
    "wildcard": "bad-certificate",
    "expired": "bad-certificate",
    "future": "bad-certificate",
    "plain": "unreachable",
}


@pytest.mark.parametrize("fault", CERTIFICATES)
async def test_a_certificate_is_verified(hostile: Hostile, ending: Ending, fault: str) -> None:
    url = hostile.url(f"https://news.test:{{{fault}}}/")

    # robots.txt goes over the same connection: a bad certificate closes the host for now
    expected = CERTIFICATES[fault]

    assert await ending(url) == ("200" if expected == "200" else "robots-unknown")
    if expected != "200":
        web = Web(resolver=names(), allowed=[f"{BAD}/32"], trust=hostile.trust())
        with pytest.raises(Verdict, match=expected):
            await web.get(url, {}, limit=1000, timeout=8.0)
        await web.aclose()

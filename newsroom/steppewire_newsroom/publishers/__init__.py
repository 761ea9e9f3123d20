"""The publishers that the newsroom plays, listed in the open."""

from __future__ import annotations

from steppewire_newsroom.publishers import (
    elkz,
    gazeta,
    inform,
    kg24,
    kun,
    tengrinews,
    timesca,
    trouble,
    zakon,
)
from steppewire_newsroom.publishers.site import Site

SITES: tuple[Site, ...] = (
    zakon.RU,
    zakon.KK,
    elkz.SITE,
    tengrinews.SITE,
    inform.SITE,
    gazeta.SITE,
    kun.SITE,
    timesca.SITE,
    kg24.SITE,
    trouble.SITE,
)

"""A present and a place for all tests of dates: Almaty, in November 2026."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from steppewire.dates import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 11, 22, 10, 30, tzinfo=UTC), ZoneInfo("Asia/Almaty"))


@pytest.fixture(scope="session")
def clock_of_almaty() -> Clock:
    """The same for generated cases, which share one fixture."""
    return Clock(datetime(2026, 11, 22, 10, 30, tzinfo=UTC), ZoneInfo("Asia/Almaty"))

"""docs/reference/dates.md is true: every row of its tables is read as it says."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from steppewire.dates import Clock, read_date

PAGE = (Path(__file__).parents[3] / "docs/reference/dates.md").read_text("utf-8")
CLOCK = Clock(datetime(2026, 11, 22, 10, 30, tzinfo=UTC), ZoneInfo("Asia/Almaty"))
ROWS = re.findall(r"^\| (?!a page writes|---)(.+?) \| (\d{4}-[^|]+) \|$", PAGE, re.MULTILINE)


@pytest.mark.parametrize(("text", "told"), ROWS)
def test_a_row_is_read_as_it_says(text, told):
    found = read_date(text.replace(r"\|", "|"), CLOCK)

    assert datetime.fromisoformat(told).replace(tzinfo=None) == found.at.replace(tzinfo=None)
    assert found.has_time == (":" in told)
    assert not found.has_time or told[-6:] == found.at.isoformat()[-6:]


def test_every_language_of_central_asia_has_rows():
    assert len(ROWS) > 90

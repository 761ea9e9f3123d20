"""How long and how much is kept."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from steppewire.errors import ArchiveUnreachable
from steppewire_store.keeping import BREATH, EVERY, Bounds, keep_tidy, tidy

NOW = datetime(2026, 11, 26, tzinfo=UTC)


class Shelf:
    """An archive that has three pieces to remove, and notes what it was asked."""

    def __init__(self, *pieces: int | Exception) -> None:
        self.pieces = list(pieces)
        self.asked: list[dict[str, Any]] = []

    async def forget(self, **asked: Any) -> int:
        self.asked.append(asked)
        piece = self.pieces.pop(0) if self.pieces else 0
        if isinstance(piece, Exception):
            raise piece
        return piece

    async def forget_answers(self, before: datetime) -> int:
        self.asked.append({"answers": before})
        return 0

    async def forget_names(self, after: str = "") -> tuple[int, str | None]:
        return 1, None if after else "person/a"


async def test_pieces_are_removed_until_none_is_left_with_a_breath_between() -> None:
    shelf, pauses = Shelf(500, 500, 3), []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    assert await tidy(shelf, Bounds(30, 2), NOW, pause) == 1003  # type: ignore[arg-type]
    assert pauses == [BREATH] * 5, "three of articles, two of names"
    assert shelf.asked[-1] == {"answers": NOW - timedelta(days=60)}
    assert shelf.asked[0] == {"before": NOW - timedelta(days=30), "most_bytes": 2_000_000_000}


async def test_without_bounds_nothing_is_to_do() -> None:
    assert not Bounds()
    assert Bounds(days=1)
    assert Bounds(gigabytes=0.5)


@pytest.mark.parametrize(
    ("bounds", "days"), [(Bounds(7), 37), (Bounds(100), 200), (Bounds(gigabytes=1), 365)]
)
def test_answers_are_remembered_for_longer_than_articles_are_kept(
    bounds: Bounds, days: float
) -> None:
    assert bounds.memory_days == days


async def test_an_outage_is_waited_for_until_the_next_look() -> None:
    shelf, pauses = Shelf(ArchiveUnreachable("away"), 2), []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 5:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await keep_tidy(shelf, Bounds(days=1), now=lambda: NOW, pause=pause)  # type: ignore[arg-type]

    assert pauses == [EVERY, BREATH, BREATH, BREATH, EVERY]

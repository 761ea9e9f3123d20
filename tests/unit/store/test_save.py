"""The recipe: what becomes of a batch."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from steppewire.errors import ArchiveUnreachable, Retry, SettingError, SteppewireError
from steppewire.events import ArticleEnriched, ArticleStored
from steppewire.testing.articles import story
from steppewire_store.save import PATIENCE, save


class Away:
    """An archive that answers nothing but its error."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    async def save(self, events: Sequence[ArticleEnriched]) -> list[ArticleStored]:
        raise self.error

    def __getattr__(self, name: str) -> None:
        raise AssertionError(f"the store does not read: {name}")


@pytest.mark.parametrize("error", [ArchiveUnreachable("away"), SettingError("password changed")])
async def test_a_database_that_is_away_uses_up_nobodys_attempts(error: SteppewireError) -> None:
    answers = await save([story(1), story(2)], archive=Away(error))  # type: ignore[arg-type]

    assert len(answers) == 2
    for answer in answers:
        assert isinstance(answer, Retry)
        assert (answer.reason, answer.counted, answer.after) == ("database-away", False, PATIENCE)


async def test_any_other_fault_is_the_delivery_layers_to_judge() -> None:
    with pytest.raises(RuntimeError):
        await save([story(1)], archive=Away(RuntimeError("broken")))  # type: ignore[arg-type]

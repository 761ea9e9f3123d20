"""Events that were written before there were 25 types are still read."""

from __future__ import annotations

from typing import get_args

import pytest
from pydantic import ValidationError

from steppewire.archive.rows import NAMED
from steppewire.events import FORMER_TYPES, Entity, EntityType


@pytest.mark.parametrize(("former", "type_"), FORMER_TYPES.items())
def test_a_former_type_is_read_as_what_it_most_often_was(former: str, type_: str) -> None:
    assert Entity.model_validate({"type": former, "name": "x", "mentions": ()}).type == type_


def test_a_type_that_never_was_is_refused() -> None:
    with pytest.raises(ValidationError, match="PERSON"):
        Entity.model_validate({"type": "human", "name": "x", "mentions": ()})


def test_there_are_kaznerds_25_types_and_names_are_some_of_them() -> None:
    assert len(get_args(EntityType)) == 25
    assert set(get_args(EntityType)) >= NAMED

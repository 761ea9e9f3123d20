"""The lists of words and names that ship with the enricher, as TOML; none is code."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Any


@lru_cache(maxsize=8)
def read_list(name: str) -> dict[str, Any]:
    """Return the content of `<name>.toml`."""
    return tomllib.loads((files(__package__) / f"{name}.toml").read_text("utf-8"))


@lru_cache(maxsize=16)
def words_of(name: str) -> frozenset[str]:
    """Return one list of `common.toml` as a set of words."""
    return frozenset(read_list("common")[name].split())

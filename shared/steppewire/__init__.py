"""The shared language of the newswire: every service imports from here, never from another."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from steppewire.consume import (
        consume,
        consume_batches,
        consume_batches_sync,
        consume_sync,
    )

__all__ = ["consume", "consume_batches", "consume_batches_sync", "consume_sync"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """Load what reads the stream when it is asked for: events take half a second, most of it."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.consume"), name)

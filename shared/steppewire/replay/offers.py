"""What the installed services offer to a replay. No service is imported: each offers by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

from steppewire.errors import NotFound, PluginError, SettingError
from steppewire.plugins import STAGES_GROUP
from steppewire.rules import SiteRules

STAGES = {"parse": "parser", "enrich": "enricher"}
"""What can be run again, and the service that offers it."""


@dataclass(frozen=True)
class Offer:
    """A service's pure function, and the code that it is."""

    function: Callable[..., Any]
    code: str
    """Distribution and version: `steppewire-parser/0.1.0`."""


def stage_offer(stage: str) -> Offer:
    """Return today's code of a stage. Raises NotFound for an unknown stage, or SettingError."""
    if stage not in STAGES:
        raise NotFound(f"unknown stage {stage[:60]!r}; can be replayed: {', '.join(STAGES)}")
    entry = _entry(stage)
    if entry is None:
        service = STAGES[stage]
        raise SettingError(
            f"replaying `{stage}` needs steppewire-{service} installed beside this command: "
            f"pip install steppewire-{service}, or services/{service} of a checkout"
        )
    return _loaded(entry)


def todays_rules(folder: Path | None) -> tuple[Mapping[str, SiteRules], str]:
    """Return each source's rules today, and by what code; none where no fetcher is installed."""
    entry = _entry("rules")
    if entry is None:
        return {}, ""
    offer = _loaded(entry)
    return offer.function(folder), offer.code


def _entry(name: str) -> EntryPoint | None:
    return next(iter(entry_points(group=STAGES_GROUP, name=name)), None)


def _loaded(entry: EntryPoint) -> Offer:
    try:
        function = entry.load()
    except Exception as error:  # a package may raise anything on import
        raise PluginError(
            f"{entry.value} cannot be loaded: {type(error).__name__}: {error}; repair that package"
        ) from None
    code = f"{entry.dist.name}/{entry.dist.version}" if entry.dist else entry.value
    return Offer(function, code)

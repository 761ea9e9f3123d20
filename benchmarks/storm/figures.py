"""The figures: what a storm tells, how several are put together, and how they are shown. Pure."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ledger import Reckoning
from plan import Storm
from weather import Chronicle

Told = dict[str, Any]

_SUMMED = ("messages", "lost", "repeated", "strangers", "dead_letters")
_COUNTED = ("strokes", "found", "miscounted", "other_endings", "refused_by_the_gate",
            "workers_that_ended_by_themselves")  # fmt: skip


def tell(
    storm: Storm,
    chronicle: Chronicle,
    reckoning: Reckoning,
    *,
    seconds: float,
    again: int,
    dropped: int,
    exits: Mapping[int, int],
    refused: Mapping[int, int],
    clock: str,
) -> Told:
    """Return everything worth telling of one storm, ready for JSON."""
    return {
        "storm": storm.name,
        "crew": storm.crew,
        "store": storm.store,
        "seed": storm.seed,
        "messages": reckoning.messages,
        "seconds": round(seconds, 1),
        "strokes": {
            **dict(sorted(chronicle.strokes.items())),
            "replies of executed commits dropped": dropped,
        },
        "clock": clock,
        "found": reckoning.found,
        "lost": reckoning.lost,
        "repeated": reckoning.repeated,
        "strangers": reckoning.strangers,
        "untrue": reckoning.untrue,
        "miscounted": reckoning.miscounted,
        "places": reckoning.places,
        "dead_letters": reckoning.dead_letters,
        "other_endings": reckoning.endings,
        "entered_at_the_second_offer": again,
        "workers_that_ended_by_themselves": {str(code): n for code, n in sorted(exits.items())},
        "refused_by_the_gate": _refused(chronicle, refused),
        "clean": reckoning.clean,
        "samples": {
            "takeover": _rounded(chronicle.takeover),
            "takeover undisturbed": _rounded(chronicle.takeover_undisturbed),
            **{f"takeover, {cause}": _rounded(chronicle.takeover_through[cause])
               for cause in sorted(chronicle.takeover_through)},
            "reading after the broker answers": _rounded(chronicle.reading),
            "committing after the broker answers": _rounded(chronicle.committing),
        },
    }  # fmt: skip


def _refused(chronicle: Chronicle, refused: Mapping[int, int]) -> dict[str, int]:
    """Return how many commits the gate refused, and whose."""
    return {
        "workers stopped with work in hand": len(chronicle.stopped),
        "entries they held": chronicle.stopped_with,
        "refused to them": sum(n for pid, n in refused.items() if pid in chronicle.stopped),
        "refused in all": sum(refused.values()),
    }


def total(told: Sequence[Told]) -> Told:
    """Put storms together: sums, and the samples of all in one heap."""
    pooled: dict[str, list[float]] = {}
    for one in told:
        for name, values in one["samples"].items():
            pooled.setdefault(name, []).extend(values)
    result: Told = {name: sum(one[name] for one in told) for name in _SUMMED}
    result |= {name: _added(one[name] for one in told) for name in _COUNTED}
    result["untrue"] = [url for one in told for url in one["untrue"]]
    result["clock"] = "; ".join(sorted({one["clock"] for one in told}))
    result["seconds_s"] = {name: spread(values) for name, values in pooled.items()}
    result["clean"] = all(one["clean"] for one in told)
    return result


def _added(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    added: Counter[str] = Counter()
    for one in counts:
        added.update(one)
    return dict(added)


def _rounded(values: Sequence[float]) -> list[float]:
    return [round(value, 3) for value in values]


def spread(values: Sequence[float]) -> dict[str, float]:
    """Return count, median, 99th percentile and maximum."""
    if not values:
        return {"count": 0}
    cuts = statistics.quantiles(values, n=100, method="inclusive") if len(values) > 1 else values
    return {
        "count": len(values),
        "p50": round(statistics.median(values), 3),
        "p99": round(cuts[-1], 3),
        "max": round(max(values), 3),
    }


def lines(told: Told, title: str) -> list[str]:
    """Return what is printed of one storm, or of all together."""
    spreads = told.get("seconds_s") or {n: spread(v) for n, v in told["samples"].items()}
    shown = {
        name.replace("_", " "): value
        for name, value in told.items()
        if name not in _UNSHOWN and value not in ({}, [])
    }
    shown |= {f"{name} (s)": value for name, value in spreads.items()}
    return ["", title, *(f"  {name:40} {_words(value)}" for name, value in shown.items())]


_UNSHOWN = ("storm", "crew", "store", "seed", "messages", "seconds", "samples", "seconds_s")


def _words(value: Any) -> str:
    if not isinstance(value, dict):
        return str(value)
    return ", ".join(f"{name}: {number}" for name, number in value.items())

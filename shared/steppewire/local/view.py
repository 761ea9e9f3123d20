"""The live view in the terminal: stages, lag, failures, headlines. Pure: data in, rich out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from steppewire.streams import STAGES
from steppewire.terminal import clean

_STAGES = {
    "fetcher": "fetch",
    "parser": "parse",
    "enricher": "enrich",
    "store": "store",
    "notifier": "notify",
    "webhooks": "deliver",
}
_FAILURES = ("skip", "reject", "dead")


@dataclass
class Picture:
    """What is shown."""

    address: str
    data: str
    """Folder of the data; empty where it is not ours to know."""
    broker: str = ""
    """The broker's address, without its password; empty where it is not ours to know."""
    stats: Mapping[str, Any] | None = None
    """The answer of GET /stats; None while the API does not answer."""
    sources: Sequence[Mapping[str, Any]] = ()
    """The items of GET /sources."""
    headlines: Sequence[Mapping[str, Any]] = ()
    processes: Sequence[tuple[str, str, int]] = ()
    """Name, state, bytes of memory."""
    seconds: float = 0.0
    rates: Mapping[str, float] = field(default_factory=dict)
    """Stage -> articles a second since the last look."""
    trouble: Sequence[str] = ()


def render(picture: Picture) -> RenderableType:
    """Return the whole view."""
    parts: list[RenderableType] = [_title(picture), _stages(picture)]
    if failures := _failures(picture.stats):
        parts.append(Text("ended otherwise: " + failures, style="yellow"))
    if letters := dead_letters(picture.stats):
        where = where_dead(picture.stats)
        parts.append(
            Text(f"dead letters: {letters} ({where}; steppewire dead list)", style="yellow")
        )
    parts.extend(Text(clean(line), style="yellow") for line in source_lines(picture.sources))
    if picture.headlines:
        parts.append(_headlines(picture.headlines))
    if picture.processes or picture.data:
        parts.append(_processes(picture))
    parts.extend(Text(line, style="red") for line in (*broker_lines(picture), *picture.trouble))
    return Panel(Group(*parts), title="steppewire", subtitle="Ctrl-C stops", padding=(0, 1))


def _title(picture: Picture) -> Text:
    text = Text()
    text.append(picture.address, style="bold underline")
    text.append(f"   page and API · {picture.address}/docs · {int(picture.seconds)} s")
    return text


def _stages(picture: Picture) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("stage", style="bold")
    for column in (
        "done",
        "skipped",
        "rejected",
        "dead",
        "retries",
        "waiting",
        "delayed",
        "oldest",
        "a second",
    ):
        table.add_column(column, justify="right")
    for row in stage_rows(picture.stats):
        rate = picture.rates.get(row["stage"], 0.0)
        cells = [str(row[name]) for name in ("done", "skip", "reject", "dead", "retry")]
        cells += [str(row["waiting"]), str(row["delayed"]), age(row["oldest"])]
        cells += [f"{rate:.1f}" if rate else "·"]
        table.add_row(_STAGES.get(row["stage"], row["stage"]), *cells)
    return table


def stage_rows(stats: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Return one row for each stage from the answer of GET /stats."""
    rows = []
    for stage in (stats or {}).get("stages", []):
        totals = stage["totals"]
        row = {name: totals.get(name, 0) for name in ("done", "skip", "reject", "dead", "retry")}
        waiting = stage["lag"] + stage["pending"]
        oldest = max(stage.get("oldest_lag", 0.0), stage.get("oldest_pending", 0.0))
        more = {"waiting": waiting, "delayed": stage["delayed"], "oldest": oldest}
        rows.append({"stage": stage["stage"], **more, **row})
    return rows


def progress(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return in one line what is done and what waits; stages beside the path where they work."""
    path = {stage.group for stage in STAGES}
    told = (row for row in rows if row["stage"] in path or row["done"] or row["waiting"])
    return "  ".join(f"{row['stage']} {row['done']} (+{row['waiting']})" for row in told)


def changed(told: Sequence[str], trouble: Sequence[str]) -> Sequence[str]:
    """Return what a log is to say of trouble: each once, and that it is over."""
    if trouble == told:
        return ()
    return trouble or ["all is well again"]


def age(seconds: float) -> str:
    """Return an age in its largest unit: `·` for none, then `3 s`, `12 min`, `5 h`, `2 d`."""
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s" if seconds >= 1 else "·"


def dead_letters(stats: Mapping[str, Any] | None) -> int:
    """Return how many dead letters wait for somebody, over all stages."""
    return sum(stage.get("dead", 0) for stage in (stats or {}).get("stages", []))


def where_dead(stats: Mapping[str, Any] | None) -> str:
    """Return at which stages they lie: `fetch 2, parse 1`."""
    lying = [(s["stage"], s.get("dead", 0)) for s in (stats or {}).get("stages", [])]
    return ", ".join(f"{_STAGES.get(stage, stage)} {count}" for stage, count in lying if count)


def _failures(stats: Mapping[str, Any] | None) -> str:
    counts: dict[str, int] = {}
    for stage in (stats or {}).get("stages", []):
        for outcome in stage["outcomes"]:
            if outcome["outcome"] in _FAILURES:
                counts[outcome["reason"]] = counts.get(outcome["reason"], 0) + outcome["count"]
    ordered = sorted(counts.items(), key=lambda pair: -pair[1])
    return " · ".join(f"{reason} {count}" for reason, count in ordered[:8])


def broker_lines(picture: Picture) -> list[str]:
    """Return what is wrong with the broker, as the API tells it; nothing when all is well."""
    reason = (picture.stats or {}).get("broker", {}).get("reason", "")
    return [clean(reason)] if reason else []


def source_lines(sources: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return what is wrong with sources, a line each, at most three; nothing when all are well."""
    failing = [s for s in sources if (s.get("state") or {}).get("state") == "failing"]
    if not failing:
        return []
    lines = [f"{len(failing)} of {len(sources)} sources cannot be read:"]
    lines += [f"  {s['name']}: {s['state'].get('last_error', '')[:300]}" for s in failing[:3]]
    return lines


def _headlines(headlines: Sequence[Mapping[str, Any]]) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(style="cyan", no_wrap=True)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
    for item in headlines:
        # as clean Text: what a publisher wrote is shown, and never obeyed
        table.add_row(*(Text(clean(item[name])) for name in ("language", "source", "title")))
    return table


def _processes(picture: Picture) -> Text:
    text = Text(style="dim")
    for name, state, memory in picture.processes:
        text.append(f"{name} {memory / 2**20:.0f} MB  ", style="" if state == "running" else "red")
    if picture.data:
        text.append(f"data in {picture.data}")
    if picture.broker:
        text.append(f"\nbroker {picture.broker}")
    return text

"""`steppewire source`: which sources there are, and how each is doing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from getpass import getuser
from importlib.metadata import entry_points
from typing import Annotated, Any

import typer
from redis.asyncio import Redis
from rich.console import Console
from rich.table import Table

from steppewire.commands.reach import Data, RedisUrl, ask, broker_address
from steppewire.errors import BrokerUnreachable, NotFound, PluginError
from steppewire.health.reading import TOLD
from steppewire.health.remedies import remedy, remedy_of
from steppewire.near import hint
from steppewire.pauses import LONGEST_WHY, Pause, Pauses
from steppewire.plugins import CATALOGUES_GROUP, Source
from steppewire.streams import key

app = typer.Typer(
    help="Sources: which there are and how they are doing; try one, write a new one.",
    no_args_is_help=True,
)
Rows = dict[str, dict[str, Any]]
Catalogue = Callable[[], tuple[Iterable[Source], Iterable[PluginError]]]

IDLE = "not running"
"""State of a source that is declared here, and that the newswire asked does not know."""
_PIPE_WIDTH = 200
_SHOWN = ("source", "state", "last article", "last visit", "failures", "next visit", "why")
_NUMBERS = ("failures", "polls", "links_seen", "links_new", "links_listed")


@app.command("list")
def list_(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, of all.")] = False,
    all_: Annotated[
        bool, typer.Option("--all", help="Also those that the newswire does not run.")
    ] = False,
    redis_url: RedisUrl = None,
    data: Data = None,
) -> None:
    """Show all sources with their health; without a running newswire, what is declared."""
    rows = declared()
    try:
        address = broker_address(redis_url, data)
    except BrokerUnreachable as away:
        if data is not None:
            raise
        typer.echo(f"declared facts only: {away}", err=True)
    else:
        rows = merged(rows, ask(address, states))
    if as_json:
        typer.echo(json.dumps(list(rows.values()), ensure_ascii=False, indent=2))
    else:
        _print(rows.values(), all_=all_)


@app.command()
def pause(
    name: Annotated[str, typer.Argument(metavar="NAME", help="As `source list` shows it.")],
    why: Annotated[str, typer.Option(help="For whoever reads the list.")] = "",
    redis_url: RedisUrl = None,
    data: Data = None,
) -> None:
    """Stop looking at a source and fetching its pages, at once, until it is resumed."""
    asked = Pause(at=datetime.now(UTC), by=getuser(), why=why[:LONGEST_WHY])

    async def act(redis: Redis) -> bool:
        await _known(redis, name)
        return await Pauses(redis).pause(name, asked)

    done = ask(broker_address(redis_url, data), act)
    typer.echo(f"paused {name}" if done else f"{name} was paused already")


@app.command()
def resume(
    name: Annotated[str, typer.Argument(metavar="NAME", help="As `source list` shows it.")],
    redis_url: RedisUrl = None,
    data: Data = None,
) -> None:
    """Go on with a paused source: what waited is fetched, and its lists are read now."""

    async def act(redis: Redis) -> bool:
        await _known(redis, name)
        return await Pauses(redis).resume(name)

    done = ask(broker_address(redis_url, data), act)
    typer.echo(f"resumed {name}" if done else f"{name} was not paused")


async def _known(redis: Redis, name: str) -> None:
    pauses = Pauses(redis)
    if not await pauses.known(name) and name not in await pauses.names():
        meant = hint(name, await states(redis), "see `steppewire source list`")
        raise NotFound(f"no source {name[:60]!r} runs here; {meant}")


def declared() -> Rows:
    """Return what the installed packs say, if the fetcher is installed here; tell its faults."""
    rows: Rows = {}
    for point in entry_points(group=CATALOGUES_GROUP):
        load: Catalogue = point.load()
        sources, faults = load()
        for fault in faults:
            typer.echo(f"! {fault}", err=True)
        rows |= {source.name: described(source) for source in sources}
    return dict(sorted(rows.items()))


def described(source: Source) -> dict[str, Any]:
    """Return the declared facts of a source."""
    return {
        "name": source.name,
        "title": source.title,
        "home": source.home,
        "languages": list(source.languages),
        "country": source.country,
        "confidence": source.confidence,
        "checked": source.checked,
        "state": "declared",
    }


async def states(redis: Redis) -> Rows:
    """Return what the fetchers have written down of each source, and its health where told."""
    prefix = key("source.")
    found: Rows = {}
    async for name in redis.scan_iter(match=f"{_escaped(prefix)}*", count=1000, _type="HASH"):
        raw: Any = await redis.hgetall(name)
        state = {k.decode(): v.decode("utf-8", "replace") for k, v in raw.items()}
        found[name.decode().removeprefix(prefix)] = state
    health: Any = await redis.hgetall(key(TOLD))
    told = {name.decode(): json.loads(text) for name, text in health.items()}
    paused = await Pauses(redis).all()
    return {
        name: state_of(state, told.get(name, {}), paused.get(name))
        for name, state in sorted(found.items())
    }


def _escaped(prefix: str) -> str:
    return prefix.replace("[", "\\[").replace("{", "\\{")


def state_of(
    state: Mapping[str, str], health: Mapping[str, Any], paused: Pause | None = None
) -> dict[str, Any]:
    """Return a source's state in words for readers: whether somebody has paused it, else the health
    where it is told, else the visits.

    A failing visit is told at once; health judges over days.
    """
    warnings = {k.removeprefix("warning."): int(v) for k, v in state.items() if k[:8] == "warning."}
    known = {k: int(v) if k in _NUMBERS else v for k, v in state.items() if k[:8] != "warning."}
    visits = state.get("state", "new")
    ill = health.get("state") not in (None, "well", "learning")
    troubled = ill and visits != "removed"
    told = str(health["state"]) if troubled else visits
    why = str(health.get("why", "")) if troubled else _why(state, visits)
    if paused is not None and visits != "removed":
        told, why = "paused", _since(paused)
    return {
        **known,
        "languages": [tag for tag in state.get("languages", "").split(",") if tag],
        "country": state.get("country") or None,
        "state": told,
        "why": why,
        "remedy": _remedy(state, told, visits),
        "last_article": health.get("last_article"),
        "last_old_article": health.get("last_old_article"),
        "warnings": warnings,
    }


def _since(paused: Pause) -> str:
    told = f"by {paused.by}, {_moment(paused.at.isoformat())}"
    return f"{paused.why} ({told})" if paused.why else told


def _why(state: Mapping[str, str], visits: str) -> str:
    if visits == "removed":
        return "its file or package is gone"
    if visits == "failing":
        return state.get("last_error", "")
    # one that answers, and gives no articles, is not failing, and not well either
    return ", ".join(_warned(state))


def _warned(state: Mapping[str, str]) -> list[str]:
    return [slug for slug in state.get("last_warnings", "").split(",") if slug]


def _remedy(state: Mapping[str, str], told: str, visits: str) -> str:
    """Return what to do about it; empty where nothing is wrong, or nobody knows."""
    if visits == "failing":
        return remedy_of(state.get("last_error", ""))
    if visits == "removed" or told == "paused":
        return ""
    return next((text for slug in _warned(state) if (text := remedy(slug))), "")


def merged(rows: Rows, running: Rows) -> Rows:
    """Return declared facts with what runs over them; what runs comes first."""
    names = [*sorted(running), *sorted(rows.keys() - running)]
    idle = {"state": IDLE, "why": "declared here, unknown to this newswire"}
    return {
        name: {**rows.get(name, {}), **running[name]} if name in running else {**rows[name], **idle}
        for name in names
    }


def _print(rows: Iterable[Mapping[str, Any]], *, all_: bool) -> None:
    rows = list(rows)
    shown = [row for row in rows if all_ or row["state"] != IDLE]
    table = Table(*_SHOWN, box=None, pad_edge=False)
    for row in shown:
        table.add_row(
            row["name"],
            row["state"],
            last(row),
            _moment(row.get("last_poll")),
            str(row.get("failures", "")),
            _moment(row.get("next_poll")),
            str(row.get("why", "")),
        )
    console = Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = max(console.width, _PIPE_WIDTH)
    console.print(table)
    for row in shown:
        if what_to_do := row.get("remedy"):
            console.print(f"! {row['name']}: {what_to_do}", soft_wrap=True)
    if hidden := len(rows) - len(shown):
        console.print(f"{hidden} more are declared here, and not run by it: --all shows them")


def last(row: Mapping[str, Any]) -> str:
    """Return when the last article came; where only old ones came, when that was, marked so."""
    if row.get("last_article") or not row.get("last_old_article"):
        return _moment(row.get("last_article"))
    return f"{_moment(row['last_old_article'])} (old)"


def _moment(text: str | None) -> str:
    return text[:16].replace("T", " ") if text else ""

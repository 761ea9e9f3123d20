"""`steppewire dead`: look at what the stages gave up, put it back to work, or throw it away."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from redis.asyncio import Redis
from rich.console import Console

from steppewire.commands import letters_view as view
from steppewire.commands.reach import Data, Partitions, RedisUrl, ask, broker_address
from steppewire.commands.tables import print_wide
from steppewire.commands.when import span
from steppewire.delivery.gate import Gate
from steppewire.errors import SettingError
from steppewire.quarantine import Address, Letter, Quarantine, Selection, heaps, select

app = typer.Typer(
    help="Dead letters: what the stages gave up. Look at it, put it back to work, throw it away.",
    no_args_is_help=True,
)
T = TypeVar("T")
"""Columns of a table that goes into a pipe, where nobody can make the window wider."""

StageName = Annotated[
    str | None,
    typer.Option(
        "--stage", help="Only of this stage: fetch, parse, enrich, store, notify or deliver."
    ),
]
GroupName = Annotated[
    str | None, typer.Option("--group", help="Only of this consumer group, such as parser.")
]
Source = Annotated[str | None, typer.Option("--source", help="Only of this source.")]
Reason = Annotated[str | None, typer.Option("--reason", help="Only with this reason.")]
Since = Annotated[
    str | None,
    typer.Option(help="Only what died then or later: 2026-11-22T04:06 (UTC), or 2h (ago)."),
]
Until = Annotated[str | None, typer.Option(help="Only what died before then.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Ids = Annotated[
    list[str] | None, typer.Argument(metavar="ID", help="Ids, as `dead list --each` shows them.")
]
All = Annotated[bool, typer.Option("--all", help="All that there are.")]


@app.command("list")
def list_(
    stage: StageName = None,
    group: GroupName = None,
    source: Source = None,
    reason: Reason = None,
    since: Since = None,
    until: Until = None,
    each: Annotated[bool, typer.Option(help="A line for each letter, with its id.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="With --each: the newest so many.")] = 50,
    as_json: AsJson = False,
    redis_url: RedisUrl = None,
    data: Data = None,
    partitions: Partitions = 1,
) -> None:
    """Show where the trouble is: how many letters of each stage, source and reason."""
    selection = _selection(stage, group, source, reason, since, until)
    letters = _work(redis_url, data, partitions, lambda q: q.find(selection))
    if each:
        letters = sorted(letters, key=lambda letter: letter.last)
        _list_each(letters[-limit:], len(letters), as_json=as_json)
    else:
        _list_heaps(letters, as_json=as_json)


@app.command()
def show(
    id_: Annotated[str, typer.Argument(metavar="ID", help="As `dead list` shows it.")],
    full: Annotated[bool, typer.Option("--full", help="The whole payload, however long.")] = False,
    as_json: AsJson = False,
    redis_url: RedisUrl = None,
    data: Data = None,
) -> None:
    """Show all about one letter: cause, attempts, times, payload, traceback."""
    address = Address.parse(id_)
    fields = _work(redis_url, data, 1, lambda q: q.open(address))
    letter = Letter.read(address, fields)
    if as_json:
        _print_json(view.page_json(letter, fields))
    else:
        print_wide(view.letter_page(letter, fields, full=full))


@app.command()
def retry(
    ids: Ids = None,
    stage: StageName = None,
    group: GroupName = None,
    source: Source = None,
    reason: Reason = None,
    since: Since = None,
    until: Until = None,
    all_: All = False,
    pace: Annotated[
        float, typer.Option(min=0.1, show_default="all at once", help="Letters a second.")
    ] = math.inf,
    as_json: AsJson = False,
    redis_url: RedisUrl = None,
    data: Data = None,
    partitions: Partitions = 1,
) -> None:
    """Put letters back to work, with all their attempts before them. Twice has one effect.

    It may be broken off with Ctrl-C and begun again: what was put back is put back.
    """
    selection = _selection(stage, group, source, reason, since, until)
    meant = _meant(ids, selection, everything=all_)

    async def act(quarantine: Quarantine) -> tuple[int, int]:
        addresses = [letter.address for letter in await meant(quarantine)]
        return len(addresses), await quarantine.retry(addresses, pace=pace)

    found, done = _work(redis_url, data, partitions, act)
    _report("retried", found, done, as_json=as_json)


@app.command()
def drop(
    ids: Ids = None,
    stage: StageName = None,
    group: GroupName = None,
    source: Source = None,
    reason: Reason = None,
    since: Since = None,
    until: Until = None,
    all_: All = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
    redis_url: RedisUrl = None,
    data: Data = None,
    partitions: Partitions = 1,
) -> None:
    """Throw letters away for ever. Asks first, unless you say --yes."""
    selection = _selection(stage, group, source, reason, since, until)
    letters = _work(redis_url, data, partitions, _meant(ids, selection, everything=all_))
    if letters and not yes:
        _confirm(letters)
    # exactly what was shown: a letter that arrived while we asked stays
    addresses = [letter.address for letter in letters]
    done = _work(redis_url, data, partitions, lambda q: q.drop(addresses))
    _report("dropped", len(letters), done, as_json=as_json)


def _selection(
    stage: str | None,
    group: str | None,
    source: str | None,
    reason: str | None,
    since: str | None,
    until: str | None,
) -> Selection:
    begin, end = span(since, until, datetime.now(UTC))
    return select(stage=stage, group=group, source=source, reason=reason, since=begin, until=end)


def _work(
    redis_url: str | None,
    data: Path | None,
    partitions: int,
    act: Callable[[Quarantine], Awaitable[T]],
) -> T:
    async def work(redis: Redis) -> T:
        return await act(Quarantine(Gate(redis), partitions))

    return ask(broker_address(redis_url, data), work)


def _meant(
    ids: list[str] | None, selection: Selection, *, everything: bool
) -> Callable[[Quarantine], Awaitable[list[Letter]]]:
    """Return how to find the letters that a person means. Raises SettingError when it is unclear.

    Ids alone, or a selection alone: what both together mean, two people would tell differently.
    """
    ways = [bool(ids), selection.narrow, everything]
    if sum(ways) != 1:
        raise SettingError(
            "say which letters: ids, or --stage, --group, --source, --reason, --since, --until, "
            "or --all" + (" (one of the three)" if sum(ways) > 1 else "")
        )
    addresses = list(dict.fromkeys(Address.parse(text) for text in ids or ()))
    if addresses:
        return lambda quarantine: quarantine.letters(addresses)
    return lambda quarantine: quarantine.find(selection)


def _confirm(letters: list[Letter]) -> None:
    if not sys.stdin.isatty():
        raise SettingError(f"{_count(len(letters))} would be gone for ever: say --yes")
    Console(stderr=True).print(view.heap_table(heaps(letters)))
    typer.confirm(f"Throw {_count(len(letters))} away for ever?", abort=True, err=True)


def _list_heaps(letters: list[Letter], *, as_json: bool) -> None:
    grouped = heaps(letters)
    if as_json:
        _print_json([view.heap_json(heap) for heap in grouped])
    elif not letters:
        typer.echo("no dead letters")
    else:
        print_wide(view.heap_table(grouped))


def _list_each(letters: list[Letter], found: int, *, as_json: bool) -> None:
    if as_json:
        _print_json([view.letter_json(letter) for letter in letters])
    elif not letters:
        typer.echo("no dead letters")
    else:
        print_wide(view.letter_table(letters))
    if found > len(letters):
        typer.echo(f"the newest {len(letters)} of {found}: --limit shows more", err=True)


def _report(verb: str, found: int, done: int, *, as_json: bool) -> None:
    if as_json:
        _print_json({verb: done, "gone": found - done})
        return
    lacking = found - done
    gone = f"; {lacking} {'was' if lacking == 1 else 'were'} gone already" if lacking else ""
    typer.echo(f"{verb} {_count(done)}{gone}")


def _count(number: int) -> str:
    return f"{number} dead letter{'' if number == 1 else 's'}"


def _print_json(value: Any) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=2)
    # half an emoji, which a payload may have, is no UTF-8; as an escape it is good JSON
    typer.echo(text.encode("utf-8", "backslashreplace"))

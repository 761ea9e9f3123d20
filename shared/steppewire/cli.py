"""The command `steppewire`. Other distributions add commands by the entry point group
`steppewire.commands`: each names a function that typer can run; `source.new` is a command `new` of
the group `source`."""

from __future__ import annotations

import sys
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Annotated

import typer

from steppewire import __version__
from steppewire.commands import dead, source
from steppewire.commands.partitions import partitions
from steppewire.commands.recover import recover
from steppewire.commands.replay import replay
from steppewire.commands.top import top
from steppewire.errors import SteppewireError
from steppewire.local.newswire import Newswire
from steppewire.local.plan import Options

app = typer.Typer(
    help="An open newswire that anyone can run.", no_args_is_help=True, add_completion=False
)

GROUPS = {"dead": dead.app, "source": source.app}
for _name, _group in GROUPS.items():
    app.add_typer(_group, name=_name)
app.command()(recover)
app.command()(replay)
app.command()(top)
app.command()(partitions)

Data = Annotated[Path, typer.Option(help="Folder of everything that is kept.")]
RedisUrl = Annotated[
    str | None,
    typer.Option(envvar="STEPPEWIRE_REDIS_URL", help="Broker; without it an embedded one."),
]
Database = Annotated[
    str | None,
    typer.Option(envvar="STEPPEWIRE_DATABASE", help="sqlite:///path or postgresql://user@host/db."),
]
Port = Annotated[
    int | None,
    typer.Option(envvar="STEPPEWIRE_API_PORT", help="Port of the page; else 8080 or a free one."),
]
Host = Annotated[
    str, typer.Option(envvar="STEPPEWIRE_API_HOST", help="Address that the page listens on.")
]


@app.command()
def run(
    data: Data = Path("var"),
    redis_url: RedisUrl = None,
    database: Database = None,
    port: Port = None,
    host: Host = "127.0.0.1",
    source: Annotated[
        list[str] | None, typer.Option(help="Run only this source; may be given again.")
    ] = None,
    site: Annotated[
        list[str] | None, typer.Option(help="Also read this site; may be given again.")
    ] = None,
    sources_dir: Annotated[
        Path | None, typer.Option(help="Folder of TOML sources. [default: DATA/sources]")
    ] = None,
) -> None:
    """Run the newswire: broker, all services, page. Ctrl-C stops; a second start goes on."""

    def settings() -> dict[str, str]:
        folder = sources_dir or data / "sources"
        folder.mkdir(parents=True, exist_ok=True)
        chosen = {"STEPPEWIRE_SOURCES_DIR": str(folder.resolve())}
        if source:
            chosen["STEPPEWIRE_SOURCES"] = ",".join(source)
        if site:
            chosen["STEPPEWIRE_SITES"] = ",".join(site)
        return chosen

    Newswire(Options(data, redis_url, database, port, host), settings=settings).run()


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(__version__)


def main() -> None:
    """Run the command; an error of ours is one line, and its exit status."""
    added = [_added(entry) for entry in entry_points(group="steppewire.commands")]
    for name in source.LENT:
        if f"source.{name}" not in added:
            source.app.command(name, context_settings={"ignore_unknown_options": True})(
                source.needs_fetcher(name)
            )
    try:
        app()
    except SteppewireError as error:
        print(f"steppewire: {error}", file=sys.stderr)
        sys.exit(error.exit_code)


def _added(entry: EntryPoint) -> str:
    """Add a command that another distribution brings, as `command` or `group.command`."""
    group, _, name = entry.name.rpartition(".")
    GROUPS.get(group, app).command(name)(entry.load())
    return entry.name


if __name__ == "__main__":
    main()

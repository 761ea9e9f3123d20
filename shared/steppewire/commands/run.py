"""`steppewire run`: the whole newswire on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from steppewire.commands.reach import ask
from steppewire.local.newswire import Newswire
from steppewire.local.plan import Options

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
        Path | None, typer.Option(help="Folder of TOML sources.", show_default="DATA/sources")
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

    if redis_url:  # a broker of somebody else's: told now, and not by each service in its log
        ask(redis_url, lambda redis: redis.ping())
    Newswire(Options(data, redis_url, database, port, host), settings=settings).run()

"""`steppewire webhooks test`: the notifier's part, for it alone knows the way out."""

from __future__ import annotations

import asyncio

import typer

from steppewire.commands.reach import Data, Database, database_address
from steppewire.commands.webhooks import Id
from steppewire.settings import load
from steppewire_notifier import trial
from steppewire_notifier.settings import NotifierSettings


def try_out(context: typer.Context, id_: Id, data: Data = None, database: Database = None) -> None:
    """Send a signed message of the type `webhook.test`, and say what came back.

    How the webhook fares is not changed by it. Networks of your own, which the notifier may
    connect to, are told by STEPPEWIRE_WEBHOOK_NETWORKS here, too.
    """
    url = database_address(context, database, data)
    answer = asyncio.run(trial.try_out(load(NotifierSettings), url, id_))
    typer.echo(f"{id_}: {answer}", err=not answer.taken)
    raise typer.Exit(0 if answer.taken else 1)

"""The process of a service, from its settings to its exit status."""

from __future__ import annotations

import asyncio
import gc
import signal
import sys
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from steppewire import logs
from steppewire.broker.service import S, Service
from steppewire.errors import SteppewireError
from steppewire.settings import helped, load
from steppewire.tasks import end_others

log = logs.get(__name__)


def run(
    name: str, model: type[S], wire: Callable[[Service[S]], AbstractAsyncContextManager[None]]
) -> None:
    """Run a service until SIGTERM or SIGINT. The whole `main` of a service.

    What is wrong with settings or broker is told in one line; the exit status is the error's.
    """
    try:
        if helped(name, model, sys.argv[1:]):
            return
        settings = load(model)
        logs.configure(name, level=settings.log_level, style=settings.log_format)
        asyncio.run(_run(name, settings, wire))
    except SteppewireError as error:
        print(f"steppewire-{name}: {error}", file=sys.stderr)
        sys.exit(error.exit_code)


async def _run(
    name: str, settings: S, wire: Callable[[Service[S]], AbstractAsyncContextManager[None]]
) -> None:
    service = Service(name, settings)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, service.stop)
    try:
        async with wire(service):
            spare_the_collector()
            await service.serve()
    finally:
        await service.close()
        if left := await end_others():
            log.debug("left_over", tasks=left)


def spare_the_collector() -> None:
    """Let the garbage collector look less often, and never at what is there for good.

    Events are trees without cycles: they go when nobody holds them. By default a batch of a hundred
    sets the collector off many times, which cost a quarter of a worker's time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)

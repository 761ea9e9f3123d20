"""The command `steppewire-newsroom`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

import uvicorn

from steppewire_newsroom.app import build
from steppewire_newsroom.desk import Desk, hosts, reroute
from steppewire_newsroom.serving import config, listen

_EX_UNAVAILABLE = 69


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("steppewire-newsroom", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=8700, help="port; 0 takes a free one")
    parser.add_argument("--delay", type=float, default=0, metavar="MS", help="latency of answers")
    parser.add_argument(
        "--reroute", action="store_true", help="print the value of STEPPEWIRE_REROUTE and leave"
    )
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> None:
    """Run until SIGINT or SIGTERM."""
    args = _arguments(argv)
    if args.reroute:
        print(reroute(args.port, args.host))
        return
    try:
        sock = listen(args.host, args.port)
    except OSError as error:
        print(
            f"newsroom: cannot listen on {args.host}:{args.port}: {error.strerror}; "
            "choose another port with --port, or --port 0 for a free one",
            file=sys.stderr,
        )
        raise SystemExit(_EX_UNAVAILABLE) from None
    port = sock.getsockname()[1]
    print(f"newsroom: http://{args.host}:{port}/ plays {', '.join(hosts())}", flush=True)
    uvicorn.Server(config(build(Desk(), args.delay / 1000))).run(sockets=[sock])

"""All variants in turn, round after round, each in a process of its own."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from fetch.hosts import addresses, play_name_server, warm_up
from fetch.meter import Figures
from fetch.peers import httpx, scrapy

ROOT = Path(__file__).parents[2]
SCRAPY = ROOT / ".venv" / "bench" / "bin" / "python"
"""Scrapy has an environment of its own: `make bench-fetch` makes it."""
MODULE = ("-m", "fetch")
VARIANTS = ("steppewire", "steppewire, visits", "Scrapy", "Scrapy, kept", "httpx")


def child(variant: str, urls: list[str], broker: str, folder: Path) -> Figures:
    """Run one variant in this process, which loads nothing that the variant does not need."""
    play_name_server()
    if variant.startswith("Scrapy"):
        return scrapy(urls, folder, keep="kept" in variant)
    from steppewire import logs

    logs.configure("bench", level="ERROR")
    logging.disable(logging.WARNING)  # FastStream tells of every task that ends
    if variant == "httpx":
        return asyncio.run(httpx(urls))
    from fetch.ours import ours, visits

    run = {"steppewire": ours, "steppewire, visits": visits}[variant]
    return asyncio.run(run(urls, folder, broker))


def run_variant(name: str, args: argparse.Namespace, port: int) -> Figures:
    from steppewire.valkey import Valkey

    python = str(SCRAPY) if name.startswith("Scrapy") else sys.executable
    with tempfile.TemporaryDirectory() as folder, Valkey(Path(folder) / "broker") as broker:
        work = Path(folder) / "work"
        work.mkdir()
        command = [python, *MODULE, "--variant", name, "--url", broker.url, "--port", str(port)]
        command += ["--pages", str(args.pages), "--hosts", str(args.hosts), "--folder", str(work)]
        output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    result: Figures = json.loads(output.splitlines()[-1])
    return result


def compare(args: argparse.Namespace) -> dict[str, list[Figures]]:
    """Run all variants in turn, round after round: what disturbs one disturbs all."""
    server = subprocess.Popen([sys.executable, *MODULE, "--serve"], stdout=subprocess.PIPE)
    runs: dict[str, list[Figures]] = {name: [] for name in args.only or VARIANTS}
    try:
        assert server.stdout is not None
        port = int(server.stdout.readline())
        print("making the pages …", file=sys.stderr)
        warm_up(addresses(args.pages, args.hosts, port), port)
        for number in range(args.rounds):
            for name, found in runs.items():
                print(f"round {number + 1} of {args.rounds}: {name} …", file=sys.stderr)
                found.append(run_variant(name, args, port))
    finally:
        server.terminate()
        server.wait()
    return runs


def report(runs: dict[str, list[Figures]]) -> None:
    def median(name: str, figure: str) -> float:
        return statistics.median(run.get(figure, 0.0) for run in runs[name])

    rounds = len(next(iter(runs.values())))
    counted = max(median(name, "counted") for name in runs)
    print(f"\n{counted:.0f} pages counted, medians of {rounds} rounds\n")
    heads = ("pages/CPU-s", "times Scrapy", "peak MB", "broker us", "pages/s")
    print(f"{'':20}" + "".join(f"{head:>14}" for head in heads))
    for name in runs:
        cpu = median(name, "per_cpu")
        beside = cpu / median("Scrapy", "per_cpu") if "Scrapy" in runs else 0.0
        print(
            f"{name:20}{cpu:14.0f}{beside:14.2f}{median(name, 'peak_mb'):14.0f}"
            f"{median(name, 'server_us'):14.0f}{median(name, 'per_wall'):14.0f}"
        )

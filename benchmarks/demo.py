"""The demo, measured: start-up time, articles a second through all stages, memory of each process.

    python benchmarks/demo.py [--rounds R]

Each round starts from nothing: the newsroom, then broker, database and services, each a process
of its own, as `make demo` does. Medians are printed. Start-up ends when the API says it is ready;
the rate counts from the first link discovered to the last article stored, the warming of the
parser's and the enricher's child processes included.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

from steppewire.local.processes import Program
from steppewire.ports import free_port
from steppewire.testing.newswire import Running, newswire
from steppewire_newsroom.demo import settings
from steppewire_newsroom.truth import truth

ARTICLES = len({article.url for article in truth()})
_PATIENCE = 120.0


def round_trip(folder: Path) -> tuple[dict[str, float], dict[str, float]]:
    """Run the demo once; return its times and the peak memory of each process in MB."""
    port = free_port()
    command = [sys.executable, "-m", "steppewire_newsroom", "--port", str(port)]
    newsroom = Program("newsroom", command, {}, folder / "logs" / "newsroom.log")
    started = time.monotonic()
    marks: dict[str, float] = {}
    memory: dict[str, float] = {}
    with newswire(folder, settings(port), extra=[newsroom]) as running:
        while "stored" not in marks:
            if time.monotonic() - started > _PATIENCE:
                sys.exit(f"the demo did not finish in {_PATIENCE:.0f} s\n{running.logs()}")
            look(running, marks, time.monotonic() - started)
            for program in running.programs:
                memory[program.name] = max(memory.get(program.name, 0), program.memory / 2**20)
            time.sleep(0.1)
    seconds = marks["stored"] - marks["discovered"]
    return {"ready": marks["ready"], "seconds": seconds, "rate": ARTICLES / seconds}, memory


def look(running: Running, marks: dict[str, float], now: float) -> None:
    """Note what has been reached."""
    if "ready" not in marks:
        if running.get("/health/ready"):
            marks["ready"] = now
        return
    stats = running.get("/stats") or {"streams": [], "stages": []}
    added = {stream["name"]: stream["added"] for stream in stats["streams"]}
    if added.get("articles.discovered"):
        marks.setdefault("discovered", now)
    # the challenge pages stay delayed for a quarter of an hour, and are none of our articles
    waiting = sum(stage["lag"] + stage["pending"] for stage in stats["stages"])
    if added.get("articles.stored", 0) >= ARTICLES and not waiting:
        marks["stored"] = now


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    results = []
    for number in range(rounds):
        print(f"round {number + 1} of {rounds} …", file=sys.stderr)
        with tempfile.TemporaryDirectory() as folder:
            results.append(round_trip(Path(folder)))
    middle = {
        name: statistics.median(times[name] for times, _ in results) for name in results[0][0]
    }
    print(f"\n{ARTICLES} articles, medians of {rounds} rounds\n")
    print(f"ready after               {middle['ready']:6.1f} s")
    print(f"first link to last record {middle['seconds']:6.1f} s")
    print(f"articles a second         {middle['rate']:6.1f}\n")
    for name in results[0][1]:
        peak = statistics.median(memory[name] for _, memory in results)
        print(f"{name:10} {peak:6.0f} MB")


if __name__ == "__main__":
    main()

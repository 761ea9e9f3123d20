"""The storm: articles through all stages while everything they need is killed, again and again.

    python benchmarks/storm [--messages 20000] [--seed 1] [--store sqlite|postgresql|both]
                            [--jobs 1] [--json FILE] [--pace 350] [--absence 60] [--pages N]

MESSAGES is the total. Of 20,000, 200 on each database are pages that our five services, as they
are, find, fetch over HTTP, parse, enrich, store and tell (`real`: 1 in 100 for each database, at
most 1,000, published over 45 s; they compute for 20 ms each, and each death costs them seconds of
starting up). The rest are links that go through stages which compute next to nothing (`light`),
half of them on each database: only so can 20,000, or 1,000,000, pass in time. What delivers them is
real in both: the broker (Valkey, append-only file synced every second), the delivery layer, the
store and its database (SQLite in WAL mode; PostgreSQL with fsync), all in processes of their own,
two or three for each stage.

Struck are, each on its own dice: a worker with -9 every 350 ms (where the crew is real, every
1.5 s); child processes of parser and enricher with -9; the broker with -9, and started again up to
2.5 s later; PostgreSQL, crashed and restarted, and under the light crew first of all away for a
full minute (--absence), and again every four minutes; under the real one for 5 s; a worker stopped
for 1.5 to 4 leases, then let go on; the replies of commits that did execute; the broker's clock, by
up to an hour ahead and back. The seed fixes the plan of the strokes; what they hit is up to the
operating system. The lease is 1 s. MAX_DELIVERIES is 1000, not 10: these messages are innocent, and
with a death every 350 ms an innocent one may go down with its worker many times.

--jobs N runs N storms side by side, each with servers, workers and seed of its own; light ones draw
from one supply. --at-most S sends nothing more after S seconds.

Afterwards every message must be once in articles.stored, once in the database (one article, one
version, one answer), and once in each stage's tally; and the API must tell of every page what the
page said. The figures go to var/storm.json, too. Last line: `lost N repeated N`; the exit status
is 1 when anything is lost, repeated, untrue or counted wrongly, and 70 when the storm itself broke.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import json
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from plan import Storm, Wishes, plan

BROKEN = 70
"""EX_SOFTWARE: the storm itself failed, and proves nothing."""
_EVERY = 30.0
"""Seconds between two lines of progress where there is no terminal."""
_STORES = {
    "sqlite": ("sqlite",),
    "postgresql": ("postgresql",),
    "both": ("sqlite", "postgresql"),
}


class Run:
    """Storms in processes of their own, some at a time; what they tell, as it comes."""

    def __init__(self, storms: list[Storm], jobs: int, folder: Path) -> None:
        self.storms, self.folder = storms, folder
        self.told: list[dict[str, Any]] = []
        self.broken: list[str] = []
        self._lately: dict[str, str] = {}
        self._room = asyncio.Semaphore(jobs)
        self._began = self._shown = time.monotonic()

    @property
    def clean(self) -> bool:
        """Whether every storm ran to its end and found nothing."""
        return len(self.told) == len(self.storms) and all(one["clean"] for one in self.told)

    async def all(self) -> None:
        """Run them all."""
        async with asyncio.TaskGroup() as tasks:
            for storm in self.storms:
                tasks.create_task(self._one(storm))

    async def _one(self, storm: Storm) -> None:
        async with self._room:
            folder = Path(tempfile.mkdtemp(prefix="storm-", dir=self.folder))
            command = [sys.executable, str(Path(__file__).parent), "--alone", _packed(storm)]
            process = await asyncio.create_subprocess_exec(
                *command, str(folder), stdout=asyncio.subprocess.PIPE, limit=1 << 24
            )
            try:
                told = await self._listen(process, storm.name)
            finally:
                if process.returncode is None:
                    process.terminate()
                    await process.wait()
            self._lately.pop(storm.name, None)
            self._end(storm, told, process.returncode)

    async def _listen(
        self, process: asyncio.subprocess.Process, name: str
    ) -> dict[str, Any] | None:
        assert process.stdout is not None
        told = None
        async for line in process.stdout:
            said = json.loads(line)
            if "figures" in said:
                told = said["figures"]
            else:
                self._progress(name, said["progress"])
        await process.wait()
        return told

    def _end(self, storm: Storm, told: dict[str, Any] | None, status: int | None) -> None:
        from figures import lines

        _wipe()
        if told is None:
            self.broken.append(storm.name)
            print(f"\n{storm.name}: the storm itself broke (status {status})", flush=True)
            return
        self.told.append(told)
        title = f"{storm.name}: {told['messages']:,} messages in {told['seconds']} s"
        print("\n".join(lines(told, title)), flush=True)

    def _progress(self, name: str, text: str) -> None:
        """Tell how far it is: on a terminal at once, elsewhere in a line now and then."""
        self._lately[name] = text
        now = time.monotonic()
        if sys.stderr.isatty():
            _wipe("; ".join(self._lately.values()))
        elif now - self._shown >= _EVERY:
            self._shown = now
            running = "; ".join(f"{name}: {text}" for name, text in self._lately.items())
            print(f"[{now - self._began:.0f} s] {running}", file=sys.stderr, flush=True)


def _wipe(text: str = "") -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def _packed(storm: Storm) -> str:
    return json.dumps(dataclasses.asdict(storm), default=str)


def alone(packed: str, folder: Path) -> int:
    """Run one storm in this process; say everything in lines of JSON."""
    from voyage import sail

    from steppewire.orphans import end_with_parent

    if end_with_parent is not None:
        end_with_parent()
    given = json.loads(packed)
    if given["supply"]:
        given["supply"] = Path(given["supply"])
    said_at = 0.0

    def tell(text: str) -> None:
        nonlocal said_at
        if time.monotonic() - said_at > 0.5:
            said_at = time.monotonic()
            print(json.dumps({"progress": text}), flush=True)

    told = asyncio.run(sail(Storm(**given), folder, tell))
    print(json.dumps({"figures": told}), flush=True)
    return 0


def main() -> int:
    """Run the storms that were asked for; return the exit status."""
    if sys.argv[1:2] == ["--alone"]:
        return alone(sys.argv[2], Path(sys.argv[3]))
    given = _arguments()
    wishes = Wishes(
        messages=given.messages,
        stores=_STORES[given.store],
        seed=given.seed,
        jobs=given.jobs,
        pace=given.pace,
        absence=given.absence,
        pages=given.pages,
        at_most=given.at_most,
    )
    began = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="storm-"))
    run = Run(plan(wishes, folder / "supply"), given.jobs, folder)
    try:
        asyncio.run(run.all())
    finally:
        if run.clean:
            shutil.rmtree(folder, ignore_errors=True)
        else:
            print(f"\nwhat the servers and workers left: {folder}", file=sys.stderr)
    return _report(given, run, time.monotonic() - began)


def _report(given: argparse.Namespace, run: Run, seconds: float) -> int:
    from figures import lines, total

    result: dict[str, Any] = {"broken": run.broken, "wall_seconds": round(seconds, 1)}
    if run.told:
        result |= total(run.told)
        if len(run.told) > 1:
            title = f"all together: {result['messages']:,} messages in {seconds:.1f} s"
            print("\n".join(lines(result, title)))
    given.json.parent.mkdir(parents=True, exist_ok=True)
    written = {**result, "storms": run.told}
    given.json.write_text(json.dumps(written, indent=1, ensure_ascii=False) + "\n", "utf-8")
    print(f"\nfigures: {given.json}")
    if run.broken:
        print(f"broken, and proving nothing: {', '.join(run.broken)}")
    print(f"lost {result.get('lost', 0)} repeated {result.get('repeated', 0)}")
    if run.broken:
        return BROKEN
    return 0 if result["clean"] else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "storm", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--store", choices=_STORES, default="both")
    parser.add_argument("--jobs", type=int, default=1, help="storms side by side")
    parser.add_argument("--json", type=Path, default=Path("var/storm.json"), help="for the figures")
    parser.add_argument("--pace", type=float, default=350, help="messages a second; 0: no limit")
    parser.add_argument("--absence", type=float, default=60, help="seconds PostgreSQL stays away")
    parser.add_argument("--pages", type=int, help="pages for the real services, a database")
    parser.add_argument("--at-most", type=float, default=0, help="seconds; then nothing is sent")
    given = parser.parse_args()
    if given.messages < 100 or given.jobs < 1:
        parser.error("give at least 100 messages and 1 job")
    return given


if __name__ == "__main__":
    sys.exit(main())

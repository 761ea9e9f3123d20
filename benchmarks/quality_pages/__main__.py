"""How well pages are read, beside other tools in the same run.

    make quality-pages DATA=FOLDER [ARGS="--part dev --limit 40 --sets a,b --tools steppewire,…"]

DATA is a set (a folder with `truth.json` and `pages/`), a folder of sets, or of archives of sets
(`.tar.xz`). `truth.json` maps an id to `file`, `url`, `body`, `title`, `date`, `authors`, `with`,
`without` (null where unknown), and `page_type` where it may be no article.

Every tool reads the same list of pages in a process of its own, one page after another. Ours is
`steppewire parse --jsonl --jobs 1`, with whatever that finds installed here; pages whose address
belongs to a registered source are read by its rules, as always.

Hosts are split: those with crc32(host without www.) % 4 == 0 are held out, the others are for
development. `--part all` tells both, apart. The pages of held-out hosts are never named here.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress

from quality_pages import report
from quality_pages.scores import Judged, Total, judge, worst
from quality_pages.sets import PARTS, Page, chosen, folders, load
from quality_pages.tools import BENCH, OURS, OURS_ALONE, TELLS, Cost, run, versions

EVERYTHING = "all sets"
WIDE = 180
"""Columns of a table that goes into a pipe."""
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
USUAL = [tool for tool in TELLS if tool != OURS_ALONE]


def main() -> None:
    options = arguments()
    console = Console(width=None if sys.stdout.isatty() else WIDE)
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        pages = pages_of(options, scratch)
        progress = stack.enter_context(Progress(console=Console(stderr=True)))
        result = measured(pages, options, progress)
    for part, sets in result["parts"].items():
        for name, rows in sets.items():
            console.print(report.table(part, name, rows), "")
    tell_worst(result, console)
    earlier = options.out / "pages.json"
    if options.keep and earlier.exists():
        result = joined(json.loads(earlier.read_text("utf-8")), result)
    write(result, options, console)


def pages_of(options: argparse.Namespace, scratch: Path) -> dict[str, list[Page]]:
    """Return the pages that are asked for, by set."""
    names = options.sets.split(",") if options.sets else None
    found = {
        folder.name: chosen(load(folder), part=options.part, limit=options.limit)
        for folder in folders(options.data, scratch)
        if names is None or folder.name in names
    }
    if not any(found.values()):
        raise SystemExit(
            f"{options.data}: no pages; give a folder with truth.json and pages/, a folder of such "
            "folders, or their .tar.xz archives (DATA=…), and sets that are there (--sets)"
        )
    return {name: pages for name, pages in found.items() if pages}


def measured(
    sets: dict[str, list[Page]], options: argparse.Namespace, progress: Progress
) -> dict[str, Any]:
    """Run all tools over all sets."""
    tools = options.tools
    judged: dict[tuple[str, str], list[Judged]] = {}
    costs: dict[tuple[str, str], Cost] = {}
    first = next(iter(sets.values()))[:1]
    for tool in tools:
        bar = progress.add_task(tool, total=sum(map(len, sets.values())))
        tick: Callable[[], None] = lambda bar=bar: progress.advance(bar)  # type: ignore[misc]  # noqa: E731
        start = run(tool, first, lambda: None).cost.seconds
        for name, pages in sets.items():
            if not any(has_truth(page, tool) for page in pages):
                continue
            ran = run(tool, pages, tick)
            ran.cost.start = start
            costs[tool, name] = ran.cost
            judged[tool, name] = [
                judge(record, page.truth, TELLS[tool], page.is_article)
                for record, page in zip(ran.records, pages, strict=True)
            ]
    return {
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": versions(tools),
        "limit": options.limit,
        "parts": by_part(sets, tools, judged, costs),
        "worst": worst_of(sets, judged, options.worst),
    }


def has_truth(page: Page, tool: str) -> bool:
    """Tell whether a tool can be right or wrong about a page."""
    fields = {"body": ("body", "with", "without"), "published": ("date",)}
    asked = [key for name in TELLS[tool] for key in fields.get(name, (name,))]
    return any(page.truth.get(key) for key in asked)


def by_part(
    sets: dict[str, list[Page]],
    tools: Sequence[str],
    judged: dict[tuple[str, str], list[Judged]],
    costs: dict[tuple[str, str], Cost],
) -> dict[str, dict[str, dict[str, dict[str, float]]]]:
    """Return part -> set -> tool -> figures."""
    parts: dict[str, dict[str, dict[str, dict[str, float]]]] = {}
    for part, held_out in (("dev", False), ("held-out", True)):
        totals: dict[tuple[str, str], Total] = {}
        for (tool, name), results in judged.items():
            mine = [j for j, p in zip(results, sets[name], strict=True) if p.held_out == held_out]
            if mine:
                totals.setdefault((name, tool), Total()).pages.extend(mine)
                totals.setdefault((EVERYTHING, tool), Total()).pages.extend(mine)
        names = [*sets, EVERYTHING] if len(sets) > 1 else list(sets)
        parts[part] = {
            name: {
                tool: {**totals[name, tool].figures(), **cost_of(tool, name, costs)}
                for tool in tools
                if (name, tool) in totals
            }
            for name in names
            if any((name, tool) in totals for tool in tools)
        }
    return {part: found for part, found in parts.items() if found}


def cost_of(tool: str, name: str, costs: dict[tuple[str, str], Cost]) -> dict[str, float]:
    """Return what a tool's reading took, both parts together: they were read in one go."""
    every = [cost for (t, n), cost in costs.items() if t == tool and name in (n, EVERYTHING)]
    cost = sum(every[1:], every[0])
    return {
        **({"rate": cost.rate} if cost.rate else {}),
        "seconds": cost.seconds,
        "start": cost.start / len(every),
        "peak_mb": cost.peak / 1e6,
    }


def worst_of(
    sets: dict[str, list[Page]], judged: dict[tuple[str, str], list[Judged]], number: int
) -> dict[str, list[tuple[str, float]]]:
    """Return our worst pages of each set; never one of a held-out host."""
    return {
        name: worst(
            [
                (page.id, one)
                for page, one in zip(pages, judged[OURS, name], strict=True)
                if not page.held_out
            ],
            number,
        )
        for name, pages in sets.items()
        if (OURS, name) in judged and number
    }


def tell_worst(result: dict[str, Any], console: Console) -> None:
    """Print the pages that are worth a look."""
    for name, pages in result["worst"].items():
        for page, f1 in pages:
            console.print(f"{f1:.3f}  {name}  {page}", markup=False, highlight=False)


def joined(earlier: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    """Return a run with the sets of an earlier one that it did not read again; no totals."""
    parts = {
        part: {
            name: rows
            for name, rows in {
                **earlier["parts"].get(part, {}),
                **now["parts"].get(part, {}),
            }.items()
            if name != EVERYTHING
        }
        for part in {**earlier["parts"], **now["parts"]}
    }
    return {
        **now,
        "versions": {**earlier["versions"], **now["versions"]},
        "parts": parts,
        "worst": {**earlier["worst"], **now["worst"]},
    }


def write(result: dict[str, Any], options: argparse.Namespace, console: Console) -> None:
    """Write figures, page and reference."""
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "pages.json").write_text(json.dumps(result, indent=1, ensure_ascii=False))
    (options.out / "index.html").write_text(report.page(result), "utf-8")
    console.print(
        f"figures: {options.out / 'pages.json'}; to look at: {options.out / 'index.html'}"
    )
    if options.reference:
        text = options.reference.read_text("utf-8")
        before, _, rest = text.partition(BEGIN)
        after = rest.partition(END)[2]
        made = f"{before}{BEGIN}\n{report.markdown(result)}{END}{after}"
        options.reference.write_text(made, "utf-8")


def arguments() -> argparse.Namespace:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser("quality-pages", description=__doc__, formatter_class=raw)
    parser.add_argument("data", type=Path, help="folder of sets")
    parser.add_argument("--part", choices=PARTS, default="dev", help="which hosts (default: dev)")
    parser.add_argument("--limit", type=int, default=0, help="pages of each set, spread evenly")
    parser.add_argument("--sets", default="", help="names of sets, separated by commas")
    parser.add_argument(
        "--tools", type=tools_of, default=USUAL, help=f"some of: {', '.join(TELLS)}"
    )
    parser.add_argument("--worst", type=int, default=10, help="so many of our worst pages (dev)")
    parser.add_argument("--out", type=Path, default=Path("var/quality"), help="folder of results")
    parser.add_argument("--keep", action="store_true", help="keep the other sets of earlier runs")
    parser.add_argument("--reference", type=Path, help="page of the reference to write tables into")
    options = parser.parse_args()
    if not options.data.exists():
        parser.error(f"{options.data}: there is nothing; make quality-pages DATA=folder-of-sets")
    if not BENCH.exists() and any(tool not in (OURS, OURS_ALONE) for tool in options.tools):
        parser.error(
            f"{BENCH} is missing: run it as `make quality-pages`, which installs the peers"
        )
    return options


def tools_of(text: str) -> list[str]:
    """Read names of tools."""
    names = [word.strip() for word in text.split(",")]
    for name in names:
        if name not in TELLS:
            raise argparse.ArgumentTypeError(f"{name!r} is none of: {', '.join(TELLS)}")
    return names


if __name__ == "__main__":
    main()

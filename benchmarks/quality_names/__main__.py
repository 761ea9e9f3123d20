"""Print how well names are known again: `make quality-names DATA=folder`.

DATA is the folder of the development data (`names/pairs-*.tsv`), or one with such files. Of the
lists that the costs were learned from (`pairs-dev-*`), the half that was not is measured; of any
other list, all. Writes the same figures as JSON with `--json FILE`.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from quality_names.pairs import decided, matches, ours, peer, picked, turned
from steppewire_enricher.identity.same import BEST, SAME
from steppewire_enricher.train.pairs import Pair, half, read_pairs

DIRECTIONS = ("kk-ru", "kk-uz", "kk-en", "ru-uz", "ru-en", "uz-en")


def main(argv: Sequence[str] | None = None) -> None:
    """Measure, print, write."""
    ask = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    ask.add_argument("data", type=Path)
    ask.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    ask.add_argument("--part", choices=("held-out", "learned", "all"), default="held-out")
    ask.add_argument("--errors", metavar="DIRECTION", help="show the errors of one direction")
    said = ask.parse_args(argv)
    folder = said.data / "names" if (said.data / "names").is_dir() else said.data
    lists = read_pairs(folder)
    learned_from = any(folder.glob("pairs-dev-*.tsv"))
    part = said.part if learned_from else "all"
    least = _peers_least(lists)
    rows = [
        row
        for name in DIRECTIONS
        if (pairs := _part(lists.get((name[:2], name[3:]), []), part))
        for row in _both_ways(name, pairs, least)
    ]
    total = summary(rows)
    print(_table([*rows, total], part))
    if said.json:
        said.json.write_text(
            json.dumps({"part": part, "rows": rows, "total": total}, indent=1) + "\n"
        )
    if said.errors:
        _show_errors(_part(lists[said.errors[:2], said.errors[3:5]], part))


def _part(pairs: Sequence[Pair], part: str) -> list[Pair]:
    wanted = {"held-out": (0,), "learned": (1,), "all": (0, 1)}[part]
    return [pair for pair in pairs if half(pair.pivot) in wanted]


def _peers_least(lists: dict[tuple[str, str], list[Pair]]) -> float:
    """Return where Jaro-Winkler says yes: what is best on the part that is learned from."""
    pairs = _part(lists.get(("kk", "ru")) or next(iter(lists.values())), "learned")[:600]
    scored = matches(pairs, peer)
    bounds = [0.80 + 0.01 * step for step in range(20)]
    return max(bounds, key=lambda bound: picked(pairs, scored, bound).f1)


def _both_ways(name: str, pairs: list[Pair], least: float) -> list[dict[str, Any]]:
    first, second = name.split("-")
    return [
        _measured(f"{first}-{second}", pairs, least),
        _measured(f"{second}-{first}", turned(pairs), least),
    ]


def _measured(name: str, pairs: list[Pair], least: float) -> dict[str, Any]:
    started = time.process_time()
    mine = matches(pairs, ours)
    spent = (time.process_time() - started) / max(1, len(mine))
    theirs = matches(pairs, peer)
    return {
        "direction": name,
        "picked": picked(pairs, mine, BEST).told(),
        "decided": decided(pairs, mine, SAME).told(),
        "peer_picked": picked(pairs, theirs, least).told(),
        "peer_decided": decided(pairs, theirs, least).told(),
        "ms_a_pair": round(spent * 1000, 3),
    }


def summary(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the mean of all directions, each counting the same."""
    out: dict[str, Any] = {"direction": "mean"}
    for kind in ("picked", "decided", "peer_picked", "peer_decided"):
        out[kind] = {
            figure: round(sum(row[kind][figure] for row in rows) / len(rows), 4)
            for figure in ("precision", "recall", "f1")
        } | {"names": sum(row[kind]["names"] for row in rows)}
    out["ms_a_pair"] = round(sum(row["ms_a_pair"] for row in rows) / len(rows), 3)
    return out


def _table(rows: Sequence[dict[str, Any]], part: str) -> str:
    """Return lines: of the best match of each name, then of every pair by itself."""
    figures = f"{'P':>6} {'R':>6} {'F1':>6}   {'anyascii+JW P':>13} {'R':>6} {'F1':>6}"
    lines = []
    for kind, title in (("picked", "best match"), ("decided", "every pair")):
        lines.append(f"{title:12}{'names':>7} {figures}")
        for row in rows:
            mine, theirs = (_told(row[name]) for name in (kind, f"peer_{kind}"))
            lines.append(f"{row['direction']:12}{row[kind]['names']:>7} {mine}   {'':7}{theirs}")
    lines.append(f"{rows[-1]['ms_a_pair']:.3f} ms of computing a pair; {part} part")
    return "\n".join(lines)


def _told(figures: dict[str, float]) -> str:
    return " ".join(f"{figures[name]:6.3f}" for name in ("precision", "recall", "f1"))


def _show_errors(pairs: list[Pair]) -> None:
    truth: dict[str, set[str]] = {}
    for pair in pairs:
        truth.setdefault(pair.one, set()).add(pair.other)
    best: dict[str, tuple[float, str]] = {}
    for match in matches(pairs, ours):
        best[match.one] = max(best.get(match.one, (0.0, "")), (match.score, match.other))
    for one, (score, other) in sorted(best.items()):
        if other not in truth[one] or score < SAME:
            print(f"  {one} -> {other} {score:.2f}, not {' '.join(sorted(truth[one]))}")


if __name__ == "__main__":
    main()

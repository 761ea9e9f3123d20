"""Names, sums, dates and numbers, strict spans, beside other tools in the same run.

    make quality-ner DATA=folder            what the shipped models find
    make quality-ner DATA=folder ARGS=--folds       also what models find that saw the other folds
                                                    (trains ten small ones: about ten minutes)
    make quality-ner DATA=folder ARGS=--test        also the test half of our own sentences

DATA holds `ner/`. slovnet and spaCy are measured in the peers' environment, `.venv/bench`.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from quality_ner import ours
from quality_ner.scores import Score, score
from quality_ner.sets import COARSE, FOLDED, SETS, Set, Worth, coarse, values
from steppewire_enricher import entities
from steppewire_enricher import tagger as tagging
from steppewire_enricher.train.corpora import Text

BENCH = Path(__file__).parents[2] / ".venv" / "bench" / "bin" / "python"
PEERS = {"ru-Cyrl": "slovnet", "en-Latn": "spacy"}
FOLDS = 5
ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
Scores = dict[str, Score]


def measured(some: Set, texts: Sequence[Text]) -> Scores:
    """Return how well the shipped models read a set."""
    kept = set if some.fine else coarse
    return score((kept(t.spans), kept(ours.spans(t.text, some.tag))) for t in texts)


def peer(tool: str, texts: Sequence[Text]) -> Scores:
    """Return how well another tool reads the same texts."""
    ran = subprocess.run(
        [str(BENCH), str(Path(__file__).with_name("peers.py")), tool],
        input=json.dumps([t.text for t in texts]), capture_output=True, text=True, check=True,
        env={**os.environ, **ONE_THREAD},
    )  # fmt: skip
    told = json.loads(ran.stdout)
    found = [{(s, e, t) for s, e, t in spans} for spans in told["spans"]]
    scores = score((coarse(t.spans), f) for t, f in zip(texts, found, strict=True))
    scores["speed"] = {"articles": _articles(texts, told["seconds"])}
    return scores


def _articles(texts: Sequence[Text], seconds: float) -> float:
    return round(sum(len(t.text) for t in texts) / 2_500 / max(seconds, 1e-6), 1)


def folded(some: Set, folder: Path) -> Scores:
    """Return how well models read texts that they did not see, fold by fold."""
    texts = list(some.read(folder))
    pairs = []
    for fold in range(FOLDS):
        model = _trained(some, folder, fold)
        with patch.object(entities, "tagger", lambda _name, m=model: m):
            pairs += [
                (coarse(t.spans), coarse(ours.spans(t.text, some.tag))) for t in texts[fold::FOLDS]
            ]
    return score(pairs)


def _trained(some: Set, folder: Path, fold: int) -> Any:
    from steppewire_enricher.train import ner

    name = some.tag[:2]
    recipe = ner.RECIPES[name]
    words = ner.Words() if recipe.vectors else None
    examples = []
    for language, read in recipe.sources:
        texts = list(read(folder))
        if read is some.read:
            texts = [t for i, t in enumerate(texts) if i % FOLDS != fold]
        examples.extend(ner.examples(texts, language, recipe.view, words))
    networks = ner.fit(recipe, examples, words)
    if recipe.raw and words:
        networks = ner.taught(recipe, networks, examples, folder, words)
    with TemporaryDirectory() as scratch:
        path = Path(scratch, "model.npz")
        ner.save(networks, recipe.view, path, with_vectors=recipe.vectors)
        return tagging.load_tagger(path.read_bytes(), tagging.vectors() if words else None)


# --- values --------------------------------------------------------------------------------

VALUE_TYPES = ("MONEY", "DATE", "TIME", "PERCENTAGE", "CARDINAL", "ORDINAL", "QUANTITY")


def valued(some: Sequence[Worth]) -> Scores:
    """Return how well sums, dates and numbers of our own sentences are found, and their worth."""
    pairs, worths = [], []
    for one in some:
        found = ours.mentions(one.text, one.tag)
        spans = {(n.start + s, n.end + s, n.type) for n, s in found if n.type in VALUE_TYPES}
        pairs.append((one.spans, spans))
        told = {(start, start, worth) for start, worth in one.worth}
        read = {(n.start + s, n.start + s, n.normal) for n, s in found if n.normal}
        worths.append(({(a, b, "worth") for a, b, _ in told},
                       {(a, b, "worth") for a, b, w in told & read}))  # fmt: skip
    return {**score(pairs), "worth": score(worths)["all"]}


def wrong(some: Sequence[Worth]) -> Iterator[str]:
    """Yield what is wrong in sentences of the development half, to look at."""
    for one in some:
        found = ours.mentions(one.text, one.tag)
        spans = {(n.start + s, n.end + s, n.type) for n, s in found if n.type in VALUE_TYPES}
        read = {(n.start + s, n.normal) for n, s in found}
        lost, more = one.spans - spans, spans - one.spans
        if lost or more or one.worth - read:
            told = [[(one.text[a:b], t) for a, b, t in sorted(x)] for x in (lost, more)]
            yield f"{one.tag} {one.text}"
            yield f"    missed {told[0]}, wrong {told[1]}, worth {one.worth - read}"


# --- speed ---------------------------------------------------------------------------------


def speed(sets: Sequence[tuple[Set, Sequence[Text]]]) -> dict[str, float]:
    """Return articles of 2,500 characters per CPU second for finding names, by set."""
    out = {}
    for some, texts in sets:
        started = time.process_time()
        for text in _chunks(texts):
            ours.spans(text, some.tag)
        out[some.name] = _articles(texts, time.process_time() - started)
    return out


def _chunks(texts: Sequence[Text]) -> Iterator[str]:
    whole = "\n".join(text.text for text in texts)
    return (whole[i : i + 2_500] for i in range(0, len(whole), 2_500))


# --- report --------------------------------------------------------------------------------


def table(name: str, scores: Scores) -> str:
    every = scores["all"]
    by_type = "  ".join(f"{t} {scores[t]['f1']:.3f}" for t in (*COARSE, "GPE") if t in scores)
    return (f"{name:34} F1 {every['f1']:.3f}  P {every['precision']:.3f}  "
            f"R {every['recall']:.3f}  n {every['n']:5}  {by_type}")  # fmt: skip


def main() -> None:
    options = _options()
    folder = options.data / "ner"
    if not folder.is_dir():
        raise SystemExit(f"{folder}: no such folder; give the folder that holds ner/")
    sets = [(some, list(some.read(folder))) for some in SETS]
    result: dict[str, Any] = {}
    for some, texts in sets:
        result[some.name] = measured(some, texts)
        print(table(some.name, result[some.name]), flush=True)
        if some.tag in PEERS and BENCH.exists():
            tool = PEERS[some.tag]
            result[f"{some.name}: {tool}"] = peer(tool, texts)
            print(table(f"  {tool}", result[f"{some.name}: {tool}"]), flush=True)
    for some in FOLDED if options.folds else ():
        result[some.name] = folded(some, folder)
        print(table(some.name, result[some.name]), flush=True)
        if BENCH.exists():
            tool = PEERS[some.tag]
            result[f"{some.name}: {tool}"] = peer(tool, list(some.read(folder)))
            print(table(f"  {tool}", result[f"{some.name}: {tool}"]), flush=True)
    for half in ("dev", "test") if options.test else ("dev",):
        some_values = list(values(half))
        result[f"values {half}"] = valued(some_values)
        print(table(f"values {half}", result[f"values {half}"]))
        print(f"    worth {result[f'values {half}']['worth']['recall']:.3f}", flush=True)
    if options.wrong:
        print("\n".join(wrong(list(values("dev")))))
    result["speed"] = speed(sets)
    result["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print("articles of 2,500 characters per CPU second:", result["speed"])
    print(f"peak memory {result['peak_mb']:.0f} MB (with the corpora)")
    options.out.mkdir(parents=True, exist_ok=True)
    path = options.out / "ner.json"
    path.write_text(json.dumps(result, indent=1, ensure_ascii=False), "utf-8")
    print(f"figures: {path}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="How well names and values are found.")
    parser.add_argument("data", type=Path, help="folder that holds ner/")
    parser.add_argument("--folds", action="store_true", help="train on folds, too (JAX)")
    parser.add_argument("--test", action="store_true", help="also the test half of our sentences")
    parser.add_argument("--wrong", action="store_true", help="show what is wrong in our dev half")
    parser.add_argument("--out", type=Path, default=Path("var/quality"), help="folder of results")
    return parser.parse_args()


if __name__ == "__main__":
    main()

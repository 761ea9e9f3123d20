"""What an article costs the enricher, in time and memory, and how right its base forms are.

    python benchmarks/enricher.py DATA [forms] [speed] [memory] [service]

DATA is the folder of the development data (`ner/`, `langid/`). Prints tables. Beside the speed of
the whole recipe stands that of slovnet and of spaCy's small model, which find names alone, on the
same texts in the same run. Times are CPU seconds of one process; memory is that of one process,
and of the service with its child on a real broker, after different articles.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from itertools import chain, islice
from pathlib import Path

import psutil

from steppewire import servers
from steppewire.events import (
    Article,
    ArticleParsed,
    Extraction,
    Fetch,
    Paragraph,
)
from steppewire.streams import ENRICH, PARSED
from steppewire.testing import service
from steppewire.valkey import Valkey
from steppewire_enricher.enrich import enrich
from steppewire_enricher.normal_forms import normal_form
from steppewire_enricher.train import data as read
from steppewire_enricher.train.corpora import Text

# --- base forms ----------------------------------------------------------------------------


def measure_forms(data: Path) -> None:
    treebanks = {
        "kk": data / "ner/morphology/ud_kazakh_ktb/kk_ktb-ud-test.conllu",
        "uz": data / "ner/morphology/ud_uzbek_ut/uz_ut-ud-test.conllu",
    }
    print("\nBase form of proper nouns, word by word, against UD lemmas (identity beside it)")
    for language, path in treebanks.items():
        pairs = list(_proper_nouns(path))
        bases = ((normal_form(word, "MISCELLANEOUS", language), lemma) for word, lemma in pairs)
        right = sum(_same(base, lemma) for base, lemma in bases)
        same = sum(_same(word, lemma) for word, lemma in pairs)
        print(f"{language}  n {len(pairs):5}  {right / len(pairs):.3f}  ({same / len(pairs):.3f})")
    pairs = list(_mentions_and_bases(data / "ner/bsnlp2021/covid-19"))
    for type_ in ("PERSON", "GPE"):
        some = [(m, b) for t, m, b in pairs if t == type_]
        right = sum(_same(normal_form(m, type_, "ru"), b) for m, b in some)
        print(
            f"ru  n {len(some):5}  {right / len(some):.3f}  "
            f"({sum(_same(m, b) for m, b in some) / len(some):.3f})  {type_}, BSNLP-2021 covid-19"
        )


def _same(one: str, other: str) -> bool:
    def plain(text: str) -> str:
        return "".join(c for c in text.casefold().replace("ё", "е") if c.isalnum())

    return plain(one) == plain(other)


def _proper_nouns(path: Path) -> Iterator[tuple[str, str]]:
    for line in path.read_text("utf-8").split("\n"):
        cells = line.split("\t")
        if len(cells) > 3 and cells[3] == "PROPN":
            yield cells[1], cells[2]


def _mentions_and_bases(folder: Path) -> Iterator[tuple[str, str, str]]:
    types = {"PER": "PERSON", "LOC": "GPE"}
    seen = set()
    for path in sorted((folder / "annotations").glob("*.out")):
        for line in path.read_text("utf-8").split("\n")[1:]:
            cells = line.split("\t")
            if len(cells) == 4 and cells[2] in types:
                seen.add((types[cells[2]], cells[0], cells[1]))
    yield from sorted(seen)


# --- speed and memory ----------------------------------------------------------------------

EACH = 30
"""Articles of each language whose time is taken."""
WARM = 5
"""Articles of each language that are read before."""
READ = 1_500
"""Different articles after which memory is told."""


def measure_speed(data: Path) -> None:
    """Print articles a CPU-second by language, and beside them a tagger of names alone."""
    texts = {name: list(islice(each, EACH + WARM)) for name, each in _texts(data).items()}
    articles = {name: [_parsed(text) for text in some] for name, some in texts.items()}
    first, _ = _seconds(articles["kk-Cyrl"][:1])
    for some in articles.values():
        _seconds(some[:WARM])
    print(f"\nSpeed of the whole recipe, articles of {LENGTH:,} characters; first {first:.2f} s")
    total = 0.0
    for name, some in articles.items():
        seconds, said = _seconds(some[WARM:])
        total += seconds
        asked = ", ".join(sorted(said))
        print(f"{name:8} n {EACH:4}  {EACH / seconds:6.1f} articles per CPU second ({asked})")
    many = EACH * len(articles)
    print(f"{'all':8} n {many:4}  {many / total:6.1f} articles per CPU second")
    for tool, name in (("slovnet", "ru-Cyrl"), ("spacy", "en-Latn")):
        seconds = _peer(tool, texts[name][WARM:])
        speed = f"{EACH / seconds:6.1f}" if seconds else " (not installed: make bench-enricher)"
        print(f"{tool:8} n {EACH:4}  {speed} articles per CPU second, its names alone ({name})")


def _seconds(articles: Sequence[ArticleParsed]) -> tuple[float, set[str]]:
    """Return CPU seconds and the languages that were told."""
    started = time.process_time()
    enriched = [enrich(article) for article in articles]
    spent = time.process_time() - started
    return spent, {each.enrichment.languages.article.tag for each in enriched}


def _peer(tool: str, texts: Sequence[str]) -> float | None:
    """Return the CPU seconds of another tool on the same texts, in the peers' environment."""
    if not BENCH.exists():
        return None
    ran = subprocess.run(
        [BENCH, Path(__file__).parent / "quality_ner" / "peers.py", tool],
        input=json.dumps(texts),
        env={**os.environ, **dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), "1")},
        stdout=subprocess.PIPE,
        check=True,  # a peer that is installed and cannot be read is a fault of ours
        text=True,
    )
    return float(json.loads(ran.stdout)["seconds"])


BENCH = Path(__file__).parents[1] / ".venv" / "bench" / "bin" / "python"


def measure_memory(data: Path) -> None:
    """Print the memory of one process that reads different articles, all languages in turn."""
    print("\nMemory of one process that reads different articles, all languages in turn")
    started, number = time.process_time(), 0
    for number, text in enumerate(islice(_mixed(data), READ), 1):
        enrich(_parsed(text))
        if number in (1, 10, 100, 300, 600, 1_000):
            _tell_memory(number)
    _tell_memory(number)
    speed = number / (time.process_time() - started)
    print(f"{speed:.1f} articles per CPU second, loading included")


def _tell_memory(number: int) -> None:
    now = psutil.Process().memory_info().rss / MB
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"after {number:5,} articles {now:5.0f} MB, peak {peak:5.0f} MB", flush=True)


MB = 2**20
_PATIENCE = 900.0
"""Seconds that the service may take."""


def measure_service(data: Path) -> None:
    """Print memory and speed of the whole enricher: the service and its child, on a real broker."""
    texts = list(islice(_mixed(data), READ))
    events = [_parsed(text, number) for number, text in enumerate(texts, 1)]
    print(f"\nThe service with one child process, {len(events):,} different articles")
    with tempfile.TemporaryDirectory() as folder, Valkey(Path(folder) / "broker") as broker:
        asyncio.run(_published(broker.url, events))
        command = [sys.executable, "-m", "steppewire_enricher"]
        settings = {"STEPPEWIRE_REDIS_URL": broker.url, "STEPPEWIRE_LOG_LEVEL": "ERROR"}
        with subprocess.Popen(command, env={**os.environ, **settings}) as process:
            try:
                asyncio.run(_watched(broker.url, process.pid, len(events)))
            finally:
                process.terminate()


async def _published(url: str, events: Sequence[ArticleParsed]) -> None:
    async with servers.connect(url) as redis:
        await service.prepare(redis)
        await service.publish(redis, PARSED.name, events)


async def _watched(url: str, pid: int, number: int) -> None:
    """Wait until all are enriched; print the peaks of resident and of own (PSS) memory."""
    peaks: dict[str, tuple[int, int]] = {}
    whole = (0, 0)
    async with servers.connect(url) as redis, asyncio.timeout(_PATIENCE):
        done = 0
        while done < number:
            done = sum((await service.tallies(redis, ENRICH)).values())
            seen = _memory(pid)
            peaks |= {name: max(peaks.get(name, (0, 0)), now) for name, now in seen.items()}
            whole = max(whole, (sum(r for r, _ in seen.values()), sum(p for _, p in seen.values())))
            await asyncio.sleep(0.5)
    spent = (
        psutil.Process(pid).cpu_times(),
        *(each.cpu_times() for each in psutil.Process(pid).children()),
    )
    seconds = sum(each.user + each.system for each in spent)
    for name, (resident, own) in {**peaks, "together": whole}.items():
        print(f"{name:34} resident {resident / MB:5.0f} MB, its share (PSS) {own / MB:5.0f} MB")
    print(f"{done / seconds:.1f} articles per CPU second of all processes, start and JSON included")


def _memory(pid: int) -> dict[str, tuple[int, int]]:
    """Return resident memory and PSS of a process and its children."""
    service_ = psutil.Process(pid)
    found: dict[str, tuple[int, int]] = {}
    for each in (service_, *service_.children(recursive=True)):
        with suppress(psutil.Error):
            words = " ".join(each.cmdline())
            role = "tracker" if "resource_tracker" in words else "child"
            name = "service" if each.pid == pid else role
            full = each.memory_full_info()
            found[name] = full.rss, full.pss
    return found


LENGTH = 2_500
"""Characters of an article."""


def _texts(data: Path) -> dict[str, Iterator[str]]:
    """Return texts of each language's articles."""
    folder = data / "ner"
    documents = _documents(data)
    return {
        "kk-Cyrl": _chunks(chain(read.kaznerd("dev")(folder), read.kaznerd("train")(folder))),
        "ru-Cyrl": _chunks(
            chain(read.nerel("dev")(folder), read.factrueval(folder), read.wikinews(folder))
        ),
        "en-Latn": _chunks(chain(read.wikigold(folder), documents["en-Latn"])),
        "uz-Latn": _chunks(documents["uz-Latn"]),
        "uz-Cyrl": _chunks(documents["uz-Cyrl"]),
    }


def _documents(data: Path) -> dict[str, list[Text]]:
    """Return the news articles among the texts for languages (NTREX)."""
    found: dict[str, list[Text]] = defaultdict(list)
    with gzip.open(data / "langid" / "dev.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if row["unit"] == "doc":
                found[row["cls"]].append(Text(row["text"], ()))
    return found


def _mixed(data: Path) -> Iterator[str]:
    """Yield all articles, the languages in turn."""
    alive = list(_texts(data).values())
    while alive:
        for texts in list(alive):
            text = next(texts, None)
            if text is None:
                alive.remove(texts)
            else:
                yield text


def _chunks(texts: Iterable[Text]) -> Iterator[str]:
    gathered = ""
    for text in texts:
        gathered = f"{gathered}\n{text.text}" if gathered else text.text
        while len(gathered) >= LENGTH:
            yield gathered[:LENGTH]
            gathered = gathered[LENGTH:]


def _parsed(text: str, number: int = 1) -> ArticleParsed:
    now = datetime(2024, 3, 10, tzinfo=UTC)
    lines = [line for line in text.split("\n") if line.strip()]
    grouped = ["\n".join(lines[i : i + 3]) for i in range(1, len(lines), 3)]
    return ArticleParsed(
        article=Article(
            article_id=f"{number:032}",
            version_id=f"{number:032}",
            url=f"https://example.org/{number}",
            source="bench",
            title=lines[0][:120],
            paragraphs=tuple(Paragraph(text=p) for p in grouped),
            published_at=now,
        ),
        fetch=Fetch(
            link_id=f"{number:032}", url=f"https://example.org/{number}", final_url=f"https://example.org/{number}",
            source="bench", fetched_at=now, status=200, blob=f"sha256:{'0' * 64}", size=1,
        ),
        extraction=Extraction(parser="bench", method="generic", charset="utf-8"),
    )  # fmt: skip


PARTS = {
    "forms": measure_forms,
    "speed": measure_speed,
    "memory": measure_memory,
    "service": measure_service,
}


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the enricher.")
    parser.add_argument("data", type=Path)
    parser.add_argument("part", nargs="*", choices=[[], *PARTS], default=[])
    options = parser.parse_args()
    for part in options.part or PARTS:
        PARTS[part](options.data)
        sys.stdout.flush()


if __name__ == "__main__":
    main()

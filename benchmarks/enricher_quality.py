"""How well the enricher reads: names, base forms, speed and memory.

    python benchmarks/enricher_quality.py DATA [ner] [forms] [speed]

DATA is the folder of the development data (`langid/`, `ner/`). Languages are measured beside
py3langid in the same run, if it is installed. Prints tables.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from steppewire.events import (
    Article,
    ArticleParsed,
    Extraction,
    Fetch,
    Language,
    Languages,
    Paragraph,
)
from steppewire_enricher.enrich import enrich
from steppewire_enricher.entities import MODELS, find_mentions
from steppewire_enricher.normal_forms import normal_form
from steppewire_enricher.train import corpora, ner
from steppewire_enricher.train.corpora import CharSpan, Text

NAMES = ("person", "organisation", "place")


# --- names ---------------------------------------------------------------------------------


def measure_ner(data: Path) -> None:
    folder = data / "ner"
    sets: dict[str, tuple[str, Callable[[], Iterable[Text]]]] = {
        "kk KazNERD dev": ("kk-Cyrl", lambda: ner.kaznerd("dev")(folder)),
        "ru NEREL dev": ("ru-Cyrl", lambda: corpora.brat(folder / "nerel" / "dev")),
        "en UNER-EWT, held half": ("en-Latn", lambda: ner.uner_half(True)(folder)),
        "uz-Latn news": ("uz-Latn", lambda: _uzbek(folder, "dev.news.iob2")),
        "uz-Cyrl news": ("uz-Cyrl", lambda: _uzbek(folder, "dev.news.cyr.iob2")),
    }
    print("\nNames, strict spans: tagger, list of names and rules together (tagger alone)")
    print(
        f"{'set':24} {'F1':>6} {'P':>6} {'R':>6} {'alone':>7} "
        + " ".join(f"{t[:6]:>7}" for t in NAMES)
    )
    for name, (tag, read) in sets.items():
        texts = list(read())
        together = _score((t.spans, _found(t.text, tag)) for t in texts)
        alone = _score((t.spans, _tagged(t.text, tag)) for t in texts)
        f1, precision, recall = together["all"]
        print(
            f"{name:24} {f1:6.3f} {precision:6.3f} {recall:6.3f} {alone['all'][0]:7.3f} "
            + " ".join(f"{together[t][0]:7.3f}" for t in NAMES)
        )


def _uzbek(folder: Path, name: str) -> Iterator[Text]:
    return corpora.columns(folder / "uz" / name, 0, 1, corpora.SHORT)


def _found(text: str, tag: str) -> set[CharSpan]:
    """Read a text as the service does, but for its language, which is given."""
    paragraphs = list(corpora._paragraphs(text))
    told = Language(tag=tag, confidence=1)
    unknown = Language(tag="und", confidence=0)
    article = ARTICLE.model_copy(
        update={"paragraphs": tuple(Paragraph(text=p) for p, _ in paragraphs)}
    )
    languages = Languages(article=told, title=unknown, paragraphs=(told,) * len(paragraphs))
    starts = [0]
    for paragraph, _ in paragraphs:
        starts.append(starts[-1] + len(paragraph) + 2)
    out: set[CharSpan] = set()
    for named in find_mentions(article, languages):
        which = bisect_right(starts, named.start) - 1
        shift = paragraphs[which][1] - starts[which]
        out.add((named.start + shift, named.end + shift, named.type))
    return {span for span in out if span[2] in NAMES}


ARTICLE = Article(article_id="", version_id="", url="https://example.org/", source="", title="")


def _tagged(text: str, tag: str) -> set[CharSpan]:
    from steppewire_enricher.gazetteer import gazetteer
    from steppewire_enricher.tagger import known_names, tagger
    from steppewire_enricher.tokens import sentences, tokenise

    language = tag.split("-")[0]
    out: set[CharSpan] = set()
    for paragraph, offset in corpora._paragraphs(text):
        cut = sentences(list(tokenise(paragraph, offset)))
        words = [[t.text for t in s] for s in cut]
        spans = tagger(MODELS[tag]).tag(words, known_names(gazetteer(language), words), language)
        for sentence, found in zip(cut, spans, strict=True):
            out |= {(sentence[s.start].start, sentence[s.end - 1].end, s.type) for s in found}
    return out


def _score(
    pairs: Iterable[tuple[Iterable[CharSpan], set[CharSpan]]],
) -> dict[str, tuple[float, float, float]]:
    counts: dict[str, list[int]] = {name: [0, 0, 0] for name in (*NAMES, "all")}
    for gold_spans, found in pairs:
        gold = set(gold_spans)
        for index, spans in enumerate((gold & found, found - gold, gold - found)):
            for span in spans:
                counts[span[2]][index] += 1
                counts["all"][index] += 1
    return {name: _prf(*c) for name, c in counts.items()}


def _prf(right: int, wrong: int, missed: int) -> tuple[float, float, float]:
    return (
        2 * right / max(1, 2 * right + wrong + missed),
        right / max(1, right + wrong),
        right / max(1, right + missed),
    )


# --- base forms ----------------------------------------------------------------------------


def measure_forms(data: Path) -> None:
    treebanks = {
        "kk": data / "ner/morphology/ud_kazakh_ktb/kk_ktb-ud-test.conllu",
        "uz": data / "ner/morphology/ud_uzbek_ut/uz_ut-ud-test.conllu",
    }
    print("\nBase form of proper nouns, word by word, against UD lemmas (identity beside it)")
    for language, path in treebanks.items():
        pairs = list(_proper_nouns(path))
        right = sum(_same(normal_form(word, "other", language), lemma) for word, lemma in pairs)
        same = sum(_same(word, lemma) for word, lemma in pairs)
        print(f"{language}  n {len(pairs):5}  {right / len(pairs):.3f}  ({same / len(pairs):.3f})")
    pairs = list(_mentions_and_bases(data / "ner/bsnlp2021/covid-19"))
    for type_ in ("person", "place"):
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
    types = {"PER": "person", "LOC": "place"}
    seen = set()
    for path in sorted((folder / "annotations").glob("*.out")):
        for line in path.read_text("utf-8").split("\n")[1:]:
            cells = line.split("\t")
            if len(cells) == 4 and cells[2] in types:
                seen.add((types[cells[2]], cells[0], cells[1]))
    yield from sorted(seen)


# --- speed ---------------------------------------------------------------------------------


def measure_speed(data: Path) -> None:
    articles = list(_articles(data))
    started = time.process_time()
    enrich(articles[0])
    first = time.process_time() - started
    for article in articles[:20]:
        enrich(article)
    print(f"\nSpeed of the whole recipe, articles of 2,500 characters; first article {first:.2f} s")
    by: dict[str, list[float]] = defaultdict(list)
    for article in articles[20:]:
        started = time.process_time()
        enriched = enrich(article)
        by[enriched.enrichment.languages.article.tag].append(time.process_time() - started)
    for tag, seconds in sorted(by.items()):
        print(f"{tag:8} n {len(seconds):4}  {1 / np.mean(seconds):6.1f} articles per CPU second")
    spent = [s for seconds in by.values() for s in seconds]
    print(f"{'all':8} n {len(spent):4}  {1 / np.mean(spent):6.1f} articles per CPU second")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def _articles(data: Path) -> Iterator[ArticleParsed]:
    folder = data / "ner"
    streams = [
        iter(_chunks(ner.kaznerd("dev")(folder))),
        iter(_chunks(corpora.brat(folder / "nerel" / "dev"))),
        iter(_chunks(ner.wikigold(folder))),
        iter(_chunks(_uzbek_plain(folder))),
    ]
    for _ in range(30):
        for stream in streams:
            text = next(stream, None)
            if text is not None:
                yield _parsed(text)


def _uzbek_plain(folder: Path) -> Iterator[Text]:
    yield from _uzbek(folder, "dev.news.iob2")
    yield from _uzbek(folder, "dev.news.cyr.iob2")


def _chunks(texts: Iterable[Text]) -> Iterator[str]:
    gathered = ""
    for text in texts:
        gathered = f"{gathered}\n{text.text}" if gathered else text.text
        while len(gathered) >= 2_500:
            yield gathered[:2_500]
            gathered = gathered[2_500:]


def _parsed(text: str) -> ArticleParsed:
    now = datetime(2024, 3, 10, tzinfo=UTC)
    lines = [line for line in text.split("\n") if line.strip()]
    grouped = ["\n".join(lines[i : i + 3]) for i in range(1, len(lines), 3)]
    return ArticleParsed(
        article=Article(
            article_id="0" * 32,
            version_id="0" * 32,
            url="https://example.org/1",
            source="bench",
            title=lines[0][:120],
            paragraphs=tuple(Paragraph(text=p) for p in grouped),
            published_at=now,
        ),
        fetch=Fetch(
            link_id="0" * 32, url="https://example.org/1", final_url="https://example.org/1",
            source="bench", fetched_at=now, status=200, blob=f"sha256:{'0' * 64}", size=1,
        ),
        extraction=Extraction(parser="bench", method="generic", charset="utf-8"),
    )  # fmt: skip


PARTS = {
    "ner": measure_ner, "forms": measure_forms, "speed": measure_speed,
}  # fmt: skip


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

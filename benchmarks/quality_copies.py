"""How well near copies are told from everything else: `make quality-copies DATA=folder`.

Articles are copied as other sites copy them, by a generator with a seed: another lead, paragraphs
left out, a site's own words around it, quotes edited, another alphabet or apostrophe. Beside them
stand what must not be taken for copies: weather, rates and roads by template, follow-ups that
repeat the background, other articles. Texts are our newsroom's; with DATA those of its articles,
of which one half was tuned on and the other half is told.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import random
import re
import resource
import tempfile
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import numpy as np

from steppewire.archive import open_archive
from steppewire.copies import BANDS, VALUES, Copies, Sketch
from steppewire.testing import articles as sample
from steppewire_enricher.copies import sketch
from steppewire_enricher.fingerprint import words_of
from steppewire_enricher.scripts import uz_to_cyrillic
from steppewire_newsroom.stories import clean, first_edition, shown
from steppewire_store.migrate import migrate

MILLION = 1_000_000
_END = re.compile(r"(?<=[.!?…])\s+")


class Text(NamedTuple):
    """An article in sentences, the language it is in, and which of the originals it repeats."""

    sentences: tuple[str, ...]
    language: str
    group: str

    @property
    def sketch(self) -> Sketch | None:
        return sketch(words_of(" ".join(self.sentences)), self.language)


# --- originals -----------------------------------------------------------------------------


def ours() -> Iterator[Text]:
    """Yield the articles of our newsroom."""
    sites = sorted(path.stem for path in (files("steppewire_newsroom") / "sites").iterdir())
    for site in sites:
        for story in first_edition(site):
            if not story.copy_of:
                passages = (story.lead or "", *(p.raw for p in story.article))
                body = " ".join(clean(shown(raw)) for raw in passages)
                # one story in two alphabets is one text
                name = f"{site}-{story.story or story.number}-{story.language.split('-')[0]}"
                yield _text(body, story.language, name)


def of_folder(data: Path, part: int) -> Iterator[Text]:
    """Yield the articles of development data: one half of them."""
    with gzip.open(data / "langid/dev.jsonl.gz", "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            row = json.loads(line)
            if row["unit"] == "doc" and not row["src"].endswith("-conv"):
                yield from _half(row["text"], row["cls"], f"doc-{number}", part)
    for path in sorted((data / "ner/nerel").glob("*/*.txt")):
        yield from _half(path.read_text("utf-8"), "ru-Cyrl", f"nerel-{path.stem}", part)


def _half(text: str, language: str, name: str, part: int) -> Iterator[Text]:
    if zlib.crc32(name.encode()) % 2 == part:
        yield _text(text, language, name)


def _text(text: str, language: str, group: str) -> Text:
    return Text(tuple(s for s in _END.split(text) if s.strip()), language, group)


# --- copies --------------------------------------------------------------------------------

Edit = Callable[[random.Random, list[str], str, Sequence[str]], list[str]]
_SITE = {
    "kk": ("Жаңалықтарды Telegram-арнамыздан оқыңыз.", "Материалды көшіргенде сілтеме міндетті.",
           "Сондай-ақ оқыңыз: бүгінгі ең маңызды жаңалықтар."),
    "ru": ("Подписывайтесь на наш Telegram-канал.", "При перепечатке ссылка на сайт обязательна.",
           "Ранее мы писали о других событиях дня.", "Фото: пресс-служба, архив редакции."),
    "uz": ("Yangiliklarni Telegram kanalimizda o‘qing.", "Ko‘chirib bosilganda havola shart.",
           "Shuningdek o‘qing: kunning eng muhim xabarlari."),
}  # fmt: skip


def _new_lead(rng: random.Random, text: list[str], _: str, others: Sequence[str]) -> list[str]:
    return [rng.choice(others), *text[1:]]


def _left_out(rng: random.Random, text: list[str], _: str, __: Sequence[str]) -> list[str]:
    share = rng.uniform(0.1, 0.4)
    kept = [sentence for sentence in text if rng.random() > share]
    return kept or text


def _site_words(rng: random.Random, text: list[str], lang: str, _: Sequence[str]) -> list[str]:
    own = _SITE.get(lang.split("-")[0], _SITE["ru"])
    return [*rng.sample(own, rng.randint(0, 1)), *text, *rng.sample(own, rng.randint(1, 2))]


def _added(rng: random.Random, text: list[str], _: str, others: Sequence[str]) -> list[str]:
    number = max(1, round(len(text) * rng.uniform(0.05, 0.25)))
    return [*text, *(rng.choice(others) for _ in range(number))]


def _edited(rng: random.Random, text: list[str], _: str, others: Sequence[str]) -> list[str]:
    """Change words in a third of the sentences, as editors do with quotes."""
    return [_reworded(rng, s, rng.choice(others)) if rng.random() < 0.3 else s for s in text]


def _reworded(rng: random.Random, sentence: str, other: str) -> str:
    words, more = sentence.split(), other.split()
    for _ in range(max(1, len(words) // 8)):
        words[rng.randrange(len(words))] = rng.choice(more)
    return " ".join(words)


def _respelt(_: random.Random, text: list[str], lang: str, __: Sequence[str]) -> list[str]:
    if lang == "uz-Latn":
        return [uz_to_cyrillic(sentence) for sentence in text]
    plain = str.maketrans({"ё": "е", "’": "'", "‘": "'", "ʻ": "'", "«": '"', "»": '"', "—": "-"})
    return [sentence.translate(plain) for sentence in text]


EDITS: dict[str, Edit] = {
    "another lead": _new_lead, "left out": _left_out, "site's words": _site_words,
    "added": _added, "edited": _edited, "respelt": _respelt,
}  # fmt: skip


def copies(rng: random.Random, text: Text, others: Sequence[str]) -> Iterator[tuple[str, Text]]:
    """Yield copies of a text: one edit each, or two at once."""
    for _ in range(rng.randint(1, 3)):
        names = rng.sample(sorted(EDITS), rng.choice((1, 1, 2)))
        sentences = list(text.sentences)
        for name in names:
            sentences = EDITS[name](rng, sentences, text.language, others)
        yield " + ".join(sorted(names)), text._replace(sentences=tuple(sentences))


# --- what is none --------------------------------------------------------------------------

_PLACES = (
    "Алматы",
    "Астана",
    "Шымкент",
    "Ташкент",
    "Самарканд",
    "Бухара",
    "Караганда",
    "Актау",
    "Нукус",
    "Бишкек",
    "Ош",
)
_SKIES = ("ясно", "переменная облачность", "небольшой дождь", "гроза", "снег", "туман")
_WINDS = ("северный", "южный", "западный", "восточный")
_TEMPLATES = (
    "Синоптики рассказали о погоде на {day} {month}. В городе {place} ожидается {sky}. "
    "Ветер {wind}, {a}-{b} метров в секунду. Температура воздуха ночью {c}, днём {d} "
    "градусов. На востоке области местами {sky2}. На дорогах видимость {e} метров, "
    "водителей просят быть внимательными.",
    "Курс валют на {day} {month}. Доллар США стоит {a}{b},{c} тенге, евро {d}{e},{a} тенге,"
    " российский рубль {b},{c} тенге. В обменниках города {place} доллар покупают по "
    "{a}{c},{d} и продают по {b}{e},{c} тенге. Объём торгов на бирже составил {e} миллионов"
    " долларов.",
    "{place}да {day} {month} күні ауа райы қандай болады? Синоптиктердің болжамынша, түнде "
    "{a} градус, күндіз {b} градус жылы болады. Желдің жылдамдығы секундына {c}-{d} метр. "
    "Облыстың солтүстігінде екпіні {e} метрге жетеді. Тұрғындарды сақ болуға шақырамыз.",
    "Markaziy bank {day} {month} uchun valyutalar kursini e’lon qildi. AQSH dollari {a}{b} "
    "so‘m, yevro {c}{d} so‘m, rubl {e},{a} so‘m bo‘ldi. {place} shahridagi banklarda dollar"
    " {b}{c} so‘mdan sotib olinmoqda va {d}{e} so‘mdan sotilmoqda.",
)
_MONTHS = (
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
)


def by_template(rng: random.Random, number: int) -> Iterator[Text]:
    """Yield reports that differ in their numbers, places and words for the sky."""
    for i in range(number):
        text = rng.choice(_TEMPLATES).format(
            day=rng.randint(1, 28), month=rng.choice(_MONTHS), place=rng.choice(_PLACES),
            sky=rng.choice(_SKIES), sky2=rng.choice(_SKIES), wind=rng.choice(_WINDS),
            **{name: rng.randint(2, 99) for name in "abcde"},
        )  # fmt: skip
        yield _text(text, "", f"template-{i}")


def follow_ups(rng: random.Random, texts: Sequence[Text], others: Sequence[str]) -> Iterator[Text]:
    """Yield new articles that repeat a fifth to a third of an older one at their end."""
    for i, text in enumerate(texts):
        length = len(text.sentences)
        if rng.random() < 0.3 and length >= 6:
            told = round(length * rng.uniform(0.2, 0.33))
            new = [rng.choice(others) for _ in range(length - told)]
            yield Text((*new, *text.sentences[:told]), text.language, f"follow-up-{i}")


# --- measuring -----------------------------------------------------------------------------


class Score(NamedTuple):
    """Pairs of copies found, told and true."""

    right: int
    told: int
    true: int

    def told_as(self) -> dict[str, float]:
        precision, recall = self.right / max(1, self.told), self.right / max(1, self.true)
        f1 = 2 * precision * recall / max(1e-9, precision + recall)
        return {"precision": precision, "recall": recall, "f1": f1}

    def __str__(self) -> str:
        figures = "  ".join(f"{name} {value:.4f}" for name, value in self.told_as().items())
        return f"{figures}  ({self.true:,} pairs)"


def article_set(originals: Sequence[Text], seed: int) -> list[tuple[str, Text]]:
    """Return originals, their copies and what is none, shuffled; each with how it was made."""
    rng = random.Random(seed)
    others = [s for text in originals for s in text.sentences if len(s.split()) > 4]
    made = [("original", text) for text in originals]
    made += [one for text in originals for one in copies(rng, text, others)]
    made += [("template", text) for text in by_template(rng, max(300, len(originals) // 3))]
    made += [("follow-up", text) for text in follow_ups(rng, originals, others)]
    rng.shuffle(made)
    return made


def grouped(made: Sequence[tuple[str, Text]], index: Copies) -> list[int]:
    """Return the group that each article is put in."""
    groups: list[int] = []
    numbers: list[int] = []
    for _, text in made:
        one = text.sketch
        found = index.add(one) if one else None
        if one:
            numbers.append(len(groups))
        groups.append(groups[numbers[found.number]] if found else len(groups))
    return groups


def scored(made: Sequence[tuple[str, Text]], groups: Sequence[int]) -> Score:
    """Count pairs of articles in one group, told and true."""
    true = [text.group for _, text in made]
    both = Counter(zip(groups, true, strict=True))
    return Score(_pairs(both), _pairs(Counter(groups)), _pairs(Counter(true)))


def grouped_by_archive(made: Sequence[tuple[str, Text]]) -> list[int]:
    """Return the group that the archive puts each article in, saved in batches as they come."""
    return asyncio.run(_saved(made))


async def _saved(made: Sequence[tuple[str, Text]]) -> list[int]:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'archive.sqlite3'}"
        await migrate(url)
        sketches = [text.sketch for _, text in made]
        events = [
            sample.story(number, text=" ".join(text.sentences), sketch=one.encoded() if one else "")
            for number, ((_, text), one) in enumerate(zip(made, sketches, strict=True))
        ]
        async with open_archive(url) as archive:
            for at in range(0, len(events), 100):
                await archive.save(events[at : at + 100])
            known = await archive.histories([event.key for event in events])
        named = [known[event.key][0].group or event.key for event in events]
    numbers = {name: number for number, name in enumerate(dict.fromkeys(named))}
    return [numbers[name] for name in named]


def _pairs(counts: Counter[object]) -> int:  # type: ignore[type-var]
    return sum(n * (n - 1) // 2 for n in counts.values())


def by_edit(made: Sequence[tuple[str, Text]]) -> Iterator[str]:
    """Yield for each edit how many copies are joined to their original, if it came before."""
    first = {text.group: text for how, text in made if how == "original"}
    told, all_ = Counter[str](), Counter[str]()
    for how, text in made:
        if text.group in first and how not in ("original", "follow-up", "template"):
            index = Copies(16)
            sketches = [one.sketch for one in (first[text.group], text)]
            all_[how] += 1
            told[how] += (
                all(sketches) and [index.add(one) for one in sketches if one][1] is not None
            )
    for how in sorted(all_):
        yield f"  {how:<28} {told[how] / all_[how]:.3f}  ({all_[how]})"


def cost(texts: Sequence[Text]) -> Iterator[str]:
    """Yield what a million articles cost."""
    words = [(words_of(" ".join(text.sentences)), text.language) for text in texts[:500]]
    began = time.process_time()
    for one in words:
        sketch(*one)
    yield f"sketch of an article: {(time.process_time() - began) / len(words) * 1e3:.2f} ms"
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    index, rng = Copies(MILLION), np.random.default_rng(1)
    for tenth in range(1, 11):
        values = rng.integers(0, 256, (MILLION // 10, VALUES), dtype=np.uint8)
        places = rng.integers(0, 1 << 32, (MILLION // 10, BANDS), dtype=np.uint32)
        made = [Sketch(v.tobytes(), tuple(p.tolist())) for v, p in zip(values, places, strict=True)]
        began = time.process_time()
        for one in made:
            index.add(one)
        took = (time.process_time() - began) / (MILLION // 10)
        if tenth in (1, 10):
            yield f"look-up and entry with {tenth * MILLION // 10:,} articles: {took * 1e6:.0f} µs"
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    yield f"memory of an index of {MILLION:,}: {held // 1024} MB"


def report(name: str, originals: Iterable[Text], seed: int) -> list[Text]:
    """Print how well copies are told among some articles."""
    texts = list(originals)
    made = article_set(texts, seed)
    kinds = Counter(
        how if how in ("original", "template", "follow-up") else "copy" for how, _ in made
    )
    print(f"\n{name}: " + ", ".join(f"{n:,} {kind}" for kind, n in kinds.most_common()))
    print(scored(made, grouped(made, Copies(1 << 16))))
    print(f"through the archive: {scored(made, grouped_by_archive(made))}")
    print("copies joined to their original, by edit:", *by_edit(made), sep="\n")
    return texts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", nargs="?", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tuned", action="store_true", help="the half that was tuned on")
    parser.add_argument("--no-cost", action="store_true")
    arguments = parser.parse_args()
    texts = report("our newsroom", ours(), arguments.seed)
    if arguments.data and (arguments.data / "langid").is_dir():
        part = 0 if arguments.tuned else 1
        texts = report(f"half {part} of DATA", of_folder(arguments.data, part), arguments.seed)
    if not arguments.no_cost:
        for line in cost(texts):
            print(line, flush=True)


if __name__ == "__main__":
    main()

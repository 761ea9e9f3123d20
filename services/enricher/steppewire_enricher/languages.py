"""The languages of an article: of its title, its lead, each paragraph, and of the whole."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from steppewire.events import Article, Language, Languages
from steppewire_enricher.langid import PREFIX, Floats, Table, plain_and_names, table

UNKNOWN = "und"
SURE = 0.9
"""Below this a text asks the rest of the article: a headline of two names has no language."""
LEAST_LETTERS = 2
LINES = 2_000
"""Paragraphs that are read one by one; what comes behind is taken for the article's language.
No article is that long: it is a table or a list, and its record would take half a minute."""
HINT_LETTERS = 20
"""A source's word about its language weighs as much as this many letters of text."""

_LETTERS = re.compile(r"[^\W\d_]")


def read_languages(article: Article, hint: str | None = None) -> Languages:
    """Tell the languages of an article.

    1. score title, lead and paragraphs, each by itself;
    2. sum letters by language: what the article is written in;
    3. let short or doubtful texts lean on that;
    4. the article's language is the one with most letters.
    """
    has_lead = article.lead is not None
    read = article.paragraphs[:LINES]
    texts = [article.title, article.lead or "", *(p.text for p in read)]
    letters = [_count(text) for text in texts]
    alone = _probabilities(texts, letters)
    prior = _prior(texts, alone, letters, hint)
    told = [_decide(*of_text, prior) for of_text in zip(texts, alone, letters, strict=True)]
    whole = _whole(told, letters)
    unread = len(article.paragraphs) - len(read)
    return Languages(
        article=whole,
        title=told[0],
        lead=told[1] if has_lead else None,
        paragraphs=(*told[2:], *(whole for _ in range(unread))),
        shares=_shares(told[1:], letters[1:]),
    )


def _count(text: str) -> int:
    return len(_LETTERS.findall(text[:20_000])) if len(text) <= 20_000 else len(text) // 2


def _probabilities(texts: Sequence[str], letters: Sequence[int]) -> list[Floats | None]:
    """Return a row of probabilities for each text; None where it has no language of ours."""
    model = table()
    scores, counts = model.scores(texts)
    likely = model.probabilities(scores, counts)
    strange = model.strange(scores, counts)
    return [
        None if strange[i] or letters[i] < LEAST_LETTERS or not counts[i] else likely[i]
        for i in range(len(texts))
    ]


def _prior(
    texts: Sequence[str], alone: Sequence[Floats | None], letters: Sequence[int], hint: str | None
) -> Floats:
    """Return how likely each class is in this article before a text is read, at least a little."""
    model = table()
    mass = np.zeros(len(model.classes), dtype=np.float32)
    for text, row, weight in zip(texts, alone, letters, strict=True):
        if row is not None and not _only_names(text):
            mass += row * weight
    for index in _hinted(model, hint):
        mass[index] += HINT_LETTERS
    total = float(mass.sum())
    return np.asarray(mass / total + 0.02 if total else np.ones_like(mass), dtype=np.float32)


def _only_names(text: str) -> bool:
    return not plain_and_names(text[:PREFIX])[0]


def _hinted(model: Table, hint: str | None) -> list[int]:
    """Return the classes of a hint such as `kk`, `uz-Cyrl` or `ru-RU`."""
    if not hint:
        return []
    wanted = hint.replace("_", "-").lower()
    exact = [i for i, name in enumerate(model.classes) if name.lower() == wanted]
    base = wanted.split("-")[0]
    return exact or [i for i, name in enumerate(model.classes) if name.split("-")[0] == base]


def _decide(text: str, row: Floats | None, letters: int, prior: Floats) -> Language:
    if row is None:
        return Language(tag=UNKNOWN, confidence=0.0 if letters < LEAST_LETTERS else 0.5)
    if float(row.max()) < SURE or _only_names(text):
        row = row * prior
        row = row / row.sum()
    best = int(row.argmax())
    return Language(tag=table().classes[best], confidence=round(min(1.0, float(row[best])), 4))


def _shares(told: Sequence[Language], letters: Sequence[int]) -> dict[str, float]:
    """Return the share of letters in each language, most first; they add up to 1."""
    sums: Counter[str] = Counter()
    for language, weight in zip(told, letters, strict=True):
        if weight:
            sums[language.tag] += weight
    total = sum(sums.values())
    return {tag: weight / total for tag, weight in sums.most_common()}


def _whole(told: Sequence[Language], letters: Sequence[int]) -> Language:
    """Return the language with most letters in lead and paragraphs, or the title's without them."""
    shares = _shares(told[1:], letters[1:])
    known: Mapping[str, float] = {tag: s for tag, s in shares.items() if tag != UNKNOWN}
    if not known:
        return told[0]
    tag = max(known, key=lambda name: known[name])
    weighted = [
        (language.confidence, weight)
        for language, weight in zip(told[1:], letters[1:], strict=True)
        if language.tag == tag and weight
    ]
    sure = sum(c * w for c, w in weighted) / sum(w for _, w in weighted)
    return Language(tag=tag, confidence=round(min(1.0, sure), 4))

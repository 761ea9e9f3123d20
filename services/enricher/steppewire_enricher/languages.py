"""The languages of an article: of its title, its lead, each paragraph, and of the whole.

Texts are read sentence by sentence, and quotation by quotation: one paragraph may be bilingual.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from steppewire.events import Article, Language, Languages
from steppewire_enricher.langid import Flags, Floats, Ints, Scores, Table, table

UNKNOWN = "und"
SURE = 0.98
"""Below this a text asks the rest of the article: a headline of two names has no language."""
LEAST_LETTERS = 2
PIECES = 4_000
"""Sentences that are read; what comes behind is taken for the article's language. No article has
so many: it is a table or a list."""
READ = 480
"""Characters of an article that are read, spread over its sentences: more changes hardly an
answer, and 400 would do for an article in one language."""
LEAST_READ = 48
"""Characters that are read of each sentence all the same."""
READ_AGAIN = 180
"""Characters that are read where those did not tell."""
ALIKE = 0.85
"""With so much of an article in one language, a doubtful sentence that looks like it is in it."""
FEW_GRAMS = 80
"""A text with fewer is not refused by itself, if the article's language is known."""
FITS = 0.96
ENOUGH = 400
"""An article's main language is taken as told, if so many n-grams fit it nearly as usual."""
MAY_BE = 0.3
"""A doubtful sentence is not read further if it may be in the language of all the others."""
HINT_LETTERS = 20
"""A source's word about its language weighs as much as this many letters of text."""
NAMES_SAY = np.float32(0.3)
"""Exponent of what nothing but names seems to be written in."""
LEFT = 0.01
"""How likely every language is whatever the rest of the article is in."""

_QUOTATION = re.compile(r"([«“„][^«»“”„.!?…\n]{40,400}[»”])")
"""Not only a name in quotes."""
_END = re.compile(r"[\n.!?…۔؟][.!?…۔؟»”\"’]*(?:\s+|(?<=\n))")
"""Opens with one of a set of characters: then the search for it is quick."""
LONGEST = 2_000
"""Characters: a longer sentence is cut here."""
MOST_CHARACTERS = 200_000
"""Characters of one text that are cut into sentences."""


def read_languages(article: Article, hint: str | None = None) -> Languages:
    """Tell the languages of an article.

    1. cut title, lead and paragraphs into sentences and quotations;
    2. score each by itself, on a sample of its characters;
    3. sum letters by language: what the article is written in;
    4. let short or doubtful ones lean on that;
    5. a text's language is the one with most of its letters, the article's likewise.
    """
    texts = [article.title, article.lead or "", *(p.text for p in article.paragraphs)]
    pieces, of = _pieces(texts)
    letters, sure = _sums(pieces, np.array(of, dtype=np.int64), len(texts), hint)
    body = (letters[1:].sum(axis=0), sure[1:].sum(axis=0))
    *told, whole = _spoken(np.vstack((letters, body[0])), np.vstack((sure, body[1])))
    if not body[0][:-1].any():
        whole = told[0]
    read = of[-1] + 1 if len(pieces) >= PIECES else len(texts)
    told[read:] = [whole] * (len(texts) - read)
    return Languages(
        article=whole,
        title=told[0],
        lead=told[1] if article.lead is not None else None,
        paragraphs=tuple(told[2:]),
        shares=_shares(body[0].tolist()),
    )


def _pieces(texts: Sequence[str]) -> tuple[list[str], list[int]]:
    """Cut texts into sentences and quotations; say which text each is of."""
    pieces: list[str] = []
    of: list[int] = []
    for index, text in enumerate(texts):
        found = _sentences(text[:MOST_CHARACTERS])
        if any(len(piece) > LONGEST for piece in found):
            found = [p[at : at + LONGEST] for p in found for at in range(0, len(p), LONGEST)]
        pieces += found
        of += [index] * len(found)
        if len(pieces) >= PIECES:
            break
    return pieces[:PIECES], of[:PIECES]


def _sentences(text: str) -> list[str]:
    parts = _QUOTATION.split(text)
    found = _END.split(parts[0])
    for at in range(1, len(parts), 2):  # a quotation and what follows it, in turn
        found += [parts[at], *_END.split(parts[at + 1])]
    return [piece for piece in found if piece]


def _sums(pieces: list[str], of: Ints, texts: int, hint: str | None) -> tuple[Floats, Floats]:
    """Return letters of each text by language, unknown last; and the same times confidence."""
    model = table()
    columns = len(model.classes) + 1
    if not pieces:
        nothing = np.zeros((texts, columns), dtype=np.float32)
        return nothing, nothing
    lengths = np.array([len(piece) for piece in pieces], dtype=np.int64)
    best, sure, letters = _told(model, pieces, lengths, of, hint)
    cell = of * columns + best
    letters_of = np.bincount(cell, letters, minlength=texts * columns)
    sure_of = np.bincount(cell, letters * sure, minlength=texts * columns)
    shape = (texts, columns)
    return letters_of.reshape(shape).astype(np.float32), sure_of.reshape(shape).astype(np.float32)


def _told(
    model: Table, pieces: list[str], lengths: Ints, of: Ints, hint: str | None
) -> tuple[Ints, Floats, Ints]:
    """Return the class of each piece (one more than there are: unknown), confidence, letters."""
    samples = _samples(pieces, lengths, of)
    scores = model.scores(samples)
    likely = model.probabilities(scores)
    best, top = likely.argmax(axis=1), likely.max(axis=1)
    if samples is not pieces:
        again = _unclear(scores, likely, best, top, lengths).nonzero()[0]
        if len(again):
            _read_again(model, pieces, samples, scores, again)
            likely = model.probabilities(scores)
            best, top = likely.argmax(axis=1), likely.max(axis=1)
    letters = np.where((scores.grams == 0) & ~scores.foreign, 0, lengths)
    strange = model.strange(samples, scores, _usual(model, scores, best, letters))
    doubtful = scores.names | strange | (top < SURE)
    if doubtful.any():
        priors = _priors(model, likely, np.where(strange | scores.names, 0, letters), of, hint)
        if priors is not None and letters[strange].sum() <= letters[~strange].sum():
            likely = _leaning(likely, priors, scores.names, doubtful)
            best, top = likely.argmax(axis=1), likely.max(axis=1)
            strange &= scores.foreign | (scores.grams >= FEW_GRAMS)
        best[strange], top[strange] = len(model.classes), 0.5
    return best, top, np.where(lengths < LEAST_LETTERS, 0, letters)


def _read_again(
    model: Table, pieces: Sequence[str], samples: list[str], scores: Scores, where: Ints
) -> None:
    """Read some pieces further, and put what is found in the place of what was."""
    longer = [pieces[i][:READ_AGAIN] for i in where]
    for i, text in zip(where, longer, strict=True):
        samples[i] = text
    scores.put(where, model.scores(longer))


def _unclear(scores: Scores, likely: Floats, best: Ints, top: Floats, lengths: Ints) -> Flags:
    """Say which pieces must be read further: not those that will lean on all the others."""
    doubtful = (scores.names | (top < SURE)) & (lengths > LEAST_READ)
    # a list of lines that begin alike is no surer of its language than one of them
    letters = np.bincount(best, np.where(doubtful, 0, lengths))
    main = letters.argmax()
    if letters[main] > ALIKE * letters.sum():
        doubtful &= likely[:, main] < MAY_BE
    return np.asarray(doubtful)


def _usual(model: Table, scores: Scores, best: Ints, letters: Ints) -> Flags:
    """Say which pieces need no second look: none but long ones in another language than the
    article's, if that fits the article.
    """
    by_class = np.bincount(best, letters)
    main = by_class.argmax()
    mine = best == main
    grams = scores.grams.dot(mine)
    fits = scores.ours[:, main].dot(mine) > FITS * grams * model.usual[main]
    if grams <= ENOUGH or not fits:
        return np.zeros_like(mine)
    if 2 * by_class[main] >= by_class.sum():
        mine |= scores.grams < FEW_GRAMS
    return np.asarray(mine)


def _samples(pieces: list[str], lengths: Ints, of: Ints) -> list[str]:
    """Return the beginning of each piece: all of them together are about as long as `READ`."""
    total = int(lengths[of > 0].sum())
    if total <= READ:
        return pieces
    share = READ / total
    return [_beginning(piece, max(LEAST_READ, int(share * len(piece)))) for piece in pieces]


def _beginning(text: str, length: int) -> str:
    if len(text) <= length:
        return text
    return text[: max(text.rfind(" ", 0, length), length // 2)]


def _priors(
    model: Table, likely: Floats, letters: Ints, of: Ints, hint: str | None
) -> Floats | None:
    """Return how likely each class is where each piece stands: in its paragraph, in the article.

    Nothing, if nothing else in the article tells.
    """
    told = np.where(of > 0, letters, 0)  # a title leans on what follows, and on nothing else
    mass = likely * told[:, None].astype(np.float32)
    begins = np.ones(len(of), dtype=bool)
    np.not_equal(of[1:], of[:-1], out=begins[1:])
    near = np.add.reduceat(mass, begins.nonzero()[0], axis=0)
    far = near.sum(axis=0)
    if hint:
        far[_hinted(model, hint)] += HINT_LETTERS
    everything = far.sum()
    if not everything:
        return None
    far /= everything
    total = near.sum(axis=1, keepdims=True)
    both = np.where(total > 0, near / np.maximum(total, 1) + far, 2 * far) / 2 + LEFT
    return np.asarray(both.take(begins.cumsum() - 1, axis=0))


def _leaning(likely: Floats, priors: Floats, names: Flags, doubtful: Flags) -> Floats:
    """Return the probabilities, with its surroundings' where a piece is not sure by itself."""
    where = doubtful.nonzero()[0]
    said = likely.take(where, axis=0)
    both = np.where(names.take(where)[:, None], said**NAMES_SAY, said) * priors.take(where, axis=0)
    out = likely.copy()
    out[where] = both / both.sum(axis=1, keepdims=True)
    return out


def _hinted(model: Table, hint: str) -> list[int]:
    """Return the classes of a hint such as `kk`, `uz-Cyrl` or `ru-RU`."""
    wanted = hint.replace("_", "-").lower()
    exact = [i for i, name in enumerate(model.classes) if name.lower() == wanted]
    base = wanted.split("-")[0]
    return exact or [i for i, name in enumerate(model.classes) if name.split("-")[0] == base]


def _spoken(letters: Floats, sure: Floats) -> list[Language]:
    """Return the language of ours with most letters in each row; unknown, if most are in none."""
    ours = letters[:, :-1]
    best = ours.argmax(axis=1)
    rows = np.arange(len(best))
    most, unknown = ours[rows, best], letters[:, -1]
    confidence = np.minimum(1, sure[rows, best] / np.maximum(most, 1))
    known = ours.sum(axis=1) > unknown
    said = zip(known.tolist(), best.tolist(), confidence.tolist(), unknown.tolist(), strict=True)
    return [_language(*one) for one in said]


@lru_cache(maxsize=4096)
def _language(known: bool, best: int, confidence: float, unknown: float) -> Language:
    if known:
        return Language(tag=table().classes[best], confidence=round(confidence, 4))
    return Language(tag=UNKNOWN, confidence=0.5 if unknown else 0.0)


def _shares(letters: list[float]) -> dict[str, float]:
    """Return the share of letters in each language, most first; they add up to 1."""
    total = sum(letters)
    tags = (*table().classes, UNKNOWN)
    found = sorted(((n, tag) for n, tag in zip(letters, tags, strict=True) if n), reverse=True)
    return {tag: n / total for n, tag in found}

"""The languages of an article: of its title, its lead, each paragraph, and of the whole.

Texts are read sentence by sentence, and quotation by quotation: one paragraph may be bilingual.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from steppewire.events import Article, Language, Languages
from steppewire_enricher.langid import Floats, Scores, Table, table
from steppewire_enricher.ngrams import Flags, Ints

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
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+")
"""In no language: a few long ones made a short Kazakh article English."""
LONGEST = 2_000
"""Characters: a longer sentence is cut here."""
MOST_CHARACTERS = 200_000
"""Characters of one text that are cut into sentences."""


class Written(NamedTuple):
    """The texts of an article."""

    title: str
    lead: str | None
    paragraphs: Sequence[str]
    hint: str | None = None
    """What its source says that it is written in."""

    @property
    def texts(self) -> list[str]:
        """Return title, lead and paragraphs."""
        return [self.title, self.lead or "", *self.paragraphs]


def read_languages(article: Article, hint: str | None = None) -> Languages:
    """Tell the languages of an article."""
    paragraphs = [paragraph.text for paragraph in article.paragraphs]
    return read_many([Written(article.title, article.lead, paragraphs, hint)])[0]


def read_many(articles: Sequence[Written]) -> list[Languages]:
    """Tell the languages of articles: of some at once in less time, each as by itself.

    1. cut title, lead and paragraphs into sentences and quotations;
    2. score each by itself, on a sample of its characters;
    3. sum letters by language: what the article is written in;
    4. let short or doubtful ones lean on that;
    5. a text's language is the one with most of its letters, the article's likewise.
    """
    cuts = [_cut(article.texts, article.hint) for article in articles]
    letters, sure = _sums(cuts)
    ends = np.array([cut.texts for cut in cuts]).cumsum().tolist()
    bodies = [slice(end - cut.texts + 1, end) for cut, end in zip(cuts, ends, strict=True)]
    of_bodies = [np.array([of[body].sum(axis=0) for body in bodies]) for of in (letters, sure)]
    told = _spoken(np.vstack((letters, of_bodies[0])), np.vstack((sure, of_bodies[1])))
    wholes, shares = told[ends[-1] :], map(_shares, of_bodies[0].tolist())
    each = zip(articles, cuts, bodies, wholes, shares, strict=True)
    return [
        _languages(article, cut, told[body.start - 1 : body.stop], whole, share)
        for article, cut, body, whole, share in each
    ]


def _languages(
    article: Written, cut: _Cut, told: list[Language], whole: Language, shares: dict[str, float]
) -> Languages:
    if not any(tag != UNKNOWN for tag in shares):
        whole = told[0]
    read = cut.of[-1] + 1 if len(cut.pieces) >= PIECES else cut.texts
    told[read:] = [whole] * (cut.texts - read)
    return Languages(
        article=whole,
        title=told[0],
        lead=told[1] if article.lead is not None else None,
        paragraphs=tuple(told[2:]),
        shares=shares,
    )


class _Cut(NamedTuple):
    """An article in sentences and quotations."""

    pieces: list[str]
    of: Ints
    """Which text each is of."""
    lengths: Ints
    texts: int
    hint: str | None


def _cut(texts: Sequence[str], hint: str | None) -> _Cut:
    pieces, of = _pieces(texts)
    lengths = np.array([len(piece) for piece in pieces], dtype=np.int64)
    return _Cut(pieces, np.array(of, dtype=np.int64), lengths, len(texts), hint)


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
    if "://" in text or "www." in text:
        text = _ADDRESS.sub(" ", text)
    parts = _QUOTATION.split(text)
    found = _END.split(parts[0])
    for at in range(1, len(parts), 2):  # a quotation and what follows it, in turn
        found += [parts[at], *_END.split(parts[at + 1])]
    return [piece for piece in found if piece]


def _sums(cuts: Sequence[_Cut]) -> tuple[Floats, Floats]:
    """Return letters of each text by language, unknown last; and the same times confidence."""
    model = table()
    shape = (sum(cut.texts for cut in cuts), len(model.classes) + 1)
    if not any(cut.pieces for cut in cuts):
        nothing = np.zeros(shape, dtype=np.float32)
        return nothing, nothing
    best, sure, letters = _told(model, cuts)
    before = np.array([0, *(cut.texts for cut in cuts)]).cumsum()[:-1]
    of = np.concatenate([cut.of + n for cut, n in zip(cuts, before.tolist(), strict=True)])
    cell, cells = of * shape[1] + best, shape[0] * shape[1]
    letters_of = np.bincount(cell, letters, minlength=cells)
    sure_of = np.bincount(cell, letters * sure, minlength=cells)
    return letters_of.reshape(shape).astype(np.float32), sure_of.reshape(shape).astype(np.float32)


def _told(model: Table, cuts: Sequence[_Cut]) -> tuple[Ints, Floats, Ints]:
    """Return the class of each piece (one more than there are: unknown), confidence, letters."""
    lengths = np.concatenate([cut.lengths for cut in cuts])
    samples = [sample for cut in cuts for sample in _samples(cut)]
    scores = model.scores(samples)
    likely = model.probabilities(scores)
    again = _unclear(cuts, scores, likely, lengths)
    if len(again):
        _read_again(model, [piece for cut in cuts for piece in cut.pieces], samples, scores, again)
        likely = model.probabilities(scores)
    best, top = likely.argmax(axis=1), likely.max(axis=1)
    letters = np.where((scores.grams == 0) & ~scores.foreign, 0, lengths)
    usual = [_usual(model, scores.of(at), best[at], letters[at]) for _, at in _places(cuts)]
    strange = model.strange(samples, scores, np.concatenate(usual))
    doubtful = scores.names | strange | (top < SURE)
    for cut, at in _places(cuts):
        if doubtful[at].any():
            _lean(model, cut, scores.of(at), likely[at], doubtful[at], strange[at], letters[at])
    best, top = likely.argmax(axis=1), likely.max(axis=1)
    best[strange], top[strange] = len(model.classes), 0.5
    return best, top, np.where(lengths < LEAST_LETTERS, 0, letters)


def _places(cuts: Sequence[_Cut]) -> Iterator[tuple[_Cut, slice]]:
    """Yield where the pieces of each article are among all."""
    begin = 0
    for cut in cuts:
        end = begin + len(cut.pieces)
        if begin < end:
            yield cut, slice(begin, end)
        begin = end


def _lean(
    model: Table,
    cut: _Cut,
    scores: Scores,
    likely: Floats,
    doubtful: Flags,
    strange: Flags,
    letters: Ints,
) -> None:
    """Let the doubtful pieces of an article lean on the others, and fewer of them be strange."""
    surely = np.where(strange | scores.names, 0, letters)
    priors = _priors(model, likely, surely, cut.of, cut.hint)
    if priors is not None and letters[strange].sum() <= letters[~strange].sum():
        _leaning(likely, priors, scores.names, doubtful)
        strange &= scores.foreign | (scores.grams >= FEW_GRAMS)


def _read_again(
    model: Table, pieces: Sequence[str], samples: list[str], scores: Scores, where: Ints
) -> None:
    """Read some pieces further, and put what is found in the place of what was."""
    longer = [pieces[i][:READ_AGAIN] for i in where]
    for i, text in zip(where, longer, strict=True):
        samples[i] = text
    scores.put(where, model.scores(longer))


def _unclear(cuts: Sequence[_Cut], scores: Scores, likely: Floats, lengths: Ints) -> Ints:
    """Return which pieces must be read further: not those that will lean on all the others."""
    best, top = likely.argmax(axis=1), likely.max(axis=1)
    doubtful = (scores.names | (top < SURE)) & (lengths > LEAST_READ)
    for cut, at in _places(cuts):
        if doubtful[at].any():
            doubtful[at] &= _may_tell_more(cut, likely[at], best[at], doubtful[at])
    return np.asarray(doubtful.nonzero()[0])


def _may_tell_more(cut: _Cut, likely: Floats, best: Ints, doubtful: Flags) -> Flags | bool:
    if _is_read_whole(cut):
        return False
    # a list of lines that begin alike is no surer of its language than one of them
    letters = np.bincount(best, np.where(doubtful, 0, cut.lengths))
    main = letters.argmax()
    return likely[:, main] < MAY_BE if letters[main] > ALIKE * letters.sum() else True


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


def _samples(cut: _Cut) -> list[str]:
    """Return the beginning of each piece: all of them together are about as long as `READ`."""
    if _is_read_whole(cut):
        return cut.pieces
    share = READ / _body(cut)
    return [_beginning(piece, max(LEAST_READ, int(share * len(piece)))) for piece in cut.pieces]


def _is_read_whole(cut: _Cut) -> bool:
    return _body(cut) <= READ


def _body(cut: _Cut) -> int:
    """Return how long the article is without its title."""
    return int(cut.lengths[cut.of > 0].sum())


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


def _leaning(likely: Floats, priors: Floats, names: Flags, doubtful: Flags) -> None:
    """Weigh in what is around a piece that is not sure by itself."""
    where = doubtful.nonzero()[0]
    said = likely.take(where, axis=0)
    both = np.where(names.take(where)[:, None], said**NAMES_SAY, said) * priors.take(where, axis=0)
    likely[where] = both / both.sum(axis=1, keepdims=True)


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


@lru_cache(maxsize=256)  # many pieces of an article are alike
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

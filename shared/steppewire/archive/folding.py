"""What counts as the same word: one Latin form for Kazakh, Uzbek, Russian and English spellings.

Both databases index what this module makes of a text and look for what it makes of a query, so
they find the same. A word is folded in four steps:

1. look-alikes: Latin letters inside a Cyrillic word are taken as the Cyrillic ones, and the
   other way round (``Қазақcтан`` with a Latin ``c``);
2. Cyrillic becomes Latin, as Uzbek writes it (``Тошкент`` and ``Toshkent`` meet);
3. what writers leave out goes: case, accents, every apostrophe (``o‘ oʻ o' o`` → ``o``),
   ә/а, ғ/г, қ/к, ң/н, ө/о, ұ/ү/у, һ/х, і/и, ё/е;
4. spellings of one sound meet: ye/e, yo/e (Мирзиёев, Mirziyoyev), zh/j, kh/h, ts/s, q/k.

Then its *stems* are listed: every word of which it could be a form. ``Тоқаевтың`` has the stem
``tokaev``. The rules are light on purpose: endings of the case, number and person of nouns, no
dictionary, so a stem need not be a word. A text is found under all its words and their stems.

The databases keep less of a text than that: its words, and beside them, once for all texts, which
words have which stem (`lexicon`). Who asks for a stem is told its words first (`sought`).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from steppewire.language.apostrophes import APOSTROPHES, plain_apostrophes
from steppewire.language.lookalikes import one_script

LONGEST = 40
"""A longer word is cut: an index has no use for encoded data."""
MOST_BYTES = 400_000
"""Words of one article beyond this are not indexed: PostgreSQL's tsvector ends at 1 MiB."""
MOST_LETTERS = 1_000_000
"""Letters of one article in which words are looked for: twice what a parser hands on, and more
than there is room for in the index."""
MOST_WORDS = 32
"""Different words of a query that are looked at; a longer query is cut."""
TITLE, OFTEN = "§", "¤"
"""Marks of words in the title, and of those that come often. No word has such a character."""
OFTEN_TIMES = 3
SHORTEST_PREFIX = 3
"""Shorter last words must match whole: two letters begin thousands of words."""

_INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_MARK = rf"[\u0300-\u036f{_INVISIBLE}]"
# accents and invisible characters go with the letter before; an apostrophe needs one after, too
WORD = re.compile(rf"[^\W_]+(?:{_MARK}+[^\W_]*|[{APOSTROPHES}]{_MARK}*[^\W_]+)*")

_DROPPED = {ord(c): None for c in _INVISIBLE}

_PLAIN = dict(zip("абвгдзийклмнопрстуфхыэ", "abvgdziyklmnoprstufhye", strict=True))
_RUSSIAN_MORE = {"е": "e", "ё": "e", "ж": "j", "ц": "s", "ч": "ch", "ш": "sh", "щ": "sh"}
_RUSSIAN_SIGNS = {"ъ": "", "ь": "", "ю": "yu", "я": "ya"}
_KAZAKH = {"ә": "a", "ғ": "g", "қ": "k", "ң": "n", "ө": "o", "ұ": "u", "ү": "u", "һ": "h", "і": "i"}
# the apostrophe keeps йў (yo‘) apart from ё (yo)
_UZBEK = {"ў": "o'", "ҳ": "h"}
_NEIGHBOURS = dict(zip("їєґӣӯҷҡҙҫҹјҝҗ", "iegiujkzsjygj", strict=True))
_CYRILLIC = str.maketrans(
    {**_PLAIN, **_RUSSIAN_MORE, **_RUSSIAN_SIGNS, **_KAZAKH, **_UZBEK, **_NEIGHBOURS}
)
_LATIN = str.maketrans(
    {"ı": "i", "ə": "a", "ɵ": "o", "ş": "sh", "ç": "ch", "ŋ": "n", "ø": "o", "ł": "l", "đ": "d"}
)
_SOUNDS = re.compile(r"yo(?!')|ye|zh|kh|ts|q|x")
_SOUND_OF = {"yo": "e", "ye": "e", "zh": "j", "kh": "h", "ts": "s", "q": "k", "x": "h"}
_NOT_ALNUM = re.compile(r"[\W_]+")


def _romanise(word: str) -> str:
    """Return `word` in lower-case Latin letters, with `'` for every apostrophe."""
    word = unicodedata.normalize("NFKC", word.translate(_DROPPED))
    word = plain_apostrophes(one_script(word).casefold())
    if word.isascii():
        return word
    word = unicodedata.normalize("NFC", word).translate(_CYRILLIC).translate(_LATIN)
    if word.isascii():
        return word
    return "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))


def _settle(word: str) -> str:
    """Let spellings of one sound meet, drop apostrophes, cut what is too long."""
    word = _SOUNDS.sub(lambda m: _SOUND_OF[m[0]], word)
    return _NOT_ALNUM.sub("", word)[:LONGEST]


@lru_cache(maxsize=1 << 14)
def fold(word: str) -> str:
    """Return the one form of all spellings of `word`; empty when it has no letter or digit."""
    word = _romanise(word)
    return _settle(word.removesuffix("'s"))  # English possessive


# ── stems ────────────────────────────────────────────────────────────────────────────────────

_ANY = frozenset("abcdefghijklmnopqrstuvwxyz")
_VOWEL = frozenset("aeiouy")
_CONSONANT = _ANY - frozenset("aeiou")  # й is written y, too
_HARD = frozenset("kpsthfcv")  # after these, Kazakh hardens the ending: банктің, Тоқаевтың
_FINAL = _HARD | frozenset("bdg")  # and after the last letter of a foreign word: Петербургтен
_OF_THIRD = frozenset("yi")  # after "his, its": қаласында
_SOFTENS = {"g": "k", "b": "p"}  # басшылық, басшылығы; китоб, китоби

_ENDINGS: dict[str, tuple[frozenset[str], int]] = {
    ending: (after, shortest)
    for endings, after, shortest in (
        # Kazakh and Uzbek cases
        ("nyn nin dyn din ning ny ni dy di ga ge da de dan den nan nen men ben", _ANY, 2),
        ("dagi dagy degi gacha", _ANY, 2),
        ("tyn tin ta te tan ten tagy tegi ke pen", _FINAL, 2),
        ("ty ti ka kacha", _HARD, 2),
        ("nda nde ndagy ndegi", _OF_THIRD, 3),
        # not Путина, Ленина: their genitive is no Kazakh dative
        ("na ne", _OF_THIRD, 5),
        ("yn in", _CONSONANT, 6),
        # plural
        ("lar ler dar der", _ANY, 2),
        ("tar ter", _FINAL, 2),
        # whose: -ымыз, -imiz, -ingiz, -(с)ы, -(s)i
        ("ymyz imiz miz myz ingiz ynyz iniz", _ANY, 2),
        ("sy si", _VOWEL, 3),
        ("y i", _CONSONANT, 2),
    )
    for ending in endings.split()
}
_LONGEST_ENDING = max(map(len, _ENDINGS))
_RUSSIAN = re.compile(
    "(?:ami|yami|ah|yah|am|yam|ey|oy|om|em|yu|ya|iya|iyu|ii|iey|iem|iyami|iyah|iyam|iy|"
    "yy|aya|oe|ee|ye|ie|ogo|ego|omu|emu|ym|im|yh|ih|uyu|yuyu|ymi|imi|[aeiouy])$"
)
_RUSSIAN_OF_MANY = re.compile("(?:ov|ev)$")
_ENGLISH = re.compile("(?:(?<=[^s])s|(?<=[sh])es)$")
# words that only look as if they had an ending: ақша is no form of АҚШ, теңге none of тең
_WHOLE = frozenset(
    {"dollar", "lider", "tender", "gender", "blender", "akter"}
    | {"aksha", "tenge", "baska", "boshka", "jana", "kishi"}
)
_COUNTRY = ("stan", "ston")  # no Kazakh ablative: Қазақстан, O‘zbekiston
_CLOSED = re.compile("[aeiou][^aeiou]")  # ел, ат, үй: two letters that are a word


def _turkic(word: str) -> Iterator[str]:
    """Peel endings off `word`, in every way: shaharlarida, shaharlari, shaharlar, shahar."""
    if word in _WHOLE or word.endswith(_COUNTRY):
        return
    for length in range(1, min(_LONGEST_ENDING, len(word) - 2) + 1):
        stem, ending = word[:-length], word[-length:]
        after, shortest = _ENDINGS.get(ending, ((), 0))
        if stem[-1] in after and len(stem) >= shortest and _is_word(stem):
            yield stem
            yield from _turkic(stem)
            if length == 1 and stem[-1] in _SOFTENS:
                yield stem[:-1] + _SOFTENS[stem[-1]]


def _is_word(stem: str) -> bool:
    return len(stem) >= 3 or _CLOSED.fullmatch(stem) is not None


def _english(word: str) -> Iterator[str]:
    """Return what an English word is the plural of: ministers, deputies, fishermen."""
    yield from _once(_ENGLISH, word)
    if len(word) > 5 and word.endswith("ies"):
        yield word[:-3] + "y"
    if len(word) > 5 and word.endswith("men"):
        yield word[:-2] + "an"


def _once(ending: re.Pattern[str], word: str) -> Iterator[str]:
    match = ending.search(word)
    if match is not None and match.start() >= 3:
        yield word[: match.start()]


@lru_cache(maxsize=1 << 14)
def asked_forms(word: str) -> tuple[str, ...]:
    """Return the folded word and then its stems; empty when it has no letter or digit."""
    folded = fold(word)
    if not folded.isalpha() or folded in _WHOLE:
        return (folded,) if folded else ()
    stems = (*_turkic(folded), *_once(_RUSSIAN, folded), *_english(folded))
    return tuple(dict.fromkeys((folded, *stems)))


@lru_cache(maxsize=1 << 16)
def forms(word: str) -> tuple[str, ...]:
    """Return what a word of a text is found under: `asked_forms`, and депутатов under депутат.

    Who asks for Иванов does not mean Иван, so this one ending stays on the words of a query.
    """
    found = asked_forms(word)
    return (*found, *_once(_RUSSIAN_OF_MANY, found[0])) if found else ()


def split(found: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Part a word's forms: what the index of a text keeps of it, and the stems that it leaves out.

    Kept are the word and each stem that it does not begin with (deputies, deputy): so whoever
    asks for what begins with some letters need not know the others.
    """
    kept = tuple(form for form in found if form is found[0] or not found[0].startswith(form))
    return kept, tuple(form for form in found if form not in kept)


# ── texts, names, queries ────────────────────────────────────────────────────────────────────


def words(text: str) -> Iterator[re.Match[str]]:
    """Find the words of `text` where they stand."""
    return WORD.finditer(text)


def index_terms(texts: Iterable[str], title: str = "") -> str:
    """Return what an article is found under: its different words and their stems, by spaces.

    Those of the title, which is one of the texts, and those that come often stand there once
    more, marked.
    """
    counts = Counter(chain.from_iterable(map(forms, all_words(texts))))
    titles = dict.fromkeys(chain.from_iterable(map(forms, all_words([title]))))
    return joined((*(TITLE + form for form in titles), *often(counts), *counts))


def all_words(texts: Iterable[str]) -> list[str]:
    """Return the words of texts as they stand there."""
    return list(chain.from_iterable(map(WORD.findall, beginnings(texts))))


def beginnings(texts: Iterable[str], most: int = MOST_LETTERS) -> Iterator[str]:
    """Yield texts until that many letters are reached; the last one is cut."""
    for text in texts:
        if most <= 0:
            return
        yield text[:most]
        most -= len(text)


def often(counts: Mapping[str, int]) -> list[str]:
    """Return, marked, those of the forms that come often."""
    return [OFTEN + form for form, count in counts.items() if count >= OFTEN_TIMES]


def joined(terms: Collection[str]) -> str:
    """Return terms by spaces, the first of them where there are more than an index takes."""
    every = " ".join(terms)
    # four bytes a character at most: nearly every article is below that
    if 4 * len(every) + 8 * len(terms) <= MOST_BYTES:
        return every
    return " ".join(_first_bytes(terms, MOST_BYTES))


def _first_bytes(terms: Iterable[str], most: int) -> Iterator[str]:
    for term in terms:
        # as many bytes as PostgreSQL needs: the word and its place in the vector
        most -= len(term.encode()) + 8
        if most < 0:
            return
        yield term


@lru_cache(maxsize=1 << 14)
def name_key(name: str) -> str:
    """Return the form under which an entity's name is found: its words, without case endings."""
    return " ".join(_nominative(match[0]) for match in words(name))[:200].strip()


def _nominative(word: str) -> str:
    found = asked_forms(word)
    # a Turkic ending may sit on a word with a Russian one: Астанада, Астана, Астане → astan
    last = next(iter(asked_forms(found[-1])[::-1]), "") if found else ""
    return min((*found, last), key=len) if found else ""


@dataclass(frozen=True)
class Wanted:
    """One word of a query: a text has it when it is indexed under one of `terms` or begins so."""

    terms: frozenset[str]
    prefixes: frozenset[str] = frozenset()
    exact: frozenset[str] = frozenset()
    """The word as it was typed, without its stems."""

    def marked(self, mark: str) -> Wanted:
        """Return the same word where it has a mark: in a title, or often."""
        return Wanted(
            frozenset(mark + term for term in self.terms),
            frozenset(mark + prefix for prefix in self.prefixes),
        )

    def has(self, word: str) -> bool:
        """Tell whether a word of a text is what was looked for."""
        found = forms(word)
        return not self.terms.isdisjoint(found) or any(
            form.startswith(prefix) for form in found for prefix in self.prefixes
        )


@dataclass(frozen=True)
class Sought:
    """A word of a query as it is looked for in an index that keeps words without their stems."""

    anywhere: Wanted
    in_title: Wanted
    often: Wanted
    as_typed: Wanted


def sought(word: Wanted, family: Mapping[str, Collection[str]]) -> Sought:
    """Return what to look for; `family` says which words have which stem."""
    anywhere = Wanted(_with_family(word.terms, family), word.prefixes)
    return Sought(
        anywhere=anywhere,
        in_title=anywhere.marked(TITLE),
        # counted over all forms of a word, so stems themselves are marked
        often=word.marked(OFTEN),
        as_typed=Wanted(_with_family(word.exact, family)),
    )


def _with_family(terms: frozenset[str], family: Mapping[str, Collection[str]]) -> frozenset[str]:
    return terms.union(*(family.get(term, ()) for term in terms))


def wanted(query: str) -> tuple[Wanted, ...]:
    """Read a query: words that must all occur, the last of which may be only begun."""
    # far more than the words that count; a query of ten megabytes is not worth reading
    typed = list(dict.fromkeys(WORD.findall(query[:20_000])))[:MOST_WORDS]
    whole = (_wanted(_meanings(word)) for word in typed[:-1])
    begun = (_wanted(_meanings(word), begun=True) for word in typed[-1:])
    return tuple(dict.fromkeys(word for word in (*whole, *begun) if word.terms))


def _wanted(meanings: tuple[str, ...], *, begun: bool = False) -> Wanted:
    terms = frozenset(form for word in meanings for form in asked_forms(word))
    folded = frozenset(fold(word) for word in meanings) - {""}
    prefixes = frozenset(f for f in folded if begun and len(f) >= SHORTEST_PREFIX)
    return Wanted(terms, prefixes, folded)


def _meanings(word: str) -> tuple[str, ...]:
    """A bare Latin "yo" may be meant as yo‘: `yol` looks for yo‘l (road), too."""
    latin = _romanise(word)
    return (word, latin.replace("yo", "yo'")) if "yo" in latin else (word,)

"""The key of a name: the same for its spellings in Kazakh, Russian, Uzbek and English.

A key keeps what survives spelling and drops the rest: vowels fall into two classes (а, о, ә, ө;
у, ұ, ү, o‘), e and i are dropped, г counts as к, and endings of surnames and patronymics go. It
takes microseconds, needs no memory of other articles, and so is the same in every process on every
day. What it cannot join (Омск and Омбы; other words), lists and corrections join.
"""

from __future__ import annotations

import re
from functools import lru_cache

from steppewire_enricher.folding import REMEMBERED, fold
from steppewire_enricher.identity.given_names import said_as
from steppewire_enricher.identity.sounds import sounds
from steppewire_enricher.lists import read_list

_CLASSES = str.maketrans({
    "A": "a", "o": "a", "O": "a", "U": "u", "W": "u", "E": "e", "I": "i", "N": "n", "c": "s",
    "K": "k", "X": "x", "S": "s", "w": "v", "g": "k",
})  # fmt: skip
_SPELLED = (
    (re.compile("ks"), "x"),
    (re.compile("K(?=[eiI])"), "s"),
)
_CLASSED = (
    (re.compile("(?<=[aeou])i+"), "y"),  # Айдар, Aydar, Aidar; Смайылов, Смаилов
    (re.compile("y(?=[aou])"), ""),
    (re.compile("[ei]"), ""),
    (re.compile("(?<=u)([^auy]+)u"), r"\1"),  # Жүсіп, Юсуп; Ұлықбек, Улугбек: у follows у
    (re.compile(r"(.)\1+"), r"\1"),
)
_SURNAME = (
    (re.compile("(?<=.{2})i[eo]*ev[aA]?$"), ""),  # Мирзиёев, Мирзиеев, Mirziyoyev
    (re.compile("(?<=.{2})[aAoO]ev[aA]?$"), "ai"),  # Тоқаев, Nazarboyev
    (re.compile("(?<=.{3})(?:[eoaO]v|in)[aA]?$"), ""),
)
_SON_OF = re.compile("(?<=.{3})(?:UlI|ulI|uli|UlIna|kIzI|kizi|WglI|Wgli|ogli|ugli|kizI)$")
_PATRONYMIC = re.compile(
    "(?<=.{2})(?:[oeiE]v[iI]C|[oeE]vna|iCna|iniCna|UlI|ulI|uli|kIzI|kizi|kizI|Wgli|ogli|ugli)$"
)
LONGEST_ABBREVIATION = 6
"""Letters of a word in capitals, each of which counts."""
_ADJECTIVE = re.compile("(?<=.{3})(?:a?[ie]?n?sk(?:i|ii|aya|oe|ogo|oi|om|aia|oie)|[aA])$")
_CHILD = frozenset(("Wgli", "ogli", "ugli", "kizi", "kIzI", "UlI", "uli", "ulI"))
_INITIAL = re.compile(r"\b\w{1,2}\.\s*")


@lru_cache(maxsize=REMEMBERED)
def word_key(word: str) -> str:
    """Return the key of one word that is no surname: `Қасым`, `Qosim` -> `kasm`."""
    return class_of(sounds(word)) or sounds(word)


@lru_cache(maxsize=REMEMBERED)
def surname_key(word: str) -> str:
    """Return the key of a surname without its ending: `Жарасов`, `Jarasova` -> `jaras`."""
    return stem_of(sounds(word))


def stem_of(heard: str) -> str:
    """Return the key of sounds as those of a surname."""
    short = _SON_OF.sub("", heard)
    for ending, stem in _SURNAME:
        short, found = ending.subn(stem, short)
        if found:
            break
    return class_of(short) or class_of(heard) or heard


def class_of(heard: str) -> str:
    """Return the key of sounds: classes of vowels, nothing that spelling changes."""
    for pattern, plain in _SPELLED:
        heard = pattern.sub(plain, heard)
    key = heard.translate(_CLASSES)
    for pattern, plain in _CLASSED:
        key = pattern.sub(plain, key)
    return key


@lru_cache(maxsize=REMEMBERED)
def person_words(name: str) -> tuple[str, ...]:
    """Return given name and last name, without initials and patronymic."""
    words = [w for w in _INITIAL.sub("", name).replace("-", "").split() if sounds(w)]
    while len(words) > 2 and fold(words[0]) in _titles():
        words = words[1:]
    if len(words) > 2:
        kept = [w for w in words if not _is_patronymic(w, words)]
        words = kept if len(kept) > 1 else words[:2]
    return tuple(words)


def _is_patronymic(word: str, words: list[str]) -> bool:
    heard = sounds(word)
    after = words.index(word) + 1
    followed = after < len(words) and sounds(words[after]) in _CHILD
    return heard in _CHILD or followed or bool(_PATRONYMIC.search(heard))


def title_of(name: str) -> str:
    """Return the titles before a full name, as they stand: `Боксшы Ерасыл Жұмағұлов` -> `Боксшы `.

    A name of two words has none: Olim Karimov need not be a scholar.
    """
    parts = re.split(r"(?<=\s)(?=\S)", name)
    at = 0
    while len(parts) - at > 2 and fold(parts[at].strip()) in _titles():
        at += 1
    return "".join(parts[:at])


@lru_cache(maxsize=REMEMBERED)
def patronymic_of(name: str) -> str:
    """Return the key of the father's name; "" where the name has none."""
    words = [w for w in _INITIAL.sub("", name).split() if sounds(w)]
    if len(words) < 3:
        return ""
    found = [w for w in words if _is_patronymic(w, words) and sounds(w) not in _CHILD]
    return class_of(_PATRONYMIC.sub("", sounds(found[0]))) if found else ""


@lru_cache(maxsize=REMEMBERED)
def key_of(name: str, type: str) -> str:
    """Return the key of a name: its words, in an order that does not depend on the language."""
    if type == "PERSON":
        return "-".join(sorted(surname_key(said_as(word)) for word in person_words(name)))
    parts = [word for word in re.split(r"[\s\-«»“”\"„'’()/.,]+", name) if word]
    words = [_meaning(word, body=type == "ORGANISATION") for word in parts]
    kept = [word for word in words if word] or [word_key(name)]
    return "-".join(kept if type not in ("ORGANISATION", "FACILITY") else sorted(set(kept)))


@lru_cache(maxsize=REMEMBERED)
def _meaning(word: str, *, body: bool) -> str:
    """Return what a common word of bodies means in every language; the sound of any other."""
    heard = sounds(word)
    concept = _concepts().get(heard)
    if concept is not None:
        return concept
    if word.isupper() and len(word) <= LONGEST_ABBREVIATION:
        return heard.lower()
    # Карагандинский университет, Қарағанды университеті: an adjective in Russian alone
    return class_of(_ADJECTIVE.sub("", heard)) if body else word_key(word)


@lru_cache(maxsize=1)
def _titles() -> frozenset[str]:
    """Return words that stand before a name and are none: директор, боксшы."""
    parts = (read_list("cues")["person_title"], *read_list("roles")["field"].values())
    return frozenset(
        fold(word) for part in parts for words in part.values() for word in words.split()
    )


@lru_cache(maxsize=1)
def _concepts() -> dict[str, str]:
    """Return sound -> concept, of every form that is listed; "" for words that say no more."""
    out: dict[str, str] = {}
    for concept, by_language in read_list("concepts")["concept"].items():
        for words in by_language.values():
            for word in words.split():
                out[sounds(word)] = "" if concept == "dropped" else f"+{concept}"
    return out

"""The dictionary form of a name: nominative, without case endings, as it is written otherwise.

A name that may already be in its base form is left alone unless something speaks for a shorter
one: a list of names, or the same article (`seen`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

from steppewire_enricher.folding import FEW, fold, fold_uz
from steppewire_enricher.gazetteer import LANGUAGES, written
from steppewire_enricher.places import PLACES
from steppewire_enricher.tokens import tokenise
from steppewire_enricher.turkic import kk_stems, uz_stems
from steppewire_enricher.words import base_of_abbreviation, parses

Seen = Collection[str]
"""Folded words that the article uses in names."""

_SPACE = re.compile(r"\s+")
_QUOTED = re.compile(r"[«“\"„][^»”\"]*[»”\"]?")
_GENITIVE = re.compile(r"['’ʼ]s?$")


def normal_form(surface: str, type_: str, language: str, seen: Seen = ()) -> str:
    """Return the base form of a name as it stands in the text."""
    surface = _SPACE.sub(" ", surface).strip()
    if language == "ru":
        return _russian(surface, type_, seen)
    if language == "kk":
        return _turkic(surface, type_, language, seen)
    if language in ("uz", "ky", "kaa"):
        return _turkic(surface, type_, "uz" if language == "uz" else "kk", seen)
    if language == "en":
        return _GENITIVE.sub("", surface).removeprefix("the ").removeprefix("The ")
    return surface


@lru_cache(maxsize=4)
def base_forms(language: str) -> frozenset[str]:
    """Return the folded words of all listed names of a language: words in their base form."""
    key = fold_uz if language == "uz" else fold
    return frozenset(
        key(token.text)
        for entry in written()
        for lang in LANGUAGES
        if lang == language
        for name in entry.names.get(lang, ())
        for token in tokenise(name)
    )


# --- Kazakh and Uzbek: only the last word of a name takes endings --------------------------

_CITY = {"kk": ("қаласы", "қ"), "uz": ()}
_HARMLESS = 4
"""A stem this long with an ending of two letters or more is taken for a case form."""


def _turkic(surface: str, type_: str, language: str, seen: Seen) -> str:
    head, space, last = surface.rpartition(" ")
    base = _turkic_word(last, language, seen)
    if head and type_ in PLACES and fold(base) in _CITY[language]:
        return head  # Үргеніш қаласында is the settlement Үргеніш
    return f"{head}{space}{base}"


def _turkic_word(word: str, language: str, seen: Seen) -> str:
    abbreviation = base_of_abbreviation(word)
    if abbreviation is not None:
        return abbreviation
    if word.endswith(("»", "”", '"')):
        return word
    key = fold_uz if language == "uz" else fold
    known = base_forms(language)
    if key(word) in known:
        return word
    stems = (uz_stems if language == "uz" else kk_stems)(word)
    proven = [stem for stem in stems if key(stem) in known or key(stem) in seen]
    likely = [s for s in stems if len(s) >= _HARMLESS and len(word) - len(s) > 1]
    base = next(iter((*proven, *likely)), word)
    # the dictionary is slow: it is asked only where it may object
    return word if base != word and _is_base_name(word) else base


def _is_base_name(word: str) -> bool:
    """Say whether the Russian dictionary has the word as a nominative name: Аида, Мадина."""
    return any(
        parse.is_known and "nomn" in parse.tag and ({"Name", "Geox"} & parse.tag.grammemes)
        for parse in parses(word)
    )


# --- Russian -------------------------------------------------------------------------------

_MALE, _FEMALE = "masc", "femn"
_SURNAME = re.compile(r"^(.*?(?:[оеё]в|[иы]н))(|а|у|ым|е|ой|ою)$", re.IGNORECASE)
_ADJECTIVE = re.compile(r"^(.*?(?:ск|цк))(ий|ого|ому|им|ом|ая|ой|ую)$", re.IGNORECASE)
_MALE_CASES = {"": "nomn", "а": "gent", "у": "datv", "ым": "ablt", "е": "loct"}
_MALE_ADJECTIVE = {"ий": "nomn", "ого": "gent", "ому": "datv", "им": "ablt", "ом": "loct"}
_NAME_ENDINGS = {"gent": "а", "datv": "у", "ablt": "ом", "loct": "е"}


def _russian(surface: str, type_: str, seen: Seen) -> str:
    words = surface.split(" ")
    if type_ == "PERSON":
        return " ".join(_russian_person(words, seen))
    if _QUOTED.match(surface):
        return surface
    return " ".join(_russian_phrase(tuple(words), type_))


def _russian_person(words: Sequence[str], seen: Seen) -> list[str]:
    """Bring surname and given names to the nominative of the person's gender."""
    *given, last = words
    gender, case = _gender_and_case(given, last, seen)
    bases = (_given_name(word, gender, case, seen) for word in given)
    return [*bases, _surname(last, gender, case, seen)]


def _gender_and_case(given: Sequence[str], last: str, seen: Seen) -> tuple[str, str]:
    """Read gender and case off a name; "" where they cannot be told."""
    match = _SURNAME.match(last)
    if match and match[2].lower() in ("ой", "ою"):
        return _FEMALE, ""
    if match and match[2].lower() in ("", "ым", "е"):
        return _MALE, _MALE_CASES[match[2].lower()]
    adjective = _ADJECTIVE.match(last)
    if adjective:
        case = _MALE_ADJECTIVE.get(adjective[2].lower())
        return (_MALE, case) if case else (_FEMALE, "nomn" if adjective[2] == "ая" else "")
    known = (told for word in given if (told := _given_gender_and_case(word, known=True)))
    guessed = (told for word in given if (told := _given_gender_and_case(word, known=False)))
    # Токаева: his, or herself? A given name that is in the dictionary decides; then a list or the
    # article, where Токаев stands bare; then what the given name looks like.
    bare = (
        (_MALE, _MALE_CASES[match[2].lower()])
        for _ in range(1)
        if match and _vouched(match[1], seen) and not _vouched(last, ())
    )
    told = next(chain(known, bare, guessed), None)
    if told is not None:
        return told
    if match:
        return (_FEMALE, "nomn") if match[2].lower() == "а" else (_MALE, "datv")
    return "", ""


def _vouched(word: str, seen: Seen) -> bool:
    """Say whether a list of names or the article has the word in this form."""
    return fold(word) in seen or fold(word) in base_forms("ru")


def _given_gender_and_case(word: str, *, known: bool) -> tuple[str, str] | None:
    if known:
        for case, ending in _NAME_ENDINGS.items():
            if word.endswith(ending) and _vouched(word[: -len(ending)], ()):
                return _MALE, case
    for parse in parses(word):
        name = {"Name", "Patr"} & parse.tag.grammemes and "plur" not in parse.tag
        if name and parse.is_known == known:
            return str(parse.tag.gender or ""), str(parse.tag.case or "")
    return None


def _surname(word: str, gender: str, case: str, seen: Seen) -> str:
    match = _SURNAME.match(word)
    if match and gender:
        return match[1] + ("а" if gender == _FEMALE else "")
    adjective = _ADJECTIVE.match(word)
    if adjective and gender:
        return adjective[1] + ("ая" if gender == _FEMALE else "ий")
    return _inflected_name(word, gender, case, ("Surn", "Name"), seen)


def _given_name(word: str, gender: str, case: str, seen: Seen) -> str:
    if word.endswith("."):
        return word
    return _inflected_name(word, gender, case, ("Name", "Patr", "Surn"), seen)


def _inflected_name(word: str, gender: str, case: str, grammemes: Sequence[str], seen: Seen) -> str:
    """Return the nominative of a name; an unknown man's name loses the ending of its case."""
    for wanted in grammemes:
        for parse in parses(word):
            if not (wanted in parse.tag and parse.is_known and "plur" not in parse.tag):
                continue
            agrees = gender in ("", str(parse.tag.gender or ""))
            in_case = case in ("", str(parse.tag.case or "")) or wanted == "Surn"
            if agrees and in_case:
                return _cased_like(word, parse.normal_form)
    for oblique in (*_NAME_ENDINGS.values(), "ем", "я", "ю"):
        stem = word.removesuffix(oblique)
        if stem != word and _vouched(stem, seen) and not _vouched(word, ()):
            return stem
    ending = _NAME_ENDINGS.get(case, "") if gender == _MALE else ""
    if ending and word.endswith(ending) and len(word) > len(ending) + 2:
        return word[: -len(ending)]
    return word


@lru_cache(maxsize=FEW)
def _russian_phrase(words: tuple[str, ...], type_: str) -> tuple[str, ...]:
    """Bring the head of a phrase, and the adjectives before it, to the nominative."""
    head = _head(words, type_)
    if head is None:
        return words
    position, parse = head
    if parse.tag.case in (None, "nomn"):
        return words
    number = str(parse.tag.number or "sing")
    inflected = parse.inflect({number, "nomn"})
    if inflected is None:
        return words
    out = list(words)
    out[position] = _cased_like(words[position], inflected.word)
    for i in range(position):
        out[i] = _agreeing(words[i], number, str(parse.tag.gender or ""))
    return tuple(out)


def _head(words: Sequence[str], type_: str) -> tuple[int, Any] | None:
    """Return the first noun that only adjectives precede, with its likeliest reading."""
    for position, word in enumerate(words):
        if word[:1] in '«“"„' or word.isupper():
            return None
        readings = [p for p in parses(word) if p.tag.POS in ("NOUN", "ADJF", "PRTF")]
        if not readings:
            return None
        adjective = any(p.tag.POS != "NOUN" for p in readings)
        if adjective and position + 1 < len(words) and not _is_base_name(word):
            continue
        nouns = [p for p in readings if p.tag.POS == "NOUN" and "Surn" not in p.tag]
        wanted = "Geox" if type_ in PLACES else "Orgn"
        chosen = next((p for p in nouns if wanted in p.tag), readings[0])
        if chosen.tag.POS == "NOUN":
            return position, _base_if_possible(chosen, nouns)
    return None


def _base_if_possible(chosen: Any, nouns: Sequence[Any]) -> Any:
    """Prefer a nominative of the same word that is about as likely: never shorten a base form."""
    for parse in nouns:
        same = parse.normal_form == chosen.normal_form and parse.score >= chosen.score * 0.5
        if same and parse.tag.case == "nomn" and parse.tag.number == chosen.tag.number:
            return parse
    return chosen


def _agreeing(word: str, number: str, gender: str) -> str:
    grammemes = {"nomn", number} | ({gender} if number == "sing" and gender else set())
    for parse in parses(word):
        if parse.tag.POS in ("ADJF", "PRTF"):
            inflected = parse.inflect(grammemes)
            if inflected is not None:
                return _cased_like(word, inflected.word)
    return word


def _cased_like(word: str, form: str) -> str:
    """Write `form` with the capitals of `word`, part by part: касым-жомарт -> Касым-Жомарт."""
    if word.isupper() and len(word) > 1:
        return form.upper()
    models, parts = word.split("-"), form.split("-")
    if len(models) != len(parts):
        models = [word] * len(parts)
    return "-".join(
        part[:1].upper() + part[1:] if model[:1].isupper() else part
        for model, part in zip(models, parts, strict=True)
    )

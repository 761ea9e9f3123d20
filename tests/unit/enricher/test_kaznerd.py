"""KazNERD's guideline by rule: what the tagger did not see, and how long values are."""

from __future__ import annotations

import pytest

from steppewire_enricher.kaznerd import gaps, in_full
from steppewire_enricher.spans import Span
from steppewire_enricher.tokens import tokenise


def found(text: str, *seen: Span) -> list[tuple[str, str]]:
    words = [token.text for token in tokenise(text)]
    return [(" ".join(words[s.start : s.end]), s.type) for s in gaps(words, seen)]


@pytest.mark.parametrize(
    ("text", "name", "type_"),
    [
        ("Онда малайзиялық мұнай компаниясы жұмыс істейді.", "малайзиялық", "NORP"),
        ("Бұл туралы астаналықтар айтты.", "астаналықтар", "NORP"),
        ("Биыл Бұланды ауданының аумағында қойылды.", "Бұланды", "GPE"),
        ("Облыстың Диқан ауылдық округінің шаруасы.", "Диқан", "GPE"),
        ("Депутаттар « Саяси партиялар туралы » заң қабылдады.", "Саяси партиялар туралы", "LAW"),
        ("Адамдар тұмаумен ауырды.", "тұмаумен", "DISEASE"),
    ],
)
def test_what_the_guideline_names_is_seen_where_the_tagger_saw_nothing(text, name, type_):
    assert found(text) == [(name, type_)]


@pytest.mark.parametrize(
    "text",
    [
        "Ауылдық жерде қалалық мектеп ашылды.",  # of no place with a name
        "Қала қалай дамиды, ауыл қалай өседі?",
        "Ауданы үлкен Қостанай облысы.",  # area
        "Сайлау туралы айтылды.",
        "Ол « бәрі туралы » кітап жазды.",
        "» туралы » заң",
        "туралы",
        "",
    ],
)
def test_what_it_does_not_name_is_left_alone(text):
    assert found(text) == []


def test_what_the_tagger_saw_is_not_seen_again():
    assert found("Онда Бұланды ауданы бар.", Span(1, 3, "ORGANISATION")) == []


@pytest.mark.parametrize(
    ("text", "value", "type_", "whole"),
    [
        ("отырыс қазан айында өтеді", "қазан айында", "DATE", "қазан"),
        ("өткен жылдың желтоқсан айында", "өткен жылдың желтоқсан", "DATE",
         "өткен жылдың желтоқсан айында"),
        ("26-ншы наурыз күні кешке", "26-ншы наурыз күні", "DATE", "26-ншы наурыз"),
        ("бүгінгі күні", "бүгінгі күні", "DATE", "бүгінгі күні"),
        ("аз дегенде 10 күн кетеді", "10 күн", "DATE", "аз дегенде 10 күн"),
        ("жүз мыңнан артық жылқы", "жүз мыңнан", "CARDINAL", "жүз мыңнан артық"),
        ("отыз проценттен кем болмауы", "отыз проценттен", "PERCENTAGE", "отыз проценттен кем"),
        ("бір кем дегенде", "бір", "CARDINAL", "бір"),
        ("он мың теңге артық", "он мың теңге", "ORGANISATION", "он мың теңге"),
    ],
)  # fmt: skip
def test_values_begin_and_end_as_the_corpus_says(text, value, type_, whole):
    start = text.index(value)
    begin, end = in_full(text, start, start + len(value), type_)
    assert text[begin:end] == whole

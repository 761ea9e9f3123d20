"""The README knows every fact and every setting."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import steppewire_parser
from steppewire.settings import Settings
from steppewire_parser.app import ParserSettings

PACKAGE = Path(steppewire_parser.__file__).parent
README = (PACKAGE.parent / "README.md").read_text("utf-8")
_TOPICS = """
body canonical charset date hook jsonld layout mojibake nesting page rule rules tag text time
title zone
"""
_FACT = re.compile(rf'"((?:{"|".join(_TOPICS.split())})-[a-z]+(?:-[a-z]+)*)"')


def facts() -> set[str]:
    sources = (file.read_text("utf-8") for file in PACKAGE.glob("*.py"))
    return {fact for source in sources for fact in _FACT.findall(source)}


@pytest.mark.parametrize("fact", sorted(facts()))
def test_every_fact_is_explained(fact):
    assert f"`{fact}`" in README


OWN = ParserSettings.model_fields.keys() - Settings.model_fields.keys()


@pytest.mark.parametrize("name", sorted(OWN))
def test_every_setting_is_explained(name):
    assert f"`STEPPEWIRE_{name.upper()}`" in README


_WORD = re.compile(r'"([a-z]+(?:-[a-z]+)*):')
_KINDS = re.compile(r'"(image|archive|media|font|document|program|database|feed|sitemap)"')
REFUSING = ("sniff.py", "standins.py", "refuse.py")


def words() -> set[str]:
    sources = [(PACKAGE / name).read_text("utf-8") for name in REFUSING]
    found = {word for source in sources for word in _WORD.findall(source) if word}
    return found | set(_KINDS.findall(sources[0]))


@pytest.mark.parametrize("word", sorted(words()))
def test_every_word_for_what_is_no_article_is_explained(word):
    assert f"`{word}`" in README

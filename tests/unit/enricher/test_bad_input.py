"""Whatever is called an article is answered, in bounded time and memory."""

from __future__ import annotations

import subprocess
import sys

import pytest

from steppewire_enricher.commands import _apart
from steppewire_enricher.given import Given

SENTENCE = (
    "Қасым-Жомарт Тоқаев Астанада Шавкат Мирзиёевпен 2024 жылғы 5 наурызда $4,1 млрд туралы. "
)

ODD = {
    "empty": "",
    "one letter": "а",
    "one emoji": "😀",
    "emoji": "😀👍🏽👨‍👩‍👧 " * 200,
    "five megabytes": SENTENCE * 55_000,
    "one line of a megabyte": SENTENCE.replace(".", ",") * 11_500,
    "homoglyphs": "Tоқаев Қaзақcтан пpeзидeнтi Acтанада, Кasym-Jоmаrt Тоkаyеv. " * 20,
    "right to left": "قاسىم-جومارت توقايەۆ استانادا سويلەدى. שלום עולם \u202eAstana\u202c " * 20,
    "half a surrogate": "Тоқаев \ud83d Астанада \udc00 болды. \ud800",
    "only digits": "1234567890 " * 20_000,
    "only capitals": SENTENCE.upper() * 20,
    "control characters": "".join(map(chr, range(32))) * 50 + SENTENCE,
    "no spaces": SENTENCE.replace(" ", "") * 100,
}


@pytest.mark.parametrize("name", ODD)
def test_it_is_answered_with_mentions_that_stand_there(enriched, name):
    event = enriched(ODD[name][:200], ODD[name])

    texts = {"title": event.article.title, "text": event.article.text}
    for entity in event.enrichment.entities:
        for mention in entity.mentions:
            assert texts[mention.field][mention.start : mention.end] == mention.surface


def test_half_a_surrogate_costs_only_its_word(enriched):
    event = enriched(
        "", "Қасым-Жомарт Тоқаев \ud83d Астанада болды, деп хабарлады баспасөз қызметі."
    )

    assert "place/astana" in {e.id for e in event.enrichment.entities}


def test_five_megabytes_take_no_more_memory_than_an_enricher_may_have():
    code = (
        "import pathlib, re, sys; sys.path.insert(0, 'tests/unit/enricher');"
        "from conftest import _parsed; from test_bad_input import ODD;"
        "from steppewire_enricher.enrich import enrich;"
        "enrich(_parsed('', ODD['five megabytes']));"
        # not ru_maxrss: that of a child begins at its parent's size
        "print(re.search(r'VmHWM:\\s+(\\d+)', pathlib.Path('/proc/self/status').read_text())[1])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert int(ran.stdout) / 1024 < 300


def test_a_text_that_fails_fails_alone_among_those_that_are_told_with_it():
    def tell(given):
        return [{"file": one.name, "letters": len(one.text) // (one.text != "")} for one in given]

    read = _apart(tell, [Given("a", "Қар"), Given("b", ""), Given("c", "Су")])

    assert [one.get("letters") for one in read] == [3, None, 2]
    assert read[1]["refused"] == "failed"

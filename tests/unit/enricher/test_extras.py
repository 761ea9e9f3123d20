"""The enrichers of others: what they add, and that they never cost an article."""

from __future__ import annotations

import sys
from importlib.metadata import distributions
from pathlib import Path

import pytest

from steppewire_enricher import extras

CODE = """
import os, sys, time

def fine(article, enrichment):
    print("noise on standard output")
    return {"title": article["title"], "language": enrichment["languages"]["article"]["tag"]}

def greedy(article, enrichment):
    article.clear()
    return None

def raises(article, enrichment):
    raise RuntimeError("no")

def hangs(article, enrichment):
    while True:
        pass

def dies(article, enrichment):
    os._exit(7)

def odd(article, enrichment):
    return {1, 2}

def nan(article, enrichment):
    return float("nan")

def long(article, enrichment):
    return "x" * 100_000
"""
POINTS = {
    "a-fine": "fine", "b-greedy": "greedy", "c-raises": "raises", "d-hangs": "hangs",
    "e-dies": "dies", "f-odd": "odd", "g-nan": "nan", "h-long": "long", "i-missing": "missing",
    "z-fine": "fine",
}  # fmt: skip


@pytest.fixture
def strangers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package with enrichers of every kind, installed for us and for the processes we start."""
    (tmp_path / "strange_enrichers.py").write_text(CODE)
    facts = tmp_path / "strange_enrichers-2.0.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: strange-enrichers\nVersion: 2.0\n"
    )
    lines = "\n".join(f"{name} = strange_enrichers:{what}" for name, what in POINTS.items())
    (facts / "entry_points.txt").write_text(f"[steppewire.enrichers]\n{lines}\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    monkeypatch.setattr(extras, "LIMIT", 2.0)
    assert "strange-enrichers" in {d.metadata["Name"] for d in distributions()}
    extras.installed.cache_clear()
    extras._asker.cache_clear()
    yield
    extras.installed.cache_clear()
    extras._asker(extras.os.getpid()).close()
    extras._asker.cache_clear()


@pytest.mark.usefixtures("strangers")
def test_each_answers_under_its_name_and_a_bad_one_costs_only_its_own_answer(enriched):
    told = enriched("Тақырып", "Бүгін Астанада қар жауды.").enrichment

    fine = {"title": "Тақырып", "language": "kk-Cyrl"}
    assert told.extras == {"a-fine": fine, "b-greedy": None, "z-fine": fine}
    assert told.extras_failed == {
        "c-raises": "raised", "d-hangs": "slow", "e-dies": "crashed", "f-odd": "no-json",
        "g-nan": "no-json", "h-long": "too-long", "i-missing": "unloadable",
    }  # fmt: skip
    assert told.models["extra-a-fine"] == "2.0"
    assert told.entities


@pytest.mark.usefixtures("strangers")
def test_what_hangs_again_and_again_is_not_asked_any_more(enriched):
    told = [enriched("", f"Алматыда қар жауды, {n}.").enrichment for n in range(extras.STRIKES + 1)]

    assert told[-1].extras_failed["d-hangs"] == "given-up"
    assert told[-1].extras_failed["e-dies"] == "given-up"
    assert "z-fine" in told[-1].extras


@pytest.mark.usefixtures("strangers")
def test_half_a_letter_reaches_an_enricher_as_it_is(enriched):
    assert enriched("\ud800", "Алматы").enrichment.extras["a-fine"]["title"] == "\ud800"


def test_without_any_nothing_is_started(enriched):
    assert enriched("", "Алматыда қар жауды.").enrichment.extras == {}
    assert extras._asker(extras.os.getpid())._host is None

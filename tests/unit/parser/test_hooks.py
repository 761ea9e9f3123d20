"""Hooks of strangers: found by entry point, and never the death of an article."""

from __future__ import annotations

import textwrap

import pytest

from steppewire.rules import SiteRules
from steppewire_parser import hooks

URL = "https://example.kz/news/1.html"


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Install a real distribution with two hooks for the time of a test."""
    (tmp_path / "stranger_hooks.py").write_text(
        textwrap.dedent(
            """
            def tidy(body):
                for tag in body.select(".advert"):
                    tag.decompose()

            def broken(body):
                raise KeyError("no")
            """
        )
    )
    info = tmp_path / "stranger_hooks-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: stranger-hooks\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[steppewire.parser_hooks]\ntidy = stranger_hooks:tidy\nbroken = stranger_hooks:broken\n"
        "missing_module = no_such_module_anywhere:hook\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    hooks.find_hook.cache_clear()
    yield
    hooks.find_hook.cache_clear()


@pytest.fixture
def page(words):
    return f"<h1>Мост</h1><div class=b><p>{words()}</p><p class=advert>Купите слона</p></div>"


def rules(hook: str) -> SiteRules:
    return SiteRules(body=(".b",), hook=hook)


def test_a_hook_edits_the_body(parse, installed, page):
    parsed = parse(page, URL, rules=rules("tidy"))

    assert "слона" not in parsed.article.text
    assert "hook-failed" not in parsed.extraction.facts


@pytest.mark.parametrize(
    ("name", "fact"),
    [("broken", "hook-failed"), ("nobody", "hook-missing"), ("missing_module", "hook-missing")],
)
def test_a_bad_hook_is_a_fact_and_costs_no_article(parse, installed, page, name, fact):
    parsed = parse(page, URL, rules=rules(name))

    assert fact in parsed.extraction.facts
    assert parsed.article.title == "Мост"

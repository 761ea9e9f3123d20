"""Hooks of strangers: found by entry point, and never the death of an article."""

from __future__ import annotations

import textwrap

import bs4
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


def test_a_hook_receives_a_soup_of_the_body_without_what_the_rules_drop(parse, words, monkeypatch):
    seen: list[bs4.Tag] = []
    monkeypatch.setattr(hooks, "find_hook", lambda _name: seen.append)
    page = f"<h1>Мост</h1><div class='b c'><p>{words()}</p><p class=x>Лишнее</p></div><p>Далеко</p>"

    parsed = parse(page, URL, rules=SiteRules(body=(".b",), drop=(".x",), hook="watch"))

    (body,) = seen
    assert isinstance(body, bs4.Tag)
    assert body["class"] == ["b", "c"]
    assert [p.get_text() for p in body.find_all("p")] == [words()]
    assert parsed.article.text.endswith(words())


def test_what_a_hook_writes_is_read(parse, words, monkeypatch):
    def rewrite(body: bs4.Tag) -> None:
        body.append(bs4.BeautifulSoup("<blockquote>Слово &lt;b&gt; мастера</blockquote>", "lxml"))

    monkeypatch.setattr(hooks, "find_hook", lambda _name: rewrite)

    parsed = parse(f"<h1>Мост</h1><div class=b><p>{words()}</p></div>", URL, rules=rules("any"))

    last = parsed.article.paragraphs[-1]
    assert (last.text, last.kind) == ("Слово <b> мастера", "quote")


def test_a_hook_that_fails_half_way_leaves_the_page_as_it_was(parse, words, monkeypatch):
    def broken(body: bs4.Tag) -> None:
        body.clear()
        raise ValueError

    monkeypatch.setattr(hooks, "find_hook", lambda _name: broken)

    parsed = parse(f"<h1>Мост</h1><div class=b><p>{words()}</p></div>", URL, rules=rules("any"))

    assert parsed.article.paragraphs[0].text == words()
    assert "hook-failed" in parsed.extraction.facts


def test_a_hook_may_throw_the_whole_body_away(parse, words, monkeypatch):
    monkeypatch.setattr(hooks, "find_hook", lambda _name: bs4.Tag.decompose)
    page = f"<h1>Мост</h1><div class=b><p>{words()}</p></div>"

    parsed = parse(page, URL, rules=rules("any"))

    assert parsed.extraction.method == "generic"
    assert "rules-empty" in parsed.extraction.facts

"""What the README shows is true: its source loads, its code runs, its targets and files exist."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from steppewire.consume import Envelope, consume
from steppewire.plugins import Source

ROOT = Path(__file__).parents[3]
SOURCES = "services/fetcher/steppewire_fetcher/sources"
README = (ROOT / "README.md").read_text("utf-8")


def snippets(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.S)


def test_the_source_of_ten_lines_loads_and_knows_its_articles():
    (text,) = snippets("toml")
    source = Source.model_validate(tomllib.loads(text))

    assert len(text.splitlines()) <= 11
    assert source.owns("https://example.kz/ru/news/123-slug")
    assert not source.owns("https://example.kz/about")


def test_the_python_snippet_uses_what_there_is():
    (code,) = snippets("python")
    wrapped = "async def main():\n" + "".join(f"    {line}\n" for line in code.splitlines())

    compile(wrapped, "README.md", "exec")
    assert hasattr(Envelope, "event")
    assert {"group", "consumer"} <= set(consume.__annotations__)


@pytest.mark.parametrize("target", re.findall(r"\bmake ([a-z-]+)", README))
def test_every_target_exists(target):
    assert f"\n{target}: " in (ROOT / "Makefile").read_text("utf-8")


@pytest.mark.parametrize("name", ["README", "ARCHITECTURE", "CONTRIBUTING", "CHANGELOG"])
def test_every_link_and_path_leads_somewhere(name):
    text = (ROOT / f"{name}.md").read_text("utf-8")
    links = [link.partition("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", text)]
    missing = [x for x in links if x and "://" not in x and not (ROOT / x).exists()]

    assert not missing


def test_the_number_of_sources_is_told_as_it_is():
    (told,) = re.findall(r"\[(\d+) news sites\]", README)

    assert int(told) == len(list((ROOT / SOURCES).glob("*.toml")))

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
SERVICES = ("fetcher", "parser", "enricher", "store", "api", "notifier")
HOUSES = ("shared", "services", "newsroom", "tests", "benchmarks", "deploy")
PATHS = {p.relative_to(ROOT).as_posix() for house in HOUSES for p in (ROOT / house).rglob("*.*")}
# guides write `parser/recipe.py` for services/parser/steppewire_parser/recipe.py
FILES = PATHS | {re.sub(r"^services/(\w+)/steppewire_\1/", r"\1/", path) for path in PATHS}


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


GUIDES = ["ARCHITECTURE.md", *(f"services/{name}/README.md" for name in SERVICES)]


@pytest.mark.parametrize("name", GUIDES)
def test_every_file_that_a_guide_names_is_there(name):
    text = (ROOT / name).read_text("utf-8")
    named = set(re.findall(r"`([\w./-]+\.(?:py|lua|toml|js|css))`", text))
    missing = {one for one in named if not any(f"/{path}".endswith(f"/{one}") for path in FILES)}

    assert named
    assert missing == set()


def test_the_number_of_sources_is_told_as_it_is():
    (told,) = re.findall(r"\[(\d+) news sites\]", README)

    assert int(told) == len(list((ROOT / SOURCES).glob("*.toml")))

"""The reference is complete, and no link in the docs leads nowhere."""

from __future__ import annotations

import importlib.util
import re
import sys
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from steppewire import wire
from steppewire.delivery.policy import Entry, Limits, decide
from steppewire.errors import Reject
from steppewire.events import EVENTS
from steppewire.streams import STAGES, STREAMS, dead_name, key, tally_name
from steppewire.testing.samples import NOON, enriched

ROOT = Path(__file__).parents[3]
DOCS = ROOT / "docs"
WIRE = (DOCS / "reference/wire.md").read_text("utf-8")
PAGES = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "examples/**/*.md", "services/*/*.md", "*/README.md")
    for path in ROOT.glob(pattern)
    if "node_modules" not in path.parts
)


@cache
def generator() -> ModuleType:
    """docs/reference/generate.py, which is a script beside its modules, and installed nowhere."""
    sys.path.append(str(DOCS / "reference"))
    spec = importlib.util.spec_from_file_location("generate", DOCS / "reference/generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def settings_of_services() -> list[tuple[str, Any]]:
    generator()
    return [*import_module("generating.settings").found_settings()]


def test_the_generated_pages_match_the_code() -> None:
    stale = generator().drift()

    assert not stale, f"out of date: {', '.join(stale)}; run: {generator().COMMAND}"


def test_every_service_with_settings_is_in_the_reference() -> None:
    found = {name for name, _ in settings_of_services()}

    assert {"api", "fetcher", "parser", "store"} <= found


def test_every_setting_says_what_it_does() -> None:
    models = [model for _, model in settings_of_services()]
    silent = [
        f"{model.__name__}.{name}"
        for model in models
        for name, field in model.model_fields.items()
        if not field.description
    ]

    assert not silent, "write a docstring below the field"


@pytest.mark.parametrize("stream", STREAMS, ids=lambda stream: stream.name)
def test_every_stream_has_its_line(stream: object) -> None:
    [name] = [one.name for one in STREAMS if one is stream]

    assert re.search(rf"^\| `{re.escape(name)}` \|", WIRE, re.MULTILINE)


def test_every_flat_field_has_its_line() -> None:
    fields = wire.encode(enriched(), wire.new_trace())

    for name in fields:
        assert f"| `{name.decode()}` |" in WIRE


def test_every_field_of_a_dead_letter_has_its_line() -> None:
    entry = Entry(b"1-0", wire.encode(enriched(), wire.new_trace()))
    buried = decide(entry, Reject("no-article"), origin="x", now=NOON, limits=Limits(), jitter=0.0)

    added = set(buried.entries[0]) - set(entry.fields)
    assert not [name for name in added if f"`{name.decode()}`" not in WIRE]


def test_every_group_is_named_and_the_keys_are_as_the_code_makes_them() -> None:
    for stage in STAGES:
        assert f"`{stage.group}`" in WIRE
    assert key("articles.enriched") in WIRE
    assert key(tally_name(STAGES[1])) in WIRE
    assert key(dead_name(STAGES[0])).endswith(".fetcher.dead")


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.type)
def test_every_event_of_the_page_can_be_linked_to(event: type) -> None:
    [name] = [one.type for one in EVENTS if one is event]

    assert f"events.md#{name.replace('.', '')}" in WIRE


LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as code forges make them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-") for text in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in LINK.findall(page.read_text("utf-8")):
        if link.startswith(("http://", "https://", "mailto:")):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{link} in {page.relative_to(ROOT)}"
        if anchor and target.suffix == ".md":
            assert anchor in anchors(target), f"{link} in {page.relative_to(ROOT)}"


@pytest.mark.parametrize("page", sorted((DOCS / "decisions").glob("0*.md")), ids=lambda p: p.name)
def test_a_decision_tells_its_context_its_price_and_what_lost(page: Path) -> None:
    text = page.read_text("utf-8")
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)

    assert headings[:4] == ["Context", "Decision", "Consequences", "Alternatives"]
    assert f"]({page.name})" in (DOCS / "decisions/README.md").read_text("utf-8")


def test_every_page_is_in_the_index_of_the_docs() -> None:
    index = (DOCS / "README.md").read_text("utf-8")
    pages = [page.relative_to(DOCS).as_posix() for page in DOCS.glob("[a-z]*/*.md")]

    lost = [page for page in pages if "decisions/0" not in page and f"({page})" not in index]
    assert not lost, "add it to docs/README.md"


def test_every_field_of_the_public_events_says_what_it_means() -> None:
    page = (DOCS / "reference/events.md").read_text("utf-8")
    rows = re.findall(r"^\| \**`(\w+)`\** \|[^|]*\|([^|\n]*)\|", page, re.MULTILINE)

    assert len(rows) > 100
    assert [name for name, meaning in rows if not meaning.strip()] == []

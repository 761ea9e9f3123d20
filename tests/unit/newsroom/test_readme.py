from __future__ import annotations

from dataclasses import fields
from pathlib import Path

from steppewire_newsroom import bad_pages, hosts, source_problems, truth
from steppewire_newsroom.publishers import SITES
from steppewire_newsroom.truth import Truth

README = (Path(__file__).parents[3] / "newsroom" / "README.md").read_text("utf-8")


def test_every_host_and_site_is_in_the_readme() -> None:
    counts = {site.source: len(site.stories(edited=False)) for site in SITES}
    rows = [line.rstrip(" |") for line in README.splitlines() if line.startswith("| `")]

    assert [host for host in hosts() if host not in README] == []
    assert [
        s for s, n in counts.items() if not any(s in r and r.endswith(f" {n}") for r in rows)
    ] == []
    assert f"the {len(truth())} articles" in README


def test_every_bad_page_and_its_reason_is_in_the_readme() -> None:
    paths = {page.url.split("/", 3)[3] for page in bad_pages()}
    reasons = {page.reason for page in bad_pages()} | {p.problem for p in source_problems()}

    assert [word for word in (*paths, *reasons) if word not in README] == []


def test_every_field_and_quirk_of_the_truth_is_in_the_readme() -> None:
    words = {field.name for field in fields(Truth)} | {q for t in truth() for q in t.quirks}

    assert [word for word in words if f"`{word}`" not in README] == []

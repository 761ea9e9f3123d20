"""What to do about what could not be read."""

from __future__ import annotations

import pytest

from steppewire.health.remedies import remedy, remedy_of
from steppewire.health.visits import AWAY, NO_LINKS, REFUSED


@pytest.mark.parametrize("reason", [*REFUSED, *AWAY, "gone", "client-error", "bad-certificate"])
def test_whatever_keeps_a_list_from_being_read_has_its_remedy(reason: str) -> None:
    assert len(remedy(reason)) > 20


@pytest.mark.parametrize(
    "warning",
    ["no-link-matches", "feed-empty", "sitemap-empty", "listing-empty", "api-empty",
     "telegram-empty", "telegram-no-preview", "feed-is-html", "sitemap-is-empty", "api-is-html"],
)  # fmt: skip
def test_every_list_that_gives_no_link_has_its_remedy(warning: str) -> None:
    assert NO_LINKS.fullmatch(warning)
    assert len(remedy(warning)) > 20


def test_a_written_error_leads_to_its_remedy_by_its_most_special_reason() -> None:
    gone = remedy_of("https://a.kz/feed/: gone: status 404")
    shell = remedy_of("no-article: app-shell: the page is filled in by a browser")

    assert gone == remedy("gone")
    assert shell == remedy("app-shell")


def test_nothing_is_made_up_where_nothing_is_known() -> None:
    assert remedy("odd") == ""
    assert remedy_of("status 500") == ""
    assert remedy_of("") == ""

"""How an article begins, and the place where a query matches it, with the words marked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steppewire.archive.folding import wanted
from steppewire.archive.snippets import AFTER, BEFORE, CLOSE, OPEN, opening, snippet
from steppewire.events import Paragraph
from steppewire.testing.samples import article


def _snippet(query: str, *texts: str) -> str | None:
    return snippet(texts, wanted(query))


def test_every_found_word_is_marked_as_the_text_spells_it() -> None:
    shown = _snippet("toshkent vazir", "Vazirlar Тошкентда yig‘ildi")

    assert shown == f"{OPEN}Vazirlar{CLOSE} {OPEN}Тошкентда{CLOSE} yig‘ildi"


def test_a_long_text_is_cut_around_the_first_hit_at_words() -> None:
    shown = _snippet("алма", "сөз " * 500 + "алма " + "сөз " * 500)

    assert shown is not None
    assert shown.startswith("…сөз")
    assert shown.endswith("сөз…")
    assert f"{OPEN}алма{CLOSE}" in shown
    assert len(shown) <= BEFORE + AFTER + 4


def test_the_text_with_most_of_the_words_is_shown() -> None:
    assert _snippet("бір екі", "бір", "екі бір") == f"{OPEN}екі{CLOSE} {OPEN}бір{CLOSE}"


def test_words_that_stand_nowhere_show_the_beginning() -> None:
    assert _snippet("жоқ", "бір екі") == "бір екі"


def test_marks_in_the_text_itself_do_not_pass_for_ours() -> None:
    assert _snippet("бір", f"{OPEN}екі{CLOSE} бір") == f"\ufffdекі\ufffd {OPEN}бір{CLOSE}"


def test_without_a_query_there_is_none() -> None:
    assert _snippet("", "бір") is None


@given(st.text(max_size=400), st.text(max_size=20))
def test_marks_always_come_in_pairs(text: str, query: str) -> None:
    shown = _snippet(f"{query} a", text) or ""

    assert "".join(c for c in shown if c in OPEN + CLOSE) == (OPEN + CLOSE) * shown.count(OPEN)


@pytest.mark.parametrize(
    ("lead", "most", "shown"),
    [
        ("Кіріспе сөз.", 40, "Кіріспе сөз."),
        ("Кіріспе сөз.", 9, "Кіріспе…"),
        (None, 40, "Бірінші."),
    ],
)
def test_an_article_opens_with_its_lead_or_its_first_paragraph(
    lead: str | None, most: int, shown: str
) -> None:
    told = (Paragraph(text="Бірінші."), Paragraph(text="Екінші."))
    one = article().model_copy(update={"lead": lead, "paragraphs": told})

    assert opening(one, most) == shown

"""Apostrophes of Uzbek, and letters that only look like others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steppewire.language.apostrophes import APOSTROPHES, plain_apostrophes, uzbek_form
from steppewire.language.lookalikes import disguised, one_script

TYPED = sorted(set(APOSTROPHES))


@pytest.mark.parametrize("typed", TYPED)
def test_every_apostrophe_after_o_and_g_is_one_letter(typed):
    assert uzbek_form(f"O{typed}zbekiston tog{typed}lari") == "Oʻzbekiston togʻlari"


@pytest.mark.parametrize("typed", TYPED)
def test_every_other_apostrophe_inside_a_word_is_a_tutuq(typed):
    assert uzbek_form(f"ma{typed}no, san{typed}at, QUR{typed}ON") == "maʼno, sanʼat, QURʼON"


@pytest.mark.parametrize(
    ("written", "matched"),
    [
        ("bo‘ ham, tog‘.", "boʻ ham, togʻ."),
        ("‘Bu so‘z’ dedi u", "‘Bu soʻz’ dedi u"),
        ("'tog' va dog'", "'tog' va dog'"),
        ("mo‘jiza — mo''jiza", "moʻjiza — mo''jiza"),
        ("5' va 10′ o'tdi", "5' va 10′ oʻtdi"),
    ],
)
def test_quotation_marks_stay_quotation_marks(written, matched):
    assert uzbek_form(written) == matched


@given(st.text(alphabet="ogOGaz'’‘ʻ` .", max_size=40))
def test_the_form_for_matching_keeps_every_offset_and_is_final(text):
    once = uzbek_form(text)

    assert len(once) == len(text) == len(plain_apostrophes(text))
    assert uzbek_form(once) == once


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Қазақcтан", "Қазақстан"),
        ("шiлде", "шілде"),
        ("Тoшкент", "Тошкент"),
        ("Tоshkent", "Toshkent"),
        ("iPhoneда", "iPhoneда"),
        ("NATOға", "NATOға"),
        ("Астана", "Астана"),
        ("Astana", "Astana"),
    ],
)
def test_lookalikes_are_undone_only_where_nothing_else_can_be_meant(written, meant):
    assert one_script(written) == meant


def test_disguised_words_are_listed_and_true_mixtures_are_not():
    text = "Бүгiн Қазақcтан мен NATOға iPhoneда IT-компания, COVID-тан соң"

    assert disguised(text) == ["Бүгiн", "Қазақcтан"]

"""What a text looks like when it is stored."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steppewire_parser.text import letters, normalise, squash

ANY = st.text(st.characters(exclude_categories=[]), max_size=200)


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("  в\u00a0городе\u2009и \n селе\t", "в городе и селе"),
        ("бас\u00adсейн", "бассейн"),
        ("\ufeffЗаголовок\u200b", "Заголовок"),
        ("и\u0306од", "йод"),
        ("o\u2018zbek va ma\u2019no", "o\u2018zbek va ma\u2019no"),
        ("a\x00b\x1bc\x7fd", "abcd"),
        ("до\ud800 и после", "до и после"),
        ("значок \ue001 шрифта", "значок шрифта"),
        ("семья 👨\u200d👩\u200d👧", "семья 👨\u200d👩\u200d👧"),
        ("сло\u200cво", "слово"),
        ("2018\u202fж. 16 қараша", "2018 ж. 16 қараша"),
        ("К.-Ж. Токаев и А. Мамин", "К.-Ж. Токаев и А. Мамин"),
        ("слева\u202e направо\u202c, \u2066да\u2069", "слева направо, да"),
        ("одна\u2028другая\u2029третья\x85четвёртая", "одна другая третья четвёртая"),
        ("12\u202f500\u2009км — 5\u00a0%", "12 500 км — 5 %"),
        ("видно\U000e0069\U000e0067 всё", "видно всё"),
        (
            "флаг 🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
            "флаг 🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
        ),
        ("рисунок \ufffc здесь", "рисунок здесь"),
        ("е\u0308лка, и\u0306, қ", "ёлка, й, қ"),
        ("قازاق\u200cستان", "قازاق\u200cستان"),
    ],
)
def test_a_text_is_stored_without_what_no_reader_sees(written, stored):
    assert stored == normalise(written)


@given(ANY)
def test_normalising_twice_changes_nothing(text):
    once = normalise(text)

    assert once == normalise(once)


@given(ANY)
def test_a_stored_text_is_nfc_on_one_line_and_fits_utf8(text):
    stored = normalise(text)

    assert unicodedata.is_normalized("NFC", stored)
    assert not set(stored) & set("\n\r\t\u00a0\u00ad\u200b\ufeff\x00")
    assert "  " not in stored
    assert stored.encode("utf-8").decode() == stored


@given(st.text(alphabet="абвгдеёжзқғңөұүһіabcоʻ‘’.,!? 0123", max_size=80))
def test_letters_digits_and_signs_of_our_languages_survive(text):
    assert " ".join(text.split()) == normalise(text)


def test_comparing_ignores_case_signs_and_spaces():
    assert squash("«Новая школа» — открыта!") == squash("новая  ШКОЛА открыта")


def test_letters_of_every_script_count():
    assert letters("Аб 1 cд, قازان!") == 9


@given(st.text(), st.text(st.characters(max_codepoint=0x7F)))
def test_texts_in_ascii_are_read_as_all_others_are(text, plain):
    other = "ы"

    assert squash(plain + other) == squash(plain) + other
    assert letters(plain + text) == letters(plain) + letters(text)
    assert letters(text) == sum(c.isalnum() and not c.isdecimal() for c in text)
    assert normalise(f"{other} {plain}") == f"{other} {normalise(plain)}".strip()

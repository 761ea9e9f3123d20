"""What counts as the same word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steppewire.archive.folding import (
    LONGEST,
    MOST_BYTES,
    MOST_WORDS,
    OFTEN,
    TITLE,
    asked_forms,
    fold,
    forms,
    index_terms,
    name_key,
    wanted,
)

SAME = [
    ("ә/а ғ/г қ/к ң/н ө/о ұ/у ү/у һ/х і/и", ["әғқңөұүһі", "агкноуухи", "ӘҒҚҢӨҰҮҺІ"]),
    ("Uzbek apostrophes", ["o‘zbek", "oʻzbek", "o'zbek", "o`zbek", "oʼzbek", "O’ZBEK", "o´zbek",
                           "ozbek", "ўзбек"]),
    ("tutuq belgisi", ["ma’no", "maʼno", "ma'no", "mano", "маъно"]),
    ("s and h apart", ["Is'hoq", "Исҳоқ"]),
    ("ё/е", ["ёлка", "елка", "ЁЛКА"]),
    ("a president", ["Тоқаев", "Токаев", "Toqayev", "To‘qayev", "Tokayev", "Tokaev"]),
    ("another", ["Мирзиёев", "Мирзиеев", "Mirziyoyev", "Mirziyoev"]),
    ("ts", ["конституция", "konstitutsiya"]),
    ("ye", ["объект", "обьект", "obyekt"]),
    ("road", ["yo‘l", "yo'l", "йўл"]),
    ("district", ["район", "rayon"]),
    ("zh, kh, y", ["Жамбыл", "Zhambyl", "Jambyl"]),
    ("Latin letters in a Cyrillic word", ["Қазақстан", "Қaзaқcтaн", "ҚAЗAҚСTAН"]),
    ("Cyrillic letters in a Latin word", ["Toshkent", "Тоshkеnt"]),
    ("schwa for ә", ["əлем", "әлем"]),
    ("composed or not", ["й", "и\u0306"]),
    ("invisible characters", ["сөз", "с\u00adө\u200bз"]),
    ("full width", ["ＴＡＳＨＫＥＮＴ", "tashkent"]),
    ("Turkish capital", ["İstanbul", "istanbul"]),
]  # fmt: skip


@pytest.mark.parametrize(("why", "spellings"), SAME)
def test_spellings_of_one_word_fold_to_one(why: str, spellings: list[str]) -> None:
    assert len({fold(spelling) for spelling in spellings}) == 1


@pytest.mark.parametrize(
    ("one", "other"), [("yo‘l", "ел"), ("кот", "код"), ("бал", "бол"), ("шар", "сар")]
)
def test_different_words_stay_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)


FORMS = {
    "Тоқаев": "Тоқаевтың Тоқаевқа Тоқаевты Тоқаевта Тоқаевтан Тоқаевпен Токаева Токаеву Токаевым "
              "Токаеве To‘qayevning To‘qayevga Tokayev's",
    "Астана": "Астананың Астанаға Астананы Астанада Астанадан Астанамен Астане Астану Астаны",
    "Алматы": "Алматының Алматыға Алматыны Алматыда Алматыдан Алматымен Алматыдағы",
    "Қазақстан": "Қазақстанның Қазақстанға Қазақстанды Қазақстанда Қазақстаннан Қазақстанмен",
    "Toshkent": "Toshkentning Toshkentga Toshkentni Toshkentda Toshkentdan Toshkentdagi "
                "Тошкентнинг Тошкентга Тошкентда Тошкентдан Toshkentgacha",
    "Ташкент": "Ташкента Ташкенту Ташкентом Ташкенте",
    "президент": "президенттің президентке президентті президентте президенттен президентпен "
                 "президенті президентінің президентіне президентінде президентіміз президенттер "
                 "президенттердің президента президентом президентов президентами",
    "бала": "балалар балалардың балаларға балаларымыз баласы баласының",
    "ел": "елдің елге елді елде елден елмен елдер елдердің елімізде",
    "shahar": "shaharlar shaharlarning shaharlarida shaharimiz shaharni",
    "страна": "страны стране страну страной странам странами странах",
    "новый": "новая новое новые нового новой новому новым новых новую новыми",
    "шаруашылық": "шаруашылығы шаруашылығының шаруашылыққа",
    "vazirlik": "vazirligi vazirligining vazirlikka",
    "кез": "кезінде кезінен кезге",
    "үй": "үйге үйде үйдің uylar uyida",
    "министр": "министры министра министру министром министров министрами министрлер",
    "minister": "ministers minister's",
}  # fmt: skip


@pytest.mark.parametrize("base", FORMS)
def test_a_word_finds_its_forms(base: str) -> None:
    asked = set(asked_forms(base))

    assert [form for form in FORMS[base].split() if asked.isdisjoint(forms(form))] == []


@pytest.mark.parametrize(
    ("asked", "other"),
    [
        ("Иванов", "Иван"),
        ("доля", "доллар"),
        ("Қазақстан", "қазақ"),
        ("тен", "тендер"),
        ("2024", "202"),
        ("ленинград", "лен"),
    ],
)
def test_no_ending_is_seen_where_none_is(asked: str, other: str) -> None:
    assert set(asked_forms(asked)).isdisjoint(forms(other))


@given(st.text(max_size=60))
def test_terms_hold_nothing_that_a_query_language_could_read(text: str) -> None:
    for marked in index_terms([text], title=text).split(" "):
        term = marked.removeprefix(TITLE).removeprefix(OFTEN)
        assert all(c.isalnum() for c in term)
        assert not (term.isascii() and term != term.lower())
        assert len(term) <= LONGEST


def test_words_of_the_title_and_frequent_ones_are_marked_once_more() -> None:
    terms = index_terms(["Көпір", "көпірдің көпірге өзен"], title="Көпір").split()

    assert TITLE + "kopir" in terms
    assert OFTEN + "kopir" in terms
    assert {TITLE + "ozen", OFTEN + "ozen"}.isdisjoint(terms)
    assert len(terms) == len(set(terms))


@given(st.text(max_size=60))
def test_every_word_of_a_text_is_found_in_it(text: str) -> None:
    terms = set(index_terms([text]).split())

    for word in wanted(text):
        assert not terms.isdisjoint(word.terms)


@given(st.text(alphabet=st.characters(categories=["Ll", "Lu"]), min_size=1, max_size=12))
def test_folding_a_folded_word_changes_nothing_but_look_alike_sounds(word: str) -> None:
    once = fold(word)

    assert fold(once.upper()) == fold(once)


def test_only_the_last_word_may_be_begun() -> None:
    first, last = wanted("астана жиын")

    assert first.prefixes == frozenset()
    assert last.prefixes == {"jiyn"}


def test_a_bare_yo_may_mean_a_road() -> None:
    [road] = wanted("yol")

    assert set(forms("yo‘l")) <= road.terms


def test_a_long_query_is_cut() -> None:
    assert len(wanted(" ".join(f"сөз{n}" for n in range(10_000)))) == MOST_WORDS


def test_a_text_of_any_size_fits_into_the_index() -> None:
    text = " ".join(f"с{n}ө" for n in range(200_000))

    assert 0 < len(index_terms([text])) < MOST_BYTES


@pytest.mark.parametrize(
    "other",
    ["қасым-жомарт тоқаев", "Касым-Жомарт Токаев", "Qasym-Jomart Toqayev", "Қасым-Жомарт Тоқаевтың",
     "Касым-Жомарта Токаева", "  Қасым - Жомарт, Тоқаев "],
)  # fmt: skip
def test_a_name_has_one_key(other: str) -> None:
    assert name_key("Қасым-Жомарт Тоқаев") == name_key(other)


@pytest.mark.parametrize("other", ["Тоқаев Қасым-Жомарт", "Қасым-Жомарт", "Тоқаев", ""])
def test_another_name_has_another_key(other: str) -> None:
    assert name_key("Қасым-Жомарт Тоқаев") != name_key(other)

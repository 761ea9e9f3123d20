"""Text that was decoded wrongly, and stored so."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steppewire_parser.charset import decode
from steppewire_parser.mojibake import repair

TEXTS = [
    "Президент прибыл в Ташкент с государственным визитом",
    "«Иран и США» возобновили переговоры — МИД",
    "Қазақстанда жаңа мектеп ашылды, деді әкім",
    "ӘҢГІМЕ: үлкен өзен, ұзын жол, ғимарат",
    "Ўзбекистон Президенти Қорақалпоғистонга борди",
    "O‘zbekiston — mustaqil davlat, ma’no — “o‘zbek”",
]


def misread(text: str, charset: str) -> str:
    """Read UTF-8 as browsers read `charset`: what it does not know stays as it is."""
    return "".join(
        bytes((byte,)).decode(charset, "ignore") or chr(byte) for byte in text.encode("utf-8")
    )


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("charset", ["cp1251", "cp1252", "latin-1"])
@pytest.mark.parametrize("text", TEXTS)
def test_utf8_read_as_something_else_is_read_again(text, charset, times):
    wrong = text
    for _ in range(times):
        wrong = misread(wrong, charset)

    mended, facts = repair(f"<title>{wrong}</title><p>Обычный текст</p>")

    assert mended == f"<title>{text}</title><p>Обычный текст</p>"
    assert facts == ("mojibake-repaired",)


@pytest.mark.parametrize("text", [TEXTS[0], TEXTS[4]])
def test_one_wrong_word_in_a_right_sentence_is_enough(text):
    word = text.split()[-1]
    wrong = text.replace(word, misread(word, "cp1251"))

    assert repair(f"<p>{wrong}.</p>")[0] == f"<p>{text}.</p>"


def test_a_wrong_word_in_right_quotation_marks_is_mended():
    wrong = f"Партия «{misread('Родина', 'cp1251')}» победила"

    assert repair(wrong)[0] == "Партия «Родина» победила"


@pytest.mark.parametrize(
    ("wrong", "right"),
    [("SÃ£o Paulo", "São Paulo"), ("the presidentâ€™s visit", "the president’s visit")],
)
def test_one_wrong_sign_in_a_latin_word_is_enough(wrong, right):
    assert repair(wrong)[0] == right


@pytest.mark.parametrize("text", TEXTS[:2])
def test_cyrillic_stored_as_western_letters_is_cyrillic(text):
    wrong = text.encode("cp1251").decode("cp1252")

    assert repair(f"<p>{wrong}</p>") == (f"<p>{text}</p>", ("mojibake-repaired",))


@pytest.mark.parametrize(
    "text",
    [
        "ТІРІ ҚАЛДЫ: БІРІНШІ КҮН, КІРІС",
        "АЭС», «С» и С… 30 °С, 5 µm",
        "РІВНЕ, Рівне, ТРІЄ, СІЧ",
        "ESPAÑA, Ñandú, SÃO PAULO, âge, 5 €",
        "Þórður Ðalsá á Íslandi",
        "Ђорђе Ѕвезда, Љубљана и Њива, Џон",
        "Naïve café, Ångström, Sør-Trøndelag, L’île",
        "№ 5 · «А» – «Б»… “В” • 20 %",
        "Ã, Ð and Ñ are letters; so is â",
    ],
)
def test_what_writers_do_write_is_left_alone(text):
    assert repair(f"<p>{text}</p>") == (f"<p>{text}</p>", ())


@given(st.text(alphabet="абвРСТУВАІіЎўҚқ «»…–—№°·ÐÑÃâîåà<> \n\u0098", max_size=60))
def test_repairing_twice_changes_nothing_and_never_fails(text):
    once, _ = repair(text)

    assert repair(once)[0] == once


def test_a_page_whose_title_was_misread_is_read_with_its_fact():
    html = f"<title>{misread(TEXTS[0], 'cp1252')}</title><p>{TEXTS[2]}</p>"

    decoded = decode(html.encode())

    assert TEXTS[0] in decoded.text
    assert decoded.facts == ("mojibake-repaired",)

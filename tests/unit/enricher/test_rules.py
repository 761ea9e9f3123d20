"""Dates and sums of money."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from steppewire_enricher.rules import find

PUBLISHED = datetime(2024, 3, 10, tzinfo=UTC)


def values(text: str) -> list[tuple[str, str]]:
    return [(text[f.start : f.end], f.normal) for f in find(text, PUBLISHED)]


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("2018 жылғы 16 қарашада", "2018-11-16"),
        ("5 наурызда", "2024-03-05"),
        ("2024 жылғы наурызда", "2024-03"),
        ("2019 жылы", "2019"),
        ("15 декабря 2023 года", "2023-12-15"),
        ("5 мая", "2024-05-05"),
        ("январе 2024 года", "2024-01"),
        ("2022 году", "2022"),
        ("2024-yil 5-yanvar", "2024-01-05"),
        ("5-yanvarda", "2024-01-05"),
        ("2024 йил 5 январда", "2024-01-05"),
        ("March 3, 2024", "2024-03-03"),
        ("3 March 2024", "2024-03-03"),
        ("12.05.2023", "2023-05-12"),
        ("2024-01-02", "2024-01-02"),
        ("16 қараша", "2023-11-16"),
    ],
)
def test_a_date_has_its_place_in_the_calendar(text, normal):
    assert [(text, normal)] == values(f"Жиын {text} өтті")


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("$4,1 млрд", "4100000000 USD"),
        ("4,5 млрд теңге", "4500000000 KZT"),
        ("$500 млн", "500000000 USD"),
        ("10 миллиардов долларов", "10000000000 USD"),
        ("300 ming so‘m", "300000 UZS"),
        ("12 минг сўм", "12000 UZS"),
        ("1 200 000 тенге", "1200000 KZT"),
        ("1,234,567 dollars", "1234567 USD"),
        ("€3.5 billion", "3500000000 EUR"),
        ("50 тыс. рублей", "50000 RUB"),
        ("3 млн АҚШ доллары", "3000000 USD"),
        ("4,125 млрд юаней", "4125000000 CNY"),
        ("100 USD", "100 USD"),
    ],
)
def test_a_sum_is_a_number_and_a_currency(text, normal):
    assert [(text, normal)] == values(f"Барлығы {text} бөлінді")


@pytest.mark.parametrize(
    "text", ["31 февраля", "45 марта", "версия 1.2.3", "счёт 3:2", "тел. 8 701 123 45 67", "may go"]
)
def test_what_is_no_date_and_no_sum_is_left_alone(text):
    assert not {"DATE", "MONEY"} & {f.type for f in find(text, PUBLISHED)}


def test_a_full_stop_is_no_part_of_a_sum():
    assert values("It cost $500 million. Nobody paid.") == [("$500 million", "500000000 USD")]


def test_the_nearest_year_is_meant():
    january = datetime(2024, 1, 3, tzinfo=UTC)

    assert [f.normal for f in find("30 декабря", january)] == ["2023-12-30"]


@pytest.mark.parametrize(
    ("language", "text", "types"),
    [
        ("kk", "Ол 25 пайызға өсті", ["PERCENTAGE"]),
        ("kk", "жиын 16:30-да басталды", ["TIME"]),
        ("kk", "55-ші мектеп", ["ORDINAL"]),
        ("ru", "5–7% за 300 км", ["PERCENTAGE", "QUANTITY"]),
        ("ru", "два человека и 14 машин", ["CARDINAL", "CARDINAL"]),
        ("uz", "12,5 foizga, 3 ta", ["PERCENTAGE", "CARDINAL"]),
        ("en", "the 25th of seven", ["ORDINAL", "CARDINAL"]),
        ("en", "call 8 701 123 45 67", ["CONTACT"]),
        ("ru", "он пришёл", []),
        ("ru", "версия 1.2.3", []),
    ],
)
def test_numbers_have_their_types(language, text, types):
    assert [f.type for f in find(text, PUBLISHED, language)] == types


@pytest.mark.parametrize(
    ("text", "normals"),
    [
        ("$4,1 млрд, бұрын 4,5 млрд-ты құрады", ["4100000000 USD", "4500000000 USD"]),
        ("с $8,4 млрд до 7,9 млрд.", ["8400000000 USD", "7900000000 USD"]),
        ("$3 млрд и 5 млн тонн зерна", ["3000000000 USD"]),
        ("полтора миллиарда долларов", ["1500000000 USD"]),
        ("бес жүз елу мың теңге", ["550000 KZT"]),
        ("one hundred and 5 euros", ["5 EUR"]),
        ("$8.4bn", ["8400000000 USD"]),
        ("₸5 000", ["5000 KZT"]),
        ("1 млн сом", ["1000000 KGS"]),
        ("500 billion soums", ["500000000000 UZS"]),
    ],
)
def test_sums_are_read_as_they_are_written(text, normals):
    assert [f.normal for f in find(text, PUBLISHED) if f.type == "MONEY"] == normals


def test_days_are_told_from_the_day_of_publication():
    assert [f.normal for f in find("Вчера и кеше", PUBLISHED)] == ["2024-03-09", "2024-03-09"]


@pytest.mark.parametrize("piece", ["1 ", "1,", "9" * 200, "$", "млрд ", "on ", "бес ", "5-", "%"])
def test_no_text_makes_the_rules_slow(piece):
    text = piece * (20_000 // len(piece))

    assert isinstance(find(text, PUBLISHED, "kk"), list)

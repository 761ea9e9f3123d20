"""Months in all cases and orders, made by the rules of the grammars and not from our tables."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from steppewire.dates import Clock, find, read_date


def words(text: str) -> list[str]:
    return text.split(" ")


KAZAKH = words("қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйек қазан қараша желтоқсан")
CYRILLIC = "аәбвгғдежзийкқлмнңоөпрстуұүфхһшыіэ"
ALPHABETS = {
    "2021": words("a ä b v g ğ d e j z i i k q l m n ñ o ö p r s t u ū ü f h h ş y ı e"),
    "2018": words("a á b v g ǵ d e j z ı ı k q l m n ń o ó p r s t ý u ú f h h sh y i e"),
    "2017": words("a a' b v g g' d e j z i' i' k q l m n n' o o' p r s t y' u u' f h h s' y i e"),
    "Wikipedia": words("a ä b v g ğ d e j z ï y k q l m n ñ o ö p r s t w u ü f x h ş ı i é"),
    "Arabic": words("ا ا ب ۆ گ ع د ە ج ز ي ي ك ق ل م ن ڭ و و پ ر س ت ۋ ۇ ۇ ف ح ھ ش ى ى ە"),
}
RUSSIAN = words("январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь")
UZBEK = words("yanvar fevral mart aprel may iyun iyul avgust sentabr oktabr noyabr dekabr")
UZBEK_CYRILLIC = words("январ феврал март апрел май июн июл август сентябр октябр ноябр декабр")
UZBEK_ENDINGS = words(" ning ga ni da dan gacha dagi i ining iga ini ida idan idagi igacha")
# Kyrgyz: vowels of the endings by harmony, as people write them
KYRGYZ = {"июнь": ("үө", "уа"), "июль": ("үө", "уа"), "август": ("уа",), "апрель": ("ие", "ыа")}


def kazakh_cases(month: str) -> Iterator[str]:
    """Yield a month in its cases, and "the month of" in its own, by vowel harmony."""
    back = next(letter in "аоұы" for letter in reversed(month) if letter in "аоұыәөүіе")
    a, y, last = ("а", "ы", month[-1]) if back else ("е", "і", month[-1])
    vowel, voiceless, nasal = last in "ае", last in "пткқс", last in "мнң"
    dental = "т" if voiceless else "д"
    genitive, accusative = "н" if vowel or nasal else dental, "н" if vowel else dental
    dative = ("қ" if voiceless else "ғ") if back else ("к" if voiceless else "г")
    ablative = "н" if nasal else dental
    yield from (month, f"{month}{genitive}{y}ң", f"{month}{dative}{a}", f"{month}{accusative}{y}")
    yield from (f"{month}{dental}{a}", f"{month}{ablative}{a}н")
    yield f"{month}{'п' if voiceless else 'б' if last == 'з' else 'м'}ен"
    yield f"{month}{dental}{a}{'ғы' if back else 'гі'}"
    soft = {"к": "г", "қ": "ғ"}.get(last, last)
    own = f"{month}с{y}" if vowel else f"{month[:-1]}{soft}{y}"
    yield from (own, f"{own}н{y}ң", f"{own}н{a}", f"{own}н", f"{own}нд{a}", f"{own}н{a}н")
    yield f"{own}мен"


def russian_cases(month: str) -> Iterator[str]:
    soft = month[-1] in "йь"
    stem = month[:-1] if soft else month
    yield from (month, *(stem + end for end in words("я ю ем е" if soft else "а у ом е")))


def kyrgyz_cases(month: str) -> Iterator[str]:
    stem = month.rstrip("ь")
    d, g = ("т", "к") if stem[-1] == "т" else ("д", "г")
    for y, a in KYRGYZ.get(month, ("ыа",)):
        yield from (f"{stem}{d}{y}н", f"{stem}{g}{a}", f"{stem}{d}{y}", f"{stem}{d}{a}")
        yield from (f"{stem}{d}{a}н", f"{stem}{y}", f"{stem}{y}н{y}н", f"{stem}{y}нд{a}")
        yield from (f"{stem}{y}н{a}", f"{stem}{y}н", f"{stem}{y}н{a}н", f"{stem}{d}{a}г{y}")


def lines() -> Iterator[tuple[str, int, int, bool]]:
    """Yield date lines of 2020 with month, day, and whether they say 14:05."""
    for month, name in enumerate(KAZAKH, 1):
        yield from kazakh_lines(month, name)
    for month, name in enumerate(RUSSIAN, 1):
        day, genitive = 7 + month, [*russian_cases(name)][1]
        for form in russian_cases(name):
            yield f"{day} {form} 2020", month, day, False
        for form in (
            "{d} {m} 2020г., 14:05", "{d}-го {m} 2020 года в 14:05", "14:05 • {d} {m} 2020",
            "{d} {m} 2020 г. (14:05)", "{d} {m}, среда, 2020, 14:05", "Ср, {d} {m} 2020, 14.05",
            "2020 г., {d} {m}, 14:05", "«{d}» {m} 2020 года, 14 ч. 05 мин.",
        ):  # fmt: skip
            yield form.format(d=day, m=genitive), month, day, True
    for month, (latin, cyrillic) in enumerate(zip(UZBEK, UZBEK_CYRILLIC, strict=True), 1):
        day = 7 + month
        for end in UZBEK_ENDINGS:
            yield f"{day}-{latin}{end} 2020", month, day, False
        for form in (
            "2020-yil {d}-{m} kuni soat 14:05da", "{d}-{m}, juma, 2020-yil, 14:05",
            "Payshanba, {d} {m} 2020, 14.05", "14:05 / {d}-{m}-2020", "2020 y., {d}-{m} 14:05",
        ):  # fmt: skip
            yield form.format(d=day, m=latin), month, day, True
        for form in (
            "2020-йилнинг {d}-{m} куни соат 14:05да", "Жума, {d} {m} 2020, 14:05",
            "{d}-{m}, сешанба, 2020-йил 14:05",
        ):  # fmt: skip
            yield form.format(d=day, m=cyrillic), month, day, True
    for month, name in enumerate(RUSSIAN, 1):
        day, stem = 7 + month, name.rstrip("ь")
        for form in kyrgyz_cases(name):
            yield f"{day}-{form} 2020-жыл", month, day, False
        tajik = f"{stem}и"
        for form in (
            "2020-жылдын {d}-{m} күнү саат 14:05тө", "Шаршемби, {d}-{m}, 2020-жыл 14:05",
            "{d}-{m}, саат 14:05, 2020-жыл", "2020-жылкы {d}-{m}, саат 14.05",
            "{d} {t} соли 2020, соати 14:05", "{d}-юми моҳи {t} соли 2020 14:05",
            "панҷшанбе, {d} {t} 2020, 14:05", "{d} {t} с. 2020, 14:05", "соли 2020, {d} {t}, 14:05",
        ):  # fmt: skip
            yield form.format(d=day, m=name, t=tajik), month, day, True


def kazakh_lines(month: int, name: str) -> Iterator[tuple[str, int, int, bool]]:
    day, forms = 7 + month, [*kazakh_cases(name)]
    texts = [(f"{day} {form} 2020", False) for form in forms]
    own = forms[8]
    texts += [
        (f"2020 жылдың {day} {own}", False),
        (f"2020-жылғы {day}-{name}", False),
        (f"2020 жылдың {own}ның {day}-і", False),
        (f"{forms[1]} {day}-ы, 2020 жыл", False),
        (f"{name} айының {day}-і, 2020 ж.", False),
        (f"{day} {name}, бейсенбі, 2020 ж. 14:05", True),
        (f"{day} {name} 2020 жыл, сағат 14:05-те", True),
        (f"{day} {name} күні 2020 жылы 14.05", True),
    ]
    for text, timed in texts:
        yield text, month, day, timed
        for letters in ALPHABETS.values():
            table = dict(zip(CYRILLIC, letters, strict=True))
            yield "".join(table.get(letter, letter) for letter in text), month, day, timed


CASES = list(lines())


def test_every_case_in_every_order_and_alphabet_is_read():
    clock = Clock(datetime(2026, 11, 22, 10, 30, tzinfo=UTC), ZoneInfo("Asia/Almaty"))
    wrong = [
        (text, found.at.isoformat() if found else None)
        for text, month, day, timed in CASES
        if (found := read_date(text, clock)) is None
        or (found.at.year, found.at.month, found.at.day) != (2020, month, day)
        or (f"{found.at:%H:%M}" == "14:05", found.has_time) != (timed, timed)
    ]

    assert len(CASES) > 2_000
    assert wrong == []


@pytest.mark.parametrize(
    "text",
    [
        "5-6 мая 2024", "5–6-mart 2024", "5 - 12 мамыр 2024", "с 5 по 12 мая 2024 года",
        "5 мая – 6 июня 2024", "05.05.2024 - 06.05.2024", "from 5 to 12 May 2024",
        "5-сентябрь – 9-сентябрь 2024", "16 қараша | Есеп 2020", "8 қаңтарға дейін, есеп 2020",
        "несколько часов назад", "бірнеше сағат бұрын", "bir necha soat oldin", "чанд соат пеш",
        "бир нече саат мурун", "a few hours ago", "пару часов назад", "several days ago",
        "до 5 мая 2024", "после 5 мая", "к 5 мая 2024 года", "с 5 февраля по 12 февраля 2024",
        "5 ақпанға дейін", "5-февралдан баштап", "5 fevraldan boshlab, 2024", "until 5 May 2024",
        "аз 5 то 12 феврали соли 2024", "4.5.6", "1.2.3", "12.13.14", "шілде айында 29,4",
        "в мае и 5 человек",
    ],
)  # fmt: skip
def test_what_tells_no_day_of_publication_is_none(text, clock):
    assert read_date(text, clock) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("№ 47 - 12 мая 2024", "2024-05-12"),
        ("18.20 - 5 мая 2024", "2024-05-05"),
        ("18:20 – 29-may 2024", "2024-05-29"),
        ("5 мая 2024 - 18:20", "2024-05-05"),
        ("Хабар 24 - 5 мамыр 2024", "2024-05-05"),
        ("16 қараша, 10:15 | Астана-2030", "2026-11-16"),
        ("5 мая 2024 – Обновлено 6 мая 2024", "2024-05-05"),
        ("1 мая 2024. Заявки до 5 мая", "2024-05-01"),
        ("№ 125 от 5 мая 2024", "2024-05-05"),
        ("аз 5 майи соли 2024", "2024-05-05"),
    ],
)
def test_a_dash_is_no_range_where_no_day_stands_on_its_other_side(text, expected, clock):
    assert expected == f"{read_date(text, clock).at:%Y-%m-%d}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ол 2013-інші жылдың 29-ыншы қаңтарында болды.", ["2013-інші жылдың 29-ыншы қаңтарында"]),
        ("Ереже 2020-сыншы жылдан бері бар.", ["2020-сыншы жылдан"]),
        ("Выборы были в 2018 и 2019 годах.", []),
        ("Так жили в 1980-е годы.", []),
        ("Конклавы 1689 и 1700 годов.", []),
        ("Осыдан бірнеше күн бұрын көшті.", []),
        ("Осыдан екі күн бұрын көшті.", ["екі күн бұрын"]),
        ("Sud 2018-yil 16-noyabr, juma kuni boʻldi.", ["2018-yil 16-noyabr"]),
        ("В мае и 5 июня шли дожди.", ["5 июня"]),
    ],
)
def test_texts_name_days_in_these_forms_too(text, expected):
    found = find(text, datetime(2020, 6, 6, tzinfo=UTC), ZoneInfo("Asia/Almaty"))

    assert expected == [text[one.start : one.end] for one in found]


@pytest.mark.parametrize(
    ("zone", "before", "behind"),
    [
        ("Asia/Almaty", 6, 5), ("Asia/Qostanay", 6, 5), ("Asia/Qyzylorda", 5, 5),
        ("Asia/Oral", 5, 5), ("Asia/Atyrau", 5, 5), ("Asia/Aqtau", 5, 5), ("Asia/Aqtobe", 5, 5),
        ("Asia/Bishkek", 6, 6), ("Asia/Tashkent", 5, 5), ("Asia/Samarkand", 5, 5),
        ("Asia/Dushanbe", 5, 5),
    ],
)  # fmt: skip
def test_a_place_has_its_offset_on_both_sides_of_the_first_of_march_2024(zone, before, behind):
    clock = Clock(datetime(2026, 11, 22, tzinfo=UTC), ZoneInfo(zone))
    days = ("29 ақпан 2024, 22:59", "29-fevral 2024", "1-март 2024, 00:00", "1 марти соли 2024")

    offsets = [read_date(day, clock).at.utcoffset() // timedelta(hours=1) for day in days]

    assert offsets == [before, before, behind, behind]

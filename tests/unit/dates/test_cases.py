"""Month names in all their cases: tables made by hand from the grammars, one month at a time."""

from __future__ import annotations

import pytest

from steppewire.dates import month, read_date
from steppewire.dates.words import fold, months

# Kazakh: nominative, genitive, dative, accusative, locative, ablative, instrumental,
# the month of something (possessive) in its cases, and what belongs to it.
KAZAKH = {
    1: "қаңтар қаңтардың қаңтарға қаңтарды қаңтарда "
    "қаңтардан қаңтармен қаңтары қаңтарында қаңтарынан қаңтардағы",
    2: "ақпан ақпанның ақпанға ақпанды ақпанда ақпаннан ақпанмен ақпаны ақпанында ақпандағы",
    3: "наурыз наурыздың наурызға наурызды наурызда "
    "наурыздан наурызбен наурызы наурызында наурыздағы",
    4: "сәуір сәуірдің сәуірге сәуірді сәуірде сәуірден сәуірмен сәуірі сәуірінде сәуірдегі",
    5: "мамыр мамырдың мамырға мамырды мамырда мамырдан мамырмен мамыры мамырында мамырдағы",
    6: "маусым маусымның маусымға маусымды маусымда "
    "маусымнан маусыммен маусымы маусымында маусымдағы",
    7: "шілде шілденің шілдеге шілдені шілдеде шілдеден шілдемен шілдесі шілдесінде шілдедегі",
    8: "тамыз тамыздың тамызға тамызды тамызда тамыздан тамызбен тамызы тамызында тамыздағы",
    9: "қыркүйек қыркүйектің қыркүйекке қыркүйекті қыркүйекте "
    "қыркүйектен қыркүйекпен қыркүйегі қыркүйегінде "
    "қыркүйегінен қыркүйектегі",
    10: "қазан қазанның қазанға қазанды қазанда қазаннан қазанмен қазаны қазанында қазандағы",
    11: "қараша қарашаның қарашаға қарашаны қарашада "
    "қарашадан қарашамен қарашасы қарашасының қарашасында "
    "қарашасынан қарашасындағы қарашадағы",
    12: "желтоқсан желтоқсанның желтоқсанға желтоқсанды "
    "желтоқсанда желтоқсаннан желтоқсаны желтоқсанында",
}
KAZAKH_LATIN = {
    1: "qańtar qańtardyń qańtarda qańtarynda qan'tar qangtar kantar",
    2: "aqpan aqpannyń aqpanda aqpanǵa aqpannan akpanda",
    3: "naýryz nauryz nawrız naýryzda nauryzdyń",
    4: "sáýir säuır säwir sa'yi'r sauir sáýirde säuırde",
    5: "mamyr mamır mamyrda mamyrdan",
    6: "maýsym mausym mawsım maýsymda mausymnan",
    7: "shilde şilde shildede şildeniñ s'ilde",
    8: "tamyz tamız tamyzda tamyzdaǵy",
    9: "qyrkúıek qyrküiek qırküyek qyrkúıekte qyrkúıegi qyrkuiek kyrkuyek",
    10: "qazan qazanda qazannan qazany",
    11: "qarasha qaraşa qarashada qarashanyń qarashasy qarashasynda karasha",
    12: "jeltoqsan jeltoqsanda zheltoksan zheltoqsanda",
}
KAZAKH_ARABIC = {
    1: "قاڭتار قاڭتاردا",
    3: "ناۋرىز ناۋرىزدا",
    4: "ءساۋىر ساۋىردە",
    9: "قىركۇيەك قىركۇيەكتە",
    11: "قاراشا قاراشادا قاراشانىڭ قاراشاسى",
    12: "جەلتوقسان جەلتوقساندا",
}
# Russian: nominative, genitive, dative, instrumental, prepositional; abbreviations.
RUSSIAN = {
    1: "январь января январю январём январем январе янв",
    2: "февраль февраля феврале фев февр",
    3: "март марта марту мартом марте",
    4: "апрель апреля апреле апр",
    5: "май мая маю маем мае",
    6: "июнь июня июню июне",
    7: "июль июля июлю июле",
    8: "август августа августу августе авг",
    9: "сентябрь сентября сентябре сен сент",
    10: "октябрь октября октябре окт",
    11: "ноябрь ноября ноябрём ноябре ноя нояб",
    12: "декабрь декабря декабре дек",
}
# Uzbek: nominative, genitive, dative, accusative, locative, ablative, possessive, "until", "of".
UZBEK = {
    1: "yanvar yanvarning yanvarga yanvarni yanvarda "
    "yanvardan yanvari yanvargacha yanvardagi январ январда",
    3: "mart martning martga martda martdan marti martida martgacha martdagi март мартдаги",
    5: "may mayning mayda maydan майда майдан",
    8: "avgust avgustda август августдан",
    9: "sentabr sentyabr sentabrda sentyabrdan сентябр сентябрь сентябрда",
    10: "oktabr oktyabr oktabrda oktyabrning октябр октябрь октябргача",
    11: "noyabr noyabrda noyabridan ноябр ноябрь ноябрда",
    12: "dekabr dekabrda dekabrgacha декабр декабрдан",
}
KYRGYZ = {
    1: "январь январдын январда январында январдан январга",
    3: "март марттын мартта мартында марттан",
    6: "июнь июнда июнунда июндун",
    7: "июль июлда июлунда",
    9: "сентябрь сентябрдын сентябрда сентябрында",
    11: "ноябрь ноябрдын ноябры ноябрында ноябрынан ноябрга ноябрдагы",
    12: "декабрь декабрда декабрынан",
}
TAJIK = {
    1: "январ январи январь",
    3: "март марти",
    5: "май",
    11: "ноябр ноябри ноябрь",
    12: "декабр декабри",
}

TABLES = (KAZAKH, KAZAKH_LATIN, KAZAKH_ARABIC, RUSSIAN, UZBEK, KYRGYZ, TAJIK)
CASES = [
    (word, number) for table in TABLES for number, words in table.items() for word in words.split()
]


@pytest.mark.parametrize(("word", "number"), CASES)
def test_every_case_of_a_month_is_that_month(word, number):
    assert number == month(word)


@pytest.mark.parametrize(("word", "number"), CASES)
def test_a_day_with_every_case_is_read(word, number, clock):
    found = read_date(f"7 {word} 2020", clock)

    assert (2020, number, 7) == (found.at.year, found.at.month, found.at.day)


@pytest.mark.parametrize(
    "word",
    [
        "маяк",
        "майкл",
        "мартеновский",
        "марсель",
        "мартышка",
        "маме",
        "mayor",
        "marching",
        "martin",
        "march2",
        "decade",
        "августин",
        "октава",
        "декан",
        "июньский-ли",
        "janitor",
        "marta",
        "novel",
        "september-issue",
        "кара",
        "қар-жауын",
        "тамызық",
        "мартин",
        "maydalash",
    ],
)
def test_words_that_only_begin_like_a_month_are_none(word):
    assert month(word) is None


def test_no_whole_name_means_two_months():
    named: dict[str, set[int]] = {}
    for table in months().values():
        for number, forms in enumerate(table["months"], start=1):
            for form in forms.split():
                named.setdefault(fold(form), set()).add(number)

    assert {name: found for name, found in named.items() if len(found) > 1} == {}


@pytest.mark.parametrize("language", sorted(months()))
def test_a_language_has_twelve_months(language):
    table = months()[language]

    assert {12} == {len(table[key]) for key in ("months", "brief", "short") if key in table}


@pytest.mark.parametrize("apostrophe", "'`´‘’ʻʼ")
def test_any_apostrophe_of_kazakh_and_uzbek_will_do(apostrophe, clock):
    assert month(f"qan{apostrophe}tar") == 1
    assert read_date(f"o{apostrophe}tgan kuni 10:00", clock).at.day == 20

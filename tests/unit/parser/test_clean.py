"""What is taken out of a body, and what stays."""

from __future__ import annotations

import pytest

from steppewire.rules import SiteRules
from steppewire_parser.blocks import Block
from steppewire_parser.clean import capped, clean
from steppewire_parser.leads import choose_lead

TEXT = "Жители посёлка посадили аллею из сорока клёнов у новой школы, и помогали им в этом дети."


def cleaned(*texts: str | Block, rules: SiteRules | None = None, lead: str | None = None):
    blocks = [t if isinstance(t, Block) else Block(t) for t in texts]
    found = clean(blocks, title="Заголовок статьи", lead=lead, rules=rules or SiteRules())
    return [block.text for block in found]


@pytest.mark.parametrize(
    "line",
    [
        "Читайте также: Сколько стоит школьная форма",
        "📌 ЧИТАЙТЕ ТАКЖЕ",
        "Материалы по теме:",
        "По теме:",
        "Поделитесь новостью",
        "Следите за новостями zakon.kz в:",
        "Нашли ошибку? Выделите её мышью",
        "Наши новости теперь в WhatsApp",
        "Подписывайтесь на наш Telegram-канал",
        "Посмотреть эту публикацию в Instagram",
        "Публикация от Астана (@astana)",
        "Источник: Tengrinews.kz",
        "Источник",
        "Фото: Zakon.kz / А. Иванов",
        "(Фото: Reuters)",
        "Erid: 2VtzqxKjmNp",
        "Реклама",
        "© 2025 Zakon.kz",
        "Все права защищены.",
        "При использовании материалов ссылка на сайт обязательна",
        "Беттегі қате",
        "Жаңалықтар телефоныңызда",
        "Сурет: El.kz",
        "Қазақ тілінде оқу",
        "Тағы оқыңыз:",
        "Manba: Kun.uz",
        "Foto: Daryo",
        "Reklama",
        "Reklama huquqi asosida",
        "Mavzuga oid yangiliklar",
        "Do‘stlaringiz bilan ulashing",
        "Read also: A school opens in Astana",
        "Follow us on Twitter",
        "Photo: Reuters",
        "NOVA24 LIVE",
        "* * *",
        "https://t.me/zakonkz",
        "Abai.kz",
        "#Астана #школа",
    ],
)
def test_a_line_of_the_page_is_left_out(line):
    assert cleaned(TEXT, line) == [TEXT]


@pytest.mark.parametrize(
    "line",
    [
        "Фотографии с праздника жители посёлка передали в музей.",
        "Фото с места событий изучают эксперты.",
        "Источник в министерстве рассказал о подробностях сделки.",
        "Реклама табака в стране запрещена с прошлого года.",
        "Комментарии экспертов разделились поровну.",
        "По теме заседания выступил министр.",
        "Рекламалық тақталар саны азайды.",
        "Поделиться опытом приехали врачи из Алматы.",
        "Видео разошлось по социальным сетям за час.",
        "Source of the river is in the mountains.",
        "Манбалар сони кўпайди, деди вазир.",
        "А. Мамин.",
        "Да.",
    ],
)
def test_a_sentence_that_starts_like_a_label_stays(line):
    assert cleaned(TEXT, line) == [TEXT, line]


@pytest.mark.parametrize(
    "line",
    [
        "Напомним, в прошлом году открыли семь школ.",
        "Ранее мы писали о строительстве моста.",
        "Ранее Spot публиковал прогноз по ставке.",
        "Еске салсақ, былтыр жеті мектеп ашылды.",
        "Айта кетейік, көрме тегін өтті.",
        "Avvalroq metro bekati ochilgandi.",
        "Eslatib o‘tamiz, bekat yangi.",
        "Eslatib o'tamiz, bekat yangi.",
        "Аввалроқ бекат очилган эди.",
        "Earlier, the bank had cut its rate.",
    ],
)
def test_background_is_kept_and_marked(line):
    (block,) = clean([Block(line)], title="", lead=None, rules=SiteRules())

    assert (block.text, block.kind) == (line, "background")


def test_title_lead_and_earlier_paragraphs_are_not_repeated():
    lead = "Аллею посадили за один день, и помогали в этом все."

    assert cleaned("Заголовок статьи", lead, TEXT, TEXT, lead, lead=lead) == [TEXT]


def test_short_repetitions_may_be_meant():
    assert cleaned("Да.", TEXT, "Да.") == ["Да.", TEXT, "Да."]


def test_links_under_read_also_go_with_it_and_text_after_them_stays():
    link = Block("Старый мост закрыли на ремонт", linked=1.0)

    assert cleaned(TEXT, "Читайте также:", link, link, "Дальше идёт текст.") == [
        TEXT,
        "Дальше идёт текст.",
    ]


def test_a_stop_line_of_the_site_ends_the_body():
    rules = SiteRules(stop=("Комментарии читателей",))

    assert cleaned(TEXT, "КОММЕНТАРИИ ЧИТАТЕЛЕЙ (12)", "Первый!", rules=rules) == [TEXT]


def test_a_cut_line_of_the_site_goes_in_any_case():
    rules = SiteRules(cut=("tengri лайф",))

    assert cleaned("Tengri Лайф рекомендует", TEXT, rules=rules) == [TEXT]


def test_a_subhead_with_nothing_below_goes():
    assert cleaned(TEXT, Block("Ещё новости", "subhead")) == [TEXT]


def test_a_text_longer_than_a_record_is_cut_and_says_so():
    kept, facts = capped([Block("а" * 300_000), Block("б" * 300_000)])

    assert sum(len(block.text) for block in kept) == 400_000
    assert facts == ("text-truncated",)


def test_a_text_that_fits_is_whole():
    assert capped([Block(TEXT)]) == ([Block(TEXT)], ())


@pytest.mark.parametrize("shown", ["Groß war <b>der</b> Andrang", "«GROSS war <i>der</i> Andrang»"])
def test_a_description_is_the_lead_where_a_reader_sees_it_however_it_is_spelled(document, shown):
    described = "Groß war der Andrang an der neuen Brücke."
    page = document(f"<div>{shown} an der neuen Brücke.</div>")

    assert choose_lead((), (described,), (), page, "Eine Brücke") == described

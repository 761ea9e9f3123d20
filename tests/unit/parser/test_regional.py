"""Pages of the region's engines in six languages, read without rules as a careful reader would."""

from __future__ import annotations

from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "regional"


@pytest.mark.parametrize("page", sorted(FOLDER.glob("*.html")), ids=lambda page: page.stem)
def test_a_page_of_the_region_is_read_without_what_is_printed_around_its_text(parse, page):
    title, author, time, *paragraphs = page.with_suffix(".txt").read_text("utf-8").splitlines()

    article = parse(page.read_bytes(), "https://example.kz/news/1").article

    read = [*filter(None, [article.lead]), *(paragraph.text for paragraph in article.paragraphs)]
    assert (article.title, article.authors) == (title, (author,))
    assert f"{article.published_at:%Y-%m-%d %H:%M}" == time
    assert read == paragraphs


PAGE = """<html><head><title>{title}</title></head><body><main><h1>{title}</h1>{lines}
<div class="t"><p>{first}</p><p>{second}</p><p>{third}</p></div></main></body></html>"""
TEXT = {
    "title": "Қызылкөлде жаңа сүт зауыты ашылды",
    "first": "Қызылкөл ауылында сүт өңдейтін жаңа зауыт пайдалануға берілді, құны үш миллиард.",
    "second": "Зауытта ірімшік, май, қаймақ және айран шығарылады, өнімнің бір бөлігі жөнелтіледі.",
    "third": "Тұрғындар жолдың нашарлығына шағымданды, әкім оны биыл күзде жөндеуге уәде берді.",
}
DAYS = {
    "kk": ("5 ақпан 2024, 18:20", "6 ақпан 2024, 09:05"),
    "ru": ("5 февраля 2024, 18:20", "6 февраля 2024, 09:05"),
    "uz": ("2024-yil 5-fevral, 18:20", "2024-yil 6-fevral, 09:05"),
    "uz-Cyrl": ("2024 йил 5 феврал, 18:20", "2024 йил 6 феврал, 09:05"),
    "ky": ("2024-жылдын 5-февралы, 18:20", "2024-жылдын 6-февралы, 09:05"),
    "tg": ("5 феврали соли 2024, 18:20", "6 феврали соли 2024, 09:05"),
    "en": ("February 5, 2024, 6:20 pm", "February 6, 2024, 9:05 am"),
}
PUBLISHED = {
    "kk": "Жарияланды: |Жарияланған күні: |Шыққан күні: |Орналастырылды: |",
    "ru": "Опубликовано: |Дата публикации: |Добавлено: |Размещено |",
    "uz": "E’lon qilindi: |Chop etildi: |Joylashtirildi: |Nashr qilindi: |",
    "uz-Cyrl": "Эълон қилинди: |Чоп этилди: |Жойлаштирилди: |Нашр қилинди: |",
    "ky": "Жарыяланды: |Жарыяланган күнү: |Басылып чыкты: |Жайгаштырылды: |",
    "tg": "Нашр шуд: |Санаи нашр: |Интишор: |Таърих: |",
    "en": "Published: |Posted on |Publication date: |Created: |",
}
UPDATED = {
    "kk": "Жаңартылды: |Өзгертілді: |Соңғы өзгеріс: |Толықтырылды: |Түзетілді: ",
    "ru": "Обновлено: |Последнее обновление: |Отредактировано: |Дополнено: |Исправлено: ",
    "uz": "Yangilandi: |O‘zgartirildi: |Oxirgi yangilanish: |Tahrirlandi: |To‘ldirildi: ",
    "uz-Cyrl": "Янгиланди: |Ўзгартирилди: |Охирги янгиланиш: |Таҳрирланди: |Тўлдирилди: ",
    "ky": "Жаңыртылды: |Жаңыланды: |Өзгөртүлдү: |Толукталды: |Оңдолду: ",
    "tg": "Навсозӣ шуд: |Нав карда шуд: |Тағйир дода шуд: |Таҳрир шуд: |Охирин навсозӣ: ",
    "en": "Updated: |Last modified: |Edited: |Last update: |Updated on ",
}
LABELS = [
    (language, published, updated)
    for language in DAYS
    for published, updated in zip(
        PUBLISHED[language].split("|"), UPDATED[language].split("|"), strict=True
    )
]


@pytest.mark.parametrize(("language", "published", "updated"), LABELS)
@pytest.mark.parametrize("turned", [False, True])
def test_publication_and_change_are_told_apart_in_each_language(
    parse, language, published, updated, turned
):
    first, second = DAYS[language]
    lines = [f"<div>{published}{first}</div>", f"<div>{updated}{second}</div>"]
    page = PAGE.format(lines="".join(reversed(lines) if turned else lines), **TEXT)

    article = parse(page).article

    assert f"{article.published_at:%d %H:%M} {article.modified_at:%d %H:%M}" == "05 18:20 06 09:05"
    assert [p.text for p in article.paragraphs] == [TEXT[k] for k in ("first", "second", "third")]


@pytest.mark.parametrize(
    ("said", "time"),
    [
        ("екі сағат бұрын", "22 09:30"), ("Кеше", "21 00:00"), ("час назад", "22 10:30"),
        ("ikki soat oldin", "22 09:30"), ("икки соат олдин", "22 09:30"), ("кечээ", "21 00:00"),
        ("эки саат мурун", "22 09:30"), ("ду соат пеш", "22 09:30"), ("yesterday", "21 00:00"),
        ("10 дақиқа қабл", "22 11:20"), ("two hours ago", "22 09:30"),
    ],
)  # fmt: skip
def test_a_line_in_words_below_the_headline_is_its_date_and_no_paragraph(parse, said, time):
    article = parse(PAGE.format(lines=f"<div>{said}</div>", **TEXT)).article

    assert f"{article.published_at:%d %H:%M}" == time
    assert said not in [p.text for p in article.paragraphs]


def test_a_time_of_day_in_a_tag_of_its_own_belongs_to_the_day_before_it(parse):
    lines = "<div><span>5 ақпан 2024</span> <span>18:20</span> <span>👁 1254</span></div>"

    article = parse(PAGE.format(lines=lines, **TEXT)).article

    assert f"{article.published_at:%Y-%m-%d %H:%M}" == "2024-02-05 18:20"

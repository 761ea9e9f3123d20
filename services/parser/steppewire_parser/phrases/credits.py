"""Lines that name who or what is behind an article, and buttons that stand alone on theirs."""

from __future__ import annotations

import re

from steppewire_parser.phrases.labels import ON_TOPIC
from steppewire_parser.phrases.patterns import pattern

# A credit or a source is a name, not a sentence.
_MAX_CREDIT_CHARS = 120

# These words also start ordinary sentences: only with a colon or slash, or alone on the line.
CREDITS = r"""
Фото
Фотографии
Фото из открытых источников
Фото автора
Фотосурет
Сурет
Суреттер
Ашық дереккөзден
Коллаж
Скриншот
Кадр
Видео
Бейне
Иллюстрация
Инфографика
Обложка
Foto
Surat
Rasm
Video
Photos?
Photograph
Photo credit
Photo by
Photo courtesy of
Photos by
Photo source
Credit
Credits
Copyright
Авторские права
Illustration
Image
Image credit
Image source
Picture
Источник
Источники
Дереккөз
Дерек көзі
Манба
Manba
Source
Via
Ссылка
Сілтеме
Сүрөт
Сүрөттөр
Булак
Sýret
Suret
Fotosuret
Fotosýret
Derekk[oóö]z
Сурат
Расм
Муаллиф
Muallif
Теглар
Авторлор
Тегдер
Havola
Другие новости
Похожие новости
Новости партн[её]ров
Реклама
Жарнама
Reklama
Reklama huquqi asosida
Реклама ҳуқуқи асосида
Advertisement
Sponsored
Sponsored content
Jarnama
Теги
Тэги
Тегтер
Teglar
Tags
Метки
Хештеги
Автор
Автор текста
Авторы
Поделиться
Бөлісу
Бөлісіңіз
Ulashing
Комментарии
Комментировать
Пікірлер
Fikrlar
Izohlar
Изоҳлар
Пикирлер
Комментарийлер
Бөлүшүү
Бөлүшүңүз
Улашиш
Улашинг
Ulashish
Bo'lishish
Bólisý
Жазылыңыз
Obuna bo'ling
Обуна бўлинг
Просмотров
Просмотры
Қаралды
Ko'rildi
Кўрилди
Көрүлдү
Каралды
Go back
NOVA24
"""

# These are labels only when nothing else is on the line, except how often.
ALONE = r"""
Share
Share article
Share this article
Comments?
Tweet
Print
Email
Copy link
Subscribe
Newsletters?
Trending
Recommended
Loading
Читать далее
Подробнее
Скопировать ссылку
Копировать ссылку
Распечатать
Версия для печати
Подписаться
Новости
Лента новостей
Обсудить
Оценить
Нравится
Толығырақ
Пікір
Басып шығару
Жазылу
Batafsil
Chop etish
Obuna
Батафсил
Чоп этиш
Обуна
Толук
Басып чыгаруу
Жазылуу
\d{1,2}\+
"""

_CREDIT = pattern(CREDITS, ON_TOPIC, end=r"\s*(?:[:/|©]|[-–—]\s|$|[.)\]]$)")
_ALONE_LINE = pattern(ALONE, end=r"[\W\d_]*$")
_NO_WORDS = re.compile(r"^[\W_]*$")
# The bare name of a site is how abai.kz signs.
_ONLY_ADDRESS = re.compile(
    r"^(?:https?://|www\.)\S+$|^[\w-]+(?:\.[\w-]+)*\.(?:kz|uz|kg|tj|tm|com|org|net|media)$"
    r"|^[@#]\w+(?:\s+[@#]\w+)*$",
    re.IGNORECASE,
)


def is_credit(text: str) -> bool:
    """Tell whether a paragraph is a photo credit, a lone source label, a tag line or the like."""
    if len(text) > _MAX_CREDIT_CHARS:
        return False
    small = text.lower()
    return bool(_CREDIT.match(small) or _ALONE_LINE.match(small))


def is_empty(text: str) -> bool:
    """Tell whether a paragraph says nothing: only signs, an address, or hashtags."""
    if text[:1].isalnum() and " " in text:
        return False
    return bool(_NO_WORDS.match(text) or _ONLY_ADDRESS.match(text))

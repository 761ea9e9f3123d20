"""Lines that belong to the page and not to the article, in Russian, Kazakh, Uzbek and English.

Sources: docs/reference/sources.md section 6, item 12. One phrase a line, written as a regular
expression; each is anchored at the start of a paragraph, and `'` stands for every apostrophe that
Uzbek sites type.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

# Longer paragraphs are the author's own words, even when they start like a label.
MAX_LABEL_CHARS = 240
# A credit or a source is a name, not a sentence.
MAX_CREDIT_CHARS = 120

_READ_ALSO = r"""
Читайте также
Читайте ещё
Читайте еще
Читать также
Читайте по теме
Смотрите также
Материалы по теме
Новости по теме
Статьи по теме
Рекомендуем прочитать
Ранее на эту тему
Тағы оқыңыз
Тағы да оқыңыз
Сондай-ақ,? оқыңыз
Оқи отырыңыз
Осы тақырыпта
Тақырып бойынша
Қазақ тілінде оқу
Толығырақ оқыңыз
Mavzuga oid
Shuningdek,? o'qing
Yana o'qing
O'xshash yangiliklar\w*
Мавзуга оид
Шунингдек,? ўқинг
Read also
Also read
Read more
Read next
See also
Related articles?
Related stories
Related news
More on this story
You may also like
"""

# Start of a label, whatever follows on a short line.
_LABELS = r"""
Поделитесь (?:новостью|с друзьями|этой|в соц)[а-я]*
Следите за (?:нашими )?новостями
Следите за нами
Наши новости теперь
Подписывайтесь
Подпишитесь
Присоединяйтесь к нам
Читайте нас в
Оставайтесь с нами
Хотите узнавать новости
Самые важные новости в
Главные новости .{0,20}в Telegram
Жаңалықтар телефоныңызда
Бізге жазылыңыз
Telegram[ -]?арнамызға
Арнамызға жазылыңыз
Бізді .{0,30}оқыңыз
Bizni .{0,30}kuzating
Telegram kanalimiz\w*
Kanalimizga
Do'stlaringiz bilan
Каналимизга
Share this
Share on
Follow us
Subscribe to
Subscribe now
Sign up for
Sign up to
Join our
Get the latest
Нашли ошибку
Нашли опечатку
Если вы нашли ошибку
Заметили ошибку
Выделите её и нажмите
Сообщить об опечатке
Оставить комментарий
Беттегі қате\w*
Қате тапсаңыз\w*
Мәтіннен қате\w*
Пікір қалдыру
Xato topdingizmi
Matnda xatolik\w*
Fikr bildiring
Found a mistake
Found an error
Spotted a mistake
Комментариев пока нет
Пока нет комментариев
Пікірлер жоқ
Hozircha izoh\w*
No comments yet
Leave a comment
Leave a reply
Post a comment
Посмотреть эту публикацию в Instagram
Публикация от
Показать публикацию
View this post on Instagram
A post shared by
Реклама на Spot
Story continues below
Erid[: ].?\w*
NOVA24 LIVE
На правах рекламы
Жарнама құқығында
©.*
Все права защищены
Барлық құқықтар? қорғалған
Barcha huquqlar himoyalangan
All rights reserved
При (?:использовании|перепечатке|копировании|цитировании).{0,80}ссылк[а-я]*
(?:Копирование|Перепечатка|Использование) материалов .{0,80}(?:ссылк|запрещ|разреш)[а-я]*
Материал(?:ды|дарды) (?:көшір|пайдалан).{0,80}сілтеме\w*
Сілтеме жасау міндетті
Materiallardan foydalan.{0,80}havola\w*
"""

# These words also start ordinary sentences: only with a colon or slash, or alone on the line.
_CREDITS = r"""
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
Havola
По теме
Ещё по теме
Еще по теме
Related
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
Жазылыңыз
Obuna bo'ling
Обуна бўлинг
Просмотров
Просмотры
Қаралды
Ko'rildi
Go back
NOVA24
"""

# Kept, but marked: these paragraphs tell of older events.
_BACKGROUND = r"""
Напомним
Напоминаем
Ранее мы писали
Ранее мы сообщали
Ранее сообщалось
Ранее стало известно
Ранее .{1,30}(?:писал|сообщал|публиковал)[аио]?
Как сообщалось ранее
Как мы сообщали
Еске салсақ
Еске сала кетейік
Еске сала кетсек
Еске түсірсек
Айта кетейік
Айта кетелік
Айта кетсек
Айта кету керек
Бұған дейін
Бұдан бұрын
Естеріңізге сала\w*
Eske salsaq
Aita ketei[iı]k
Avvalroq
Avval xabar
Eslatib o'tamiz
Eslatma
Ma'lumot uchun
Аввалроқ
Эслатиб ўтамиз
Эслатма
Earlier(?=,| we| it was| .{1,30} reported)
As (?:we )?reported earlier
Previously(?=,| reported)
As previously reported
"""

_LEADING = r"^[\W_]{0,6}"  # an emoji, a bullet, a dash, a bracket
_TO_BOUNDARY = r"(?![^\W\d_])"
_APOSTROPHES = "['ʻʼ‘’`´]"


def _any(*lines: str) -> str:
    phrases = [line for block in lines for line in block.strip().splitlines()]
    return f"(?:{'|'.join(phrases)})".replace("'", _APOSTROPHES)


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


_LABEL = _pattern(f"{_LEADING}{_any(_READ_ALSO, _LABELS)}{_TO_BOUNDARY}")
_CREDIT = _pattern(rf"{_LEADING}{_any(_CREDITS)}\s*(?:[:/|©]|[-–—]\s|$|[.)\]]$)")
_BACKGROUND_START = _pattern(f"{_LEADING}{_any(_BACKGROUND)}{_TO_BOUNDARY}")
# "Читайте также" alone opens a list of links
_OPENS_LIST = _pattern(rf"{_LEADING}{_any(_READ_ALSO, 'По теме', 'Related')}[\W_]*$")
_NO_WORDS = re.compile(r"^[\W_]*$")
# The bare name of a site is how abai.kz signs.
_ONLY_ADDRESS = re.compile(
    r"^(?:https?://|www\.)\S+$|^[\w-]+(?:\.[\w-]+)*\.(?:kz|uz|kg|tj|tm|com|org|net|media)$"
    r"|^[@#]\w+(?:\s+[@#]\w+)*$",
    re.IGNORECASE,
)


def is_label(text: str) -> bool:
    """Tell whether a paragraph is a "read also", share, misprint, advert or legal line."""
    return len(text) <= MAX_LABEL_CHARS and bool(_LABEL.match(text))


def is_credit(text: str) -> bool:
    """Tell whether a paragraph is a photo credit, a lone source label, a tag line or the like."""
    return len(text) <= MAX_CREDIT_CHARS and bool(_CREDIT.match(text))


def is_empty(text: str) -> bool:
    """Tell whether a paragraph says nothing: only signs, an address, or hashtags."""
    return bool(_NO_WORDS.match(text) or _ONLY_ADDRESS.match(text))


def is_background(text: str) -> bool:
    """Tell whether a paragraph reminds of earlier events."""
    return bool(_BACKGROUND_START.match(text))


def opens_list(text: str) -> bool:
    """Tell whether a line is a "read also" heading whose links follow."""
    return bool(_OPENS_LIST.match(text))


def starts_with(prefixes: Iterable[str]) -> re.Pattern[str] | None:
    """Return a pattern for lines that start with one of the phrases of a site, in any case."""
    phrases = [re.escape(" ".join(p.split())) for p in prefixes if p.strip()]
    return _pattern(f"{_LEADING}(?:{'|'.join(phrases)})") if phrases else None

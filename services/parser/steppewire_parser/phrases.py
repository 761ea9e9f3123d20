"""Lines of the page and not of the article: Russian, Kazakh, Uzbek, Kyrgyz, English.

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
Ещё новости
Ещё больше новостей
Что ещё почитать
Вам (?:может быть|будет) интересно
Выбор редакции
Тағы оқыңыз
Тағы да оқыңыз
Сондай-ақ,? оқыңыз
Оқи отырыңыз
Қазақ тілінде оқу
Толығырақ оқыңыз
Тағы да қараңыз
Ұқсас жаңалықтар
Ta[gǵğ][yı] oqy?[ıń]?[nńñ][yı]z
Mavzuga oid
Shuningdek,? o'qing
Yana o'qing
O'xshash yangiliklar\w*
Мавзуга оид
Шунингдек,? ўқинг
Яна ўқинг
Ўхшаш янгиликлар
Ko'proq o'qing
Ko'proq yangiliklar
Кўпроқ ўқинг
Дагы окуңуз(?:дар)?
Ошондой эле окуңуз(?:дар)?
Окшош жаңылыктар
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
Don't miss(?: our| these| out on our|:)
You might also like
You might be interested in
Must reads?
Recommended for you
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
Будьте в курсе
Читайте (?:нас|новости|больше новостей) в
Ждём вас в
Хотите быть в курсе
Следите за .{0,40}в (?:Telegram|Телеграм|Instagram|Google)[а-я]*
Подпишись на
Главные новости .{0,20}в Telegram
Жаңалықтар телефоныңызда
Бізге жазылыңыз
Telegram[ -]?арнамызға
Арнамызға жазылыңыз
Бізді .{0,30}оқыңыз
Инстаграм парақшамызға
Телеграм арнамызға
Telegram каналымызға
Жаңалықтарды .{0,30}біліңіз
Достарыңызбен бөлісіңіз
Bizge jazyly[nńñ]yz
Telegram arnamyzǵa
Bizni .{0,30}kuzating
Telegram kanalimiz\w*
Kanalimizga
Do'stlaringiz bilan
Каналимизга
Бизни .{0,30}кузатинг
Телеграм каналимиз\w*
Дўстларингиз билан
Сўнгги янгиликлар\w* биринчи
So'nggi yangiliklar\w* birinchi
Bizga obuna bo'ling
Бизге (?:жазылыңыз|катталыңыз)(?:дар)?
Telegram каналыбызга
Телеграм каналыбызга
Каналыбызга (?:жазылыңыз|катталыңыз)(?:дар)?
Досторуңуз менен
Share this
Share on
Follow us
Subscribe to
Subscribe now
Sign up for
Sign up to
Join our
Get the latest
Follow .{1,30}on (?:Twitter|X|Facebook|Telegram|Instagram|Google News)
Sign up now
Stay up to date
Send (?:us )?(?:your )?tips
Got a tip
Have a tip
Click here to
Support our journalism
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
Хато топдингизми
Матнда хато\w*
Ката тапсаңыз\w*
Ката таптыңызбы
Тексттен ката тап\w*
Хатоликни кўрсатинг
Xatoni ko'rsating
Fikr bildiring
Izoh qoldir\w*
Изоҳ қолдир\w*
Фикр билдиринг
Пикир калтыр\w*
Пикирлер жок
Found a mistake
Found an error
Spotted a mistake
Комментариев пока нет
Пока нет комментариев
Пікірлер жоқ
Hozircha izoh\w*
Ҳозирча изоҳ\w*
No comments yet
Leave a comment
Leave a reply
Post a comment
Report an error
Report a typo
Посмотреть эту публикацию в Instagram
Публикация от
Показать публикацию
Бұл жазбаны Instagram\w*
Instagram'da ko'rish
Посмотреть в Telegram
View this post on Instagram
A post shared by
Реклама на Spot
Story continues below
Erid[: ].?\w*
NOVA24 LIVE
На правах рекламы
Содержит рекламу
Материал подготовлен на правах рекламы
Жарнама құқығында
©.*
Все права защищены
Барлық құқықтар? қорғалған
Barcha huquqlar himoyalangan
All rights reserved
Барча ҳуқуқлар ҳимояланган
Бардык укуктар корголгон
При (?:использовании|перепечатке|копировании|цитировании).{0,80}ссылк[а-я]*
(?:Копирование|Перепечатка|Использование) материалов .{0,80}(?:ссылк|запрещ|разреш)[а-я]*
Материал(?:ды|дарды) (?:көшір|пайдалан).{0,80}сілтеме\w*
Сілтеме жасау міндетті
Materiallardan foydalan.{0,80}havola\w*
Материаллардан фойдалан.{0,80}ҳавола\w*
Материалдарды пайдалан.{0,80}шилтеме\w*
Любое использование материалов
Reproduction .{0,60}(?:prohibited|permission)
No part of this
Мнение автора может не совпадать
Редакция не несёт ответственности
Автордың пікірі .{0,40}сәйкес
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

# The same with links behind it: "on the topic" also starts ordinary sentences.
_ON_TOPIC = r"""
По теме
Ещё по теме
Еще по теме
Осы тақырыпта
Осы тақырып бойынша
Тақырып бойынша
Тақырыпқа орай
Taqyryp bo[ıi]ynsha
Osy taqyrypta
Bu mavzuda
Бу мавзуда
Тема боюнча
Бул темада
Темага байланыштуу
Related
More on this
More from
More stories
Most read
"""

# These are labels only when nothing else is on the line, except how often.
_ALONE = r"""
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
Как уже сообщалось
Как мы (?:уже )?писали
Как (?:уже )?сообщал[аио]?
Как (?:ранее )?писал[аио]?
До этого сообщалось
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
Осыған дейін
Осыдан бұрын
Хабарлағанымыздай
Жазғанымыздай
Osy[gǵğ]an de[ıi]in
Bu[gǵğ]an de[ıi]in
Естеріңізге сала\w*
Eske salsaq
A[iı]ta kete[iı]{1,2}k
Avvalroq
Avval xabar
Avvalroq xabar
Oldinroq
Ilgariroq
Ilgari xabar
Esingizda bo'lsa
Eslatib o'tish joiz
Xabar berilganidek
Eslatib o'tamiz
Eslatma
Ma'lumot uchun
Аввалроқ
Эслатиб ўтамиз
Эслатма
Эслатиб ўтиш жоиз
Аввал хабар
Олдинроқ
Эсингизда бўлса
Хабар берилганидек
Маълумот учун
Эске салсак
Эске сала кетсек
Эске сала кетели
Буга чейин
Мурда кабарлангандай
Биз мурда жазганбыз
Earlier(?=,| we| it was| .{1,30} reported)
As (?:we )?reported earlier
Previously(?=,| reported)
As previously reported
As reported (?:earlier|previously)
It was (?:earlier|previously) reported
It was reported earlier
As a reminder
Recall that
To recall
"""

LISTS = {
    "read also": _READ_ALSO,
    "label": _LABELS,
    "credit": _CREDITS,
    "on topic": _ON_TOPIC,
    "alone": _ALONE,
    "background": _BACKGROUND,
}
"""All phrases, by what follows from them."""

_LEADING = r"^[\W_]{0,6}"  # an emoji, a bullet, a dash, a bracket
_TO_BOUNDARY = r"(?![^\W\d_])"
_APOSTROPHES = "['ʻʼ‘’`´]"
_OPTIONAL_START = re.compile(r"[\W_]|.[?*+{]")


def _any(*lines: str) -> str:
    phrases = (line for block in lines for line in block.strip().splitlines())
    by_start: dict[str, list[str]] = {}
    for phrase in phrases:
        # `re` looks at the first letter of each alternative: of forty starts, not of all phrases
        first = "" if _OPTIONAL_START.match(phrase) else phrase[0].lower()
        by_start.setdefault(first, []).append(phrase[len(first) :])
    starts = (f"{first}(?:{'|'.join(rests)})" for first, rests in by_start.items())
    return f"(?:{'|'.join(starts)})".replace("'", _APOSTROPHES)


def _pattern(start: str, end: str = "") -> re.Pattern[str]:
    """Compile for small letters: of hundreds of phrases, `re` then tries those that can fit."""
    return re.compile(f"{_LEADING}{start.lower()}{end}")


_LABEL = _pattern(_any(_READ_ALSO, _LABELS), _TO_BOUNDARY)
_CREDIT = _pattern(_any(_CREDITS, _ON_TOPIC), r"\s*(?:[:/|©]|[-–—]\s|$|[.)\]]$)")
_ALONE_LINE = _pattern(_any(_ALONE), r"[\W\d_]*$")
_BACKGROUND_START = _pattern(_any(_BACKGROUND), _TO_BOUNDARY)
# "Читайте также" alone opens a list of links
_OPENS_LIST = _pattern(_any(_READ_ALSO, _ON_TOPIC), r"[\W_]*$")
_NO_WORDS = re.compile(r"^[\W_]*$")
# The bare name of a site is how abai.kz signs.
_ONLY_ADDRESS = re.compile(
    r"^(?:https?://|www\.)\S+$|^[\w-]+(?:\.[\w-]+)*\.(?:kz|uz|kg|tj|tm|com|org|net|media)$"
    r"|^[@#]\w+(?:\s+[@#]\w+)*$",
    re.IGNORECASE,
)


def is_label(text: str) -> bool:
    """Tell whether a paragraph is a "read also", share, misprint, advert or legal line."""
    return len(text) <= MAX_LABEL_CHARS and bool(_LABEL.match(text.lower()))


def is_credit(text: str) -> bool:
    """Tell whether a paragraph is a photo credit, a lone source label, a tag line or the like."""
    if len(text) > MAX_CREDIT_CHARS:
        return False
    small = text.lower()
    return bool(_CREDIT.match(small) or _ALONE_LINE.match(small))


def is_empty(text: str) -> bool:
    """Tell whether a paragraph says nothing: only signs, an address, or hashtags."""
    if text[:1].isalnum() and " " in text:
        return False
    return bool(_NO_WORDS.match(text) or _ONLY_ADDRESS.match(text))


def is_background(text: str) -> bool:
    """Tell whether a paragraph reminds of earlier events."""
    return bool(_BACKGROUND_START.match(text[:MAX_LABEL_CHARS].lower()))


def opens_list(text: str) -> bool:
    """Tell whether a line is a "read also" heading whose links follow."""
    return len(text) <= MAX_CREDIT_CHARS and bool(_OPENS_LIST.match(text.lower()))


def starts(phrase: str, text: str) -> bool:
    """Tell whether a text starts with one phrase of our lists."""
    return bool(_pattern(_any(phrase)).match(text.lower()))


def starts_with(prefixes: Iterable[str]) -> re.Pattern[str] | None:
    """Return a pattern for lines that start with one of the phrases of a site, in any case."""
    phrases = [re.escape(" ".join(p.split())) for p in prefixes if p.strip()]
    if not phrases:
        return None
    return re.compile(f"{_LEADING}(?:{'|'.join(phrases)})", re.IGNORECASE)

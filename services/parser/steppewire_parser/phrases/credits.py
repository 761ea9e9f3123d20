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
Суретті түсірген
Сурет авторы
Сурет көзі
Дереккөзі
Kadr
Ақпарат көзі
Оқылды
Қаралым\w*
Қаралым саны
Оқылым
Көрсетілім
Фотограф
Фотокорреспондент
Автор фото
Источник фото
Источник информации
Источник новости
Прочитано
Прочтений
Количество просмотров
Surat muallifi
Foto muallifi
Axborot manbai
Ma'lumot manbai
Ko'rishlar\w*
Ko'rishlar soni
O'qildi
Сурат муаллифи
Фото муаллифи
Ахборот манбаи
Маълумот манбаи
Кўришлар\w*
Кўришлар сони
Ўқилди
Сүрөткө тарткан
Сүрөттүн автору
Сүрөт булагы
Маалымат булагы
Окулду
Көрүүлөр
Акс
Аксҳо
Акси
Муаллифи акс
Манбаъ
Манбаи хабар
Сарчашма
Барчаспҳо
Барчасп
Мубодила
Мубодила кунед
Дида шуд
Дидан
Тамошо
Шарҳҳо
Эзоҳҳо
Назарҳо
Views
Derek kózi
На фото
На снимке
Суретте
Suratda
Суратда
Сүрөттө
Дар акс
"""

# A line that tells where a picture is from needs no colon: "Фото из архива редакции".
PICTURES = r"""
(?:Фото|Фотографии|Снимок|Видео) из (?:открытых|архива|личного архива|свободного)\w*
(?:Фото|Фотографии|Снимок|Видео) из (?:соцсет|сети|интернета)\w*
(?:Фото|Фотографии|Видео|Снимок|Изображение) (?:предоставлен|взят|сделан)\w*
(?:Фото|Изображение|Снимок) (?:с сайта|носит иллюстративн|для иллюстрации)\w*
(?:Фото|Видео|Коллаж|Иллюстрация) (?:автора|авторов|редакции|пресс-службы)
Скрин(?:шот)?(?: с| из)?(?: видео)?
Кадр (?:из|с) видео
Иллюстративное (?:фото|изображение)
Архивное фото
Фото иллюстративное
(?:Фото|Сурет|Видео)(?:лар)? (?:ашық|автордікі|көрнекі|әлеуметтік желі)\w*
(?:Фото|Сурет|Видео)(?:лар)? (?:ғаламтордан|интернеттен|мұрағаттан|архивтен)
Көрнек[іу] (?:фото|сурет)
(?:Иллюстрациялық|Мұрағаттық|Архивтегі) (?:фото|сурет)
(?:Foto|Surat|Rasm|Video)(?:lar)? (?:ochiq|internetdan|arxivdan|ijtimoiy tarmoq)\w*
(?:Illyustrativ|Arxiv) (?:foto|surat)
(?:Фото|Сурат|Расм|Видео)(?:лар)? (?:очиқ|интернетдан|архивдан|ижтимоий тармоқ)\w*
(?:Иллюстратив|Архив) (?:фото|сурат)
(?:Сүрөт|Фото|Видео)(?:төр)? (?:ачык|интернеттен|архивден|социалдык тармак)\w*
Көрнөкү сүрөт
(?:Акс|Аксҳо|Сурат|Видео) аз (?:интернет|манбаъ|бойгонӣ|шабака|сомона)\w*
Акси (?:мисолӣ|бойгонӣ)
(?:Photos?|Images?|Pictures?) courtesy of
(?:Illustrative|Archive|Stock) (?:photo|image|picture)
(?:Screenshot|Still) from
"""
_MAX_PICTURE_CHARS = 80

# These are labels only when nothing else is on the line, except how often.
ALONE = r"""
Share
Share article
Share this article
Comments?
Комментарии
Пікірлер
Izohlar
Fikrlar
Изоҳлар
Фикрлар
Комментарийлер
Пикирлер
Шарҳҳо
Назарҳо
Эзоҳҳо
Самое (?:читаемое|популярное|обсуждаемое)
Ең (?:көп оқылған|танымал)\w*
Eng ko'p o'qilgan\w*
Энг кўп ўқилган\w*
Эң көп окулган\w*
Most (?:popular|viewed)
(?:Басқа|Соңғы|Өзге) жаңалықтар
(?:Boshqa|So'nggi) yangiliklar
(?:Бошқа|Сўнгги) янгиликлар
(?:Башка|Акыркы) жаңылыктар
Хабарҳои (?:дигар|охирин|тоза)
(?:Latest|Other|More) news
Сілтемені көшіру
Havolani nusxalash
Ҳаволани нусхалаш
Шилтемени көчүрүү
(?:Отправить|Сообщить|Предложить) новость
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
_PICTURE = pattern(PICTURES, end=r"(?![^\W\d_])[^.!?]*[.)\]]?$")
# "1 254 просмотра", "1254 рет қаралды", "Прочитано 1254 раза"
_READ = re.compile(
    r"^\W*(?:\d[\d\s.,]*(?:[kк]|тыс\.?|мың|ming|минг|миң)?\s*(?:просмотр\w*|прочтени\w*|views?|reads"
    r"|рет (?:қаралды|оқылды)|marta (?:ko.?rildi|o.?qildi)|марта (?:кўрилди|ўқилди)"
    r"|жолу (?:көрүлдү|каралды|окулду)|(?:бор|маротиба) (?:дида|хонда) шуд)"
    r"|прочитано \d[\d\s]*раз\w*)\W*$"
)
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
    if len(text) <= _MAX_PICTURE_CHARS and (_PICTURE.match(small) or _READ.match(small)):
        return True
    return bool(_CREDIT.match(small) or _ALONE_LINE.match(small))


def is_empty(text: str) -> bool:
    """Tell whether a paragraph says nothing: only signs, an address, or hashtags."""
    if text[:1].isalnum() and " " in text:
        return False
    return bool(_NO_WORDS.match(text) or _ONLY_ADDRESS.match(text))

"""What a page says around an article: read also, share, subscribe, misprints, legal marks."""

from __future__ import annotations

from steppewire_parser.phrases.patterns import TO_BOUNDARY, pattern

MAX_LABEL_CHARS = 240
"""Longer paragraphs are the author's own words, even when they start like a label."""
_MAX_HEADING_CHARS = 120

# A heading of links to other articles.
READ_ALSO = r"""
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
LABELS = r"""
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

# The same with links behind it: "on the topic" also starts ordinary sentences.
ON_TOPIC = r"""
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

_LABEL = pattern(READ_ALSO, LABELS, end=TO_BOUNDARY)
# "Читайте также" alone opens a list of links
_OPENS_LIST = pattern(READ_ALSO, ON_TOPIC, end=r"[\W_]*$")


def is_label(text: str) -> bool:
    """Tell whether a paragraph is a "read also", share, misprint, advert or legal line."""
    return len(text) <= MAX_LABEL_CHARS and bool(_LABEL.match(text.lower()))


def opens_list(text: str) -> bool:
    """Tell whether a line is a "read also" heading whose links follow."""
    return len(text) <= _MAX_HEADING_CHARS and bool(_OPENS_LIST.match(text.lower()))

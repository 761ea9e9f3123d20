"""What a page says around an article: read also, share, subscribe, misprints, legal marks."""

from __future__ import annotations

import re

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
Читать (?:ещё|еще|далее)(?=:|$)
Ранее по теме
Рекомендуем(?=:|$)
Рекомендуем к прочтению
Интересное по теме
Другие материалы по теме
Это интересно(?=:|$)
Тағы оқыңыздар
Оқуға кеңес береміз
Бұл да қызық(?=:|$)
Тақырыпқа (?:сай|қатысты)(?=:|$)
Байланысты жаңалықтар
Оқи кетіңіз
Біз ұсынамыз(?=:|$)
Mavzu bo'yicha(?=:|$)
Bu ham qiziq(?=:|$)
Tavsiya etamiz(?=:|$)
O'qishni tavsiya qilamiz
O'qib ko'ring
Мавзу бўйича(?=:|$)
Бу ҳам қизиқ(?=:|$)
Тавсия этамиз(?=:|$)
Ўқишни тавсия қиламиз
Ўқиб кўринг
Бул да кызык(?=:|$)
Темага (?:тиешелүү|ылайык)(?=:|$)
Окуй кетиңиз
Сунуштайбыз(?=:|$)
Инчунин хонед
Ҳамчунин (?:хонед|бихонед|мутолиа кунед)
Боз хонед
Дар ин мавзӯъ?(?=:|$)
Мутолиа кунед
Маводи марбут
Хабарҳои марбут
Recommended(?=:|$)
Вам также (?:может|могут|будет) \w+
Сізге (?:ұнауы|қызық|пайдалы) .{0,15}мүмкін
Sizni qiziqtirishi mumkin
Sizga (?:yoqishi|qiziq bo'lishi) mumkin
Сизни қизиқтириши мумкин
Сизга (?:ёқиши|қизиқ бўлиши) мумкин
Сизге (?:кызыктуу|жагышы|пайдалуу) .{0,10}мүмкүн
Шояд ба шумо \w+
You might like
Tavsiya qilamiz(?=:|$)
Тавсия қиламиз(?=:|$)
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
Для комментирования (?:необходимо|нужно|войдите)
Чтобы (?:оставить|оставлять) комментари\w+
Комментировать могут только
Посетители, находящиеся в группе
Пікір (?:жазу|қалдыру) үшін
Izoh (?:qoldirish|yozish) uchun
Изоҳ (?:қолдириш|ёзиш) учун
Пикир (?:калтыруу|жазуу) үчүн
Барои (?:шарҳ|назар) (?:додан|навиштан)
Назари худро (?:нависед|гузоред)
Шарҳи худро (?:нависед|гузоред)
(?:You must be|Please) log(?:ged)? in to (?:post|leave|comment)\w*
Узнавайте (?:новости|о новостях|о главном) (?:первыми|первым)
Хотите (?:первыми|всегда) (?:узнавать|быть)
Добавьте нас в
Мы в (?:соцсетях|социальных сетях)
Рассказать друзьям
Поделиться (?:в соцсетях|с друзьями|новостью|ссылкой)
Жаңалықтарды бірінші болып
(?:Әлеуметтік желіде|Мақаламен|Жаңалықпен) бөлісіңіз
Достарыңмен бөліс\w*
Yangiliklardan (?:birinchi|xabardor)\w*
Do'stlar(?:ingiz)?(?:ga| bilan) (?:ulash|baham|bo'lish|yubor)\w*
Maqolani ulash\w*
Янгиликлардан (?:биринчи|хабардор)\w*
Дўстлар(?:ингиз)?(?:га| билан) (?:улаш|баҳам|бўлиш|юбор)\w*
Жаңылыктарды биринчи болуп
Достор менен бөлүшүү
Бо дӯстон(?:атон)? мубодила
Ба дӯстон(?:атон)? фиристед
Share (?:with|it with) (?:your )?friends
Если вы заметили (?:ошибку|опечатку|неточность)
Заметили (?:опечатку|неточность)
Мәтінде (?:қате|қателік)\w*
Қате (?:таптыңыз|байқадыңыз|көрсеңіз)\w*
Xatolik topdingizmi
Matnda xato\w*
Хатолик топдингизми
Хато ёфтед
Агар хато (?:ёфтед|дидед)
(?:Сайт )?материалдар(?:ды|ын) (?:көшір|пайдалан).{0,90}(?:гипер)?сілтеме\w*
Авторлық құқық\w* қорғал\w*
(?:Sayt )?material(?:lari|lar)(?:dan|ni) (?:foydalan|ko'chir|olish).{0,80}(?:havola|manzil)\w*
(?:Сайт )?материал(?:лари|лар)(?:дан|ни) (?:фойдалан|кўчир|олиш).{0,80}(?:ҳавола|манзил)\w*
(?:Сайттын )?материалдар(?:ды|ын) (?:көчүр|пайдалан|колдон).{0,80}(?:гипер)?шилтеме\w*
Ҳангоми (?:истифода|нусхабардорӣ|чоп).{0,60}(?:истинод|иқтибос|пайванд)\w*
Истифодаи мавод.{0,60}(?:истинод|иҷозат|пайванд)\w*
Ҳамаи ҳуқуқҳо (?:ҳифз|маҳфуз)\w*
Ҳуқуқҳои муаллиф\w* (?:ҳифз|маҳфуз)\w*
(?:Any )?(?:use|copying|reprinting) (?:of .{0,40})?(?:is|are) .{0,40}(?:link|permission)\w*
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

# What somebody says is the author's to tell, whatever it is.
_SPEECH = re.compile(r"^[«“„\"][^»”\"]*[»”\"],?\s*[–—-]\s")
_LABEL = pattern(READ_ALSO, LABELS, end=TO_BOUNDARY)
# "Читайте также" alone opens a list of links
_OPENS_LIST = pattern(READ_ALSO, ON_TOPIC, end=r"[\W_]*$")


def is_label(text: str) -> bool:
    """Tell whether a paragraph is a "read also", share, misprint, advert or legal line."""
    if len(text) > MAX_LABEL_CHARS or _SPEECH.match(text):
        return False
    return bool(_LABEL.match(text.lower()))


def opens_list(text: str) -> bool:
    """Tell whether a line is a "read also" heading whose links follow."""
    return len(text) <= _MAX_HEADING_CHARS and bool(_OPENS_LIST.match(text.lower()))

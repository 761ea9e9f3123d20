"""Short forms that end in a full stop, of our languages, by what may follow them."""

from __future__ import annotations

# A name, a number or the word that they belong to follows: never an end.
_BEFORE_WORDS = """
т.е т.к т.н т.о и.о м.а к.э.н д.э.н к.т.н д.т.н к.ф.н д.ф.н т.ғ.д т.ғ.к ф.ғ.д ф.ғ.к э.ғ.д э.ғ.к
и.б м.у в.б.и вр.и.о врио ул пр просп пер наб бульв бул пл ш им акад проф доц канд докт дир зам
пом нач инж гл ген лейт полк кап подп св преп митр архиеп о.о гр тов корр спец ред сост авт изд
рис табл прил см ср напр мыс қар көш даңғ мкр мкрн атын каф пос дер хут ст-ца оз о-в п-ов ст п.п
пп п разд абз прим стр б.т тел факс нуб англ фр ағыл ағылш қаз өзб узб тюрк е.g e.g i.e vs viz
approx dots akad k.f.n muh qar ko‘ch ko'ch koʻch xiyob mavze муҳ қ кўч хиёб мавзе мил mil av avv авв
сағ кӯч ноҳ вил упр здравоохр замдир o‘rinb o'rinb oʻrinb ўринб орынб
Mr Mrs Ms Dr Prof prof Gen Col Lt Sgt Capt Maj Gov Sen Rep Rev Hon Pres St Mt Ft
"""

# Units, years, places and firms: a sentence may end here, when what follows begins one.
_UNITS = """
млн млрд трлн тыс тг руб коп долл mln mlrd trln гг жж ғғ йй yy кг км см мм га кв куб мин сек сут
л.с обл р-н ауд аудан обл-ы қ-сы янв февр апр авг сент окт нояб ноя дек қаң ақп нау сәу мам мау
қыр қараш inc ltd corp jr sr bros llc plc a.m p.m Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec
"""

# With little before them, too: "Он весит 85 кг. Рост …".
_MEASURES = """
кг км см мм га мг kg km sm mm ga mg
"""

# Before a letter that is a unit then: "1200 кв. м. Дом …".
_OF_UNITS = """
кв куб пог ш ч kv kub
"""

# The end of a list, or words that close what was said: what follows with a capital is new.
_LIST_ENDS = """
т.д т.п т.б т.с.с т.с др пр ж.б ғ ҳ.к ш.к в.б h.k sh.k v.b v.h b etc al н.э б.з.д б.з.б б.з.ч э.р
m.av ш.о sh.o‘
"""

# Short before a number only; else they are words, or end a sentence: "modern art. Two …".
_BEFORE_NUMBERS = """
no fig figs sec art nos vol pp
"""

# After these a number is a year or a century.
_ERAS = """
н.э э.р б.з.д б.з.б б.з.ч
"""

# Words for which no single letter before them is an initial: vitamin D., план Б.
_LABELLED = """
витамин план группа класс категория гепатит тип vitamin plan hepatitis type group class гурух
"""

# Words that begin sentences, and are no names.
_STARTERS = """
Он Она Они Оно Это Этот Эта Эти В Во На По С Со У К О Об От Из За Для До При Под Над Как Так Также
Но А И Однако Кроме Ранее Сейчас Сегодня Вчера Тогда Там Тут Здесь Если Когда Где Что Кто Мы Вы Я
Его Её Ее Их Такой Такие Таким Напомним После Перед Затем Потом Поэтому Например Всего Все Всё
Более При Среди Между Не Ни Да Нет То Тот Та Те Теперь Накануне Больше Уже Ещё Еще Согласно Сроков
Ол Олар Бұл Осы Сол Сонымен Сондай Алайда Бірақ Ал Және Енді Бүгін Кеше Қазір Мұнда Мұндай Содан
Оның Оған Оны Онда Осыған Осындай Тағы Соңғы Біз Мен Сіз Егер Яғни Айта Еске Сонда Жалпы Сөйтіп
Осылайша Нәтижесінде Себебі Бұған Бұдан Одан Кейін Сосын Сондықтан Әрі Олардың Қалғаны Барлығы U
Bu Ular Shu Shuningdek Biroq Lekin Ammo Va Agar Hozir Bugun Kecha Keyin Unda Uning Unga Buning
Bunda Mazkur Ushbu Natijada Chunki Ayni Yana Biz Men Siz Qayd Avvalroq Eslatib Bundan Shundan
Bunga Jumladan Keyinroq Ularning O‘sha Oʻsha O'sha Бу Улар Шу Шунингдек Бироқ Лекин Аммо Ва Агар
Ҳозир Бугун Кеча Кейин Унда Унинг Унга Бунинг Бунда Мазкур Ушбу Натижада Чунки Айни Яна Биз Мен
Сиз Қайд Аввалроқ Эслатиб Бундан Шундан Бунга Жумладан He She It They We I You The An This That
These Those In On At By For From With But And Or So If When While As After Before Since However
Meanwhile There Here His Her Its Their Our My Not No Yes What Who Why How Where Also Then Now
Today Yesterday Most Some Many Алар Бул Ошол Ошондой Бирок Азыр Бүгүн Анын Ага Анда Эми Мындан Ӯ
Онҳо Ин Вале Дар Бо Аз Ба Ҳоло Имрӯз
"""

BEFORE_WORDS = frozenset(_BEFORE_WORDS.split())
UNITS = frozenset(_UNITS.split())
MEASURES = frozenset(_MEASURES.split())
OF_UNITS = frozenset(_OF_UNITS.split())
LIST_ENDS = frozenset(_LIST_ENDS.split())
BEFORE_NUMBERS = frozenset(_BEFORE_NUMBERS.split())
ERAS = frozenset(_ERAS.split())
LABELLED = frozenset(_LABELLED.split())
STARTERS = frozenset(_STARTERS.split())

"""Paragraphs that tell of older events: kept, but marked."""

from __future__ import annotations

from steppewire_parser.phrases.labels import MAX_LABEL_CHARS
from steppewire_parser.phrases.patterns import TO_BOUNDARY, pattern

BACKGROUND = r"""
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

_BACKGROUND_START = pattern(BACKGROUND, end=TO_BOUNDARY)


def is_background(text: str) -> bool:
    """Tell whether a paragraph reminds of earlier events."""
    return bool(_BACKGROUND_START.match(text[:MAX_LABEL_CHARS].lower()))

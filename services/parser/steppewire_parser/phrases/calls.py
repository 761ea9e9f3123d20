"""What a page asks of its readers, told by what the line is made of and not by how it begins.

"Ең қызықты жаңалықтар біздің Telegram арнамызда", "Больше новостей в нашем Телеграм-канале": such
lines have no common beginning, but they name a network, and ask readers to come or say "our". So
are told: "… оқыңыз:" before the title of another story, calls to share, and who may copy.
"""

from __future__ import annotations

import re

MAX_CALL_CHARS = 170
MAX_RIGHTS_CHARS = 240

_NETWORK = re.compile(
    r"telegram|телегра[мм]|whats ?app|ватсап|вотсап|вацап|instagram|инстаграм|facebook|фейсбук"
    r"|youtube|ютуб|tik ?tok|тик ?ток|twitter|viber|вайбер|threads|google news|вконтакте"
    r"|яндекс.?нов|яндекс.?дзен|одноклассник|соцсет|социальн\w+ сет|әлеуметтік желі|ijtimoiy tarmoq"
    r"|ижтимоий тармоқ|социалдык тармак|шабака\w* (?:иҷтимоӣ|мо)|t\.me/"
)
_PLACE = re.compile(
    _NETWORK.pattern
    + "|канал|kanal|арна|arna|парақша|баракча|channel|guruh|гурӯҳ|гуруҳ|sahifa|саҳифа|групп"
)
# What is asked of readers, in the imperative that one uses to strangers.
_COME = re.compile(
    r"\b(?:подписывайтесь|подпи(?:шитесь|шись)|присоединяйтесь|вступайте|следите за"
    r"|добавь(?:те|тесь)|жазылы[ңн]ыз|тіркелі[ңн]із|қосылы[ңн]ыз|jazyly[ńñn]yz|qosyly[ńñn]yz"
    r"|obuna bo.?ling|a.?zo bo.?ling|qo.?shiling|kuzating|kuzatib boring|o.?qib boring"
    r"|обуна бўлинг|аъзо бўлинг|қўшилинг|кузатинг|кузатиб боринг|ўқиб боринг"
    r"|катталы[ңн]ыз|кошулу[ңн]уз|жазылгыла|кошулгула"
    r"|обуна шавед|узв шавед|пайгирӣ (?:кунед|намоед)|ҳамроҳ шавед|пайвандед"
    r"|subscribe (?:to|now|on|&|and)|follow us|follow our|join (?:us|our))"
)
_READ_THERE = re.compile(
    r"\b(?:читайте|узнавайте|смотрите|пишите нам|присылайте|отправляйте|оқыңыз|алыңыз|біліңіз"
    r"|қараңыз|жіберіңіз|хабарласыңыз|o.?qing|oling|biling|yuboring|ўқинг|олинг|билинг|юборинг"
    r"|окуңуз|алыңыз|билиңиз|жөнөтүңүз|хонед|гиред|бифиристед|read us|send us|write to us)\b"
)
_OURS = re.compile(
    r"\bнаш(?:[аеиуй]|ем|ей|их|им|его)?\b|\bмы (?:в|на)\b|\bнас (?:в|на)\b"
    r"|\bбізді[ңн]?\b|\bбізбен\b|(?:арна|канал|парақша|топ|желі)(?:мыз|быз|ымыз|ыбыз|іміз)"
    r"|\bbiz(?:ni|ning|ga|di[ńñ])\b|(?:kanal|guruh|sahifa|tarmoq)(?:lar)?imiz|(?:kanal|arna)ymyz"
    r"|\bбиз(?:ни|нинг|га|ди|дин|ге)\b|(?:канал|гуруҳ|саҳифа|тармоқ)(?:лар)?имиз"
    r"|(?:канал|баракча)(?:ы?быз|ыңыз)|\bмо(?:ро)?\b|\bour\b|\bus on\b"
)
# "Тағы да оқи отырыңыз: …", "Дагы караңыз: …": up to four words, then the title of another story.
_READ_THIS = re.compile(
    r"^[\W_]{0,6}(?:[^\W\d_]+(?:-[^\W\d_]+)?,? ){0,3}"
    r"(?:оқы[ңн]ыз|қара[ңн]ыз|отыры[ңн]ыз|кеті[ңн]із|oqy[ńñ]yz|o.?qing|ko.?ring|ўқинг|кўринг"
    r"|оку[ңн]уз|кара[ңн]ыз|көрү[ңн]үз|хонед|бихонед|бинед|мутолиа кунед|тамошо кунед)"
    r"(?:дар|дер)?\s*(?::|[\W_]*$)"
)
# "Материал ұнаса, бөлісіңіз", "Do‘stlaringizga ulashing!"
_SHARE_THIS = re.compile(
    r"^[\W_]{0,6}(?:[^\W\d_]+[^\w\s]{0,2} ){0,4}(?:бөлісі[ңн]із|ulashing|улашинг|бөлүшү[ңн]үз"
    r"|мубодила кунед|поделитесь(?: с друзьями| в соцсетях)?)[\W_]*$"
)
# Who may copy what, and how: use, and a link that is due, or a leave that is needed.
_USE = re.compile(
    r"копир|перепечат|использован|цитирован|көшір|пайдалан|ko.?chir|foydalan|olingan|кўчир|фойдалан"
    r"|олинган|көчүр|колдон|нусха|истифода|иқтибос|copy|reprint|reproduc|\buse\b"
)
_LINK = re.compile(r"ссылк|сілтеме|havola|ҳавола|шилтеме|истинод|пайванд|\blink")
_MUST = re.compile(
    r"обязательн|міндетті|shart\b|majburiy|шарт\b|мажбурий|милдеттүү|ҳатм|зарур|only with|required"
)
_LEAVE = re.compile(
    r"без (?:письменного )?(?:согласия|разрешения)|рұқсатынсыз|ruxsatisiz|рухсатисиз|уруксатысыз"
    r"|бе иҷозат|without .{0,20}permission"
)
_OF_SITE = re.compile(
    r"материал|мәтін|мақала|ақпарат|сайт|редакц|material|matn|мавод|муҳаррир|сомона"
)
_SPEECH = re.compile(r"[«»“”„\"]|[,?!]\s*[-–—]\s")
_COLON = re.compile(r":(?!//)\s")
# So much of a sentence before a colon tells who says it.
_SAID_CHARS = 14


def is_call(text: str) -> bool:
    """Tell whether a short paragraph asks its readers to follow, to read on, to share, not to copy.

    What somebody else is said to ask is not: "Надпись гласила: подписывайтесь на наш канал".
    """
    if len(text) > MAX_RIGHTS_CHARS:
        return False
    low = text.lower()
    if len(text) <= MAX_CALL_CHARS:
        if _READ_THIS.match(low) or _SHARE_THIS.match(low):
            return True
        if _PLACE.search(low) and (found := _asked(low)) and _is_own(text, found):
            return True
    found = _USE.search(low)
    return found is not None and _tells_rights(low) and _is_own(text, found)


def _asked(low: str) -> re.Match[str] | None:
    if come := _COME.search(low):
        return come
    return (_READ_THERE.search(low) or _OURS.search(low)) if _NETWORK.search(low) else None


def _tells_rights(low: str) -> bool:
    due = _LINK.search(low) and _MUST.search(low)
    return bool((due or _LEAVE.search(low)) and _OF_SITE.search(low))


def _is_own(text: str, found: re.Match[str]) -> bool:
    """Tell whether it is the page that asks, and nobody whom it quotes."""
    if _SPEECH.search(text):
        return False
    colon = _COLON.search(text)
    return colon is None or colon.start() < _SAID_CHARS or colon.start() > found.start()

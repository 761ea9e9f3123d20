"""What pages say that stand in an article's place: errors, walls, challenges; by language."""

from __future__ import annotations

FINAL_SIGNS = " .!…?:"


def plain(text: str) -> str:
    """Return what a title says in the form in which these lists hold it."""
    same = text.casefold().replace("ё", "е").replace("’", "'").replace("ʻ", "'").replace("‘", "'")
    return " ".join(same.split()).strip(FINAL_SIGNS)


def _lines(text: str) -> frozenset[str]:
    return frozenset(map(plain, text.strip().splitlines()))


# Whole titles or headings, without the name of the site, case and final signs.
ERROR_PHRASES = _lines(
    """
404
error 404
404 error
http 404
page 404
404 not found
not found
page not found
page doesn't exist
page does not exist
this page does not exist
this page could not be found
page cannot be found
the page cannot be found
we can't find that page
oops! that page can't be found
nothing found
content not found
article not found
410 gone
страница не найдена
страница не существует
такой страницы нет
такой страницы не существует
запрашиваемая страница не найдена
запрашиваемая страница не существует
запрошенная страница не найдена
к сожалению, страница не найдена
извините, страница не найдена
упс! страница не найдена
материал не найден
новость не найдена
статья не найдена
публикация не найдена
материал удален
ничего не найдено
ошибка 404
404 ошибка
бет табылмады
бет табылған жоқ
мұндай бет жоқ
парақша табылмады
парақ табылмады
сұралған бет табылмады
кешіріңіз, бет табылмады
материал табылмады
жаңалық табылмады
404 қате
қате 404
bet tabylmady
bet tabılmadı
sahifa topilmadi
bunday sahifa yo'q
bunday sahifa mavjud emas
afsuski, sahifa topilmadi
kechirasiz, sahifa topilmadi
xatolik 404
404 xatolik
xato 404
404 xato
саҳифа топилмади
бундай саҳифа йўқ
бундай саҳифа мавжуд эмас
404 хатолик
барак табылган жок
барак табылбады
баракча табылган жок
саҳифа ёфт нашуд
саҳифа пайдо нашуд
sahypa tapylmady
səhifə tapılmadı
sayfa bulunamadı
сторінку не знайдено
сторінка не знайдена
seite nicht gefunden
page introuvable
página no encontrada
pagina non trovata
nie znaleziono strony
页面不存在
页面未找到
ページが見つかりません
"""
)
OUTAGE_PHRASES = _lines(
    """
500 internal server error
internal server error
502 bad gateway
bad gateway
503 service unavailable
503 service temporarily unavailable
service unavailable
504 gateway timeout
gateway timeout
gateway time-out
403 forbidden
forbidden
database error
error establishing a database connection
web server is down
site under maintenance
under maintenance
maintenance mode
down for maintenance
we'll be back soon
account suspended
this account has been suspended
сайт временно недоступен
сервис временно недоступен
сайт на техническом обслуживании
технические работы
ведутся технические работы
сайт закрыт на обслуживание
ошибка сервера
внутренняя ошибка сервера
доступ запрещен
ошибка 500
ошибка 403
техникалық жұмыстар жүргізілуде
сайт уақытша қолжетімсіз
texnik ishlar olib borilmoqda
sayt vaqtincha ishlamayapti
техник ишлар олиб борилмоқда
"""
)
CHALLENGE_PHRASES = _lines(
    """
just a moment
just a moment please
one moment, please
attention required!
attention required
ddos-guard
ddos protection
ddos protection by cloudflare
checking your browser
checking your browser before accessing
please wait
access denied
are you a robot
are you human
are you not a robot
verify you are human
verifying you are human
human verification
bot verification
making sure you're not a bot!
security check
security verification
captcha
robot check
один момент
проверка браузера
проверяем ваш браузер
проверка, что вы не робот
вы не робот
вы робот
подтвердите, что вы не робот
подтвердите, что запросы отправляли вы, а не робот
подождите
доступ ограничен
доступ временно ограничен
сіз робот емессіз бе
браузерді тексеру
siz robot emasmisiz
brauzer tekshirilmoqda
"""
)
LOGIN_PHRASES = _lines(
    """
log in
login
sign in
sign in to continue
log in to continue
log in to read
please log in
authorization
authentication required
members only
subscribers only
вход
войти
войдите
вход на сайт
вход в систему
вход в личный кабинет
авторизация
требуется авторизация
необходима авторизация
войдите, чтобы продолжить
войдите, чтобы читать дальше
только для подписчиков
материал доступен только подписчикам
кіру
жүйеге кіру
сайтқа кіру
авторлану
авторизациялау
жалғастыру үшін кіріңіз
kirish
tizimga kirish
saytga kirish
davom etish uchun kiring
кириш
тизимга кириш
кирүү
воридшавӣ
"""
)
CONSENT_PHRASES = _lines(
    """
before you continue
before you continue to google
your privacy choices
your privacy
we value your privacy
we care about your privacy
cookie consent
cookies consent
consent
privacy settings
cookie settings
accept cookies
прежде чем перейти
прежде чем продолжить
ваша конфиденциальность важна для нас
мы ценим вашу конфиденциальность
мы используем файлы cookie
мы используем cookie
согласие на использование файлов cookie
согласие на обработку персональных данных
біз cookie файлдарын пайдаланамыз
cookie файлдарына келісім
жалғастырмас бұрын
biz cookie fayllaridan foydalanamiz
davom etishdan oldin
"""
)
PARKED_PHRASES = _lines(
    """
this domain is for sale
domain for sale
the domain is for sale
buy this domain
this domain is parked
parked domain
domain parking
this domain has expired
domain expired
future home of something quite cool
website coming soon
coming soon
welcome to nginx!
welcome to nginx
apache2 ubuntu default page
apache2 debian default page
iis windows server
index of /
it works!
default web site page
домен продается
домен выставлен на продажу
этот домен продается
купить домен
домен припаркован
домен не прилинкован
срок регистрации домена истек
домен истек
сайт скоро откроется
сайт находится в разработке
сайт в разработке
домен сатылады
domen sotiladi
"""
)

# Words of machines in the source of a page that says next to nothing else.
CHALLENGE_MARKS = """
cf-browser-verification|cf-challenge|challenge-platform|_cf_chl|challenge-form|cf-turnstile
ddos-guard|g-recaptcha|h-?captcha|smartcaptcha|_?incapsula|px-captcha|captcha-delivery\\.com
sucuri_cloudproxy|awswaf|gokuprops|__qrator|servicepipe\\.ru|slowaes|testcookie|anubis_challenge
within\\.website/x/cmd/anubis|ak-challenge|bm-verify|_pxappid|__ddg\\d|kasada
"""
PARKED_MARKS = """
sedoparking|parkingcrew|hugedomains\\.com|dan\\.com/buy|bodis\\.com|above\\.com/marketplace
parking\\.reg\\.ru|parklogic|afternic|parkpage|domainparking|parked-content
"""
ERROR_CLASSES = """
error-?404|page-?404|404-?page|not-?found-?page|page-?not-?found|error-?page|is-404|template-404
"""

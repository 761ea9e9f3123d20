"""The words around a name in a byline, in the languages of our sources and of those they quote."""

from __future__ import annotations

from steppewire_parser.text import squash


def _listed(lines: str) -> frozenset[str]:
    entries = (entry for line in lines.split("\n") for entry in line.split(","))
    return frozenset(map(squash, entries)) - {""}


def _words(lines: str) -> frozenset[str]:
    return frozenset(lines.split())


# What introduces a name, in the languages of the sources and of the sites they quote.
INTRODUCTIONS = (
    r"(?:(?:this )?(?:article|story|text|words|reporting|interview|analysis|review|report|post|"
    r"content|blog post|guest post)(?: and (?:photos|pictures|images|video))? )?(?:was |is )?"
    r"(?:written |posted |authored |submitted |published |created |contributed |edited |reported |"
    r"prepared |compiled )?by",
    r"(?:view|read|see|show|zeige|all|alles?|more|mehr)\b.{0,25}\b(?:by|from|von|par|por)",
    r"(?:posted|published|written)(?: on)?|words|contributors?",
    r"(?:about the )?authors?(?:\(s\))?(?: of the (?:article|story))?",
    r"(?:geschrieben |verfasst |erstellt |eingestellt |gespeichert |veröffentlicht |interview |"
    r"text |kommentar |"
    r"analyse |ein (?:artikel|beitrag|gastbeitrag|interview|kommentar) )?(?:von|vom)",
    r"text(?: und interview)?|interview|autor(?:in|en|innen)?(?:/autor(?:in)?)?|verfasser(?:in)?",
    r"(?:écrit |publié |posté |propos recueillis |article |rédigé )?par|auteurs?|texte",
    r"(?:escrito |publicado |redactado )?por|autor(?:a|es)?|texto",
    r"(?:scritto |pubblicato )?(?:da|di)|autor[ei]|testo|(?:geschreven )?door|(?:skrevet )?av|af",
    r"tekst|przez|autor(?:ka|zy)?",
    r"автор(?:ы)?(?: (?:текста|статьи|материала|публикации))?|текст|журналист|корреспондент",
    r"(?:материал |статью |интервью )?(?:подготовил[аи]?|написал[аи]?|провел[аи]?|провёл)",
    r"беседовал[аи]?|записал[аи]?|репорт[её]р|собкор|спецкор",
    r"(?:мақаланың |мақала |мәтін |материал )?авторы|мәтін|тілші(?:сі|міз)?|меншікті тілші(?:міз)?",
    r"(?:мақаланы |материалды |сұхбатты |ақпаратты |мәтінді )?"
    r"(?:дайындаған(?:дар)?|әзірлеген(?:дер)?|жазған|жүргізген|жазып алған)",
    r"сұхбаттасқан|әңгімелескен",
    r"(?:maqalany |materialdy )?(?:daıyndaǵan|daiyndağan|dayındağan|ázirlegen|jazǵan|jazğan)",
    r"avtory",
    r"(?:maqola |matn )?muallif(?:i|lar|lari)?|muxbir(?:i|imiz)?|suhbatlashdi|suhbatlashgan",
    r"(?:maqolani |materialni |suhbatni )?(?:tayyorladi|tayyorlagan(?:lar)?|yozdi|yozgan)",
    r"(?:мақола |матн )?муаллиф(?:и(?: (?:мақола|матлаб|матн))?|лар|лари|он)?",
    r"мухбир(?:и|имиз)?|суҳбатлашди|суҳбатлашган",
    r"(?:мақолани |материални |суҳбатни )?(?:тайёрлади|тайёрлаган(?:лар)?|ёзди|ёзган)",
    r"(?:макаланын |макала )?автору|авторлор(?:у)?|кабарчы(?:сы|быз)?|баарлашкан|маектешкен",
    r"(?:макаланы |материалды |маекти )?(?:даярдаган(?:дар)?|даярдады|жазган|жазды|курган)",
    r"таҳия(?:и|гар)?(?: кард(?:ааст)?)?|таҳиякунанда",
    r"нависанда|хабарнигор|рӯзноманигор|сӯҳбаторо|омода кард(?:ааст)?",
)
# Behind these a name comes, and nothing else.
BEFORE_NAMES = _words("by von vom par por da di av af door przez")
# The words that introductions begin with.
FIRST_WORDS = _words("""
this article story text words reporting interview analysis review report post content blog
guest was is written posted authored submitted published created contributed edited by view
read see show zeige all alle alles more mehr contributor contributors about author authors
geschrieben verfasst erstellt eingestellt gespeichert veröffentlicht kommentar analyse ein von vom
autor autorin autoren autorinnen verfasser verfasserin écrit publié posté propos rédigé par auteur
auteurs texte escrito publicado redactado por autora autores texto scritto pubblicato da di
autore autori testo geschreven door skrevet av af tekst przez autorka autorzy автор авторы
текст журналист корреспондент материал подготовил подготовила подготовили беседовал беседовала
беседовали записал записала записали мақала дайындаған әзірлеген жазған мәтін muallif muallifi
mualliflar tayyorladi tayyorlagan suhbatlashdi муаллиф муаллифи муаллифлар тайёрлаган
тайёрлади суҳбатлашди даярдаган жазган автору таҳияи нависанда
reported prepared compiled статью написал написала написали провел провела провели провёл репортёр
репортер собкор спецкор мақаланың мақаланы материалды сұхбатты ақпаратты мәтінді тілші тілшісі
тілшіміз меншікті дайындағандар әзірлегендер жүргізген жазып сұхбаттасқан әңгімелескен maqalany
materialdy daıyndaǵan daiyndağan dayındağan ázirlegen jazǵan jazğan avtory maqola matn muxbir
muxbiri muxbirimiz suhbatlashgan maqolani materialni suhbatni tayyorlaganlar yozdi yozgan
mualliflari мақола матн мухбир мухбири мухбиримиз суҳбатлашган мақолани материални
суҳбатни тайёрлаганлар ёзди ёзган муаллифлари макаланын макала авторлор
авторлору кабарчы кабарчысы кабарчыбыз баарлашкан маектешкен макаланы маекти
даярдагандар даярдады жазды курган муаллифон таҳия таҳиягар таҳиякунанда
хабарнигор рӯзноманигор сӯҳбаторо омода
""")
# What stands behind a name that signs: "Nodira Rahimova tayyorladi".
SIGNED_BEHIND = (
    r"дайындаған|дайындады|әзірлеген|әзірледі|сұхбаттасты|tayyorladi|tayyorlagan|yozib oldi",
    r"suhbatlashdi|тайёрлади|тайёрлаган|ёзиб олди|суҳбатлашди|даярдады|даярдаган|маектешти",
    r"таҳия кард(?:ааст)?|омода кард(?:ааст)?|сӯҳбат кард(?:ааст)?",
)
JOB = (
    r"(?:reporter|correspondent|editor(?:-in-chief)?|journalist|columnist|writer|contributor|"
    r"producer|analyst|photographer|manager|director|consultant|specialist|coordinator|strategist|"
    r"executive|officer|expert|founder|ceo|cto|engineer|scientist|researcher|president|professor|"
    r"advisor|marketer)"
)
RANK = (
    r"(?:senior|staff|chief|special|guest|political|sports?|business|news|deputy|associate|head|"
    r"managing|former|certified|content|contributing|executive|freelance|investigative|assistant|"
    r"digital|technology|tech|science|health|markets?|marketing|principal|product|software|"
    r"international|foreign|local)"
)
ROLES = (
    r"(?:собственный |специальный |спец)?корреспондент(?:ы)?|журналист|обозреватель|собкор",
    r"(?:главный |шеф-|бас )?редактор",
    r"(?:меншікті )?тілші(?:сі)?|журналисі|(?:бас )?редакторы",
    r"muxbir(?:i)?|muharrir(?:i)?",
    rf"{RANK}\b[\w&, -]{{0,30}}?\b{JOB}|{JOB}|co-?founder|head of .*|vice president.*",
    r"chefredakteur(?:in)?|redakteur(?:in)?|korrespondent(?:in)?|ressortleiter(?:in)?",
    r"journaliste|redactora?|periodista",
)
SEPARATORS = (
    r"\s*[;|•·،、]\s*|\s+/\s+|,\s+|\s+[–—-]\s+",
    r"\s+(?:and|und|et|&|и|және|ва|va|og|och|with|mit|im gespräch mit)\s+",
    r"\s+(?:y|e|i)\s+(?-i:(?=[A-ZÁÉÍÓÚÑ]))",
)

# Who signs when nobody does, what stands on a page where a name should, and agencies that are
# sources themselves: on their own pages they are the site, in another alphabet.
NOBODIES = _listed("""
admin,administrator,editor,editors,editorial,redaktor,redaksiya,redaksiyasi,staff,newsroom,user
guest,author,authors,the author,this author,author name,about the author,autor,autoren,autorin
contributors,webmaster,root,none,null,undefined,unknown,test,brand,publisher,people,by,name,home
about,cc by,редакция,редактор,админ,администратор,автор,пресс-служба,profile,view profile,profil
account settings,member login,sign in,meet the team,learn more,learn more about,read more
read more about,more posts,view more posts,view all posts,posted on,min read,mins read,bluesky
facebook,twitter,instagram,tiktok,linkedin,share,email,print,comments,comment,follow,contact,archive
save,bookmark,related topics,author's profile,google scholar,pubmed,getty images
казинформ,kazinform,қазақпарат,uza,oza,oʻza,ўза,ховар,khovar,кабар,kabar,акипресс,akipress
""")
# Agencies write, too, but they are nobody's name.
AGENCIES = _listed("""
reuters,thomson reuters,afp,agence france-presse,ap,associated press,the associated press,dpa
deutsche presse-agentur,sid,apa,sda,keystone,ansa,efe,tass,upi,kna,epd,xinhua,тасс,интерфакс
риа новости,tribune
""")
# Words of a name that are written small.
PARTICLES = _words("""
de da do dos das del della di du la le les van von der den dem ter ten te bin ibn al el af av zu
zum y e i und qizi oʻgʻli o‘g‘li o'g'li o’g’li ўғли қизи ұлы қызы уулу кызы оглы угли кизи uly qyzy
""")
# A name neither begins nor ends with these: what was read is a piece of a sentence.
NEVER_NAMES = _words("""
last released following genre published updated mins grow history inaugural see red read view
learn of from min more about über follow get all next show sign log die the a an our your how what
why this der das la los to no new for with by in on at
""")
# These neither even where an element is marked as the author's: it holds a button or a credit.
NEVER_SIGN = _words("""
reviewed edited written updated published posted genre following view read see learn follow show
get log sign with from more privacy policy about über archiv anzeigen
history login register
""")
# Behind these a name would come: "Photography by", "Artikel von".
NEVER_LAST = _words("by von vom par por")
# What may stand before the number of a date, besides the month.
BEFORE_DATES = _words("""
mon tue wed thu fri sat sun monday tuesday wednesday thursday friday saturday sunday montag
dienstag mittwoch donnerstag freitag samstag sonntag on am le del de el vor updated published
posted publicado mo di mi do fr sa so
""")
COLLECTIVES = (
    r"news|press|agency|agencies|agenturen|agence|nachrichtenagentur|team|desk|newsroom|editorial",
    r"editors|online|media|channel|times|post|staff|wire|inc|llc|ltd|gmbh|ag|e\.\s?v|group|bureau",
    r"foundation|stiftung|verband|center|university|institute|association|magazine?|journal|studio",
    r"company|reports|services|correspondents|community|webteam",
    r"редакци\w+|агентств\w+|пресс|служб\w+|медиа|агенттіг\w+|баспасөз|қызмет\w*|redaksiya\w*",
    r"redaktion|redaktionen|rédaction|redacción|redazione|redação",
)
# What follows a name on the same line.
FOLLOWING = (
    r"says?|sagt|said|schreibt|am|ago|(?:last )?updated?|published|posted|edit|stand|more|mehr",
    r"aktualisiert|veröffentlicht|follow|on behalf of|contactar|posts?|shares?",
)

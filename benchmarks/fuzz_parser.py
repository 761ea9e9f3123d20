"""Pages that nobody would write, through the whole way of a page: bytes in, a verdict or article.

    make fuzz-parser MINUTES=10

A case is made of a number: of our fixture pages and fragments, taken apart and put together
wrongly, multiplied, cut, written in some encoding under another name. A finding is a case that
raises anything but a verdict, takes more than 2 s of computing or 300 MB, kills its process, or
gives an article that cannot be stored. It is told with its number; `--case N` runs it again, and
`--case N --write FILE` writes its bytes.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import resource
import sys
import time
import traceback
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from steppewire.bounds import within_bounds
from steppewire.errors import Verdict
from steppewire.events import ArticleFetched, ArticleParsed, Fetch
from steppewire.rules import SiteRules
from steppewire_parser.recipe import parse_page

PAGES = Path(__file__).parents[1] / "tests/unit/parser/pages"
NOW = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)
MOST_CHARS = 3_000_000
SLOW = 0.5
"""Seconds of computing from which a case is told, though it is no finding yet."""
EACH = 200
"""Cases that one process runs, so that none that grew is mistaken for a hungry page."""

TOKEN = re.compile(r"<[^<>]*>|[^<>]+|[<>]")
NASTY = """
<p>|</p>|<div>|</div>|<div |<b>|<a href='/x'>|</a>|<i><b><u>|<table>|<tr><td>|</table>|<li>|<ul>
<article>|</article>|<main>|<section>|<h1>|</h1>|<h2>|<br>|<br><br>|<!--|-->|<!|<?|<![CDATA[|]]>
<script>|</script>|<style>|</style>|<title>|</title>|<template>|<svg>|<math>|<select>|<option>
<textarea>|<plaintext>|<frameset>|<noscript>|<iframe>|<object>|<button>|<form>|<p><form>
<font>|<nobr>|<marquee>|<applet>|</p></p>|</br>|<span class="a b c">
<time datetime="2026-13-45T99:99">
<time datetime="|<meta charset=utf-16>|<meta charset="|<meta property="og:title" content="
<meta name="author" content="А. Мамин">|<link rel=canonical href="//[">|<base href="http://[">
<script type="application/ld+json">|{"@type":"NewsArticle","headline":"|{"@graph":[|"author":[
"datePublished":"2026-01-02",|\\ud800|\\"|}}}|]]]|&amp;|&#x|&#0;|&#xD800;|&nbsp;|&lt;script&gt;|&
12 мая 2024, 10:15|2018 жылғы 16 қараша|2 часа назад|bugun, soat 10:15|16.11.2018|20:15 / 05.01.2024
Читайте также|Фото: А. Мамин|Напомним, |Manba: kun.uz|Подписывайтесь на наш Telegram|Автор: А. Мамин
«|»|„|“|‘|’|—|…|(|)|[|]|{|}|"|'|т.д. |А. |г. |№ |1. | |\t|\n|\r\n|a|я|і|ў|漢|😀|ا
""".strip().replace("\n", "|").split("|")  # fmt: skip
ODD = "\0\u00a0\u00ad\u200b\u200d\u202e\u2028\ufeff\ufffd\ud800\x85\x98\x1b"
WRITTEN = ("utf-8", "utf-8", "utf-8", "cp1251", "koi8-r", "kz1048", "utf-16", "utf-16-le", "utf-32",
           "cp1252", "gb18030", "shift_jis", "iso2022_jp", "utf-8-sig", "cp866")  # fmt: skip
NAMED = ("", "", "text/html", "text/html; charset=utf-8", "text/html; charset=windows-1251",
         "charset=gbk", "charset=iso-2022-jp", "charset=utf-7", "charset=\"", "application/pdf",
         "charset=iso-8859-1", "charset=no-such")  # fmt: skip
RULES = (
    SiteRules(),
    SiteRules(),
    SiteRules(title=("h1",), body=("article", "div.text"), drop=("p", "b"), author=("a",)),
    SiteRules(body=("div",), lead=("p",), published=("time",), drop=("div div",)),
    SiteRules(title=("p:::x",), body=("*",), author=("span",), tags=("a",)),
)


class Case(NamedTuple):
    """One page as it comes."""

    data: bytes
    content_type: str
    rules: SiteRules


def make(number: int) -> Case:
    """Make the case of a number: always the same."""
    chance = random.Random(number)
    text = "".join(chance.choice(SHAPES)(chance))[:MOST_CHARS]
    return Case(_written(text, chance), chance.choice(NAMED), chance.choice(RULES))


def _fixture(chance: random.Random) -> list[str]:
    page = chance.choice(sorted(PAGES.glob("*.html")))
    return TOKEN.findall(page.read_bytes().decode("utf-8", "replace"))


def mutated(chance: random.Random) -> list[str]:
    """Take a page apart and put it together wrongly."""
    tokens = _fixture(chance)
    for _ in range(chance.choice((1, 2, 5, 20, 100))):
        at = chance.randrange(len(tokens) or 1)
        until = at + chance.choice((1, 1, 2, 10, 50))
        match chance.randrange(7):
            case 0:
                del tokens[at:until]
            case 1:
                tokens[at:at] = tokens[at:until] * chance.choice((1, 2, 50))
            case 2:
                tokens.insert(at, chance.choice(NASTY))
            case 3:
                tokens[at:at] = [chance.choice(NASTY)] * chance.choice((2, 50, 3000))
            case 4:
                tokens[at:until] = reversed(tokens[at:until])
            case 5:
                tokens[at:until] = [_bent(token, chance) for token in tokens[at:until]]
            case 6:
                tokens = tokens[: chance.randrange(len(tokens) + 1)]
        if sum(map(len, tokens)) > MOST_CHARS:
            break
    return tokens


def _bent(token: str, chance: random.Random) -> str:
    at = chance.randrange(len(token) + 1)
    return token[:at] + chance.choice((*NASTY, *ODD)) + token[at:]


def soup(chance: random.Random) -> list[str]:
    """Throw fragments together."""
    size = chance.choice((3, 20, 200, 2000))
    return ["<html>", *(chance.choice(NASTY) for _ in range(size))]


def amplified(chance: random.Random) -> list[str]:
    """Repeat a few fragments until the page is long: finds what grows with the square."""
    few = [chance.choice(NASTY) for _ in range(chance.choice((1, 2, 3, 5)))]
    if chance.random() < 0.3:
        few = chance.sample(tokens := _fixture(chance), min(3, len(tokens)))
    length = max(1, sum(map(len, few)))
    times = chance.choice((1_000, 20_000, 200_000, 1_500_000)) // length
    page = _fixture(chance)
    at = chance.randrange(len(page) + 1) if chance.random() < 0.5 else 0
    return [*page[:at], *(few * max(1, times)), *page[at:]]


def nested(chance: random.Random) -> list[str]:
    """Nest tags, with an article somewhere in them."""
    names = ["div", "span", "b", "p", "a", "ul", "table", "article", "section", "font"]
    tags = [chance.choice(names) for _ in range(chance.choice((1, 2, 4)))]
    depth = chance.choice((100, 700, 5_000, 60_000)) // len(tags)
    opened = "".join(f"<{tag} class='c{number}'>" for number, tag in enumerate(tags)) * depth
    return [opened, *_fixture(chance)] if chance.random() < 0.5 else [*_fixture(chance), opened]


def attributed(chance: random.Random) -> list[str]:
    """Give tags too many, too long, or broken attributes."""
    name = chance.choice(("a", "data-x", "class", "content", "href", "style", "'", "=", "onclick"))
    value = chance.choice(("", "x", "'", '"', ">", "/", "a" * 50, "б" * 500, "&quot;" * 50))
    times = chance.choice((10, 300, 5_000, 100_000))
    quote = chance.choice(("", "'", '"'))
    attributes = " ".join(f"{name}{n}={quote}{value}{quote}" for n in range(times))
    tag = chance.choice(("p", "div", "meta", "a", "img", "body", "html", "time"))
    page = _fixture(chance)
    page.insert(chance.randrange(len(page) + 1), f"<{tag} {attributes[:MOST_CHARS]}>")
    return page


SHAPES: tuple[Callable[[random.Random], list[str]], ...] = (
    mutated, mutated, mutated, soup, amplified, amplified, nested, attributed,
)  # fmt: skip


def _written(text: str, chance: random.Random) -> bytes:
    name = chance.choice(WRITTEN)
    if chance.random() < 0.05:
        text = text.encode("utf-8", "ignore").decode("cp1252", "ignore")
    handler = chance.choice(("replace", "ignore", "xmlcharrefreplace"))
    try:
        data = text.encode(name, "surrogatepass" if name == "utf-8" else handler)
    except UnicodeError:
        data = text.encode("utf-8", "surrogatepass")
    return _damaged(data, chance) if chance.random() < 0.25 else data


def _damaged(data: bytes, chance: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(chance.choice((1, 3, 50))):
        at = chance.randrange(len(out) + 1)
        match chance.randrange(4):
            case 0 if out:
                out[at % len(out)] = chance.randrange(256)
            case 1:
                out[at:at] = chance.randbytes(chance.choice((1, 4, 400)))
            case 2:
                del out[at : at + chance.choice((1, 10, 5000))]
            case _:
                out[at:] = b""
    return bytes(out)


# ── running ──────────────────────────────────────────────────────────────────────────────────


def outcome(case: Case) -> str:
    """Run one case; return how it ended. Raises what is a finding."""
    url = "https://example.kz/news/1.html"
    fetch = Fetch(
        link_id="0" * 32,
        url=url,
        final_url=url,
        source="fuzz",
        fetched_at=NOW,
        status=200,
        content_type=case.content_type,
        blob="sha256:" + "0" * 64,
        size=1,
    )
    event = ArticleFetched(fetch=fetch, rules=case.rules)
    try:
        with within_bounds():
            parsed = parse_page(case.data, event)
    except Verdict as verdict:
        if verdict.reason in ("too-slow", "too-hungry"):
            raise
        return f"{verdict.reason} {verdict.detail.partition(':')[0]}"
    _check(parsed)
    return "article"


def _check(parsed: ArticleParsed) -> None:
    article = parsed.article
    ArticleParsed.model_validate_json(parsed.model_dump_json())
    for text in (article.title, article.lead or "", *(p.text for p in article.paragraphs)):
        assert unicodedata.is_normalized("NFC", text), "a text is not in NFC"
        assert not set(text) & set("\0\n\r\t\u00ad\u200b\ufeff"), "a text holds what nobody sees"
    assert article.title.strip(), "an article has no title"


def run(numbers: Iterator[int], until: float, tell: Callable[[str], None]) -> Counter[str]:
    """Run cases until the CPU time is used up; tell findings and slow cases."""
    ends: Counter[str] = Counter()
    for number in numbers:
        if time.process_time() > until:
            break
        case = make(number)
        begin = time.process_time()
        try:
            ends[outcome(case)] += 1
        except Exception as error:  # all of them are findings
            where = traceback.extract_tb(error.__traceback__)[-1]
            place = f"{Path(where.filename).name}:{where.lineno}"
            tell(f"FOUND case {number}: {type(error).__name__}: {str(error)[:150]} at {place}")
            ends["FOUND"] += 1
        spent = time.process_time() - begin
        if spent > SLOW:
            tell(f"slow: case {number} took {spent:.2f} s of {len(case.data):,} bytes")
            ends["slow"] += 1
    return ends


def forked(first: int, seconds: float) -> tuple[Counter[str], float, int]:
    """Run a few hundred cases in a process of their own; return ends, CPU seconds, peak memory."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            before = time.process_time()
            current = iter(_announced(first, writer))
            ends = run(current, before + seconds, lambda line: print(line, flush=True))
            os.write(writer, f"\nends {dict(ends)!r}\n".encode())
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        lines = pipe.read().decode().split()
    _, status, usage = os.wait4(child, 0)
    return _judged(lines, status), usage.ru_utime + usage.ru_stime, usage.ru_maxrss


def _announced(first: int, writer: int) -> Iterator[int]:
    for number in range(first, first + EACH):
        os.write(writer, f"{number} ".encode())
        yield number


def _judged(words: list[str], status: int) -> Counter[str]:
    if status == 0 and "ends" in words:
        told = " ".join(words[words.index("ends") + 1 :])
        pairs = re.findall(r"'([^']*)': (\d+)", told)
        return Counter({name: int(count) for name, count in pairs})
    print(
        f"FOUND case {words[-1] if words else '?'}: its process died, status {status}", flush=True
    )
    return Counter({"FOUND": 1})


def main() -> None:
    """Fuzz for some minutes of computing, or run one case again."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--case", type=int)
    parser.add_argument("--write", type=Path)
    asked = parser.parse_args()
    if asked.case is not None:
        case = make(asked.case)
        if asked.write:
            asked.write.write_bytes(case.data)
        print(outcome(case))
        return
    sys.exit(fuzz(asked.seed * 1_000_000, 60 * asked.minutes))


def fuzz(first: int, seconds: float) -> int:
    """Run process after process; return 1 when something was found."""
    ends: Counter[str] = Counter()
    spent, peak = 0.0, 0
    while spent < seconds:
        found, took, memory = forked(first, seconds - spent)
        ends, spent, peak = ends + found, spent + took, max(peak, memory)
        first += EACH
    for name, count in ends.most_common():
        print(f"{count:8}  {name}")
    total = ends.total() - ends["slow"]
    print(f"{total} pages in {spent / 60:.1f} CPU-minutes, at most {peak / 1024:.0f} MB a process")
    return 1 if ends["FOUND"] else 0


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()

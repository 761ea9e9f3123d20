"""A real browser on a real API over a real database and broker, with articles written by us.

Without Chromium these tests are skipped with a reason; where one is required (CI=true or
STEPPEWIRE_REQUIRE_BROWSER=1) they fail. STEPPEWIRE_SCREENSHOTS=folder keeps pictures.
"""

from __future__ import annotations

import asyncio
import hashlib
import math
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import tomllib
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright
from redis.asyncio import Redis

from steppewire import keys
from steppewire.archive import open_archive
from steppewire.archive.hooks import Book, Kept, Tally
from steppewire.broker import connect
from steppewire.events import (
    Article,
    ArticleEnriched,
    ArticleStored,
    Drift,
    Enrichment,
    Entity,
    Extraction,
    Fetch,
    Language,
    Languages,
    Mention,
    Paragraph,
    SourceHealth,
)
from steppewire.health.reading import TOLD, Health
from steppewire.identity import article_id, link_id, version_id
from steppewire.pauses import Pause, Pauses
from steppewire.streams import (
    DELIVER,
    NOTIFY,
    STAGES,
    STORED,
    STREAMS,
    dead_name,
    key,
    tally_name,
)
from steppewire.testing.redis import running_valkey
from steppewire.valkey import Valkey
from steppewire.webhooks import State, Webhook, new_secret
from steppewire.wire import encode, new_trace
from steppewire_api.pages.pace import LOOKS, Look, written
from steppewire_store.migrate import migrate

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_TOLD = tomllib.loads((Path(__file__).parent / "articles.toml").read_text())
ARTICLES, CHRONICLE, NAMES = _TOLD["article"], _TOLD["chronicle"], _TOLD["names"]
REQUIRED = "CI", "STEPPEWIRE_REQUIRE_BROWSER"


# ---- from TOML to events


def enriched(told: dict[str, Any], now: datetime) -> ArticleEnriched:
    """Turn what is told in articles.toml into a finished record."""
    told = _original(told) | told
    at = now - timedelta(minutes=told["minutes"]) if "minutes" in told else None
    kinds = told.get("kinds") or ["text"] * len(told["paragraphs"])
    paragraphs = tuple(
        Paragraph(text=text, kind=kind)
        for text, kind in zip(told["paragraphs"], kinds, strict=True)
    )
    article = Article(
        article_id=article_id(told["url"]),
        version_id=version_id(told["title"], told.get("lead"), told["paragraphs"]),
        url=told["url"],
        source=told["source"],
        title=told["title"],
        lead=told.get("lead"),
        paragraphs=paragraphs,
        authors=tuple(told.get("authors", ())),
        published_at=at,
        section=told.get("section"),
        tags=tuple(told.get("tags", ())),
        translations=told.get("translations", {}),
    )
    return ArticleEnriched(
        article=article,
        enrichment=_enrichment(told, article),
        fetch=Fetch(
            link_id=link_id(told["url"]),
            url=told["url"],
            final_url=told["url"],
            source=told["source"],
            fetched_at=now,
            status=200,
            blob="sha256:" + hashlib.sha256(told["url"].encode()).hexdigest(),
            size=20_000,
        ),
        extraction=Extraction(
            parser="steppewire-parser/0.1.0",
            method="rules",
            charset="utf-8",
            facts=() if at else ("date-missing",),
        ),
    )


def chronicle() -> list[dict[str, Any]]:
    """Return the last months of a story, told in turn by sources in five spellings."""
    days = [day for week in range(17) for day in range(5 + 7 * week, 11 + 7 * week, 1 + week % 4)]
    return [_installment(number, day) for number, day in enumerate(days)]


def _installment(number: int, day: int) -> dict[str, Any]:
    told = dict(CHRONICLE[number % len(CHRONICLE)])
    return told | {
        "url": f"{told['url']}/{number}",
        "title": told["title"].format(n=number + 1),
        "minutes": day * 24 * 60,
        "paragraphs": [text.format(n=number + 1) for text in told["paragraphs"]],
    }


def _original(told: dict[str, Any]) -> dict[str, Any]:
    """Return what a syndicated copy has copied."""
    copied = [other for other in ARTICLES if other["url"] == told.get("copy_of")]
    return {name: value for name, value in copied[0].items() if name != "minutes"} if copied else {}


def _enrichment(told: dict[str, Any], article: Article) -> Enrichment:
    main = Language(tag=told["language"], confidence=0.97)
    tags = told.get("languages") or [""] * len(article.paragraphs)
    languages = [Language(tag=tag, confidence=0.95) if tag else main for tag in tags]
    letters: dict[str, int] = {}
    for language, paragraph in zip(languages, article.paragraphs, strict=True):
        letters[language.tag] = letters.get(language.tag, 0) + len(paragraph.text)
    return Enrichment(
        languages=Languages(
            article=main,
            title=main,
            lead=main if article.lead else None,
            paragraphs=tuple(languages),
            shares={tag: count / sum(letters.values()) for tag, count in letters.items()},
        ),
        entities=tuple(
            Entity(
                type=kind,
                name=name,
                id=known or None,
                names=NAMES.get(known, {}),
                mentions=_mentions(article, surfaces),
            )
            for kind, name, known, *surfaces in told.get("entities", ())
        ),
        text_hash=hashlib.sha256(article.text.encode()).hexdigest(),
        fingerprint=hashlib.sha256(article.text.encode()).hexdigest()[:16],
        models={"language": "written-by-hand", "entities": "written-by-hand"},
    )


def _mentions(article: Article, surfaces: list[str]) -> tuple[Mention, ...]:
    texts = {"title": article.title, "lead": article.lead or "", "text": article.text}
    return tuple(
        Mention(field=field, start=found.start(), end=found.end(), surface=surface)
        for field, text in texts.items()
        for surface in surfaces
        for found in re.finditer(re.escape(surface), text)
    )


# ---- the newswire, as far as a reader sees it


@dataclass
class Wire:
    """A running API, and what stands behind it."""

    url: str
    database: str
    broker: Valkey
    redis: Redis
    process: subprocess.Popen[bytes]
    log: Path
    key: str
    """An API key with the scope `operate`."""

    async def scene(self) -> None:
        """Leave the traces of a newswire that has run for a while."""
        await counted(self.redis)
        await watched(self.redis)
        await notified(self.redis, self.database)

    async def store(self, *events: ArticleEnriched) -> list[ArticleStored]:
        """Do what the store does: save, then say so."""
        async with open_archive(self.database) as archive:
            stored = await archive.save(events)
        for event in stored:
            fields: Any = encode(event, new_trace())
            await self.redis.xadd(key(STORED.name), fields)
        return stored


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the articles of articles.toml."""
    path = tmp_path_factory.mktemp("page") / "seeded.sqlite3"

    async def seed() -> None:
        url = f"sqlite:///{path}"
        await migrate(url)
        now = datetime.now(UTC).replace(second=0, microsecond=0)
        async with open_archive(url) as archive:
            await archive.save([enriched(told, now) for told in (*ARTICLES, *chronicle())])
            edits = [told | edit for told in ARTICLES for edit in told.get("edit", ())]
            await archive.save([enriched(told, now + timedelta(minutes=1)) for told in edits])

    asyncio.run(seed())
    return path


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def wire(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Wire]:
    """The API as its own process on the seeded database; for tests that only read."""
    folder = tmp_path_factory.mktemp("wire")
    shutil.copy(seeded, folder / "archive.sqlite3")
    async with _running(folder) as running:
        await running.scene()
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def own_wire(seeded: Path, tmp_path: Path) -> AsyncIterator[Wire]:
    """The same, for one test that changes or ends it."""
    shutil.copy(seeded, tmp_path / "archive.sqlite3")
    async with _running(tmp_path) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def quiet_wire(tmp_path: Path) -> AsyncIterator[Wire]:
    """The API on a database without articles."""
    await migrate(f"sqlite:///{tmp_path / 'archive.sqlite3'}")
    async with _running(tmp_path) as running:
        yield running


@asynccontextmanager
async def _running(folder: Path) -> AsyncIterator[Wire]:
    database = f"sqlite:///{folder / 'archive.sqlite3'}"
    with running_valkey(folder / "valkey", durable=True) as broker:
        redis = connect(broker.url)
        token, kept = keys.make("page", ["operate"], datetime.now(UTC))
        keys.write(folder / "keys.json", [kept])
        with _api(database, broker.url, folder / "api.log") as (url, process):
            yield Wire(url, database, broker, redis, process, folder / "api.log", token)
        await redis.aclose()


@contextmanager
def _api(database: str, broker: str, log: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Run `python -m steppewire_api` on a free port."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
    settings = {
        "DATABASE": database,
        "REDIS_URL": broker,
        "API_PORT": str(port),
        "API_KEYS": str(log.with_name("keys.json")),
        "API_RATE": "0",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "steppewire_api"],
        env=os.environ | {f"STEPPEWIRE_{name}": value for name, value in settings.items()},
        stderr=log.open("wb"),
    )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_for(url, process, log)
        yield url, process
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 30
    while not _answers(f"{url}/health/ready"):
        if process.poll() is not None or time.monotonic() > deadline:
            raise AssertionError(f"the api did not get ready: {log.read_text()}")
        time.sleep(0.05)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


async def counted(redis: Redis) -> None:
    """Leave the traces that stages leave, as after a small run."""
    for stream, added in zip(STREAMS, (31, 28, 25, 25, 25, 0), strict=True):
        for _ in range(added):
            await redis.xadd(key(stream.name), {"v": "1"})
    endings: list[Any] = [
        {"dalanews|done|": 28, "aral-inform|skip|gone": 2, "prank-wire|reject|too-large": 1},
        {"saryarqa|done|": 25, "chorsu|reject|not-an-article": 2, "chorsu|skip|no-text": 1},
        {"saryarqa|done|": 25},
        {"saryarqa|done|": 25},
    ]
    for stage, tally in zip(STAGES, endings, strict=True):
        await redis.xgroup_create(key(stage.reads.name), stage.group, "$")
        await redis.hset(key(tally_name(stage)), mapping=tally)
    for number in range(3):
        await redis.xadd(key(dead_name(STAGES[1])), letter("chorsu", "no-article", number))
    await redis.xadd(key(dead_name(STAGES[0])), letter("prank-wire", "too-large", 9))


async def notified(redis: Redis, database: str) -> None:
    """Leave what the notifier leaves: three webhooks, of which one fails and one was given up."""
    now = datetime.now(UTC)
    for stage, done in ((NOTIFY, 25), (DELIVER, 61)):
        await redis.xgroup_create(key(stage.reads.name), stage.group, "$", mkstream=True)
        await redis.hset(key(tally_name(stage)), "news-desk|done|", done)
    await redis.xadd(key(dead_name(DELIVER)), letter("old-archive", "webhook-disabled", 3))
    fared = {
        "news-desk": State(),
        "translators": State(
            failures=4,
            failing_since=now - timedelta(minutes=3),
            last_failure="answered 503",
            last_failed_at=now,
        ),
        "old-archive": State(
            failures=128,
            failing_since=now - timedelta(days=6),
            disabled_at=now - timedelta(days=1),
            disabled_why="it failed for 120 hours, 128 times; at last: no answer in 15 s",
        ),
    }
    async with aclosing(Book.at(database)) as book:
        for id_, state in fared.items():
            hook = Webhook(
                id=id_,
                url=f"https://{id_}.example/in",
                secrets=(new_secret(),),
                made_at=now - timedelta(days=30),
                description="Құрылтай және Парламент" if id_ == "news-desk" else "",
            )
            await book.move_in([Kept(hook, state, 61)])
            await book.count({id_: Tally(1, now - timedelta(minutes=9))})


def letter(source: str, reason: str, number: int) -> Any:
    """Return a dead letter as a stage leaves one."""
    died = datetime.now(UTC) - timedelta(minutes=20 + number)
    return {
        "v": "1",
        "type": "article.fetched",
        "key": f"{source}-{number}",
        "data": "{}",
        "dead.source": source,
        "dead.outcome": "reject",
        "dead.reason": reason,
        "dead.detail": f"https://{source}.example/news/{number} is nothing like an article",
        "dead.attempts": "1",
        "dead.last": died.isoformat(),
        "dead.id": f"{number + 1}-0",
    }


async def watched(redis: Redis) -> None:
    """Leave what fetcher, watcher and the API's own looks leave, as after some months."""
    now = datetime.now(UTC)
    for source in TITLES:
        state = {
            "name": source,
            "title": TITLES[source],
            "home": f"https://{source}.example/",
            "state": "failing" if source == "prank-wire" else "ok",
            "last_error": "connection refused" if source == "prank-wire" else "",
        }
        await redis.hset(key(f"source.{source}"), mapping=state)
        told = health(source, now)
        await redis.hset(key(TOLD), source, told.model_dump_json())
    why = "Редакция өтінді: сайт көшіріліп жатыр."
    pause = Pause(at=now - timedelta(hours=5), by="newsroom (k3v9x2ab)", why=why)
    await Pauses(redis).pause("dalanews", pause)
    looks = [Look(now.timestamp() - 10 * back, ended(back)) for back in range(330, 0, -1)]
    await redis.zadd(key(LOOKS), {written(look): look.at for look in looks})


TITLES = {
    "saryarqa": "Сарыарқа таңы",
    "dalanews": "Дала Ньюс",
    "chorsu": "Chorsu xabarlari",
    "steppe-post": "The Steppe Post",
    "aral-inform": "Арал-Информ",
    "prank-wire": "Prank Wire",
}


def health(source: str, now: datetime) -> Health:
    """Return how a source is doing: two are in trouble."""
    number = list(TITLES).index(source)
    rhythm = tuple(
        tuple(round(_busy(hour, number) * (0.35 if day > 4 else 1), 2) for hour in range(24))
        for day in range(7)
    )
    trouble = _trouble(source, now)
    return Health(
        state=trouble.kind if trouble and trouble.kind != "recovered" else "well",
        since=trouble.since if trouble else None,
        why=trouble.text if trouble else "",
        troubles={trouble.kind: trouble} if trouble else {},
        last_article=trouble.since if trouble else now - timedelta(minutes=7 + 13 * number),
        overdue=now + timedelta(hours=9),
        weekly=sum(map(sum, rhythm)),
        letters=1800 + 170 * number,
        languages={"kk-Cyrl": 0.8, "ru-Cyrl": 0.2},
        rhythm=rhythm,
    )


def _busy(hour: int, number: int) -> float:
    """Two humps, morning and afternoon, in hours of UTC."""
    return sum(
        (number + 2) * 0.8 * math.exp(-((hour - peak - number % 3) ** 2) / 9) for peak in (4, 11)
    )


def _trouble(source: str, now: datetime) -> SourceHealth | None:
    if source == "aral-inform":
        since = now - timedelta(hours=31)
        told: Any = {"kind": "silent", "reason": "articles", "expected": 14.2}
    elif source == "chorsu":
        since = now - timedelta(days=2, hours=4)
        drifts = (Drift(fact="author", usual=0.93, now=0.08),)
        told = {"kind": "layout-changed", "reason": "author", "drifts": drifts}
    else:
        return None
    return SourceHealth(source=source, at=now, since=since, text="In English.", **told)


def ended(back: int) -> dict[str, int]:
    """Return how much the stages had ended so many looks ago: a wave, each stage a bit later."""
    return {
        stage.group: sum(
            int(3 + 2.4 * math.sin((look - 3 * late) / 19) + (look * 7 + late) % 3)
            for look in range(400 - back)
        )
        for late, stage in enumerate(STAGES)
    }


@pytest.fixture
def news() -> Callable[..., ArticleEnriched]:
    """Makes articles that have just been published; equal numbers, equal address."""

    def make(number: int, **changes: Any) -> ArticleEnriched:
        told = {
            "url": f"https://fresh.example/{number}",
            "source": "fresh",
            "language": "en",
            "title": f"Fresh news number {number}",
            "minutes": 0,
            "paragraphs": [f"Number {number} happened a moment ago."],
        }
        return enriched(told | changes, datetime.now(UTC) + timedelta(seconds=number))

    return make


# ---- the browser


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of an installed Chromium."""
    found = os.environ.get("STEPPEWIRE_BROWSER") or next(
        filter(None, map(shutil.which, BROWSERS)), None
    )
    if found:
        return found
    told = "no Chromium on this machine: install the package `chromium`, or set STEPPEWIRE_BROWSER"
    if any(os.environ.get(name, "").lower() in {"1", "true"} for name in REQUIRED):
        pytest.fail(told)
    pytest.skip(told)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    """One browser; each test has a profile of its own in it."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser) -> AsyncIterator[Page]:
    """A tab on a wide screen; whatever its console complains about fails the test."""
    context = await browser.new_context(
        viewport={"width": 1440, "height": 900}, locale="en-GB", timezone_id="Asia/Almaty"
    )
    page = await context.new_page()
    page.set_default_timeout(10_000)
    complaints: list[str] = []
    page.on(
        "console",
        lambda message: complaints.append(message.text) if message.type == "error" else None,
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.complaints = complaints  # type: ignore[attr-defined]
    yield page
    await context.close()
    assert complaints == []


@pytest.fixture
def album() -> Path | None:
    """Where pictures are kept, if anywhere."""
    folder = os.environ.get("STEPPEWIRE_SCREENSHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
    return Path(folder) if folder else None

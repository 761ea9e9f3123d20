"""What stages, watcher, notifier and webhooks leave behind, as after some months."""

from __future__ import annotations

import math
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from typing import Any

from redis.asyncio import Redis

from steppewire.archive.hooks import Book, Kept, Tally
from steppewire.events import (
    Drift,
    SourceHealth,
)
from steppewire.health.reading import TOLD, Health
from steppewire.pauses import Pause, Pauses
from steppewire.streams import (
    DELIVER,
    NOTIFY,
    STAGES,
    STREAMS,
    dead_name,
    key,
    tally_name,
)
from steppewire.webhooks import State, Webhook, new_secret
from steppewire_api.pages.pace import LOOKS, Look, written


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

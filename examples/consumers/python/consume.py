"""Reads enriched articles as one consumer of a group, each at least once, with redis-py alone.

    python consume.py [GROUP] [CONSUMER]        STEPPEWIRE_REDIS_URL names the server

Kill it at any moment and start it again with the same names: it goes on where it was.
"""

import json
import os
import signal
import sys
from typing import Any

import redis

STREAM = "news:{0}:articles.enriched"


def main(group: str = "my-team", consumer: str = "reader-1") -> None:
    url = os.environ.get("STEPPEWIRE_REDIS_URL", "redis://127.0.0.1:6379")
    client = redis.Redis.from_url(url, protocol=2, decode_responses=True)
    make_group(client, group)
    after = "0"  # first what an earlier run took and did not finish, then (">") what is new
    while running:
        answer: Any = client.xreadgroup(group, consumer, {STREAM: after}, count=10, block=1000)
        messages = answer[0][1] if answer else []
        if not messages:
            after = ">"
        for entry, fields in messages:
            if not running:
                break
            if fields:
                handle(fields)
            # only now: a crash before this line repeats the article
            client.xack(STREAM, group, entry)


def make_group(client: redis.Redis, group: str) -> None:
    try:
        # "0": everything that is kept, not only what is published from now on
        client.xgroup_create(STREAM, group, "0", mkstream=True)
    except redis.ResponseError as error:
        if not str(error).startswith("BUSYGROUP"):
            raise


def handle(fields: dict[str, str]) -> None:
    if fields["type"] != "article.enriched" or int(fields["v"]) > 1:
        return  # newer than we are
    record = json.loads(fields["data"])
    article, language = record["article"], record["enrichment"]["languages"]["article"]["tag"]
    shown = {
        "id": article["article_id"],
        "version": article["version_id"],
        "language": language,
        "title": article["title"],
    }
    print(json.dumps(shown, ensure_ascii=False), flush=True)


def stop(*_: object) -> None:
    global running
    running = False


running = True

if __name__ == "__main__":
    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    main(*sys.argv[1:])

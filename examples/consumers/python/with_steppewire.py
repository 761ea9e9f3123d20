"""Reads enriched articles with the helper of the distribution `steppewire[consume]`.

python with_steppewire.py [GROUP] [CONSUMER]        STEPPEWIRE_REDIS_URL names the server
"""

import asyncio
import json
import os
import sys

import steppewire

URL = os.environ.get("STEPPEWIRE_REDIS_URL", "redis://127.0.0.1:6379")


async def main(group: str = "my-team", consumer: str = "reader-1") -> None:
    async for envelope in steppewire.consume(URL, group=group, consumer=consumer):
        article = envelope.event.article
        shown = {
            "id": article.article_id,
            "version": article.version_id,
            "language": envelope.event.enrichment.languages.article.tag,
            "title": article.title,
        }
        print(json.dumps(shown, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))

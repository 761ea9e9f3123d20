"""Our real services take what a stranger wrote, all the way into the database."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from redis import Redis

from steppewire.blobs import DirectoryBlobs
from steppewire.events import ArticleStored
from steppewire.identity import article_id, link_id
from steppewire.streams import ENRICH, PARSE, STORE, STORED, dead_name, key, tally_name
from steppewire.valkey import Valkey
from steppewire.wire import decode

Start = Callable[..., AbstractContextManager["subprocess.Popen[str]"]]

URL = "https://ulus.example/2026/15-zhana-mektep"
PAGE = """<!doctype html><html lang="kk"><head><meta charset="utf-8">
<title>Алматыда жаңа мектеп ашылды</title>
<meta property="og:type" content="article">
<meta property="article:published_time" content="2026-11-20T09:30:00+05:00"></head>
<body><article><h1>Алматыда жаңа мектеп ашылды</h1>
<p>Алматы қаласында бүгін мың екі жүз орындық жаңа мектеп ашылды, деп хабарлады қала әкімдігі.
Ғимарат екі жылда салынды, оған республикалық бюджеттен қаржы бөлінді.</p>
<p>Мектепте спорт залы, кітапхана және асхана бар, ал оқушылар бір ауысымда оқиды.
Мұғалімдердің көбі осы ауданда тұрады, сондықтан олар жұмысқа жаяу келе алады.</p>
<p>Келесі жылы ауданда тағы екі балабақша салынады, деп жоспарлап отыр жергілікті билік.
Тұрғындар бұл құрылысты көптен бері күткен еді.</p>
</article></body></html>""".encode()


def test_a_page_that_a_stranger_fetched_is_parsed_enriched_and_stored(
    broker: Redis, tcp_valkey: Valkey, node_project: Path, tmp_path: Path, start: Start
) -> None:
    settings = {
        "STEPPEWIRE_REDIS_URL": tcp_valkey.tcp_url,
        "STEPPEWIRE_BLOBS": str(tmp_path / "blobs"),
        "STEPPEWIRE_DATABASE": f"sqlite:///{tmp_path}/archive.sqlite3",
    }
    write(node_project, tcp_valkey, fetched_by_hand(tmp_path / "blobs"))

    with ExitStack() as running:
        for name in ("parser", "enricher", "store"):
            command = [sys.executable, "-m", f"steppewire_{name}"]
            running.enter_context(start(command, tmp_path, **settings))
        stored = wait_for_stored(broker)

    assert (stored.article_id, stored.title) == (article_id(URL), "Алматыда жаңа мектеп ашылды")
    assert (stored.language, stored.change) == ("kk-Cyrl", "created")


def fetched_by_hand(blobs: Path) -> dict[str, Any]:
    """An `article.fetched` with no more than must be there."""
    fetch = {
        "link_id": link_id(URL),
        "url": URL,
        "final_url": URL,
        "source": "ulus.example",
        "fetched_at": datetime.now(UTC).isoformat(),
        "status": 200,
        "content_type": "text/html; charset=utf-8",
        "blob": DirectoryBlobs(blobs).put(PAGE),
        "size": len(PAGE),
    }
    return {"fetch": fetch}


def write(project: Path, server: Valkey, event: dict[str, Any]) -> None:
    subprocess.run(
        ["node", "write.mjs", "article.fetched"],
        cwd=project,
        env={**os.environ, "STEPPEWIRE_REDIS_URL": server.tcp_url},
        input=json.dumps(event) + "\n",
        text=True,
        timeout=60,
        check=True,
    )


def wait_for_stored(broker: Redis) -> ArticleStored:
    """Block until something is stored; fail with how the messages ended if nothing is."""
    answer: Any = None
    for _ in range(20):  # a client gives up a read that blocks for longer than its patience
        answer = broker.xread({key(STORED.name): "0"}, block=3000)
        if answer:
            [[_, [(_, fields)]]] = answer
            return decode(fields, ArticleStored)
        endings: Any = [broker.hgetall(key(tally_name(stage))) for stage in (PARSE, ENRICH, STORE)]
        lost = [row for tally in endings for row in tally if b"|done|" not in row]
        assert not lost, f"{lost} {broker.xrange(key(dead_name(PARSE)))}"
    raise AssertionError("waited in vain for a stored article")

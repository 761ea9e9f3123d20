import json
import subprocess
import sys

from steppewire_enricher_hashtags import hashtags, reading_time

ARTICLE = {
    "title": "Қар жауды #ауарайы",
    "lead": None,
    "paragraphs": [{"text": "Астанада қар жауды. #Astana #ауарайы"}],
}
ENRICHMENT = {"languages": {"article": {"tag": "kk-Cyrl"}}}


def test_a_hashtag_counts_once_whatever_its_case() -> None:
    assert hashtags(ARTICLE, ENRICHMENT) == ["ауарайы", "astana"]


def test_time_goes_by_words() -> None:
    assert reading_time(ARTICLE, ENRICHMENT) == {"minutes": 0.1, "words": 8}


def test_steppewire_finds_them_by_their_entry_points() -> None:
    command = [sys.executable, "-m", "steppewire.cli", "enrich", "--jsonl", "-"]
    asked = json.dumps({"text": "Бүгін Астанада қар жауды. #Astana"}).encode()
    done = subprocess.run(command, input=asked, capture_output=True, check=True)  # noqa: S603

    extras = json.loads(done.stdout)["extras"]
    assert extras == {"hashtags": ["astana"], "reading-time": {"minutes": 0.0, "words": 5}}

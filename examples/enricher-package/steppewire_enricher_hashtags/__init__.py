"""Two enrichers: the hashtags that stand in an article, and how long it takes to read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_HASHTAG = re.compile(r"(?<![\w&/])#([^\W\d_][\w]{1,49})")
WORDS_A_MINUTE = {"kk": 160, "ru": 180, "uz": 170, "en": 220}
"""Words are longer where endings are: fewer of them are read in a minute."""
ELSEWHERE = 180


def hashtags(article: Mapping[str, Any], enrichment: Mapping[str, Any]) -> list[str]:
    """Return the hashtags of title, lead and text, in small letters, each once."""
    return list(dict.fromkeys(tag.lower() for tag in _HASHTAG.findall(_text(article))))


def reading_time(article: Mapping[str, Any], enrichment: Mapping[str, Any]) -> dict[str, float]:
    """Return how many minutes the article takes in its language."""
    language = enrichment["languages"]["article"]["tag"].split("-")[0]
    words = len(_text(article).split())
    return {"minutes": round(words / WORDS_A_MINUTE.get(language, ELSEWHERE), 1), "words": words}


def _text(article: Mapping[str, Any]) -> str:
    paragraphs = (paragraph["text"] for paragraph in article["paragraphs"])
    return "\n".join([article["title"], article["lead"] or "", *paragraphs])

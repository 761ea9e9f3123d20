"""Another tool over a list of pages: run by the environment of the peers, not by ours.

    .venv/bench/bin/python peers.py TOOL < list.jsonl > read.jsonl

Reads JSON lines with `file` and `url`; writes what `steppewire parse --jsonl` writes, as far as the
tool tells it.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from typing import Any

Read = dict[str, Any]


def trafilatura(data: bytes, url: str | None, **options: Any) -> Read:
    import trafilatura as tool

    found = tool.bare_extraction(
        data, url=url, include_comments=False, with_metadata=True, **options
    )
    if found is None:
        return {"refused": "nothing found"}
    names = [name.strip() for name in (found.author or "").split(";")]
    return {
        "body": found.text,
        "title": found.title,
        "published": found.date,
        "authors": [name for name in names if name],
    }


def trafilatura_precision(data: bytes, url: str | None) -> Read:
    return trafilatura(data, url, favor_precision=True)


def readability(data: bytes, url: str | None) -> Read:
    import lxml.html
    import readability as tool

    # its own reading of encodings stumbles over pages; lxml takes no text that declares one
    page = tool.Document(re.sub(r"^\s*<\?xml[^>]*>", "", text_of(data)))
    text = lxml.html.fromstring(page.summary()).text_content()
    return {"body": text, "title": page.short_title()}


def resiliparse(data: bytes, url: str | None) -> Read:
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.encoding import detect_encoding
    from resiliparse.parse.html import HTMLTree

    tree = HTMLTree.parse_from_bytes(data, detect_encoding(data))
    text = extract_plain_text(tree, main_content=True, alt_texts=False, preserve_formatting=True)
    return {"body": text, "title": tree.title}


def newspaper4k(data: bytes, url: str | None) -> Read:
    import newspaper

    article = newspaper.Article(url or "https://unknown.invalid/page", fetch_images=False)
    article.download(input_html=text_of(data))
    article.parse()
    at = article.publish_date
    return {
        "body": article.text,
        "title": article.title,
        "published": at.date().isoformat() if hasattr(at, "date") else None,
        "authors": list(article.authors),
    }


def htmldate(data: bytes, url: str | None) -> Read:
    from htmldate import find_date

    return {"published": find_date(data, url=url, original_date=True, extensive_search=True)}


TOOLS = {
    "trafilatura-precision": trafilatura_precision,
    "trafilatura": trafilatura,
    "readability-lxml": readability,
    "resiliparse": resiliparse,
    "newspaper4k": newspaper4k,
    "htmldate": htmldate,
}
TELLS = {
    "trafilatura-precision": ("body", "title", "published", "authors"),
    "trafilatura": ("body", "title", "published", "authors"),
    "readability-lxml": ("body", "title"),
    "resiliparse": ("body", "title"),
    "newspaper4k": ("body", "title", "published", "authors"),
    "htmldate": ("published",),
}


def text_of(data: bytes) -> str:
    """Decode for a tool that takes text only."""
    from trafilatura.utils import decode_file

    return decode_file(data)


def main() -> None:
    logging.disable(logging.CRITICAL)
    read = TOOLS[sys.argv[1]]
    for line in sys.stdin:
        page = json.loads(line)
        with open(page["file"], "rb") as file:
            data = file.read()
        try:
            found = read(data, page["url"])
        except Exception as error:  # a page that breaks a tool is a page that it did not read
            found = {"refused": f"{type(error).__name__}: {error}"}
        print(json.dumps({"file": page["file"], **found}, ensure_ascii=False, default=str))


if __name__ == "__main__":
    main()

"""docs/how-to/webhooks.md is true."""

from __future__ import annotations

import json
import re
from pathlib import Path

from steppewire.archive.promise import Record
from steppewire.testing.samples import NOON, enriched
from steppewire_notifier.messages import message
from steppewire_notifier.registry import read

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs/how-to/webhooks.md").read_text("utf-8")


def shown(language: str) -> str:
    [text] = re.findall(rf"```{language}\n(.*?)```", PAGE, re.S)
    return str(text)


def test_the_file_that_is_shown_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "webhooks.toml"
    path.write_text(shown("toml"), "utf-8")
    [hook] = read(path)

    assert (hook.id, hook.language, hook.q) == ("my-team", ("kk", "uz"), "бюджет")


def test_a_message_has_the_fields_that_are_shown() -> None:
    event = enriched()
    record = Record(
        article=event.article,
        enrichment=event.enrichment,
        fetch=event.fetch,
        extraction=event.extraction,
        version=1,
        first_stored_at=NOON,
        stored_at=NOON,
    )
    sent, told = json.loads(message(record)), json.loads(shown("json"))

    assert (set(sent), set(sent["data"])) == (set(told), set(told["data"]))
    assert sent["type"] == told["type"]


def test_what_the_page_quotes_is_in_a_test() -> None:
    for file, quote in re.findall(r"```\w+ file=(\S+)\n(.*?)```", PAGE, re.S):
        assert quote in (ROOT / file).read_text("utf-8")

"""What a replay found, on the screen and as JSON. Pure: findings in, text out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from steppewire.replay.changes import Change, Difference
from steppewire.replay.run import Findings, Scope
from steppewire.terminal import clean

_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
_MOST_LINES = 12
"""Lines of one field of one sample; a hundred lost paragraphs are told by their number."""
_ALIKE = 0.5
"""Two lines that share so much are one line that was changed."""
_KINDS = {"new": "new article", "version": "new version", "renewal": "same text, other facts"}


def summary(found: Findings, scope: Scope, code: str) -> RenderableType:
    """Return the counts as tables."""
    counts = _table()
    for number, what in (
        (
            found.looked_at,
            f"looked at: {scope.source}, fetched since {scope.since:%Y-%m-%d %H:%M} UTC",
        ),
        (found.unchanged, "unchanged"),
        (found.versions, "new versions: other content"),
        (found.renewals, "renewed: the same content, other facts"),
        (found.new, "new articles" + (f" ({found.moved} moved here)" if found.moved else "")),
        (found.without, "no article, as before"),
    ):
        counts.add_row(f"{number:,}", what)
    if found.removed:
        counts.add_row(f"{found.removed:,}", "removed to make room, or even older: they stay so")
    for reason, number in found.refused.most_common():
        counts.add_row(f"{number:,}", f"no article any more ({clean(reason)}): they stay as stored")
    for reason, number in (+found.failed).most_common():
        counts.add_row(f"{number:,}", f"failed: {clean(reason)}", style="red")
    fields = _table()
    for name, number in found.fields.most_common():
        fields.add_row(f"{number:,}", name)
    parts: list[RenderableType] = [counts, Text(f"read by {code}", style="dim")]
    if found.fields:
        parts += [Text("\nfields that change", style="bold"), fields]
    return Group(*parts)


def change_page(change: Change) -> RenderableType:
    """Return one change as a coloured diff."""
    article = change.event.article
    head = Text(clean(article.title), style="bold")
    after = f" after version {change.before.version}" if change.before else ""
    about = Text(f"{clean(article.url)}  {_KINDS[change.kind]}{after}", style="dim")
    fields = [part for name, pair in change.fields.items() for part in _field(name, pair)]
    return Group(head, about, *fields, Text())


def _field(name: str, pair: Difference) -> Iterator[Text]:
    yield Text(f"  {name}", style="cyan")
    lines = list(_diff(*(list(_lines(value)) for value in pair)))
    yield from lines[:_MOST_LINES]
    if len(lines) > _MOST_LINES:
        yield Text(f"    … {len(lines) - _MOST_LINES} more lines", style="dim")


def _lines(value: Any) -> Iterator[str]:
    """Return a field's value as lines that a person can compare."""
    if value is None or value in ([], {}, ""):
        return
    if isinstance(value, dict):
        yield from (f"{name}: {_line(one)}" for name, one in value.items())
    elif isinstance(value, list):
        yield from map(_line, value)
    else:
        yield _line(value)


def _line(value: Any) -> str:
    match value:
        case str():
            return value
        case {"text": text, "kind": kind}:
            return str(text) if kind == "text" else f"[{kind}] {text}"
        case {"type": kind, "name": name, "mentions": mentions, **rest}:
            known = f" ({rest['id']})" if rest.get("id") else ""
            return f"{kind}: {name}{known} ×{len(mentions)}"
        case {"url": url, "caption": caption}:
            return f"{url}  {caption or ''}".rstrip()
    return json.dumps(value, ensure_ascii=False)


def _diff(old: Sequence[str], new: Sequence[str]) -> Iterator[Text]:
    """Return removed and added lines; in a line that was changed, the words that were."""
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "replace" and b - a == d - c:
            for one, other in zip(old[a:b], new[c:d], strict=True):
                yield from _changed(one, other)
        elif tag != "equal":
            yield from (Text(f"    - {clean(line)}", style="red") for line in old[a:b])
            yield from (Text(f"    + {clean(line)}", style="green") for line in new[c:d])


def _changed(old: str, new: str) -> Iterator[Text]:
    words = (_WORDS.findall(clean(old)), _WORDS.findall(clean(new)))
    matcher = SequenceMatcher(None, *words, autojunk=False)
    strong = matcher.ratio() >= _ALIKE
    before, after = Text("    - ", style="red"), Text("    + ", style="green")
    for tag, a, b, c, d in matcher.get_opcodes():
        marked = "reverse" if strong and tag != "equal" else ""
        before.append("".join(words[0][a:b]), style=marked)
        after.append("".join(words[1][c:d]), style=marked)
    yield before
    yield after


def findings_json(found: Findings, scope: Scope, stage: str) -> dict[str, Any]:
    """Return what was found as JSON has it."""
    return {
        "stage": stage,
        "source": scope.source,
        "since": scope.since.isoformat(),
        "until": scope.until.isoformat(),
        "code": sorted(found.code),
        "looked_at": found.looked_at,
        "unchanged": found.unchanged,
        "without_article": found.without,
        "changed": found.changed,
        "removed": found.removed,
        "new": found.new,
        "moved": found.moved,
        "versions": found.versions,
        "renewals": found.renewals,
        "refused": dict(found.refused),
        "failed": dict(+found.failed),
        "fields": dict(found.fields.most_common()),
        "sample": [_change_json(change) for change in found.sample],
    }


def _change_json(change: Change) -> dict[str, Any]:
    article = change.event.article
    return {
        "article_id": article.article_id,
        "url": article.url,
        "kind": change.kind,
        "after_version": change.before.version if change.before else None,
        "fields": {name: {"old": old, "new": new} for name, (old, new) in change.fields.items()},
    }


def _table() -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(justify="right", style="bold")
    return table

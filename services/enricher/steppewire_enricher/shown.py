"""What `steppewire enrich` says of a text, to people."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from steppewire.terminal import clean

NARROWEST, WIDEST = 40, 100
"""Columns of a text that can be read."""
_BOLD, _DIM, _RED = 1, 2, 31
_COLOURS = {"PERSON": 36, "ORGANISATION": 33, "GPE": 32, "LOCATION": 32, "FACILITY": 32}
_OTHER_COLOUR = 35
"""Numbers of the terminal's styles (ECMA-48, SGR)."""
MOST_PARAGRAPHS = 200


class Show:
    """Writes texts with their names marked, for a terminal or for a file."""

    def __init__(self, *, width: int, colours: bool) -> None:
        self.width, self._colours = max(NARROWEST, min(width, WIDEST)), colours

    def text(self, record: Mapping[str, Any], text: str) -> str:
        """Return one text, or why it was not read, as lines."""
        if "refused" in record:
            why = f"{record['file']}: {record['refused']}: {record['detail']}"
            return self._styled(clean(why), _RED)
        blocks = [self._languages(record)]
        if "entities" in record:
            if record["keywords"]:
                blocks[0] += "\n" + self._styled(clean(", ".join(record["keywords"])), _BOLD)
            blocks += [self._paragraph(text, p, record) for p in self._first(record)]
            blocks.append("\n".join(self._entities(record)) or "no names, dates or sums found")
        return "\n\n".join(blocks)

    def between(self) -> str:
        """Return what stands between two texts."""
        return self._styled("─" * self.width, _DIM)

    def _first(self, record: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        return list(record["paragraphs"][:MOST_PARAGRAPHS])

    def _languages(self, record: Mapping[str, Any]) -> str:
        shares = [f"{tag} {share:.0%}" for tag, share in record["languages"].items()]
        name = self._styled(clean(str(record["file"])), _BOLD)
        sure = f"{record['language']} (confidence {record['confidence']:.2f})"
        return f"{name}\n{sure}" + (f"; {', '.join(shares)}" if len(shares) > 1 else "")

    def _paragraph(self, text: str, at: Mapping[str, Any], record: Mapping[str, Any]) -> str:
        """Return a paragraph; on a terminal with its names in colours."""
        wrapped = textwrap.fill(clean(text[at["start"] : at["end"]]), self.width)
        if not self._colours:
            return wrapped
        inside = [e for e in record["entities"] if at["start"] <= e["start"] < at["end"]]
        return self._marked(wrapped, inside)

    def _marked(self, wrapped: str, entities: list[Mapping[str, Any]]) -> str:
        parts, done = [], 0
        for entity in entities:
            words = textwrap.fill(clean(entity["text"]), self.width)
            found = wrapped.find(words, done)
            if found < 0:  # broken over two lines
                continue
            colour = _COLOURS.get(entity["type"], _OTHER_COLOUR)
            parts += [wrapped[done:found], self._styled(words, colour)]
            done = found + len(words)
        return "".join([*parts, wrapped[done:]])

    def _entities(self, record: Mapping[str, Any]) -> Iterator[str]:
        """Yield one line for each thing that is named, the most frequent first."""
        mentions = [*record.get("title_entities", ()), *record["entities"]]
        counts = Counter((m["type"], m["normal"]) for m in mentions)
        first = {(m["type"], m["normal"]): m for m in reversed(mentions)}
        for key, number in counts.most_common():
            times = f" ×{number}" if number > 1 else ""
            # a sum or a date stands as it was written, and what it comes to behind it
            is_value = "amount" in first[key] or "date" in first[key]
            name = first[key]["text"] if is_value else key[1]
            yield f"{key[0]:<13} {clean(name)}{times}{self._more(first[key])}"

    def _more(self, mention: Mapping[str, Any]) -> str:
        value = f"{mention['amount']:,.2f}".removesuffix(".00") if "amount" in mention else ""
        money = f"{value} {mention.get('currency', '')}".strip()
        known = [mention.get("kind"), mention.get("date"), money, mention["id"]]
        said = ", ".join(str(value) for value in known if value)
        return self._styled(f"  {said}", _DIM) if said else ""

    def _styled(self, text: str, style: int) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if self._colours else text

"""What was measured, as tables for a terminal, as Markdown, and as a page with bars."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.table import Table

Figures = Mapping[str, float]
Result = Mapping[str, Any]

COLUMNS: tuple[tuple[str, str, str], ...] = (
    ("body F1", "body_f1", ".3f"),
    ("P", "body_precision", ".3f"),
    ("R", "body_recall", ".3f"),
    ("F1 mean", "body_f1_mean", ".3f"),
    ("F1 summed", "body_f1_summed", ".3f"),
    ("poor", "body_poor", ".0f"),
    ("with", "kept", ".3f"),
    ("without", "left", ".3f"),
    ("title", "title", ".3f"),
    ("date right", "date_right", ".3f"),
    ("wrong", "date_wrong", ".3f"),
    ("authors F1", "authors", ".3f"),
    ("authors summed", "authors_summed", ".3f"),
    ("refused", "refused", ".3f"),
    ("others refused", "refused_others", ".3f"),
    ("pages/CPU-s", "rate", ".1f"),
    ("peak MB", "peak_mb", ".0f"),
)
NOTES = (
    "Body F1 is that of the mean precision and the mean recall of 4-word shingles, each page "
    "weighing the same; beside it the mean of the pages' F1, the F1 over all shingles of all pages "
    "(summed), and how many pages have one below 0.5 (poor). With, without: share of the strings "
    "that must be there, and of those that must not. Title: the same words. Date: the same day. "
    "Authors: the mean F1 of the pages' names, and the F1 over all names of all pages (summed). "
    "Refused: articles that gave nothing; others refused: pages that are no article and gave "
    "nothing. Pages for each second of CPU count all that the process computes, without its start; "
    "peak is its memory. Pages of the dev hosts were used for development; nothing was developed "
    "on those of the held-out hosts."
)


def shown(figures: Figures, name: str, form: str) -> str:
    """Return one figure, or a dash."""
    return format(figures[name], form) if name in figures else "–"


def used(rows: Iterable[Figures]) -> list[tuple[str, str, str]]:
    """Return the columns in which anybody says something."""
    rows = list(rows)
    return [column for column in COLUMNS if any(column[1] in row for row in rows)]


def title_of(part: str, name: str, rows: Mapping[str, Figures]) -> str:
    """Return what a table is called."""
    pages = max(int(row["pages"]) for row in rows.values())
    return f"{name}, {part} hosts, {pages} pages"


def table(part: str, name: str, rows: Mapping[str, Figures]) -> Table:
    """Return the table of one set."""
    columns = used(rows.values())
    made = Table(title=title_of(part, name, rows), title_justify="left", box=None, pad_edge=False)
    made.add_column("tool")
    for head, *_ in columns:
        made.add_column(head, justify="right")
    for tool, figures in rows.items():
        made.add_row(tool, *(shown(figures, key, form) for _, key, form in columns))
    return made


def markdown(result: Result) -> str:
    """Return everything as Markdown, for the reference."""
    lines = [f"Measured on {result['made'][:10]} with {versions(result)}.{sample(result)}", ""]
    lines += [NOTES, ""]
    for part, sets in result["parts"].items():
        for name, rows in sets.items():
            columns = used(rows.values())
            lines += [f"**{title_of(part, name, rows)}**", ""]
            lines += [_row(["tool", *(head for head, *_ in columns)])]
            lines += [_row(["---", *("---:" for _ in columns)])]
            lines += [
                _row([tool, *(shown(figures, key, form) for _, key, form in columns)])
                for tool, figures in rows.items()
            ]
            lines.append("")
    return "\n".join(lines)


def sample(result: Result) -> str:
    """Return what share of the pages was read, in words."""
    number = result.get("limit")
    return f" Of each set {number} pages, spread evenly, were read." if number else ""


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def versions(result: Result) -> str:
    """Return the other tools with their versions."""
    told = [f"{tool} {version}" for tool, version in result["versions"].items()]
    return ", ".join(told) or "no other tools"


BARS = (("body F1", "body_f1"), ("title", "title"), ("date right", "date_right"),
        ("authors F1", "authors"), ("pages/CPU-s", "rate"))  # fmt: skip
STYLE = """
:root { color-scheme: light dark; --ours: #0a7d5a; --theirs: #8a8f98; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h2 { margin: 2.5rem 0 .5rem; } h3 { margin: 1rem 0 .25rem; font-size: 1rem; }
.bar { display: grid; grid-template-columns: 14rem 1fr 4.5rem; gap: .5rem; align-items: center; }
.bar span:last-child { text-align: right; font-variant-numeric: tabular-nums; }
.bar i { display: block; height: .8rem; background: var(--theirs); border-radius: 2px; }
.bar.ours i { background: var(--ours); } .bar.ours { font-weight: 600; }
.note { color: #777; } table { border-collapse: collapse; } td { padding: 0 1rem 0 0; }
"""


def page(result: Result) -> str:
    """Return a page of bars: who reads what how well."""
    parts = [
        _bars(part, name, rows)
        for part, sets in result["parts"].items()
        for name, rows in sets.items()
    ]
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>How pages are read</title>'
        f"<style>{STYLE}</style><h1>How pages are read</h1>"
        f"<p>{html.escape(result['made'][:16].replace('T', ' '))} UTC; "
        f'{html.escape(versions(result))}.</p><p class="note">{html.escape(NOTES)}</p>'
        f"{''.join(parts)}{_worst(result)}</html>\n"
    )


def _bars(part: str, name: str, rows: Mapping[str, Figures]) -> str:
    blocks = [f"<h2>{html.escape(title_of(part, name, rows))}</h2>"]
    for head, key in BARS:
        told = {tool: figures[key] for tool, figures in rows.items() if key in figures}
        if told:
            most = max(1.0, *told.values())
            blocks.append(f"<h3>{html.escape(head)}</h3>")
            blocks += [_bar(tool, value, value / most) for tool, value in told.items()]
    return "".join(blocks)


def _bar(tool: str, value: float, share: float) -> str:
    kind = "bar ours" if tool.startswith("steppewire") else "bar"
    return (
        f'<div class="{kind}"><span>{html.escape(tool)}</span>'
        f'<span><i style="width:{100 * share:.1f}%"></i></span><span>{value:.3g}</span></div>'
    )


def _worst(result: Result) -> str:
    rows = "".join(
        f"<tr><td>{f1:.3f}<td>{html.escape(name)}<td>{html.escape(page)}"
        for name, pages in result["worst"].items()
        for page, f1 in pages
    )
    return f"<h2>Our worst pages, dev hosts</h2><table>{rows}</table>" if rows else ""

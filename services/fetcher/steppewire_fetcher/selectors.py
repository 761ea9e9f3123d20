"""Whether the parser, which reads site rules with soupsieve, can understand a selector."""

from __future__ import annotations

import re

import soupsieve

# As the parser splits them: the last @ outside brackets.
_ATTRIBUTE = re.compile(r"^(.*[^\s])@([A-Za-z_:][\w:.-]*)$", re.DOTALL)


def rule_fault(selector: str) -> str | None:
    """Return what is wrong with `selector` or `selector@attribute`, or None."""
    found = _ATTRIBUTE.match(selector)
    css = found[1] if found else selector
    if not css.strip():
        return f"not a CSS selector: {selector!r}"
    try:
        soupsieve.compile(css)
    except (soupsieve.SelectorSyntaxError, NotImplementedError, ValueError):
        return f"not a CSS selector: {selector!r}"
    return None

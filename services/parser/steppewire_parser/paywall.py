"""Tells whether readers must pay or subscribe for an article, by what the page declares.

Class names are not read: on real pages the class `paywall` was as often on free articles, which
carry the overlay hidden, as on locked ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from steppewire_parser import jsonld
from steppewire_parser.declared import MetaTags

# Facebook's three tiers; a metered article is free for the first few only.
_TIERS = {"free": False, "locked": True, "metered": True}
_TIER_META = ("article:content_tier", "og:article:content_tier", "content_tier")
_FREE_META = ("isaccessibleforfree",)
# adv:premium, cxenseparse:xyz-ispremium, article:premium
_PREMIUM = re.compile(r"(?:.*[:.\-_])?(?:is-?)?premium")
_TRUE = frozenset(("true", "yes", "1"))
_FALSE = frozenset(("false", "no", "0"))


def is_paywalled(node: jsonld.Node, metas: MetaTags) -> bool | None:
    """Return whether the article costs something; None when the page does not say."""
    parts = [p for p in _many(node.get("hasPart")) if isinstance(p, dict)]
    free = (
        *_free([node.get("isAccessibleForFree")]),
        *_free(part.get("isAccessibleForFree") for part in parts),
    )
    tiers = (_TIERS.get(tier.strip().lower()) for tier in metas.all(*_TIER_META))
    declared = (*(not f for f in free), *tiers, *(not f for f in _free(metas.all(*_FREE_META))))
    premium = _free(metas.like(_PREMIUM))
    return next((paid for paid in (*declared, *premium) if paid is not None), None)


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _free(values: Iterable[Any]) -> list[bool]:
    """Return what is said, as booleans: true, "False", "http://schema.org/True", 1."""
    words = [str(value).strip().lower().rpartition("/")[2] for value in values]
    return [word in _TRUE for word in words if word in _TRUE | _FALSE]

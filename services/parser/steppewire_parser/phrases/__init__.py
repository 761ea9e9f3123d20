"""Lines of the page and not of the article: Russian, Kazakh, Uzbek, Kyrgyz, Tajik, English.

Sources: docs/reference/sources.md section 6, item 12. `labels`, `credits` and `reminders` hold the
lists and what is decided by them, `patterns` how a list is written; `calls` knows what a call to
subscribe is made of.
"""

from steppewire_parser.phrases.calls import is_call
from steppewire_parser.phrases.credits import ALONE, CREDITS, PICTURES, is_credit, is_empty
from steppewire_parser.phrases.labels import LABELS, ON_TOPIC, READ_ALSO, is_label, opens_list
from steppewire_parser.phrases.patterns import starts, starts_with
from steppewire_parser.phrases.reminders import BACKGROUND, is_background

LISTS = {
    "read also": READ_ALSO,
    "label": LABELS,
    "credit": CREDITS,
    "picture": PICTURES,
    "on topic": ON_TOPIC,
    "alone": ALONE,
    "background": BACKGROUND,
}
"""All phrases, by what follows from them."""

__all__ = [
    "LISTS",
    "is_background",
    "is_call",
    "is_credit",
    "is_empty",
    "is_furniture",
    "is_label",
    "opens_list",
    "starts",
    "starts_with",
]


def is_furniture(text: str) -> bool:
    """Tell whether a line is of the page and not of the article: a label, a credit, a call."""
    return is_label(text) or is_credit(text) or is_call(text)

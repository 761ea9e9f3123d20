"""The page of settings, from the classes that read them."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from pydantic_settings import BaseSettings

from generating.markdown import page, table
from steppewire.settings import PREFIX, Settings

ROOT = Path(__file__).parents[3]


def settings_page() -> str:
    """Return the page of all settings, shared ones first."""
    return page(
        "Settings",
        f"Every setting is an environment variable that begins with `{PREFIX}`.\n"
        "An empty variable counts as unset.\n"
        "A wrong one ends the service with one line that names it, and exit status 78.\n"
        "`python -m steppewire_NAME --help` prints the table of a service.",
        "## All services",
        _settings_table(Settings, set()),
        *(
            f"## {title}\n\n{_settings_table(model, set(Settings.model_fields))}"
            for title, model in sorted(found_settings(), key=lambda pair: pair[0])
        ),
    )


def found_settings() -> Iterator[tuple[str, type[BaseSettings]]]:
    """Yield (name of the service, settings class) for everything that has settings of its own."""
    for module in _modules_with_settings():
        name = module.partition(".")[0].removeprefix("steppewire_")
        for value in vars(importlib.import_module(module)).values():
            if _is_settings(value, module):
                yield name, value


def _modules_with_settings() -> Iterator[str]:
    services = [*ROOT.glob("services/*/steppewire_*"), *ROOT.glob("newsroom/steppewire_*")]
    for package in sorted(services):
        for file in ("settings.py", "app.py"):
            if (package / file).is_file():
                yield f"{package.name}.{file.removesuffix('.py')}"
    for source in sorted((ROOT / "shared/steppewire").rglob("*.py")):
        if "(Settings)" in source.read_text("utf-8"):
            yield ".".join(source.relative_to(ROOT / "shared").with_suffix("").parts)


def _is_settings(value: object, module: str) -> bool:
    return (
        isinstance(value, type)
        and issubclass(value, BaseSettings)
        and value.__module__ == module
        and value is not Settings
    )


def _settings_table(model: type[BaseSettings], known: set[str]) -> str:
    rows = [
        (f"`{PREFIX}{name.upper()}`", _default(field), _meaning(field))
        for name, field in model.model_fields.items()
        if name not in known
    ]
    return table(("variable", "default", "meaning"), rows) if rows else "None of its own."


def _default(field: FieldInfo) -> str:
    value = field.get_default(call_default_factory=True, validated_data={})
    if value is PydanticUndefined:
        return "**required**"
    if hasattr(value, "get_secret_value"):
        value = value.get_secret_value()
    return "" if value in (None, "", (), {}) else f"`{value}`"


def _meaning(field: FieldInfo) -> str:
    words = " ".join((field.description or "").split())
    limits = [
        f"{word} {getattr(rule, name)}"
        for rule in field.metadata
        for name, word in (("ge", "from"), ("gt", "above"), ("le", "to"), ("lt", "below"))
        if hasattr(rule, name)
    ]
    return f"{words} ({', '.join(limits)})" if limits else words

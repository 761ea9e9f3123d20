"""Loading sources: installed packs, TOML files in a folder, and plain addresses.

One source that cannot be loaded is one fault with file, field and remedy; the others are loaded.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import Any
from zoneinfo import available_timezones

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from steppewire.errors import PluginError, Reject, SettingError
from steppewire.events import ArticleDiscovered
from steppewire.near import hint
from steppewire.plugins import SOURCES_GROUP, Listing, Source
from steppewire.rules import SELECTORS, SiteRules
from steppewire_fetcher.listings import selector_fault
from steppewire_fetcher.moments import is_zone
from steppewire_fetcher.selectors import rule_fault
from steppewire_fetcher.sources.generic import generic

Found = tuple[str, "Source | PluginError"]
"""Where a source comes from, and the source or what is wrong with it."""

_NO_SOURCES = (
    "give it a SOURCE or SOURCES (of steppewire.plugins.Source, or plain data), "
    "or put TOML files beside it"
)
_HELP = "see docs/how-to/add-a-source.md"


@dataclass
class Catalogue:
    """The sources that could be loaded, by name, and what is wrong with the others."""

    sources: dict[str, Source] = field(default_factory=dict)
    faults: list[PluginError] = field(default_factory=list)
    origins: dict[str, str] = field(default_factory=dict)
    """Name of a source -> where it comes from: the path of its file, or the name of its pack."""
    broken: set[str] = field(default_factory=set)
    """Where the faults come from."""

    def add(self, source: Source, origin: str) -> None:
        """Take a source in; the first of a name wins."""
        fault = _fault(source)
        if fault:
            self.take(PluginError(f"{origin}: {fault}; {_HELP}"), origin)
        elif source.name in self.sources and self.sources[source.name] != source:
            twice = f"{origin}: a source named {source.name!r} is loaded already"
            self.take(PluginError(twice), origin)
        else:
            self.sources[source.name] = source
            self.origins.setdefault(source.name, origin)

    def take(self, found: Source | PluginError, origin: str) -> None:
        """Take in what loading one source gave."""
        if isinstance(found, PluginError):
            self.faults.append(found)
            self.broken.add(origin)
        else:
            self.add(found, origin)

    def source_of(self, event: ArticleDiscovered) -> Source:
        """Return a link's source; a link of an unknown one is fetched like a page of any site.

        Raises Reject when it is no address of a page.
        """
        try:
            return self.sources.get(event.source) or generic(event.url)
        except ValueError as error:
            raise Reject("bad-url", f"{event.url[:200]!r}: {error}") from None


def load_catalogue(
    *,
    folder: Path | None = None,
    sites: Sequence[str] = (),
    packs: Callable[[], Iterable[EntryPoint]] = lambda: entry_points(group=SOURCES_GROUP),
) -> Catalogue:
    """Load everything. A file in the folder may replace a source of the same name in a pack.

    Raises SettingError when the folder does not exist.
    """
    catalogue = Catalogue()
    for origin, source in _from_folder(folder) if folder else ():
        catalogue.take(source, origin)
    for point in packs():
        for origin, source in _from_pack(point):
            if isinstance(source, PluginError) or source.name not in catalogue.sources:
                catalogue.take(source, origin)
    for url in sites:
        catalogue.take(_from_site(url), f"STEPPEWIRE_SITES={url}")
    return catalogue


def todays_rules(folder: Path | None) -> dict[str, SiteRules]:
    """Return each source's rules as they are now: what `steppewire replay` reads pages with.

    Raises PluginError when a source cannot be loaded: the past must not be read with old rules
    because of a slip in the new ones.
    """
    loaded = load_catalogue(folder=folder)
    if loaded.faults:
        raise loaded.faults[0]
    return {name: source.rules for name, source in loaded.sources.items()}


def restrict(catalogue: Catalogue, names: Sequence[str]) -> Catalogue:
    """Keep the named sources (all when none are named); an unknown name is a fault."""
    if not names:
        return catalogue
    known = ", ".join(sorted(catalogue.sources)) or "none"
    missing = [name for name in names if name not in catalogue.sources]
    faults = [
        PluginError(f"STEPPEWIRE_SOURCES: no source is named {name!r}; loaded are: {known}")
        for name in missing
    ]
    kept = {name: catalogue.sources[name] for name in names if name in catalogue.sources}
    origins = {name: catalogue.origins[name] for name in kept if name in catalogue.origins}
    return Catalogue(kept, [*catalogue.faults, *faults], origins, catalogue.broken)


def renewed(running: Catalogue, loaded: Catalogue, folder: Path) -> Catalogue:
    """Return what to run after a change in the folder.

    A file that is broken now keeps its last good version, unless another file says that source.
    """
    kept = [
        name
        for name, origin in running.origins.items()
        if origin in loaded.broken and Path(loaded.origins.get(name, "")).parent != folder
    ]
    sources = {**loaded.sources, **{name: running.sources[name] for name in kept}}
    origins = {**loaded.origins, **{name: running.origins[name] for name in kept}}
    return Catalogue(sources, loaded.faults, origins, loaded.broken)


def read_toml(path: Path) -> Source:
    """Read one source from a TOML file; raise PluginError that names file, field and remedy."""
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PluginError(f"{path}: not valid TOML: {error}; {_HELP}") from None
    except OSError as error:
        raise PluginError(f"{path}: cannot be read: {error.strerror}") from None
    source = _validated(data, str(path))
    if fault := _fault(source):
        raise PluginError(f"{path}: {fault}; {_HELP}")
    return source


def _from_folder(folder: Path) -> Iterator[Found]:
    if not folder.is_dir():
        raise SettingError(
            f"STEPPEWIRE_SOURCES_DIR={str(folder)!r} is no folder; make it, or unset the variable"
        )
    yield from _files(folder)


def _files(folder: Path) -> Iterator[Found]:
    for path in sorted(folder.glob("*.toml")):
        try:
            yield str(path), read_toml(path)
        except PluginError as error:
            yield str(path), error


def _from_pack(point: EntryPoint) -> Iterator[Found]:
    origin = f"entry point {point.name!r} ({point.value})"
    try:
        yield from members(point.load(), origin)
    except Exception as error:  # a stranger's module may raise anything on import
        yield (
            origin,
            PluginError(
                f"{origin}: import failed: {type(error).__name__}: {error}; "
                "repair or uninstall that package"
            ),
        )


def members(module: ModuleType, origin: str) -> Iterator[Found]:
    """Yield the sources of a pack: its SOURCES or SOURCE, else the TOML files beside it."""
    listed = getattr(module, "SOURCES", None) or [getattr(module, "SOURCE", None)]
    if listed == [None]:
        files = list(_files(Path(str(module.__file__)).parent)) if _is_folder(module) else []
        yield from files or [(origin, PluginError(f"{origin}: {_NO_SOURCES}"))]
    for number, member in enumerate(listed if listed != [None] else ()):
        if isinstance(member, Source):
            yield origin, member
        elif isinstance(member, Mapping):
            yield origin, _tried(dict(member), f"{origin}: {member.get('name', number)}")
        else:
            yield origin, PluginError(f"{origin}: {_NO_SOURCES}")


def _is_folder(module: ModuleType) -> bool:
    return bool(module.__file__) and hasattr(module, "__path__")


def _tried(data: dict[str, Any], origin: str) -> Source | PluginError:
    try:
        return _validated(data, origin)
    except PluginError as error:
        return error


def _from_site(url: str) -> Source | PluginError:
    try:
        return generic(url)
    except ValueError as error:
        return PluginError(
            f"STEPPEWIRE_SITES: {url!r} is no address of a site ({error}); give https://example.kz"
        )


def _validated(data: dict[str, Any], origin: str) -> Source:
    try:
        return Source.model_validate(data)
    except ValidationError as error:
        raise PluginError(f"{origin}: {'; '.join(_told(error))}; {_HELP}") from None


_KINDS = "feed, sitemap, listing, api or telegram"


def _told(error: ValidationError) -> Iterator[str]:
    faults = error.errors(include_url=False)
    homeless = any(one["loc"] == ("home",) and one["type"] == "missing" for one in faults)
    for one in faults:
        if homeless and _follows_from_home(one):
            continue
        # pydantic puts the kind into the place: discover.0.feed.url
        place = [
            part for at, part in enumerate(one["loc"]) if at != 2 or one["loc"][0] != "discover"
        ]
        where = ".".join(map(str, place)) or "file"
        message = one["msg"].removeprefix("Value error, ")
        if one["type"] == "extra_forbidden":
            message = "no such field"
        elif one["type"] == "missing":
            message = "is missing"
        elif one["type"] == "union_tag_not_found":
            message = 'needs kind = "feed", "sitemap", "listing", "api" or "telegram"'
        elif one["type"] == "union_tag_invalid":
            message = f"{one['ctx']['tag']!r} is no kind of list; write {_KINDS}"
        elif place == ["country"]:
            message = f"{one['input']!r} is no country; write two capital letters, such as KZ"
        yield f"{where}: {message}"


def _follows_from_home(fault: ErrorDetails) -> bool:
    """Tell whether a field is wrong for want of a home page: name, hosts, addresses of lists."""
    place = fault["loc"]
    if place[:1] == ("discover",):
        return place[-1:] == ("url",)
    return place in {("name",), ("hosts",)} and fault["type"] == "missing"


def _fault(source: Source) -> str | None:
    """Return what is wrong with selectors and time zone: what would only show on a page."""
    for index, point in enumerate(source.discover):
        if isinstance(point, Listing) and (fault := selector_fault(point.links)):
            return f"discover.{index}.links: {fault}"
    return _rules_fault(source.rules)


def _rules_fault(rules: SiteRules) -> str | None:
    for name in SELECTORS:
        for selector in getattr(rules, name):
            if fault := rule_fault(selector):
                return f"rules.{name}: {fault}"
    if not is_zone(rules.timezone):
        meant = hint(rules.timezone, available_timezones(), "write Asia/Tashkent or so")
        return f"rules.timezone: no IANA time zone {rules.timezone!r}; {meant}"
    return None

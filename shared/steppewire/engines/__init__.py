"""What sources have in common, as data: site engines, and what country and languages imply.

A source says only what is special about it. `completed` adds the rest, by plain merging: the
site's own words first, then its engine's, then those of its country and languages.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urljoin, urlsplit

from pydantic import BaseModel

Data = dict[str, Any]

_FOLDER = files("steppewire.engines")
_REGION = "region"
_JOINED = ("exclude",)
"""Fields of a source to which engine and site both contribute; elsewhere the site's word counts."""
_BARE = ("article", "exclude", "discover", "languages")
"""Fields of which one member may stand without brackets."""
_LABELS = 2
"""Only a bare domain such as `el.kz` has a twin with `www.`."""


def names() -> list[str]:
    """Return the engines that can be named."""
    files_here = (file.name for file in _FOLDER.iterdir() if file.name.endswith(".toml"))
    return sorted({name.removesuffix(".toml") for name in files_here} - {_REGION})


def completed(data: Mapping[str, Any]) -> Data:
    """Return the data of a source with all that it leaves unsaid. Completing twice changes nothing.

    Raises ValueError for an engine that nobody knows.
    """
    source = _over(_plain(data), _engine(data.get("engine")))
    home = source.get("home")
    if isinstance(home, str) and urlsplit(home).hostname:
        source = _placed(source, home)
    tags = tuple(source.get("languages") or ())
    implied = _regional(source.get("country"), tags) | ({"languages": tags} if tags else {})
    implied["hreflang"] = {**implied.get("hreflang", {}), **_codes(source.get("editions") or {})}
    if "languages" in source["rules"]:  # an order, not a set: nothing is added to it
        implied.pop("languages", None)
    return {**source, "rules": _joined_rules(source["rules"], implied)}


def inherited(engine: str | None, country: str | None, languages: Sequence[str]) -> Data:
    """Return the rules that a source has without a word of its own."""
    rules = _engine(engine).get("rules", {})
    joined: Data = _joined_rules(rules, _regional(country, languages))
    return joined


def _placed(source: Data, home: str) -> Data:
    """Add what follows from addresses: name, hosts, languages, absolute discovery points."""
    editions = source.get("editions") or {}
    bases = {place: _base(home, place) for place in editions} or {"": home}
    points = [
        point
        for said in source.get("discover") or ()
        for point in _points(said, home, bases, editions)
    ]
    here = [_host(url) for url in (home, *bases.values())]
    added = {
        "name": here[0].removeprefix("www."),
        "hosts": tuple(dict.fromkeys(twin for host in here for twin in _twins(host))),
        "languages": tuple(dict.fromkeys(editions.values())),
    }
    told = {name: value for name, value in source.items() if value not in (None, "", [], ())}
    return {**{k: v for k, v in added.items() if v}, **told, "discover": tuple(points)}


def _points(
    said: Any, home: str, bases: Mapping[str, str], editions: Mapping[str, str]
) -> Iterable[Any]:
    """Spell out one discovery point; one with `{edition}` is one for each edition."""
    point = _spelled(said)
    if not isinstance(point, dict) or not isinstance(point.get("url"), str):
        return [point]
    if "{edition}" not in point["url"]:
        return [point | {"url": urljoin(home, point["url"])}]
    return [
        point
        | {"url": point["url"].replace("{edition}", base)}
        | ({"language": editions[place]} if place in editions else {})
        for place, base in bases.items()
    ]


def _spelled(said: Any) -> Any:
    """Read `feed /rss/` and `listing /news/ a.card`: kind, address, selector of the links."""
    if not isinstance(said, str):
        return dict(said) if isinstance(said, Mapping) else said
    kind, _, rest = said.strip().partition(" ")
    url, _, links = rest.strip().partition(" ")
    if kind == "telegram" and "/" not in url:
        url = f"https://t.me/s/{url}"
    point = {"kind": kind, "url": url}
    return point | {"links": links.strip()} if links.strip() else point


def _base(home: str, place: str) -> str:
    if place.startswith("?"):  # `?lang=kk` is in the address of an article, not of a list
        return home
    base = urljoin(home, place) if place.startswith("/") else f"{urlsplit(home).scheme}://{place}"
    return base if base.endswith("/") else f"{base}/"


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").lower()


def _twins(host: str) -> tuple[str, ...]:
    bare = host.removeprefix("www.")
    if bare != host:
        return (host, bare)
    return (host, f"www.{host}") if len(host.split(".")) == _LABELS else (host,)


@cache
def _read(name: str) -> Data:
    return tomllib.loads((_FOLDER / f"{name}.toml").read_text("utf-8"))


def _engine(name: object) -> Data:
    if name is None:
        return {}
    if name not in names():
        raise ValueError(f"engine: there is none named {name!r}; there are: {', '.join(names())}")
    return _read(str(name))


def _regional(country: object, tags: Iterable[str]) -> Data:
    """Return the rules that a country and languages imply."""
    region = _read(_REGION)
    codes = dict.fromkeys(str(tag).partition("-")[0] for tag in tags)
    lines = [region["languages"].get(code, {}) for code in codes]
    home = region["countries"].get(country, {})
    return {
        "drop": region["drop"],
        "cut": _union(*(line.get("cut", ()) for line in lines)),
        "stop": _union(*(line.get("stop", ()) for line in lines)),
        **home,
    }


def _codes(editions: Mapping[str, str]) -> dict[str, str]:
    """Return what a site's own codes mean where they mislead: `uz` and `oz`, two scripts of one."""
    tags = {place.strip("/"): tag for place, tag in editions.items() if place.startswith("/")}
    languages = Counter(tag.partition("-")[0] for tag in tags.values())
    return {
        code: tag
        for code, tag in tags.items()
        if code.isalpha() and (code != tag.partition("-")[0] or languages[code] > 1)
    }


def _over(site: Data, engine: Data) -> Data:
    joined = {name: _union(site.get(name), engine.get(name)) for name in _JOINED}
    rules = _joined_rules(site.get("rules", {}), engine.get("rules") or {})
    return {**engine, **site, **{k: v for k, v in joined.items() if v}, "rules": rules}


def _joined_rules(mine: Any, theirs: Mapping[str, Any]) -> Any:
    """Lists are joined, mine first; of anything else mine counts."""
    if not isinstance(mine, Mapping):
        return mine  # whoever reads the source says what is wrong with it
    rules = {name: _listed(name, value) for name, value in mine.items()}
    for name, value in theirs.items():
        own = rules.get(name)
        if isinstance(value, Mapping):
            rules[name] = {**value, **(own or {})}
        elif isinstance(value, (list, tuple)) and isinstance(own, (list, tuple)):
            rules[name] = _union(own, value)
        else:
            rules.setdefault(name, value)
    return rules


def _listed(name: str, value: Any) -> Any:
    """One selector may stand without brackets."""
    return (value,) if isinstance(value, str) and name not in ("timezone", "hook") else value


def _union(*lists: Any) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(one for many in lists for one in many or ()))


def _plain(data: Mapping[str, Any]) -> Data:
    """Return the data with its rules as data, too: in Python they may be a model."""
    rules = data.get("rules")
    said = rules.model_dump(exclude_unset=True) if isinstance(rules, BaseModel) else rules
    lists = {n: (data[n],) for n in _BARE if isinstance(data.get(n), str)}
    return {**data, **lists, **({"rules": said} if said is not None else {})}

"""Who may ask for what, and how often.

1. a page of another site may not act in somebody's name
2. the key that a caller shows is looked up; one that is not ours is refused
3. a token is taken from the caller's bucket
4. what the address needs is compared with what the caller may do
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from steppewire import keys
from steppewire.keys import MEANINGS, Key
from steppewire_api import rates
from steppewire_api.keyring import KeyRing
from steppewire_api.problems import Problem, answer
from steppewire_api.rates import Limiter, Rate

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
FREE = ("/health/", "/static/", "/docs", "/openapi.json")
"""Needs no key and costs no token: probes, and what says how to use the rest."""
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Rules:
    """Who has keys, what needs none, how often one may ask."""

    ring: KeyRing = field(default_factory=KeyRing)
    openings: frozenset[keys.Scope] = frozenset({"read", "live"})
    limiter: Limiter = field(default_factory=lambda: Limiter(None))
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)


@dataclass(frozen=True)
class Caller:
    """Somebody who asks."""

    address: str
    scopes: frozenset[keys.Scope]
    key: Key | None = None

    @property
    def name(self) -> str:
        """What it is counted under."""
        return f"key:{self.key.id}" if self.key else self.address


def who(request: Request) -> str:
    """Return who asks, for logs and for who comes later: the name of the key and its id."""
    caller = getattr(request.state, "caller", None)
    return f"{caller.key.name} ({caller.key.id})" if caller and caller.key else "nobody"


def needed(method: str, path: str) -> keys.Scope | None:
    """Return what a request needs. What nobody thought of needs most."""
    if path.startswith(FREE):
        return None
    if path == "/webhooks" or path.startswith("/webhooks/"):
        return "webhooks"
    if path == "/choose":  # a reader's own language and colours, kept in the reader's own cookies
        return "read"
    if method not in SAFE:
        return "operate"
    return "live" if path == "/events" else "read"


def foreign(method: str, headers: Mapping[str, str]) -> bool:
    """Tell whether a page of another origin sends this, to change something in a reader's name.

    Browsers always say where a request comes from; what says nothing is no browser's.
    """
    if method in SAFE:
        return False
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None:
        return site not in ("same-origin", "none")
    return origin is not None and urlsplit(origin).netloc != headers.get("host")


def shown_key(headers: Mapping[str, str]) -> str | None:
    """Return the key in the header `Authorization`: as a bearer, or as a password of any user."""
    scheme, _, value = headers.get("authorization", "").partition(" ")
    value = value.strip()
    match scheme.lower():
        case "":
            return None
        case "bearer":
            return value
        case "basic":
            return _password(value)
        case _:
            raise _refused(f"Authorization with {scheme[:20]!r} is not understood")


def _password(encoded: str) -> str | None:
    """Return the key in a password; None for what a proxy in front of us asked somebody for."""
    try:
        name, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise _refused("this Authorization cannot be read") from None
    token = password or name
    return token if keys.id_of(token) else None


def _refused(why: str, remedy: str = "") -> Problem:
    remedy = remedy or "send `Authorization: Bearer` and a key of `steppewire keys new NAME`"
    return Problem(401, "no-key", f"{why[0].upper()}{why[1:]}: {remedy}.")


def caller_of(token: str | None, address: str, rules: Rules) -> Caller:
    """Return who shows this key. Raises Problem for a key that is not ours."""
    if token is None:
        return Caller(address, rules.openings)
    key = rules.ring.find(token, rules.clock())
    if key is None:
        raise _refused("this key is unknown, revoked or has ended")
    return Caller(address, frozenset(key.scopes) | rules.openings, key)


def allow(caller: Caller, scope: keys.Scope | None, rules: Rules) -> None:
    """Raise Problem when a caller may not do this."""
    if scope is None or scope in caller.scopes:
        return
    what = f"{MEANINGS[scope].partition(':')[0]} (scope `{scope}`)"
    if caller.key is not None:
        raise Problem(
            403,
            "scope",
            f"The key {caller.key.name!r} does not allow {what}: make one that does, "
            f"`steppewire keys new NAME --scope {scope}`.",
        )
    if not len(rules.ring):
        raise _refused(
            f"{what} needs a key, and there is none yet",
            f"make one with `steppewire keys new NAME --scope {scope}`, "
            "then send it as `Authorization: Bearer …`",
        )
    raise _refused(f"{what} needs a key")


class Access:
    """Lets a request pass, or answers why not. Plain ASGI: the live stream passes through."""

    def __init__(self, app: ASGIApp, rules: Rules) -> None:
        self._app = app
        self._rules = rules

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["path"].startswith(FREE):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        told: dict[str, str] = {}
        try:
            if foreign(scope["method"], headers):
                raise _foreign()
            token = shown_key(headers)
            if _is_form(scope["method"], headers):
                typed, receive = await _in_form(receive)
                token = typed or token  # what was typed for this goes before what is always sent
            caller, told = await self._admit(scope, token)
            allow(caller, needed(scope["method"], scope["path"]), self._rules)
        except Problem as problem:
            await answer(problem, told | _challenge(problem, headers))(scope, receive, send)
            return
        scope.setdefault("state", {})["caller"] = caller
        await self._app(scope, receive, _telling(send, told))

    async def _admit(self, scope: Scope, token: str | None) -> tuple[Caller, dict[str, str]]:
        """Return the caller, and what it is told about its bucket. Raises Problem."""
        address = rates.neighbourhood((scope.get("client") or ("", 0))[0])
        try:
            caller = caller_of(token, address, self._rules)
        except Problem:
            # who tries keys pays from the bucket of the address
            await self._take(Caller(address, frozenset()))
            raise
        return caller, await self._take(caller)

    async def _take(self, caller: Caller) -> dict[str, str]:
        rate = self._rules.limiter.rate
        if caller.key is not None and caller.key.rate is not None:
            own = caller.key.rate
            rate = Rate(own, max(1, round(own * (rate.window if rate else 60))))
        if rate is None:
            return {}
        taken = await self._rules.limiter.ask(caller.name, rate)
        told = rates.headers(rate, taken)
        if not taken.passes:
            raise _too_many(rate, told)
        return told


class _TooMany(Problem):
    def __init__(self, detail: str, headers: dict[str, str]) -> None:
        super().__init__(429, "too-many", detail)
        self.headers = headers


def _too_many(rate: Rate, told: dict[str, str]) -> Problem:
    return _TooMany(
        f"More than {rate.per_second:g} requests a second: ask again in {told['Retry-After']} s "
        "(Retry-After), follow /events instead of asking again and again, or have "
        "STEPPEWIRE_API_RATE raised.",
        told,
    )


def _foreign() -> Problem:
    return Problem(
        403,
        "cross-site",
        "A page of another site sent this, and only pages of this newswire may act: "
        "open this address itself, or send the request from a program, without `Origin`.",
    )


def _challenge(problem: Problem, headers: Mapping[str, str]) -> dict[str, str]:
    if isinstance(problem, _TooMany):
        return problem.headers
    if problem.status != 401:
        return {}
    # a browser asks its reader for a key only when it is offered a password's window
    asks = "text/html" in headers.get("accept", "")
    ways = 'Bearer realm="steppewire"'
    return {"WWW-Authenticate": f'{ways}, Basic realm="steppewire"' if asks else ways}


def _is_form(method: str, headers: Mapping[str, str]) -> bool:
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    return method == "POST" and kind == FORM


async def _in_form(receive: Receive) -> tuple[str | None, Receive]:
    """Return the field `key` of a form, and the form once more for who comes next.

    The form was sent by somebody who knows the key, so no other site can have made it up. Its
    size was bounded before.
    """
    body, more = b"", True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            break
        body, more = body + message.get("body", b""), message.get("more_body", False)
    found = parse_qs(body.decode("utf-8", "replace")).get("key", [""])[0].strip()
    whole: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return whole.pop() if whole else await receive()

    return found or None, again


def _telling(send: Send, told: Mapping[str, str]) -> Send:
    async def telling(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(told)
        await send(message)

    return telling if told else send

"""Messages to a real receiver that fails, hangs, redirects and dies; nobody else is harmed."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from pydantic import SecretStr
from redis.asyncio import Redis
from standardwebhooks import Webhook as Verifier

from steppewire.archive import Archive, open_archive
from steppewire.archive.hooks import Book
from steppewire.broker import Service
from steppewire.delivery.gate import Gate
from steppewire.quarantine import Quarantine, select
from steppewire.streams import DELIVER, NOTIFY, SIDE_STAGES, STORED, key
from steppewire.testing.articles import entity, story
from steppewire.testing.service import dead_letters, tallies, unsettled, until
from steppewire.valkey import Valkey
from steppewire.webhooks import State, Webhook, new_secret
from steppewire.wire import encode, new_trace
from steppewire_notifier import moving
from steppewire_notifier.app import wire
from steppewire_notifier.send import Sender
from steppewire_notifier.settings import NotifierSettings
from steppewire_notifier.trial import send_test
from steppewire_store.migrate import migrate

OURS = "127.0.0.0/8"
Behave = Callable[[web.Request], Any]


class Receiver:
    """Somebody's HTTP server. `behave` may be changed while it runs."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.asked = 0
        self.behave: Behave = lambda _: web.Response(status=204)
        self.port = 0

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        self.asked += 1
        body = await request.read()
        answer = self.behave(request)
        if asyncio.iscoroutine(answer):
            answer = await answer
        if answer.status < 300:
            self.got.append((dict(request.headers), body))
        return answer

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/in"

    def titles(self) -> list[str]:
        return [json.loads(body)["data"]["title"] for _, body in self.got]


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    runner = web.ServerRunner(web.Server(receiver), shutdown_timeout=0.1)  # type: ignore[arg-type]
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    receiver.port = runner.addresses[0][1]
    try:
        yield receiver
    finally:
        await runner.cleanup()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        yield receiver


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("hooks") / "template.sqlite3"
    asyncio.run(migrate(f"sqlite:///{path}"))
    return path.read_bytes()


@pytest.fixture
async def house(template: bytes, tmp_path: Path, redis: Redis) -> AsyncIterator[House]:
    path = tmp_path / "archive.sqlite3"
    path.write_bytes(template)
    async with open_archive(f"sqlite:///{path}") as archive:
        house = House(archive, redis, f"sqlite:///{path}")
        yield house
        await house.book.aclose()


class House:
    """The store's part, and the book of webhooks."""

    def __init__(self, archive: Archive, redis: Redis, database: str) -> None:
        self.archive, self.redis, self.database = archive, redis, database
        self.book = Book.at(database)
        self.secret = new_secret()

    async def hook(self, id_: str, url: str, **changes: Any) -> Webhook:
        told = {"id": id_, "url": url, "secrets": (self.secret,), **changes}
        made_at = datetime.now(UTC) - timedelta(hours=1)
        hook = Webhook.model_validate({"made_at": made_at, **told})
        await self.book.put(hook)
        return hook

    async def store(self, *numbers: int, **changes: Any) -> None:
        events = [story(n, title=str(n), text=f"мәтін {n}", **changes) for n in numbers]
        for event in await self.archive.save(events):
            fields: Any = encode(event, new_trace())
            await self.redis.xadd(key(STORED.name), fields)

    async def settled(self) -> bool:
        waiting = [await unsettled(self.redis, stage) for stage in SIDE_STAGES]
        ended = await tallies(self.redis, NOTIFY)
        return bool(ended) and not any(waiting)


@asynccontextmanager
async def notifying(house: House, valkey: Valkey, **changes: Any) -> AsyncIterator[Service[Any]]:
    """Run the notifier as it is wired, with short pauses of the delivery layer."""
    told = {
        "webhook_networks": OURS,
        "webhook_timeout": 0.5,
        "retry_base": 0.05,
        "lease": 0.6,
        "drain": 1.0,
        **changes,
    }
    settings = NotifierSettings(
        redis_url=SecretStr(valkey.url), database=SecretStr(house.database), **told
    )
    service = Service("notifier", settings)
    async with wire(service):
        task = asyncio.create_task(service.serve())
        try:
            yield service
        finally:
            service.stop()
            await task
            await service.close()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses after failures that a test can wait for."""
    monkeypatch.setattr("steppewire_notifier.verdicts.FIRST_PAUSE", 0.05)
    monkeypatch.setattr("steppewire_notifier.verdicts.LONGEST_PAUSE", 0.2)
    monkeypatch.setattr("steppewire_notifier.verdicts.TRY", 0.2)


async def test_a_message_is_signed_and_verifies_with_the_standard_library(
    house: House, valkey: Valkey, receiver: Receiver
) -> None:
    await house.hook("team", receiver.url)
    async with notifying(house, valkey):
        await house.store(1)
        await until(lambda: _got(receiver, 1), what="the message")

    [(headers, body)] = receiver.got
    told: Any = Verifier(house.secret).verify(body, {k.lower(): v for k, v in headers.items()})
    assert (told["type"], told["data"]["title"]) == ("article.created", "1")
    assert told["data"]["path"].startswith("/articles/")
    assert headers["User-Agent"].startswith("steppewire-notifier/")


async def _got(receiver: Receiver, count: int) -> bool:
    return len(receiver.got) >= count


async def test_each_webhook_is_told_of_what_it_asks_for(
    house: House, valkey: Valkey, receiver: Receiver
) -> None:
    async with receiving() as other:
        await house.hook("uzbek", receiver.url, language=("uz",))
        await house.hook("seven", other.url, q="мәтіні 7")
        async with notifying(house, valkey):
            await house.store(1, 7)
            await house.store(3, language="uz-Latn")
            await house.store(3, language="uz-Latn", fetched=60)  # unchanged
            await until(house.settled, what="everything to be settled")

        assert (receiver.titles(), other.titles()) == (["3"], ["7"])
        assert await tallies(house.redis, NOTIFY) == {
            "done|": 2,
            "skip|not-wanted": 1,
            "skip|unchanged": 1,
        }


async def test_what_was_stored_before_a_webhook_was_made_is_not_told(
    house: House, valkey: Valkey, receiver: Receiver
) -> None:
    await house.store(1)
    await house.hook("team", receiver.url, made_at=datetime.now(UTC))
    async with notifying(house, valkey):
        await house.store(2)
        await until(lambda: _got(receiver, 1), what="the message")

    assert receiver.titles() == ["2"]


async def test_a_receiver_that_fails_gets_every_message_once_it_is_well(
    house: House, valkey: Valkey, receiver: Receiver
) -> None:
    await house.hook("team", receiver.url)
    receiver.behave = lambda _: web.Response(status=500)
    async with notifying(house, valkey):
        await house.store(*range(20))
        await until(lambda: _asked(receiver, 3), what="some attempts")
        state = await house.book.state("team")
        receiver.behave = lambda _: web.Response(status=200)
        await until(house.settled, what="everything to be settled")

    assert sorted(receiver.titles(), key=int) == [str(n) for n in range(20)]
    assert state.last_failure == "answered 500"
    assert await house.book.taken("team") == 20
    assert await dead_letters(house.redis, DELIVER) == []


async def _asked(receiver: Receiver, count: int) -> bool:
    return receiver.asked >= count


async def test_a_receiver_that_hangs_holds_up_nobody_else(
    house: House, valkey: Valkey, receiver: Receiver
) -> None:
    async with receiving() as deaf:
        deaf.behave = lambda _: asyncio.sleep(60)
        await house.hook("deaf", deaf.url)
        await house.hook("team", receiver.url)
        async with notifying(house, valkey, webhook_concurrency=8):
            await house.store(*range(40))
            await until(lambda: _got(receiver, 40), what="the messages of the others")
            state = await house.book.state("deaf")

        assert len(receiver.got) == 40
        assert deaf.asked < 40, "it is not asked for every message while it hangs"
        assert "no answer in 0.5 s" in state.last_failure


async def test_an_answer_that_never_ends_is_cut(
    house: House, valkey: Valkey, receiver: Receiver
) -> None:
    async def endless(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(status=500)
        await answer.prepare(request)
        while True:
            await answer.write(b"x" * 65_536)

    sender = Sender(timeout=5, agent="test", allowed=[OURS])
    receiver.behave = endless
    answer = await sender.send(receiver.url, b"{}", {})
    await sender.aclose()

    assert answer.status == 500


async def test_a_message_is_carried_over_a_permanent_redirect(
    house: House, valkey: Valkey, receiver: Receiver
) -> None:
    async with receiving() as moved:
        moved.behave = lambda _: web.Response(status=308, headers={"Location": receiver.url})
        await house.hook("team", moved.url)
        async with notifying(house, valkey):
            await house.store(1)
            await until(lambda: _got(receiver, 1), what="the message")

    [(headers, body)] = receiver.got
    Verifier(house.secret).verify(body, {k.lower(): v for k, v in headers.items()})


@pytest.mark.parametrize(
    "target",
    ["http://169.254.169.254/latest", "http://10.0.0.1/", "http://[::1]:9/", "http://x.test:22/"],
)
async def test_a_redirect_to_a_private_address_is_not_followed(
    receiver: Receiver, target: str
) -> None:
    receiver.behave = lambda _: web.Response(status=307, headers={"Location": target})
    sender = Sender(timeout=5, agent="test", allowed=[f"{OURS}"])
    answer = await sender.send(receiver.url, b"{}", {})
    await sender.aclose()

    assert answer.status == 0
    assert "forbidden-address" in answer.why


async def test_redirects_in_a_circle_end(receiver: Receiver) -> None:
    receiver.behave = lambda _: web.Response(status=307, headers={"Location": receiver.url})
    sender = Sender(timeout=5, agent="test", allowed=[OURS])
    answer = await sender.send(receiver.url, b"{}", {})
    await sender.aclose()

    assert (answer.why, receiver.asked) == ("more than 3 redirects", 4)


@pytest.mark.parametrize("addresses", [["127.0.0.1"], ["10.0.0.7"], ["169.254.169.254"], ["::1"]])
async def test_a_name_that_leads_inside_is_not_connected_to(
    receiver: Receiver, addresses: list[str]
) -> None:
    async def inside(host: str, port: int) -> list[str]:
        return addresses

    sender = Sender(timeout=5, agent="test", resolver=inside)
    answer = await sender.send(f"http://harmless.test:{receiver.port}/", b"{}", {})
    literal = await sender.send(receiver.url, b"{}", {})
    await sender.aclose()

    assert "is not a public address" in answer.why
    assert "is not a public address" in literal.why
    assert receiver.asked == 0


async def test_long_failure_disables_and_says_so_and_a_mended_one_gets_its_dead_letters(
    house: House, valkey: Valkey, receiver: Receiver
) -> None:
    await house.hook("team", receiver.url)
    receiver.behave = lambda _: web.Response(status=503)
    async with notifying(house, valkey, webhook_patience=0.3, max_attempts=1):
        await house.store(1, 2, 3)
        await until(house.settled, what="everything to be given up")
        state = await house.book.state("team")
        letters = await dead_letters(house.redis, DELIVER)

        assert "at last: answered 503" in state.disabled_why
        assert {letter["dead.reason"] for letter in letters} <= {
            "webhook-disabled",
            "webhook-failed",
        }
        assert {letter["dead.source"] for letter in letters} == {"team"}
        assert len(letters) == 3

        receiver.behave = lambda _: web.Response(status=200)
        await house.book.note("team", State())  # what PATCH /webhooks/team does
        quarantine = Quarantine(Gate(house.redis))
        found = await quarantine.find(select(stage="deliver", source="team"))
        await quarantine.retry([letter.address for letter in found])
        await until(lambda: _got(receiver, 3), what="the dead letters")

    assert sorted(receiver.titles()) == ["1", "2", "3"]


async def test_410_ends_it_at_once(house: House, valkey: Valkey, receiver: Receiver) -> None:
    await house.hook("team", receiver.url)
    receiver.behave = lambda _: web.Response(status=410)
    async with notifying(house, valkey):
        await house.store(1)
        await until(house.settled, what="it to be given up")
        await house.store(2)
        await until(lambda: _dead(house, 2), what="the second one")

    assert receiver.asked == 1
    assert "410" in (await house.book.state("team")).disabled_why


async def _dead(house: House, count: int) -> bool:
    return len(await dead_letters(house.redis, DELIVER)) >= count


async def test_a_notifier_that_dies_repeats_a_message_under_the_same_id(
    house: House, valkey: Valkey, receiver: Receiver
) -> None:
    """It dies between the answer and its own commit: at least once, and the id tells."""
    await house.hook("team", receiver.url)
    async with notifying(house, valkey) as first:

        async def dies(*_: object) -> list[int]:
            raise ConnectionError("killed before its commit")

        worker = next(w for w in first.workers if w.stage == DELIVER)
        worker.gate = _Refusing(first.gate, dies)  # type: ignore[assignment]
        await house.store(1)
        await until(lambda: _got(receiver, 1), what="the message")
    async with notifying(house, valkey):
        await until(house.settled, what="the message to be settled")

    ids = Counter(headers["webhook-id"] for headers, _ in receiver.got)
    assert len(ids) == 1
    assert receiver.titles()[0] == "1"


class _Refusing:
    """A gate whose commits fail."""

    def __init__(self, gate: Any, commit: Any) -> None:
        self._gate, self.commit = gate, commit

    def __getattr__(self, name: str) -> Any:
        return getattr(self._gate, name)


async def test_webhooks_of_a_file_are_told_and_follow_the_file(
    house: House, valkey: Valkey, receiver: Receiver, tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.setattr("steppewire_notifier.registry.LOOK_EVERY", 0.02)
    file = tmp_path / "webhooks.toml"
    line = f'[[webhook]]\nid = "team"\nurl = "{receiver.url}"\nsecret = "{house.secret}"\n'
    file.write_text(line)
    async with notifying(house, valkey, webhooks=str(file)):
        await house.store(1)
        await until(lambda: _got(receiver, 1), what="the message")
        file.write_text("")
        await until(lambda: _empty(house), what="the webhook to go")

    assert receiver.titles() == ["1"]


async def _empty(house: House) -> bool:
    return await house.book.all() == []


async def test_a_webhook_that_is_away_never_holds_back_the_store(
    house: House, valkey: Valkey, receiver: Receiver
) -> None:
    """The path of articles does not know that there are webhooks."""
    from steppewire.delivery.upkeep import waiting_ahead

    async with notifying(house, valkey):
        pass  # its groups are there, and nobody reads
    await house.store(*range(10))

    assert await waiting_ahead(house.redis, STORED, 1) == 0


async def test_webhooks_that_the_broker_kept_are_moved_and_told_of_what_comes(
    house: House, valkey: Valkey, receiver: Receiver
) -> None:
    hook = Webhook(
        id="former",
        url=receiver.url,
        secrets=(house.secret,),
        made_at=datetime.now(UTC) - timedelta(days=3),
    )
    fared = State(last_delivered_at=datetime.now(UTC) - timedelta(days=1))
    await house.redis.hset(moving.BOOK, "former", hook.model_dump_json())
    await house.redis.hset(moving.BOOK, "broken", "{}")
    await house.redis.hset(moving.STATES, "former", fared.model_dump_json())
    await house.redis.hset(moving.TAKEN, "former", 41)
    async with notifying(house, valkey):
        moved = await house.book.kept("former")
        await house.store(1)
        await until(lambda: _got(receiver, 1), what="the message")
        await until(house.settled, what="it to be settled")

    assert moved is not None
    assert (moved.hook, moved.state, moved.taken) == (hook, fared, 41)
    assert await house.book.taken("former") == 42
    assert not await house.redis.exists(moving.BOOK, moving.STATES, moving.TAKEN)


async def test_a_test_message_is_signed_and_changes_nothing(
    house: House, receiver: Receiver
) -> None:
    hook = await house.hook("team", receiver.url)
    sender = Sender(timeout=5, agent="test", allowed=[OURS])
    answer = await send_test(sender, hook, datetime.now(UTC))
    await sender.aclose()

    [(headers, body)] = receiver.got
    told: Any = Verifier(house.secret).verify(body, {k.lower(): v for k, v in headers.items()})
    assert (told["type"], told["data"]) == ("webhook.test", {"webhook": "team"})
    assert answer.taken
    assert await house.book.state("team") == State()


async def test_an_article_is_told_to_who_asks_for_its_person_in_another_language(
    house: House, valkey: Valkey, receiver: Receiver
) -> None:
    await house.hook("team", receiver.url, entity="Ташкент")
    bare = entity("Toshkent", id="place/t", type="GPE")
    known = entity("Toshkent", id="place/t", type="GPE", names={"ru": "Ташкент"})
    async with notifying(house, valkey):
        await house.store(1)
        # one article knows the name in Russian; another one is found by it, too
        await house.store(2, entities=(known,))
        await house.store(3, entities=(bare,))
        await until(house.settled, what="everything to be settled")

    assert sorted(receiver.titles()) == ["2", "3"]

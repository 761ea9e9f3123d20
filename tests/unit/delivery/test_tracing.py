"""What a trace tells: which span, with which parent, in which trace. Pure functions of values."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from steppewire.delivery.gate import inlets
from steppewire.delivery.policy import Entry, Limits, Outcome, Settlement, decide
from steppewire.delivery.spans import Span, entry_spans, hop_spans
from steppewire.delivery.tracing import Tracing, open_tracing
from steppewire.errors import Reject, Retry, SettingError, Skip
from steppewire.streams import FETCH
from steppewire.testing.service import discovered, fetched
from steppewire.wire import child_trace, context, encode, new_trace

INLET = inlets(FETCH, 1)[0]
NOW = datetime(2026, 11, 1, tzinfo=UTC)


def entry(number: int = 0, *, sampled: bool = True, trace: str = "") -> Entry:
    fields = encode(discovered(number), trace or new_trace(sampled=sampled))
    return Entry(b"%d-0" % number, fields)


def settle(one: Entry, outcome: Outcome) -> Settlement:
    return decide(one, outcome, origin="elkz", now=NOW, limits=Limits(), jitter=0.5)


def spans(*ended: tuple[Entry, Outcome], answer: int = 1) -> list[Span]:
    settled = [(one, settle(one, outcome), answer) for one, outcome in ended]
    return hop_spans(INLET, "me", settled, 1, 2)


def test_the_span_of_a_hop_has_the_id_that_the_next_hop_names_as_its_parent() -> None:
    one = entry()
    settlement = settle(one, [fetched(discovered(0))])

    [span] = hop_spans(INLET, "me", [(one, settlement, 1)], 1, 2)

    assert span.context == context(settlement.entries[0][b"traceparent"])
    assert span.parent == context(one.fields[b"traceparent"])
    assert span.attributes["messaging.operation.name"] == "fetch"


@pytest.mark.parametrize("outcome", [Skip("gone"), Retry("busy"), Reject("bad"), OSError("x")])
def test_a_message_that_goes_nowhere_has_its_span_all_the_same(outcome: Outcome) -> None:
    one = entry()

    [span] = spans((one, outcome))

    assert span.parent is not None
    assert span.context.trace == span.parent.trace
    assert span.context.span != span.parent.span
    assert bool(span.error) != isinstance(outcome, Skip)


def test_a_fault_is_recorded_with_type_and_words() -> None:
    [span] = spans((entry(), ValueError("no title")))

    assert span.exception["exception.type"] == "ValueError"
    assert "no title" in span.exception["exception.message"]
    assert span.attributes["error.type"] == "fault-ValueError"


def test_a_worker_that_was_overtaken_says_so() -> None:
    [span] = spans((entry(), [fetched(discovered(0))]), answer=0)

    assert "overtaken" in span.error
    assert span.attributes["error.type"] == "overtaken"


def test_a_batch_is_a_span_of_its_own_linked_with_the_messages_that_shared_it() -> None:
    one, two = entry(1), entry(2)

    batch, *members = spans((one, Skip("a")), (two, Skip("b")), (entry(3, sampled=False), Skip("")))

    assert batch.attributes["messaging.batch.message_count"] == 3
    assert list(batch.links) == [member.parent for member in members]
    assert [list(member.links) for member in members] == [[batch.context]] * 2
    assert len({batch.context.trace, *(member.context.trace for member in members)}) == 3


@pytest.mark.parametrize("trace", [new_trace(), "", "nonsense", "00-" + "0" * 32 + "-1-01"])
def test_what_nobody_chose_leaves_no_span(trace: str) -> None:
    fields = {**entry().fields, b"traceparent": trace.encode()}

    assert spans((Entry(b"1-0", fields), Skip("x"))) == []
    assert entry_spans(0, [fields], 1, 2) == []


def test_the_flag_is_carried_from_hop_to_hop() -> None:
    for sampled in (True, False):
        grandchild = child_trace(child_trace(new_trace(sampled=sampled)))
        read = context(grandchild.encode())
        assert read is not None
        assert read.sampled is sampled


@pytest.mark.parametrize(("share", "chosen"), [(0.0, 0), (1.0, 1000)])
def test_the_share_of_all_or_nothing_is_exact(share: float, chosen: int) -> None:
    tracing = Tracing(recorder=None, share=share)  # type: ignore[arg-type]  # nothing is recorded

    assert sum(tracing.chosen() for _ in range(1000)) == chosen


def test_links_that_entered_together_are_linked_with_their_sending() -> None:
    *created, sent = entry_spans(0, [entry(n).fields for n in range(3)], 1, 2)

    assert [span.parent for span in created] == [None] * 3
    assert list(sent.links) == [span.context for span in created]


@pytest.mark.parametrize("url", ["collector:4318", "grpc://collector", "http://", "yes"])
def test_what_is_no_address_of_a_collector_is_told(url: str) -> None:
    with pytest.raises(SettingError, match="http://host:4318"):
        open_tracing(url, 1.0, service="x", instance="y")


def test_without_an_address_nothing_is_traced() -> None:
    assert open_tracing("", 1.0, service="x", instance="y") is None

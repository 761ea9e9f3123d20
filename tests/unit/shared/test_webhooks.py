"""What a webhook may be, and how its messages are signed."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError
from standardwebhooks import Webhook as TheirWebhook
from standardwebhooks import WebhookVerificationError

from steppewire.webhooks import Webhook, headers, message_id, new_id, new_secret, private

OLD, NEW = new_secret(), new_secret()


def webhook(**changes: Any) -> Webhook:
    told = {"id": "team", "url": "https://team.test/in", "secrets": (NEW, OLD)}
    return Webhook.model_validate({**told, "made_at": datetime.now(UTC), **changes})


@pytest.mark.parametrize("secret", [NEW, OLD])
def test_both_secrets_verify_with_the_library_of_standard_webhooks(secret: str) -> None:
    body = '{"title":"Тақырып"}'.encode()
    sent = headers(webhook(), "msg_1", datetime.now(UTC), body)

    assert TheirWebhook(secret).verify(body, sent) == {"title": "Тақырып"}


def test_another_secret_body_or_time_does_not_verify() -> None:
    body, now = b"{}", datetime.now(UTC)
    sent = headers(webhook(), "msg_1", now, body)
    old = headers(webhook(), "msg_1", datetime(2020, 1, 1, tzinfo=UTC), body)

    for secret, told, carried in ((new_secret(), body, sent), (NEW, b"[]", sent), (NEW, body, old)):
        with pytest.raises(WebhookVerificationError):
            TheirWebhook(secret).verify(told, carried)


def test_a_message_has_the_same_id_at_every_attempt() -> None:
    assert message_id("team", "a" * 32, 1) == message_id("team", "a" * 32, 1)
    assert message_id("team", "a" * 32, 1) != message_id("team", "a" * 32, 2)
    assert message_id("team", "a" * 32, 1) != message_id("other", "a" * 32, 1)


def test_ids_and_secrets_that_we_make_are_valid() -> None:
    webhook(id=new_id(), secrets=(new_secret(),))


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"url": "ftp://team.test/"}, "such as https://host/path"),
        ({"url": "https://"}, "such as https://host/path"),
        ({"url": "https://a b/"}, "such as https://host/path"),
        ({"url": "https://[::1"}, "such as https://host/path"),
        ({"url": "https://user:pw@team.test/"}, "a user name"),
        ({"url": "http://team.test:25/"}, "belongs to another service"),
        ({"url": "https://team.test/" + "x" * 3000}, "at most 2000"),
        ({"secrets": ("whsec_short",)}, "24 to 64 bytes"),
        ({"secrets": (base64.b64encode(b"x" * 32).decode(),)}, "`whsec_`"),
        ({"secrets": ()}, "at least 1"),
        ({"id": "Team One"}, "lower-case"),
        ({"q": "a\x00b"}, "control characters"),
        ({"colour": "blue"}, "Extra inputs"),
    ],
)
def test_what_cannot_be_meant_is_refused(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        webhook(**changes)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://localhost:8000/",
        "http://10.1.2.3/",
        "http://169.254.169.254/latest/meta-data",
        "http://[::1]/",
        "http://[fd00::1]/",
        "http://2130706433/",
        "http://0x7f.1/",
    ],
)
def test_an_address_that_is_plainly_not_public_is_known(url: str) -> None:
    assert private(url)
    assert not private("https://team.test/")
    assert not private("https://93.184.216.34/")

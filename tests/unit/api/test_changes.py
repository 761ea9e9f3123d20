"""`/articles/{id}/diff`: what has changed from one version to the next."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from steppewire.testing.articles import story

OLD = story(21, title="Сапар басталды", text="Бірінші абзац қалды.\n\nЕкінші абзац ертең шығады.")
NEW = story(
    21,
    title="Сапар аяқталды",
    text="Бірінші абзац қалды.\n\nЕкінші абзац бүгін шығады.\n\nЖаңасы.",
    section="Қоғам",
    fetched=60,
)
KEY = OLD.key


@pytest.fixture
async def edited(archive: Any) -> None:
    await archive.save([OLD])
    await archive.save([NEW])


def marked(parts: list[dict[str, str]]) -> str:
    shown = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
    return "".join(shown[part["op"]].format(part["text"]) for part in parts)


@pytest.mark.usefixtures("edited")
async def test_the_last_change_is_told_word_by_word(client: httpx.AsyncClient) -> None:
    told = (await client.get(f"/articles/{KEY}/diff")).json()

    assert (told["before"]["version"], told["after"]["version"]) == (1, 2)
    assert marked(told["title"]) == "Сапар [-басталды-]{+аяқталды+}"
    assert [(row["change"], marked(row["parts"])) for row in told["paragraphs"]] == [
        ("same", "Бірінші абзац қалды."),
        ("changed", "Екінші абзац [-ертең-]{+бүгін+} шығады."),
        ("added", "{+Жаңасы.+}"),
    ]
    assert {"field": "section", "before": ["Саясат"], "after": ["Қоғам"]} in told["facts"]
    assert (told["words_removed"], told["words_added"]) == (2, 3)


@pytest.mark.usefixtures("edited")
async def test_any_two_versions_can_be_compared(client: httpx.AsyncClient) -> None:
    back = (await client.get(f"/articles/{KEY}/diff?before=2&after=1")).json()
    same = (await client.get(f"/articles/{KEY}/diff?before=1&after=1")).json()

    assert marked(back["title"]) == "Сапар [-аяқталды-]{+басталды+}"
    assert same["facts"] == []
    assert {row["change"] for row in same["paragraphs"]} == {"same"}


@pytest.mark.usefixtures("edited")
@pytest.mark.parametrize(
    ("query", "status", "told"),
    [
        ("after=1", 404, "This is the first version"),
        ("after=3", 404, "no version 3"),
        ("before=9", 404, "no version 9"),
        ("before=0", 422, "greater than or equal to 1"),
        ("before=99999999999", 422, "less than or equal to"),
        ("from=1", 422, "'from' is not a parameter here"),
    ],
)
async def test_what_cannot_be_compared_is_refused(
    client: httpx.AsyncClient, query: str, status: int, told: str
) -> None:
    answer = await client.get(f"/articles/{KEY}/diff?{query}")

    assert answer.status_code == status
    assert told in answer.json()["detail"]

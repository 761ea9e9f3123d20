"""What a line says behind the date that it begins with."""

from __future__ import annotations

import pytest

from steppewire.dates import behind_date


@pytest.mark.parametrize(
    ("line", "rest"),
    [
        ("5 ақпан 2024, 18:20", ""),
        ("Дүйсенбі, 5 ақпан 2024, сағат 18:20", ""),
        ("2024-yil 5-fevral | 18:20", ""),
        ("18:20, 5 феврали соли 2024", ""),
        ("05.02.2024", ""),
        ("5 февраля 2024 г., 18:20 Автор: А. Мамин", "Автор: А. Мамин"),
        ("5 февраля, 18:20", None),
        ("5 февраля 2024 года в Астане открыли мост", "Астане открыли мост"),
        ("Мост открыли 5 февраля 2024 года", None),
        ("Новости", None),
        ("", None),
        ("5 ақпан 2024 " * 12, None),
    ],
)
def test_a_line_is_told_apart_from_the_date_that_it_begins_with(line, rest):
    assert rest == behind_date(line)

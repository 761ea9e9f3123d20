"""Codes that people and sites of the region write for a language, and that mean something else."""

from __future__ import annotations

NO_LANGUAGE = {"oz": "uz-Latn", "kz": "kk", "kg": "ky", "tj": "tg", "ua": "uk", "cn": "zh"}
"""Code -> the tag that is meant; by itself it is a country, another language, or nothing (ISO 639).
"""


def real(tag: str) -> str:
    """Return a tag as it is. Raises ValueError, with the right one, where it is no language."""
    meant = NO_LANGUAGE.get(tag.partition("-")[0].casefold())
    if meant:
        raise ValueError(f"{tag!r} is no language; write {meant}")
    return tag

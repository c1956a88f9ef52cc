"""Texts in the chosen language: Shopware keeps each in several (platform file, D8)."""

from collections.abc import Mapping
from typing import Any, Final

from shopbridge.connectors.shopware.facts import SYSTEM_LANGUAGE

TRANSLATED: Final = frozenset(
    {
        "name",
        "description",
        "descriptionTeaser",
        "metaTitle",
        "metaDescription",
        "keywords",
        "packUnit",
        "packUnitPlural",
    }
)
"""The fields we write that depend on the language."""


def created_texts(record: Mapping[str, Any], language: str) -> dict[str, Any]:
    """A new record: the shop's own language has to have the texts too, so it gets the same."""
    texts = {name: value for name, value in record.items() if name in TRANSLATED}
    return {**record, **_in(texts, language)}


def updated_texts(record: Mapping[str, Any], language: str) -> dict[str, Any]:
    """A change: only the chosen language's texts are written."""
    if language == SYSTEM_LANGUAGE:
        return dict(record)
    texts = {name: value for name, value in record.items() if name in TRANSLATED}
    return {**{name: value for name, value in record.items() if name not in texts}, **_in(texts, language)}


def _in(texts: Mapping[str, Any], language: str) -> dict[str, Any]:
    return {"translations": {language: dict(texts)}} if texts and language != SYSTEM_LANGUAGE else {}

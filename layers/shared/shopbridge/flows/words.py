"""What both sides call things, to fill the maps with."""

from typing import Any

from shopbridge.flows.bridge import Bridge
from shopbridge.model.connection import Connection
from shopbridge.model.office import Vocabulary


def words(bridge: Bridge, connection: Connection) -> dict[str, Any]:
    """By side and map: the keys, with what people call them."""
    return {
        "shop": _told(bridge.platforms.shop(connection).vocabulary()),
        "office": _told(bridge.platforms.office(connection).vocabulary()),
    }


def _told(vocabulary: Vocabulary) -> dict[str, dict[str, str]]:
    return {name: {choice.key: choice.title for choice in choices} for name, choices in vocabulary.items()}

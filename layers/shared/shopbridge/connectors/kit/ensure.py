"""Making sure that something is there once: what a creation does not name is looked for before anybody gives up."""

from collections.abc import Callable
from typing import TypeVar

from shopbridge.errors import OutcomeUnknown

Key = TypeVar("Key")


def named_or_found(made: Key | None, find: Callable[[], Key | None], platform: str, what: str) -> Key:
    """Return the id that a creation named, or else the one that is found now.

    Args:
        what: What was created, such as ``the category Mugs``.

    Raises:
        OutcomeUnknown: It does not show, though the platform says that it made it.
    """
    key = find() if made is None else made
    if key is None:
        raise OutcomeUnknown(f"{platform} created {what}, but does not list it", where=platform)
    return key

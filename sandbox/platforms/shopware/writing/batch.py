"""What one request writes: it is checked as a whole, and stands or falls as a whole."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.platforms.shopware.errors import ApiError, Problem
from sandbox.platforms.shopware.state import Shop
from sandbox.platforms.shopware.store import Row
from sandbox.platforms.shopware.values import SYSTEM_LANGUAGE_ID
from sandbox.platforms.shopware.writing.indexing import Indexing, index

Key = str | Mapping[str, str]
"""The primary key of a record: its id, or the ids it joins."""


@dataclass
class Batch:
    """Collects what writing comes across. Only within ``shop.change()``, which takes back what fails.

    Args:
        language: The language translatable fields are written in.
        in_sync: Whether the request is a sync, where bad foreign keys show differently.

    Attributes:
        problems: What is wrong with the values sent; a request answers them all at once.
        failures: What the database would refuse; only the first is ever seen.
        rights: What the caller has to be allowed.
        written: The keys written, by entity.
    """

    shop: Shop
    language: str = SYSTEM_LANGUAGE_ID
    indexing: Indexing = field(default_factory=Indexing)
    in_sync: bool = False
    problems: list[Problem] = field(default_factory=list)
    failures: list[ApiError] = field(default_factory=list)
    rights: set[str] = field(default_factory=set)
    written: dict[str, dict[tuple[str, ...], Key]] = field(default_factory=dict)
    _touched: dict[Row, None] = field(default_factory=dict)

    def note(self, entity: str, key: Key) -> None:
        """Remember that a record was written."""
        plain = (key,) if isinstance(key, str) else tuple(key.values())
        self.written.setdefault(entity, {})[plain] = key

    def touch(self, row: Row | None) -> None:
        """Remember a record that something follows from."""
        if row is not None:
            self._touched[row] = None

    def keys(self) -> dict[str, list[Any]]:
        """What was written, by entity in alphabetical order."""
        return {entity: list(self.written[entity].values()) for entity in sorted(self.written)}

    def finish(self, require: Callable[[Iterable[str]], None]) -> None:
        """Let it stand.

        Args:
            require: Checks the caller's rights.

        Raises:
            ApiError: It falls: by what was sent, by a missing right, or in the database.
        """
        if self.problems:
            raise ApiError(*self.problems)
        require(self.rights)
        if self.failures:
            raise self.failures[0]
        index(self.shop, self._touched, self.indexing)

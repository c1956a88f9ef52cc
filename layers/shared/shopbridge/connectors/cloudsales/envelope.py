"""The envelope of every answer: ``is_error``, ``messages`` and ``data`` (client B3); pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

LONGEST_SAID = 300
DEEPEST = 4
"""Lists within lists that are looked into for texts."""
_FLAGS: Mapping[object, bool] = {True: True, False: False, "1": True, "0": False, "true": True, "false": False}
"""How flags are spelled: 1 and 0 are equal to true and false here."""


def flag_of(value: Any) -> bool | None:
    """A flag in any of its spellings; None for anything else."""
    known = isinstance(value, bool | int | str)
    return _FLAGS.get(value.strip().casefold() if isinstance(value, str) else value) if known else None


@dataclass(frozen=True)
class Envelope:
    """An answer's outer part.

    Attributes:
        data: None where there is none.
    """

    is_error: bool
    messages: Any
    data: Any

    @property
    def errors(self) -> list[Any]:
        """What ``data`` lists as errors."""
        found = self.data.get("errors") if isinstance(self.data, dict) else None
        return found if isinstance(found, list) else [found] if found else []

    @property
    def said(self) -> str:
        """The details, wherever they are and of whatever form, as one text."""
        parts = dict.fromkeys(part for part in (*_texts(self.messages), *_texts(self.errors)) if part)
        return "; ".join(parts)[:LONGEST_SAID]


def envelope_of(body: Any) -> Envelope | None:
    """The envelope of an answer's parsed body; None when it is none."""
    is_error = flag_of(body.get("is_error")) if isinstance(body, dict) else None
    return None if is_error is None else Envelope(is_error, body.get("messages"), body.get("data"))


def _texts(value: Any, depth: int = DEEPEST) -> Iterator[str]:
    match value:
        case str() | int():
            yield str(value).strip()
        case list() if depth:
            for each in value:
                yield from _texts(each, depth - 1)
        case dict() if depth:
            for name in ("code", "message", "error", "text"):
                yield from _texts(value.get(name), depth - 1)
        case _:
            return

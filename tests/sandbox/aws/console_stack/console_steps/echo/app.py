"""A widget's function that answers with what its test put into ``ANSWERS``, and shows what it was asked."""

from typing import Any

ANSWERS: list[Any] = []
ASKED: list[Any] = []


def handler(event: Any, _: Any) -> Any:
    ASKED.append(event)
    if event.get("crash"):
        raise RuntimeError(event["crash"])
    return event["say"] if "say" in event else ANSWERS[-1]

"""Entities of a write, one after the other: at the first error it stops, and what came before stays written."""

from collections.abc import Callable
from typing import Any

from sandbox.platforms.unas.errors import ApiError, EntityError, refused
from sandbox.platforms.unas.state import Shop
from sandbox.platforms.unas.wire import Record, rows

Write = Callable[[Shop, str, Record], Record]
"""An entity: its action and nodes in, the nodes that identify it out."""


def batch(entity: str, write: Write, actions: tuple[str, ...], identity: tuple[str, ...]) -> Callable[..., Any]:
    """Make the handler of a ``set…`` function.

    Args:
        identity: The nodes that identify a record, the one that a missing ``Action`` looks for first.
    """

    def handle(shop: Shop, content: Record) -> Any:
        found = rows(content, entity)
        if not found:
            raise ApiError("No modifiable data")
        answers: list[Record] = []
        for row in found:
            answers.append(_one(shop, row if isinstance(row, dict) else {}, write, actions, identity))
            if answers[-1]["Status"] == "error":
                break
        only = shop.assumed.answers_only_the_failing and answers[-1]["Status"] == "error"
        return {entity: answers[-1:] if only else answers}

    return handle


def _one(shop: Shop, row: Record, write: Write, actions: tuple[str, ...], identity: tuple[str, ...]) -> Record:
    action = row.get("Action") or _assumed_action(shop, row, identity[0])
    told = {name: row[name] for name in identity if row.get(name)}
    try:
        if action not in actions:
            raise refused(f"unknown action {action}")
        return {**told, **write(shop, action, row), "Action": action, "Status": "ok"}
    except EntityError as refusal:
        return {**told, "Action": action, "Status": "error", "Error": str(refusal)}


def _assumed_action(shop: Shop, row: Record, key: str) -> str:
    """[inferred] A missing action: ``modify`` where the record is identified, else ``add``; or always ``add``."""
    return "modify" if row.get(key) and not shop.assumed.missing_action_adds else "add"

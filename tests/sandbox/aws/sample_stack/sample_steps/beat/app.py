"""Keeps every tick."""

from typing import Any

TICKS: list[Any] = []


def handler(event: Any, _context: Any) -> None:
    TICKS.append(event["every"])

"""Runs the demo, and keeps what a run leaves behind."""

import io
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console

from sandbox.demo.run import Choice, run
from sandbox.demo.screen import Screen
from sandbox.demo.world import World


@dataclass
class Ran:
    """A pair's verdict, what a person saw, what the command line said meanwhile."""

    good: bool
    json: dict[str, Any]
    screen: str
    said: dict[str, str] = field(default_factory=dict)

    @property
    def pair(self) -> dict[str, Any]:
        (found,) = self.json["pairs"].values()
        return dict(found)


def ran(
    pair: str, build: Path, speed: float, orders: Path | None = None, linger: Callable[[World], None] = lambda _: None
) -> Ran:
    """Play a pair; ``linger`` is called while everything is still there."""
    seen = io.StringIO()
    good = run(Choice((pair,), orders, speed, build), Screen(Console(file=seen, width=200)), linger)
    return Ran(good, json.loads((build / "run.json").read_text()), seen.getvalue())

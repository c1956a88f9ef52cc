"""Runs the demo, and keeps what a run leaves behind."""

import io
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console

from sandbox.aws.embedded import EmbeddedAws
from sandbox.demo.run import Choice, run
from sandbox.demo.screen import Screen
from sandbox.demo.world import World

Right = tuple[str, str, str]
"""Function and resource by their names in the template, and an action of IAM between them."""


@dataclass
class Ran:
    """A pair's verdict, what a person saw, what the command line said meanwhile, and the rights of all functions."""

    good: bool
    json: dict[str, Any]
    screen: str
    said: dict[str, str] = field(default_factory=dict)
    granted: frozenset[Right] = frozenset()
    unused: frozenset[Right] = frozenset()

    @property
    def pair(self) -> dict[str, Any]:
        (found,) = self.json["pairs"].values()
        return dict(found)


def ran(
    pair: str, build: Path, speed: float, orders: Path | None = None, linger: Callable[[World], None] = lambda _: None
) -> Ran:
    """Play a pair; ``linger`` is called while everything is still there."""
    result = Ran(good=False, json={}, screen="")

    def last(world: World) -> None:
        linger(world)
        rights = {function: role.allowed for function, role in world.aws.roles.items()}
        unused = {function: role.unused for function, role in world.aws.roles.items()}
        result.granted, result.unused = named(world.aws, rights), named(world.aws, unused)

    seen = io.StringIO()
    result.good = run(Choice((pair,), orders, speed, build), Screen(Console(file=seen, width=200)), last)
    result.json, result.screen = json.loads((build / "run.json").read_text()), seen.getvalue()
    return result


def named(aws: EmbeddedAws, rights: Mapping[str, Iterable[tuple[str, str]]]) -> frozenset[Right]:
    """Rights with the names that the template gives to what they are for; parameters go by the end of their name."""
    logical = {physical.rpartition("/")[2].rpartition(":")[2]: name for name, physical in aws.stack.names.items()}

    def resource(arn: str) -> str:
        if ":log-group:" in arn:
            return logical[arn.rpartition("/")[2]]
        _, of_ours, parameter = arn.partition(f"parameter/shopbridge/{aws.stack_name}/")
        name, *index = arn.rpartition(":")[2].removeprefix("table/").split("/")
        return parameter if of_ours else "/".join([logical.get(name, name), *index])

    return frozenset((function, action, resource(arn)) for function, own in rights.items() for action, arn in own)

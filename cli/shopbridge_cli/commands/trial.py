"""What other settings would make of the last orders: told before they are saved, and agreed to."""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from shopbridge_cli.client import RefusedError
from shopbridge_cli.desk import Desk, at_terminal
from shopbridge_cli.lines import Indented

Record = Mapping[str, Any]
LAST = 10
"""Orders that are tried."""
SHOWN = 5
"""Of these that would be otherwise, and changes of each, that are told; `preview --file` tells all."""

HOPELESS = {"invalid", "conflict"}
"""Kinds of refusals that saving would meet, too: no such setting, or somebody else has changed them since."""

Yes = Annotated[bool, typer.Option("--yes", help="Save it without trying it on the last orders, and without asking.")]


def agree_to(
    desk: Desk,
    *,
    yes: bool,
    settings: Mapping[str, Any] | None = None,
    to: int | None = None,
    version: int | None = None,
) -> None:
    """Tell which of the last orders would be otherwise, and let somebody at a terminal agree to that.

    What cannot be tried is told, and left to verifying.

    Args:
        settings: Tried beside the stored ones; else those of the version ``to``.
        version: The one that they were made from.

    Raises:
        RefusedError: Orders would be otherwise, and nobody is there to agree; or no saving could be agreed to.
        typer.Abort: Somebody does not.
    """
    if yes:
        return
    console = Console(stderr=True, highlight=False)
    try:
        tried = desk.ask("preview", last=LAST, settings=settings, to=to, version=version)
    except RefusedError as error:
        if error.kind in HOPELESS:
            raise
        console.print(Indented(Text(f"It was not tried on orders: {error}"), 0, hanging=2))
        return
    for line in told(tried) if tried["orders"] else ():
        console.print(line)
    if tried["differ"] and not at_terminal():
        raise RefusedError("Nothing was saved, for orders would be otherwise. Say `--yes` if that is meant.")
    if tried["differ"]:
        typer.confirm("Save it?", abort=True, err=True)


def named(desk: Desk, content: Mapping[str, Any]) -> Desk:
    """Return the desk of the connection that a file names; one that names none is left to the bridge."""
    settings = content["settings"]
    return replace(desk, connection=str(settings.get("id", ""))) if isinstance(settings, Mapping) else desk


def told(tried: Record) -> Iterator[Indented]:
    """How many would be otherwise, and the first of them with the first that is otherwise."""
    orders, others = tried["orders"], [each for each in tried["orders"] if each["changes"]]
    last = "the last order" if len(orders) == 1 else f"the last {len(orders)} orders"
    head = f"Of {last} {len(others) or 'none'} would be otherwise"
    yield Indented(Text(f"{head}:" if others else f"{head}."), 0)
    yield from (Indented(Text(_line(each["order"], each["changes"])), 2, hanging=2) for each in others[:SHOWN])
    if len(others) > SHOWN:
        yield Indented(Text(f"and {len(others) - SHOWN} more; `preview` tells all of each"), 2)


def _line(number: str, changes: Sequence[str]) -> str:
    more = f", and {len(changes) - 1} more" if len(changes) > 1 else ""
    return f"{number}: {changes[0]}{more}"


def with_value(settings: Mapping[str, Any], path: Sequence[str], value: Any) -> dict[str, Any]:
    """Return the settings with a value at a place, or without it for None."""
    changed = place = deepcopy(dict(settings))
    for part in path[:-1]:
        below = place.setdefault(part, {})
        if not isinstance(below, dict):
            return changed  # the bridge refuses it in its own words
        place = below
    if value is None:
        place.pop(path[-1], None)
    else:
        place[path[-1]] = value
    return changed

"""The command that reads the log, once or for as long as somebody watches."""

import re
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.console import Console, Group, RenderableType
from rich.text import Text

from shopbridge_cli.desk import Desk, open_desk
from shopbridge_cli.lines import Indented, moment, what_to_do
from shopbridge_cli.options import AsJson, EveryConnection, Function

commands = typer.Typer()
LATE = timedelta(seconds=20)
"""How much a line may be behind later ones; so much is asked for anew, and told once."""
PAUSE = 3.0
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
SAID = frozenset(
    {
        *("at", "connection", "event", "fix", "id", "level", "order", "reason", "service", "text", "timestamp"),
        *("order_id", "trace"),
    }
)
"""What is told in its place, or only with --json; the other facts follow the event."""
LONGEST = 60
STYLES = {"WARN": "yellow", "ERROR": "red"}


class Level(StrEnum):
    """How grave a line is at least."""

    INFO = "info"
    WARN = "warn"
    ERROR = "error"


def _beginning(text: str) -> datetime:
    """A time, a day, or how long ago: `10m`, `2h`, `3d`."""
    span = re.fullmatch(r"(\d{1,6})([smhd])", text)
    if span:
        return datetime.now(UTC) - timedelta(**{UNITS[span[2]]: int(span[1])})
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is no time. Write it as 10m, 2h, 3d or 2026-10-01.") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)


@commands.command()
def logs(
    order: Annotated[str, typer.Option(help="Only lines about this order, by its number or id.")] = "",
    since: Annotated[
        datetime, typer.Option(parser=_beginning, metavar="TIME", help="Such as 10m, 2h, 3d or 2026-10-01, in UTC.")
    ] = "10m",  # type: ignore[assignment]  # typer reads the default as if it had been typed
    level: Annotated[Level, typer.Option(help="Only lines that are as grave or graver.")] = Level.INFO,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with what is written from now on.")] = False,
    connection: EveryConnection = "",
    function: Function = "",
    as_json: AsJson = False,
) -> None:
    """Lines of the log, the oldest first. With `--json` each is a line of JSON."""
    asked = {"connection": connection, "order": order, "level": level.value.upper()}
    with open_desk(connection, function, as_json=as_json) as desk:
        console, seen, begin = Console(highlight=False), set[str](), since
        while True:
            for line in _lines(desk, begin, asked):
                begin = max(begin, _written(line) - LATE)
                if line["id"] not in seen:
                    seen.add(line["id"])
                    _tell(desk, console, line)
            if not follow:
                break
            time.sleep(PAUSE)


def _lines(desk: Desk, since: datetime, asked: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
    """All lines there are by now, page by page."""
    after = ""
    while True:
        page = desk.operations.ask("log", since=since.isoformat(), after=after, **asked)
        yield from page["lines"]
        after = page["next"]
        if not after:
            return


def _written(line: Mapping[str, Any]) -> datetime:
    """By the clock that the log is searched by, which need not be the one of who wrote the line."""
    return datetime.fromisoformat(line["at"])


def _tell(desk: Desk, console: Console, line: Mapping[str, Any]) -> None:
    if desk.as_json:
        typer.echo(_plain(line))
    else:
        console.print(shown(line))


def _plain(line: Mapping[str, Any]) -> str:
    import json

    return json.dumps(line, ensure_ascii=False)


def _facts(line: Mapping[str, Any]) -> str:
    """The short ones, as `name=value`."""
    values = ((name, str(value)) for name, value in line.items() if name not in SAID and not isinstance(value, dict))
    return "".join(f"  {name}={value}" for name, value in values if value and len(value) <= LONGEST)


def shown(line: Mapping[str, Any]) -> RenderableType:
    """A line: when, where, what, about which order; and what to do about it."""
    about = " ".join(str(line[name]) for name in ("connection", "order") if line.get(name))
    reason = f": {line['reason']}" if line.get("reason") else ""
    words = f"{moment(line['timestamp'])}  {about}{'  ' if about else ''}{line['event']}{reason}{_facts(line)}"
    head = Indented(Text(words, style=STYLES.get(line["level"], "")), 0, hanging=2)
    return Group(head, *what_to_do(line.get("fix", "")))

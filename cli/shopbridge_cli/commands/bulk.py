"""Many orders at once: counted, confirmed, done."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from shopbridge_cli.commands.runs import caller
from shopbridge_cli.desk import Desk
from shopbridge_cli.exits import Exit
from shopbridge_cli.explain import meant
from shopbridge_cli.lines import Indented

ACTIONS = {"resend": ("Try again", "Tried again"), "skip": ("Set aside", "Set aside")}


def many(
    desk: Desk,
    action: str,
    *,
    code: str,
    remark: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    yes: bool,
) -> None:
    """Count all orders of a reason, ask, and do it.

    Raises:
        typer.Exit: Nothing was done, for they are more or fewer by now; or some were left.
    """
    days = {"since": since and since.date(), "until": until and until.date()}
    asked = {"action": action, "code": code, "remark": remark, "by": caller(), **days}
    counted = desk.ask("bulk", **asked)
    if not counted["count"]:
        desk.tell(counted, done)
        return
    if not yes:
        examples = ", ".join(counted["examples"])
        more = " …" if counted["count"] > len(counted["examples"]) else ""
        question = f"{ACTIONS[action][0]} {_orders(counted['count'])} ({examples}{more})?"
        typer.confirm(question, abort=True, err=True)
    result = desk.ask("bulk", **asked, confirm=counted["count"])
    desk.tell(result, done)
    if not result["done"]:
        raise typer.Exit(Exit.AGAIN)
    if result["left"]:
        raise typer.Exit(Exit.PARTLY)


def done(result: Mapping[str, Any]) -> RenderableType:
    """What became of them."""
    if not result["count"]:
        none = "No order is held or skipped for that reason."
        return Text(f"{none}{meant(result['code']) or ' `held` and `skipped` show which reasons there are.'}")
    if not result["done"]:
        return Text(f"By now it is {_orders(result['count'])}: nothing was done. Ask again.")
    head = Text(f"{ACTIONS[result['action']][1]}: {_orders(result['done'])}. `held` shows what remains.")
    left = f"Left, as somebody was at it or the time was up: {_orders(result['left'])}. Ask again."
    return Group(head, *([Indented(Text(left), 2, hanging=2)] if result["left"] else []))


def _orders(count: int) -> str:
    return "1 order" if count == 1 else f"{count} orders"

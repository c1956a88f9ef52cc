"""The commands about the token in the addresses that platforms call without a signature."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from shopbridge_cli.commands.runs import caller
from shopbridge_cli.desk import open_desk
from shopbridge_cli.lines import below
from shopbridge_cli.options import AsJson, Connection, Function

tokens = typer.Typer(no_args_is_help=True, help="The token in the addresses that platforms call without a signature.")
UNSIGNED = {"unsigned": "the shop", "office_unsigned": "the back office"}
"""Addresses with the token in them, and who calls there."""


@tokens.command()
def rotate(
    overlap: Annotated[
        int, typer.Option(min=0, max=30, metavar="DAYS", help="For so long the address of before counts, too; 0: not.")
    ] = 7,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    connection: Connection = "",
    function: Function = "",
    as_json: AsJson = False,
) -> None:
    """Make the token anew. Platforms that we asked to call us are asked anew; elsewhere you enter the new address."""
    with open_desk(connection, function, as_json=as_json) as desk:
        if not overlap and not yes:
            typer.confirm("The address that platforms have will count no more. Go on?", abort=True, err=True)
        desk.tell(desk.ask("rotate_token", overlap_days=overlap, by=caller()), rotated)


def rotated(result: Mapping[str, Any]) -> RenderableType:
    """The new addresses, and what to do with them."""
    return Group(Text(f"Connection {result['id']} has a new token, which is told only now."), *_addresses(result))


def _addresses(result: Mapping[str, Any]) -> Iterator[RenderableType]:
    yield from below(*(f"for {who}: {result['public_url']}{result['hooks'][name]}" for name, who in UNSIGNED.items()))
    yield from below(*result["remarks"])

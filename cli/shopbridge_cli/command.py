"""How every command reads its words: a connection may stand before its own arguments, and each end has its code."""

import json
import os
import sys
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Any

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from shopbridge_cli import known, lines
from shopbridge_cli.client import RefusedError
from shopbridge_cli.exits import Exit

CONNECTION, JSON, UTC = "--connection", "--json", "--utc"
HELP = frozenset({"-h", "--help"})
UTC_VARIABLE = "SHOPBRIDGE_UTC"
WHOLE = 500
"""Letters of a command's first sentence: it is wrapped, and not cut."""
EPILOG = (
    "A connection may be the first plain argument of every command that is about one. "
    "`--utc` anywhere shows exact times, `--json` answers for machines."
)


class Command(TyperCommand):
    """A command that may be given its connection as the first plain argument."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the words, with a plain connection as if it had been named by its option."""
        return super().parse_args(ctx, args if ctx.resilient_parsing else with_option(self, args))

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """What the first line of the help shows."""
        options, *arguments = super().collect_usage_pieces(ctx)
        return [options, *(["[connection]"] if option(self, CONNECTION) else []), *arguments]

    def shell_complete(self, ctx: Any, incomplete: str) -> list[Any]:
        """Options, and the connections that were lately listed."""
        found = super().shell_complete(ctx, incomplete)
        of_one = option(self, CONNECTION) if not incomplete.startswith("-") else None
        return [*found, *(of_one.shell_complete(ctx, incomplete) if of_one else [])]


class Root(TyperGroup):
    """The program: whatever happens ends with its code, and with `--json` as one JSON document."""

    def main(self, args: Sequence[str] | None = None, *_: Any, **extra: Any) -> Any:
        """Carry out a command line and end the program."""
        words = list(sys.argv[1:] if args is None else args)
        lines.EXACT.set(UTC in words or bool(os.environ.get(UTC_VARIABLE)))
        extra["standalone_mode"] = False
        try:
            ended = super().main([word for word in words if word != UTC], **extra)
        except RefusedError as error:
            ended = refuse(error, as_json=JSON in words)
        except typer.Abort:
            ended = refuse(RefusedError("Nothing was done."), as_json=JSON in words)
        except typer.TyperException as error:
            ended = _misused(error, as_json=JSON in words)
        sys.exit(ended or Exit.DONE)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """All commands by subject."""
        rows: dict[str, list[tuple[str, str]]] = {}
        for name in self.list_commands(ctx):
            command = self.commands[name]
            section = str(getattr(command, "rich_help_panel", None) or "Commands")
            rows.setdefault(section, []).append((name, command.get_short_help_str(WHOLE)))
        for section, entries in rows.items():
            with formatter.section(section):
                formatter.write_dl(entries)


def refuse(error: RefusedError, *, as_json: bool) -> Exit:
    """Tell why nothing was done, as one JSON document or each problem on a line of standard error."""
    if as_json:
        told = {"ok": False, "exit": error.exit.value, "kind": error.kind, "problems": list(error.problems)}
        typer.echo(json.dumps(told, indent=2, ensure_ascii=False))
    else:
        lines.tell_problems(error.problems)
    return error.exit


def _misused(error: typer.TyperException, *, as_json: bool) -> int:
    """Tell what was wrong with the words, and what may have been meant."""
    error.message = error.message.removeprefix("Value error, ")
    error.message += _meant(error.message)
    if as_json:
        return refuse(RefusedError(error.format_message(), kind="usage"), as_json=True)
    show = getattr(error, "show", None)
    if show:
        show()
    else:
        lines.tell_problems((error.format_message(),))
    return Exit.USAGE


def _meant(message: str) -> str:
    """What is close to a word that is none of those it may be."""
    wrong, told, choices = message.partition(" is not one of ")
    close = get_close_matches(wrong.strip("'"), choices.replace("'", "").rstrip(".").split(", "), n=1)
    return f" Did you mean {close[0]!r}?" if told and close else ""


def option(command: TyperCommand, name: str) -> TyperOption | None:
    """The option of this name, if the command has it."""
    found = (each for each in command.params if isinstance(each, TyperOption) and name in each.opts)
    return next(found, None)


def with_option(command: TyperCommand, args: list[str]) -> list[str]:
    """The words with a plain connection named by its option.

    More plain words than the command has arguments begin with the connection. Where one of its own may be left out,
    the first is the connection if there is one of this id. Named by its option, all plain words are the command's.
    """
    places = list(_plain(command, args))
    if option(command, CONNECTION) is None or _is_named(args) or not places or not HELP.isdisjoint(args):
        return args
    own = [each for each in command.params if isinstance(each, TyperArgument)]
    place = places[0]
    rest = [*args[:place], *args[place + 1 :]]
    if len(places) > len(own):
        return [CONNECTION, args[place], *rest]
    if len(places) <= sum(each.required for each in own):
        return args
    choices = own[0].type_descriptor.choices
    if choices is not None:
        return args if args[place] in map(str, choices) else [CONNECTION, args[place], *rest]
    ids = known.ask(_value(args, "--function"))
    if args[place] in ids:
        return [CONNECTION, args[place], *rest]
    # There is nothing else to ask then, so nobody need look once more which one it is.
    return [CONNECTION, ids[0], *args] if len(ids) == 1 and not os.environ.get(known.VARIABLE) else args


def _plain(command: TyperCommand, args: Sequence[str]) -> Iterator[int]:
    """Where the words stand that are neither options nor their values."""
    options = [each for each in command.params if isinstance(each, TyperOption) and not each.is_flag]
    takes_value = {name for each in options for name in each.opts}
    place = 0
    while place < len(args):
        if args[place] == "--":
            yield from range(place + 1, len(args))
            return
        if args[place] in takes_value:
            place += 1
        elif not args[place].startswith("-") or args[place] == "-":
            yield place
        place += 1


def _is_named(args: Sequence[str]) -> bool:
    return any(each == "-c" or each.split("=")[0] == CONNECTION for each in args) or any(
        each.startswith("-c") and not each.startswith("--") for each in args
    )


def _value(args: Sequence[str], name: str) -> str:
    """What an option is given as, empty if it is not."""
    for place, word in enumerate(args):
        if word == name:
            return "".join(args[place + 1 : place + 2])
        if word.startswith(f"{name}="):
            return word.removeprefix(f"{name}=")
    return ""

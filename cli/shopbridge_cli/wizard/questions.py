"""Questions at a terminal: plain lines, and lists to choose from by number, so that any terminal will do."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from difflib import SequenceMatcher

import typer
from rich.console import Console, RenderableType
from rich.text import Text

from shopbridge_cli.lines import Indented

ALIKE = 0.6
"""How much of two names has to agree to suggest one for the other."""
SHORTEST_WORD = 4
"""Letters of a word that two names may share by more than chance."""
NONE = "-"
"""What is typed to choose nothing where something is suggested."""
MOST = 30
"""Choices that a list shows; the others are found by a part of their names."""
Choices = Mapping[str, str]
"""Key to title."""


def say(text: str, indent: int = 0, style: str = "") -> None:
    """Print a sentence, wrapped by words."""
    show(Indented(Text(text.replace("`", ""), style=style), indent))


def show(shown: RenderableType) -> None:
    """Print an answer of the bridge."""
    Console(highlight=False).print(shown)


def head(title: str) -> None:
    """Begin a part."""
    typer.echo()
    say(title, style="bold")


def complain(text: str) -> None:
    """Print what is wrong."""
    say(text, style="red")


def text(label: str, *, help: str = "", default: str = "", needed: bool = False) -> str:  # noqa: A002 - as typer's own
    """Ask for a line; an empty one takes the default.

    Args:
        needed: It is asked until something is typed.
    """
    if help:
        say(help, indent=2, style="dim")
    while True:
        typed = str(typer.prompt(label, default=default, show_default=bool(default))).strip()
        typed = "" if typed == NONE and not needed else typed
        if typed or not needed:
            return typed
        complain("This is needed.")


def secret(label: str, *, help: str = "", kept: bool = False, needed: bool = True) -> str:  # noqa: A002
    """Ask for what nobody may read; empty keeps what is there, or leaves out what is not needed."""
    if help:
        say(help, indent=2, style="dim")
    ending = " (empty keeps it)" if kept else "" if needed else " (empty for none)"
    while True:
        typed = str(typer.prompt(f"{label}{ending}", default="", show_default=False, hide_input=True)).strip("\r\n")
        if typed or kept or not needed:
            return typed
        complain("This is needed.")


def yes(label: str, *, default: bool) -> bool:
    """Ask for yes or no."""
    return typer.confirm(label, default=default)


def listed(choices: Choices) -> None:
    """Print what there is, numbered; the key beside a title that is not the same."""
    for number, (key, title) in enumerate(choices.items(), start=1):
        if number > MOST:
            say(f"and {len(choices) - MOST} more: type a part of a name to find them", indent=2)
            return
        say(named(number, key, title), indent=2)


def named(number: int, key: str, title: str) -> str:
    """A choice as a list has it."""
    return f"{number:>3}  {title}" + (f"  [{key}]" if key != title else "")


def one(label: str, choices: Choices, *, default: str = "", optional: bool = False, shown: bool = True) -> str:
    """Ask for one of them, by number, key or title; its key, or empty for none of them.

    Args:
        default: A key that an empty line takes.
        optional: An empty line without a default, or `-`, takes none.
        shown: Print the list first.
    """
    if shown:
        listed(choices)
    keys = list(choices)
    number = str(keys.index(default) + 1) if default in choices else ""
    while True:
        typed = str(typer.prompt(label, default=number, show_default=bool(number))).strip()
        if optional and typed in ("", NONE):
            return ""
        found = _meant(typed, choices)
        if len(found) == 1:
            return found[0]
        _not_one(found, choices)


def _not_one(found: Collection[str], choices: Choices) -> None:
    if not found:
        complain(f"Type a number from 1 to {len(choices)}, or a part of a name.")
        return
    for number, (key, title) in enumerate(choices.items(), start=1):
        if key in found:
            say(named(number, key, title), indent=2)


def many(label: str, choices: Choices, *, default: Sequence[str] = (), empty: str = "") -> list[str]:
    """Ask for any of them, by numbers with commas between; their keys.

    Args:
        empty: What it means to choose none of them.
    """
    listed(choices)
    keys = list(choices)
    numbers = ",".join(str(keys.index(key) + 1) for key in default if key in choices)
    meaning = f": {empty}" if empty else ""
    hint = f"{label} (numbers with commas; {f'`{NONE}` for none' if numbers else 'or empty'}{meaning})".replace("`", "")
    while True:
        typed = str(typer.prompt(hint, default=numbers, show_default=bool(numbers))).strip()
        if typed in ("", NONE):
            return []
        found = [_meant(part.strip(), choices) for part in typed.split(",") if part.strip()]
        if all(len(each) == 1 for each in found):
            return list(dict.fromkeys(each[0] for each in found))
        complain(f"Type numbers from 1 to {len(choices)}, such as 1,3.")


def _meant(typed: str, choices: Choices) -> list[str]:
    """The keys that may be meant: by number, else by key or title, else by a part of the title."""
    keys = list(choices)
    if typed.isdecimal() and 1 <= int(typed) <= len(keys):
        return [keys[int(typed) - 1]]
    wanted = typed.casefold()
    exact = [key for key, title in choices.items() if wanted in (key.casefold(), title.casefold())]
    return exact[:1] or [key for key, title in choices.items() if wanted and wanted in title.casefold()]


def alike(name: str, choices: Choices) -> str:
    """The key whose title or key is most like a name; empty where none is."""
    graded = [(max(_likeness(name, title), _likeness(name, key)), key) for key, title in choices.items()]
    best = max(graded, default=(0.0, ""), key=lambda grade: grade[0])
    return best[1] if best[0] >= ALIKE else ""


def _likeness(first: str, second: str) -> float:
    one_name, other = first.casefold(), second.casefold()
    shared = {*_words(one_name)} & {*_words(other)}
    return 1.0 if one_name == other else max(0.9 * bool(shared), SequenceMatcher(None, one_name, other).ratio())


def _words(name: str) -> Iterable[str]:
    letters = "".join(each if each.isalnum() else " " for each in name)
    return (word for word in letters.split() if len(word) >= SHORTEST_WORD)


def again_until(ask: Callable[[], str], check: Callable[[str], str]) -> str:
    """Ask until nothing is wrong with the answer.

    Args:
        check: Says what is wrong; empty for nothing.
    """
    while True:
        answer = ask()
        wrong = check(answer)
        if not wrong:
            return answer
        complain(wrong)

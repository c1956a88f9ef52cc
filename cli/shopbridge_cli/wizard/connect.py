"""`connect`, the wizard that sets a connection up, and `edit`, which asks the same of one that is there."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Group
from rich.text import Text

from shopbridge_cli.client import RefusedError
from shopbridge_cli.commands.runs import caller
from shopbridge_cli.commands.trial import agree_to
from shopbridge_cli.connection_file import naming_lines, read_connection
from shopbridge_cli.desk import Desk, at_terminal, open_desk
from shopbridge_cli.exits import Exit
from shopbridge_cli.lines import Indented
from shopbridge_cli.options import AsJson, Beside, Connection, Function
from shopbridge_cli.views import show, show_preview
from shopbridge_cli.views.show_plan import planned
from shopbridge_cli.wizard import questions
from shopbridge_cli.wizard.connect_answers import SIDES, Answers, forget, kept, save
from shopbridge_cli.wizard.connect_flows import ask_flows
from shopbridge_cli.wizard.connect_orders import MAPS, ask_map, ask_orders, ask_products, ask_taken, ask_taxes
from shopbridge_cli.wizard.connect_sides import ask_more, ask_side, choose_platforms

commands = typer.Typer()

SHOWN = 3
"""The shop's newest orders, of which the first that would be sent can be looked at."""
START, PAUSED, CHANGE, LEAVE = "create it and start", "create it, paused", "change an answer", "leave it for later"
LOOK, STORE = "look at what it would make otherwise, and save it", "leave it as it was"
Part = Callable[[Answers], None]
PARTS: Mapping[str, tuple[str, Part]] = {
    "shop": ("the shop", lambda answers: ask_more(answers, "shop")),
    "office": ("the back office", lambda answers: ask_more(answers, "office")),
    "taken": ("which orders are taken", ask_taken),
    "products": ("how their products are found", ask_products),
    **{name: (f"the map {name}: {title.lower()}", partial(ask_map, name=name)) for name, title in MAPS.items()},
    "tax": ("the map tax: percentages", ask_taxes),
    "flows": ("what else travels", ask_flows),
}
"""What can be answered anew."""


@commands.command()
def connect(
    file: Annotated[
        Path | None, typer.Option("--file", help="Ask nothing: take a connection file, as `--save` writes it.")
    ] = None,
    save_to: Annotated[
        Path | None, typer.Option("--save", metavar="FILE", help="Also write the answers as a connection file.")
    ] = None,
    start: Annotated[bool, typer.Option("--start", help="With --file: start it at once.")] = False,
    beside: Beside = None,
    function: Function = "",
    as_json: AsJson = False,
) -> None:
    """Set a connection up, step by step: both sides are tried as you answer, and nothing is stored before the end.

    Ctrl-C keeps what you answered, without secrets; the next `connect` takes it up again.
    """
    with open_desk("", function, as_json=as_json) as desk:
        if file is not None:
            _by_file(desk, file, beside or [], start=start)
            return
        _needs_somebody("connect --file FILE", as_json=as_json)
        answers = _begun(desk)
        with _kept_when_interrupted(answers):
            _ask_all(answers)
            if save_to is not None:
                save(answers, save_to)
                questions.say(f"Written to {save_to}, without secrets.")
            _end(answers, beside or [])


@commands.command()
def edit(connection: Connection = "", function: Function = "", as_json: AsJson = False) -> None:
    """Answer the questions of `connect` anew for a connection that is there; in an editor, `settings edit` does it."""
    with open_desk(connection, function, as_json=as_json) as desk:
        _needs_somebody("change FILE", as_json=as_json)
        shown = desk.ask("show")
        forms = desk.operations.ask("platforms")
        answers = Answers(desk, forms, shown["settings"], done=[*PARTS], stored=shown["version"])
        _change_until_saved(answers)


def _by_file(desk: Desk, file: Path, beside: list[str], *, start: bool) -> None:
    """Create the connection of a file, and show its newest orders as they would be sent.

    What is wrong with the file names its line, and nobody is asked for a secret.
    """
    with naming_lines(file):
        content = read_connection(file, None)
        content.pop("version", None)
        told = desk.operations.ask("rehearse", **content, beside=beside, last=SHOWN)
        made = desk.operations.ask("create", **content, start=start, beside=beside, by=caller())
    desk.tell({**made, "orders": told["orders"]}, _made_by_file)


def _made_by_file(result: Mapping[str, Any]) -> Group:
    """What was made, what each of the shop's newest orders would become, and the first of them field by field."""
    orders = result["orders"]
    first = next((each for each in orders if each["draft"]), None)
    others = [{**each, "draft": None, "note": ""} for each in orders if each is not first]
    shown = [*([first] if first else []), *others]
    return Group(show.created(result), show_preview.tried({"complete": True, "orders": shown}))


def _needs_somebody(instead: str, *, as_json: bool) -> None:
    if as_json or not at_terminal():
        raise RefusedError(f"This asks questions, which takes a person at a terminal. Use `{instead}`.", kind="usage")


def _begun(desk: Desk) -> Answers:
    """A new set-up, or the one that was left."""
    answers = Answers(desk, desk.operations.ask("platforms"))
    left = kept()
    if left and left["settings"].get("id") and questions.yes(f"Take up again {left['settings']['id']}?", default=True):
        answers.settings, answers.done = left["settings"], left["done"]
        return answers
    questions.say(
        "Empty answers take what stands in brackets. Ctrl-C leaves: what you answered is kept for the next `connect`."
    )
    return answers


@contextmanager
def _kept_when_interrupted(answers: Answers) -> Iterator[None]:
    """Keep the answers, and say so, when somebody leaves or the bridge refuses."""
    try:
        yield
    except (KeyboardInterrupt, EOFError, typer.Abort) as error:
        if answers.id:
            typer.echo()
            questions.say(
                f"Left. What you answered is kept in {answers.keep()} for the next `connect`, without secrets."
            )
        raise typer.Exit(Exit.INTERRUPTED) from error
    except RefusedError:
        if answers.id:
            answers.keep()
        raise


def _ask_all(answers: Answers) -> None:
    """Everything that is not answered yet; both sides are logged in to in any case, for their words."""
    if "platforms" not in answers.done:
        choose_platforms(answers)
        answers.settings["id"] = _new_id(answers)
        answers.done.append("platforms")
    for side in SIDES:
        ask_side(answers, side)
        answers.keep()
    for part, ask in (("orders", ask_orders), ("flows", ask_flows)):
        if part not in answers.done:
            ask(answers)
            answers.done.append(part)
            answers.keep()


def _new_id(answers: Answers) -> str:
    taken = {each["id"] for each in answers.desk.operations.ask("list")}
    suggested = f"{answers.settings['shop']['platform']}-{answers.settings['office']['platform']}"
    default = answers.id or next(
        each for each in (suggested, *(f"{suggested}-{n}" for n in range(2, 99))) if each not in taken
    )
    return questions.again_until(
        lambda: questions.text(
            "Id", help="Small letters, digits and hyphens; it cannot change later.", default=default, needed=True
        ),
        lambda typed: f"There is a connection {typed} already." if typed in taken else "",
    )


def _end(answers: Answers, beside: list[str]) -> None:
    """Show what would be imported; then create it, go back, or leave it."""
    while True:
        good = _rehearsed(answers, beside)
        ways = (START, PAUSED, CHANGE, LEAVE) if good else (CHANGE, LEAVE)
        way = questions.one("What now", {each: each for each in ways}, default=PAUSED if good else CHANGE)
        if way == CHANGE:
            _change_one(answers)
            continue
        if way == LEAVE:
            raise typer.Abort
        if _created(answers, beside, start=way == START):
            return


def _rehearsed(answers: Answers, beside: list[str]) -> bool:
    """Let the bridge verify and plan; whether nothing is wrong."""
    questions.head("What would be imported")
    questions.say("Reading the shop's orders …", style="dim")
    content = {"settings": answers.settings, "secrets": answers.secrets, "beside": beside}
    try:
        told = answers.desk.operations.ask("rehearse", **content, last=SHOWN)
    except RefusedError as error:
        for problem in error.problems:
            questions.complain(problem)
        return False
    questions.show(rehearsed(told))
    first = next((each for each in told["orders"] if each["draft"]), None)
    if first and questions.yes(f"Show order {first['order']} as it would be sent?", default=False):
        questions.show(show_preview.tried({"complete": True, "orders": [first]}))
    return True


def rehearsed(told: Mapping[str, Any]) -> Group:
    """What verifying found, and what a first import would do."""
    remarks = [Indented(Text(remark), 2, hanging=2) for remark in told["remarks"]]
    plan = [planned({**told["plan"], "id": told["id"]})] if told["plan"] else []
    return Group(*remarks, *plan)


def _created(answers: Answers, beside: list[str], *, start: bool) -> bool:
    content = {"settings": answers.settings, "secrets": answers.secrets}
    try:
        made = answers.desk.operations.ask("create", **content, start=start, beside=beside, by=caller())
    except RefusedError as error:
        for problem in error.problems:
            questions.complain(problem)
        return False
    forget()
    questions.show(show.changed(made))
    if made["status"] == "active":
        answers.desk.operations.ask("poll_now", connection=answers.id)
        questions.say(f"The shop is being read now. `orders -c {answers.id}` tells what came in.")
    elif not start:
        questions.say(
            f"It rests. `resume -c {answers.id}` starts it; `plan -c {answers.id}` tells anew what it would do."
        )
    return True


def _change_one(answers: Answers) -> None:
    part = questions.one("Which part", {key: title for key, (title, _) in PARTS.items()})
    PARTS[part][1](answers)
    answers.keep()


def _change_until_saved(answers: Answers) -> None:
    """Let parts be answered anew; what becomes of the last orders is told before anything is saved."""
    ways = {**{key: title for key, (title, _) in PARTS.items()}, "save": LOOK, "leave": STORE}
    while True:
        questions.head(f"{answers.settings['name']} ({answers.id})")
        way = questions.one("Edit", ways)
        if way == "leave":
            questions.say("Nothing was changed.")
            return
        if way == "save" and _changed(answers):
            return
        if way in PARTS:
            _with_words(answers, way)
            PARTS[way][1](answers)


def _with_words(answers: Answers, part: str) -> None:
    """What is chosen from lists needs both sides' words; the stored credentials get them."""
    for side in SIDES:
        if side not in answers.words and part not in SIDES:
            ask_side(answers, side)


def _changed(answers: Answers) -> bool:
    content = {"settings": answers.settings, "secrets": answers.secrets, "version": answers.stored}
    try:
        agree_to(answers.desk, yes=False, settings=answers.settings)
        told = answers.desk.operations.ask("change", **content, by=caller())
    except RefusedError as error:
        for problem in error.problems:
            questions.complain(problem)
        return False
    except typer.Abort:
        return False
    questions.show(show.changed(told))
    return True

"""``python -m sandbox.demo``: the whole bridge on this machine, and a judgement at the end."""

import os
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from sandbox.demo.csv_orders import UnreadableFileError
from sandbox.demo.keep import reached, write_second
from sandbox.demo.pairs import PAIRS
from sandbox.demo.run import BUILD, FASTEST, FIRST_PAIR, SPEED, Choice, run
from sandbox.demo.screen import Screen
from sandbox.demo.side_by_side import run_side_by_side, sensible
from sandbox.demo.world import World
from shopbridge_cli.client import RefusedError

ALL = "all"


app = typer.Typer(add_completion=False)


@app.command()
def main(
    pair: Annotated[str, typer.Option(help=f"Shop and back office: {', '.join(PAIRS)}, or {ALL}.")] = FIRST_PAIR,
    orders: Annotated[Path | None, typer.Option(help="A CSV file in UCI's Online Retail columns, maybe .gz.")] = None,
    speed: Annotated[
        float | None, typer.Option(min=1, max=FASTEST, help="How many of the clock's seconds pass in a real one.")
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Stay up afterwards.")] = False,
    build: Annotated[Path, typer.Option(help="Where results are written.")] = BUILD,
) -> None:
    """Run orders from a shop to a back office, with everything emulated on loopback."""
    screen = Screen()
    if pair not in {*PAIRS, ALL}:
        screen.say(f"There is no pair {pair!r}. Choose one of: {', '.join((*PAIRS, ALL))}.", "red")
        raise typer.Exit(2)
    if keep and pair == ALL:
        screen.say("Only one pair can stay up: name it.", "red")
        raise typer.Exit(2)
    pairs = sensible(PAIRS) if pair == ALL else (pair,)
    choice = Choice(pairs, orders and orders.expanduser(), speed or SPEED, build)
    try:
        good = _all_of(choice, screen) if pair == ALL else run(choice, screen, _staying(screen) if keep else _leaving)
    except (RefusedError, UnreadableFileError) as error:
        screen.say(str(error), "red")
        raise typer.Exit(1) from error
    raise typer.Exit(0 if good else 1)


def _all_of(choice: Choice, screen: Screen) -> bool:
    left = [name for name in PAIRS if name not in choice.pairs]
    screen.say(f"Every shop and every back office in {len(choice.pairs)} pairs: {', '.join(choice.pairs)}.", "bold")
    screen.say(f"Left out, each by its own name as PAIR: {', '.join(left)}.")
    return run_side_by_side(choice, screen)


def _leaving(_: World) -> None:
    """Nothing is left to do."""


def _staying(screen: Screen) -> Callable[[World], None]:
    """Stay up, with the schedules running, until the person is done."""

    def stay(world: World) -> None:
        world.aws.stop()
        world.aws.start(world.speed)
        file = Path(os.path.relpath(BUILD / "second.yaml"))
        write_second(world, file)
        for line in reached(world, file):
            screen.say(line)
        screen.say("It stays up until Ctrl-C.", "bold")
        with suppress(KeyboardInterrupt):
            threading.Event().wait()

    return stay


if __name__ == "__main__":
    app()

"""``python -m sandbox.demo``: the whole bridge on this machine, and a judgement at the end."""

import time
from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sandbox.demo.keep import note_messages, reached, staying
from sandbox.demo.quick.several_stories import several
from sandbox.demo.run import BUILD, FASTEST, FIRST_PAIR, SPEED, Choice, run
from sandbox.demo.screen import Screen
from sandbox.demo.side_by_side import run_side_by_side, sensible
from sandbox.demo.story.csv_orders import UnreadableFileError
from sandbox.demo.trial import SPEED as TRIAL_SPEED
from sandbox.demo.trial import trial
from sandbox.demo.world import World
from sandbox.pairs.all_pairs import PAIRS
from shopbridge_cli.client import RefusedError

ALL, SEVERAL = "all", "several"
BETWEEN_LOOKS = 2.0
"""Seconds after which somebody who subscribed looks again."""


app = typer.Typer(add_completion=False)


class Stay(StrEnum):
    """What stays up until Ctrl-C."""

    NOT = "not"
    STORY = "story"
    CONNECTED = "connected"
    EMPTY = "empty"


@app.command()
def main(
    pair: Annotated[
        str, typer.Option(help=f"Shop and back office: {', '.join(PAIRS)}; {ALL}, or {SEVERAL} at once.")
    ] = FIRST_PAIR,
    orders: Annotated[Path | None, typer.Option(help="A CSV file in UCI's Online Retail columns, maybe .gz.")] = None,
    speed: Annotated[
        float | None, typer.Option(min=1, max=FASTEST, help="How many of the clock's seconds pass in a real one.")
    ] = None,
    stay: Annotated[
        Stay, typer.Option(help="Stay up: after the story, or at once, connected or empty, with nothing played.")
    ] = Stay.NOT,
    build: Annotated[Path, typer.Option(help="Where results are written.")] = BUILD,
) -> None:
    """Run orders from a shop to a back office, with everything emulated on loopback."""
    screen, plays = Screen(), stay in {Stay.NOT, Stay.STORY}
    if refusal := _refusal(pair, orders, stay):
        screen.say(refusal, "red")
        raise typer.Exit(2)
    if pair == SEVERAL:
        raise typer.Exit(1 if several(screen) else 0)
    pairs = _all_pairs(orders) if pair == ALL else (pair,)
    choice = Choice(pairs, orders and orders.expanduser(), speed or (SPEED if plays else TRIAL_SPEED), build)
    linger = _leaving if stay is Stay.NOT else _staying(screen, build, connected=stay is not Stay.EMPTY)
    try:
        good = _played(choice, screen, linger, pair) if plays else _tried(choice, screen, linger, stay)
    except (RefusedError, UnreadableFileError) as error:
        screen.say(str(error), "red")
        raise typer.Exit(1) from error
    raise typer.Exit(0 if good else 1)


def _refusal(pair: str, orders: Path | None, stay: Stay) -> str:
    if pair not in {*PAIRS, ALL, SEVERAL}:
        return f"There is no pair {pair!r}. Choose one of: {', '.join((*PAIRS, ALL, SEVERAL))}."
    if pair == SEVERAL and (orders or stay is not Stay.NOT):
        return f"{SEVERAL} is a story of its own: leave ORDERS, KEEP, STORY and EMPTY out."
    if stay is not Stay.NOT and pair == ALL:
        return "Only one pair can stay up: name it."
    if orders and stay in {Stay.CONNECTED, Stay.EMPTY}:
        return "Orders of a file are played as a story: leave STORY and EMPTY out."
    return ""


def _played(choice: Choice, screen: Screen, linger: Callable[[World], None], pair: str) -> bool:
    return _all_of(choice, screen) if pair == ALL else run(choice, screen, linger)


def _tried(choice: Choice, screen: Screen, linger: Callable[[World], None], stay: Stay) -> bool:
    with trial(choice, screen, empty=stay is Stay.EMPTY) as world:
        linger(world)
    return True


def _all_pairs(orders: Path | None) -> tuple[str, ...]:
    """Every pair, those that meet every platform first; of a file of orders these alone."""
    whole = sensible(PAIRS)
    return whole if orders else (*whole, *(name for name in PAIRS if name not in whole))


def _all_of(choice: Choice, screen: Screen) -> bool:
    whole = sensible(choice.pairs)
    screen.say(f"{len(choice.pairs)} pairs, side by side. On the embedded AWS, over HTTP: {', '.join(whole)}.", "bold")
    if len(choice.pairs) > len(whole):
        screen.say("All others play the same story in one process each, on a clock that nobody waits for.")
    return run_side_by_side(choice, screen)


def _leaving(_: World) -> None:
    """Nothing is left to do."""


def _staying(screen: Screen, build: Path, *, connected: bool) -> Callable[[World], None]:
    """Stay up, with the schedules running, until the person is done."""

    def stay(world: World) -> None:
        with staying(world, build, connected=connected) as console:
            for line in reached(world, build, console, connected=connected):
                screen.say(line)
            screen.say("It stays up until Ctrl-C.", "bold")
            with suppress(KeyboardInterrupt):
                while True:
                    note_messages(world, build)
                    time.sleep(BETWEEN_LOOKS)

    return stay


if __name__ == "__main__":
    app()

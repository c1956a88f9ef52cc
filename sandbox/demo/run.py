"""One pair from start to judgement."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from sandbox.demo.connect import connect
from sandbox.demo.csv_run import Retail
from sandbox.demo.pairs import PAIRS
from sandbox.demo.plays import Play
from sandbox.demo.report import Run, shown, write
from sandbox.demo.screen import Screen
from sandbox.demo.scripted import Story
from sandbox.demo.verdict import judge
from sandbox.demo.world import ROOT, World

BUILD = ROOT / "build"
SPEED = 20.0
"""How fast the clock runs unless told otherwise."""


@dataclass(frozen=True)
class Choice:
    """What was asked for on the command line."""

    pair: str = "shopware-salespos"
    orders: Path | None = None
    speed: float = SPEED
    build: Path = BUILD


def run(choice: Choice, screen: Screen, linger: Callable[[World], None] = lambda _world: None) -> bool:
    """Play, judge, show and write down; ``linger`` is called before everything ends. Whether all is well."""
    currency = "GBP" if choice.orders else "EUR"
    screen.say(f"Shopbridge on this machine: {choice.pair}")
    world = World(PAIRS[choice.pair], choice.speed, currency, choice.build / "activity.jsonl")
    with ExitStack() as opened:
        with screen.phase("AWS from template.yaml, shop and back office start"):
            opened.enter_context(world)
        done = _played(world, choice, screen)
        write([done], choice.build / "run.json")
        screen.console.print(shown(done))
        linger(world)
    return done.good


def _played(world: World, choice: Choice, screen: Screen) -> Run:
    play: Play = Retail(world, screen, choice.orders) if choice.orders else Story(world, screen)
    play.prepare()
    connect(world, screen, play.settings())
    before, began = world.calls(), time.monotonic()
    play.play()
    seconds = time.monotonic() - began
    calls = {name: count - before[name] for name, count in world.calls().items()}
    verdict = judge(world.shop.placed(), world.office.booked(), world.ledger())
    crashes = (f"{crash.function} crashed: {crash.error!r}." for crash in world.aws.crashes)
    return Run(choice.pair, verdict, calls, seconds, choice.speed, (*play.judge(verdict), *crashes))

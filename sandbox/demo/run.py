"""Pairs from start to judgement, one after another."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sandbox.aws.moto import MotoProcess
from sandbox.demo.connect import connect
from sandbox.demo.judgement.report import Run, shown, write
from sandbox.demo.judgement.verdict import judge
from sandbox.demo.screen import Screen
from sandbox.demo.story.csv_orders import Invoice, read_invoices
from sandbox.demo.story.csv_run import Retail
from sandbox.demo.story.plays import Play
from sandbox.demo.story.scripted import Story
from sandbox.demo.world import ACTIVITY, ROOT, World
from sandbox.pairs.all_pairs import PAIRS
from shopbridge_cli.client import RefusedError

BUILD = ROOT / "build"
LOGS, RESULT = "logs", "run.json"
FIRST_PAIR = "shopware-salespos"
SPEED = 20.0
"""How fast the clock runs unless told otherwise."""
INVOICED_IN = "GBP"
"""What the amounts of an orders' file are."""
FASTEST = 200.0
"""How fast it may run: signed calls may be five minutes old, which are then a second and a half."""


@dataclass(frozen=True)
class Choice:
    """What was asked for on the command line."""

    pairs: Sequence[str] = (FIRST_PAIR,)
    orders: Path | None = None
    speed: float = SPEED
    build: Path = BUILD


def run(choice: Choice, screen: Screen, linger: Callable[[World], None] = lambda _world: None) -> bool:
    """Play, judge, show and write down; ``linger`` is called before a pair's world ends. Whether all is well.

    Raises:
        UnreadableFileError: The orders' file is not what was promised; nothing was started.
        RefusedError: Nothing can be written to ``build``, or a connection does not verify.
    """
    make_room(choice.build)
    invoices = read_invoices(choice.orders) if choice.orders else ()
    runs: list[Run] = []
    logs = choice.build / LOGS
    with MotoProcess(choice.speed, logs / "aws.log") as moto:
        for pair in choice.pairs:
            screen.say(f"Shopbridge on this machine: {pair}")
            currency = INVOICED_IN if invoices else PAIRS[pair].market.currency
            world = World(PAIRS[pair], choice.speed, currency, logs, moto, pair)
            with started(world, screen):
                runs.append(played(world, pair, screen, invoices))
                write(runs, choice.build / RESULT)
                screen.console.print(shown(runs[-1]))
                linger(world)
    return all(done.good for done in runs)


@contextmanager
def started(world: World, screen: Screen) -> Iterator[None]:
    """The world, up and running in the block."""
    with ExitStack() as opened:
        with screen.phase("AWS from template.yaml, shop and back office start"):
            opened.enter_context(world)
        yield


def make_room(build: Path) -> None:
    """Before anything starts: it ends with writing, and until then no earlier result or log may stand there.

    Raises:
        RefusedError: Nothing can be written there.
    """
    try:
        build.mkdir(parents=True, exist_ok=True)
        (build / LOGS).mkdir(exist_ok=True)
        for earlier in (build / RESULT, *(build / LOGS).iterdir()):
            earlier.unlink(missing_ok=True)
        (build / LOGS / ACTIVITY).open("a").close()
    except OSError as error:
        raise RefusedError(
            f"{error.filename} cannot be written: {error.strerror}. Make the folder writable."
        ) from error


def played(world: World, pair: str, screen: Screen, invoices: Sequence[Invoice]) -> Run:
    """Play a pair in a world that runs: the orders of a file, or the story; and judge it."""
    play: Play = Retail(world, screen, invoices) if invoices else Story(world, screen)
    play.prepare()
    connect(world, screen, play.settings())
    before, began = world.calls(), time.monotonic()
    play.play()
    seconds = time.monotonic() - began
    calls = {name: count - before[name] for name, count in world.calls().items()}
    verdict = judge(world.shop.placed(), world.office.booked(), world.ledger(), world.office.receipts())
    goods = play.judge_goods()
    crashes = (f"{crash.function} crashed: {crash.error!r}." for crash in world.aws.crashes)
    mailed = len(world.letters()) if world.pair.mails else 0
    return Run(pair, verdict, goods, calls, seconds, world.speed, (*play.judge(verdict), *crashes), mailed)

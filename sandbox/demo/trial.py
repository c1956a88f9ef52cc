"""A world to try things in: shop and back office with goods, a connection or none, and no story."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sandbox.aws.moto import MotoProcess
from sandbox.demo.connect import made_and_installed
from sandbox.demo.keep import write_first
from sandbox.demo.run import LOGS, Choice, make_room, started
from sandbox.demo.screen import Screen
from sandbox.demo.story.scripted import Story
from sandbox.demo.world import World
from sandbox.pairs.all_pairs import PAIRS
from shopbridge.connectors.registry import connector_spec

SPEED = 5.0
"""How fast its clock runs unless told otherwise: polls come every minute, and times still look like times."""


@contextmanager
def trial(choice: Choice, screen: Screen, *, empty: bool) -> Iterator[World]:
    """A pair that is up in the block, connected unless it is to stay ``empty``.

    Raises:
        RefusedError: Nothing can be written to ``choice.build``, or the connection does not verify.
    """
    make_room(choice.build)
    (pair,) = choice.pairs
    logs = choice.build / LOGS
    _announce(screen, choice, pair, empty=empty)
    with MotoProcess(choice.speed, logs / "aws.log") as moto:
        world = World(PAIRS[pair], choice.speed, PAIRS[pair].market.currency, logs, moto, pair)
        with started(world, screen):
            _furnish(world, screen, choice.build, empty=empty)
            yield world


def _announce(screen: Screen, choice: Choice, pair: str, *, empty: bool) -> None:
    shop, office = (connector_spec(key).title for key in pair.split("-"))
    connected = "nothing connects them yet" if empty else "connected, with one payment method still to be mapped"
    screen.say(f"Shopbridge on this machine: {shop} as shop, {office} as back office, {connected}.", "bold")
    screen.say(
        "It all runs on 127.0.0.1, AWS too, and nothing leaves this machine. "
        f"Its clock is {choice.speed:g} times as fast as yours (SPEED=1 for the same)."
    )


def _furnish(world: World, screen: Screen, build: Path, *, empty: bool) -> None:
    """Goods on both sides; the settings are those the story begins with."""
    story = Story(world, screen)
    with screen.phase("both catalogues are filled"):
        story.prepare()
    if empty:
        write_first(world, build / "connection.yaml", story.settings())
    else:
        made_and_installed(world, screen, world.settings(**story.settings()))

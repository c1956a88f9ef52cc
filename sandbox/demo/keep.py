"""What to know while a world stays up, and connection files to try the command line with."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from os.path import relpath
from pathlib import Path
from typing import Any

import yaml

from sandbox.aws.console import Console
from sandbox.demo.run import LOGS
from sandbox.demo.shell import write_environment
from sandbox.demo.story.scenes.goods import settings as goods_settings
from sandbox.demo.world import CONNECTION, World
from sandbox.platforms.kit import Loopback

_BESIDE = """\
# One more connection between the demo's shop and back office, good while the demo stays up.
# Change what you like, then: shopbridge create --beside demo {file}
# --beside says by name that both may link the same two accounts: each has a ledger of its own, so orders that `demo`
# has imported already are looked up in a back office that can be searched, and made once more in one that cannot.
"""
_GOODS = """\
# Stock and products are off here: `demo` carries them, and two connections would undo each other's figures.
# To switch them on, first: shopbridge pause -c demo
"""
_FIRST = """\
# A first connection between the shop and the back office that are up: what `shopbridge connect` would ask stands here.
# Change what you like, then: shopbridge connect --file {file}
"""


@contextmanager
def staying(world: World, build: Path, *, connected: bool) -> Iterator[str]:
    """Let the schedules run, write what a terminal needs, and serve the console's stand-in; yields its address."""
    world.aws.stop()
    world.aws.start(world.speed, publish=True)
    if connected:
        write_second(world, build / "second.yaml")
    console = Console(world.aws)
    with Loopback(console.app, log=build / LOGS / "console.log") as served:
        address = console.address(served.url)
        write_environment(world, build / "env.sh", address)
        yield address


def note_messages(world: World, build: Path) -> None:
    """Add what people were told since the last look to ``messages.log``, as a mail would say it."""
    with (build / LOGS / "messages.log").open("a", encoding="utf-8") as log:
        for subject, text in world.inbox.new():
            log.write(f"Subject: {subject}\n\n{text.rstrip()}\n\n")


def reached(world: World, build: Path, console: str, *, connected: bool) -> Iterator[str]:
    """Addresses, and what to type to reach the bridge from another terminal; the files are in ``build``."""
    folder = Path(relpath(build))
    yield ""
    yield f"console         {console}"
    yield f"shop            {world.shop_url}/"
    yield f"back office     {world.office_url}/"
    if world.shop.announces:
        yield f"webhooks        {world.aws.api_url}/hooks/…"
    yield f"AWS             {world.aws.moto_url}/moto-api/"
    yield f"logs            {folder / 'logs'}/"
    yield ""
    yield "In another terminal, in this folder, paste this line:"
    yield ""
    yield f"source {folder / 'env.sh'}"
    yield ""
    yield from _to_begin_with(folder) if connected else _to_connect(folder / "connection.yaml")
    yield ""


def _to_begin_with(folder: Path) -> Iterator[str]:
    yield "Then, for example:"
    yield ""
    yield "shopbridge list       # also: held, orders, order NUMBER, runs show, words, show, poll …"
    yield f"shopbridge create --beside {CONNECTION} {folder / 'second.yaml'}"


def _to_connect(file: Path) -> Iterator[str]:
    yield f"Then step by step, with the answers from {file}, or all at once:"
    yield ""
    yield "shopbridge connect"
    yield f"shopbridge connect --file {file} --start"


def write_first(world: World, file: Path, parts: Mapping[str, Any]) -> None:
    """A file of the first connection, with credentials of its own: no app is installed for them."""
    secrets = {"shop": dict(world.shop.another_key()), "office": dict(world.office.secrets())}
    _write(file, _FIRST.format(file=relpath(file)), {"settings": world.settings(**parts), "secrets": secrets})


def write_second(world: World, file: Path) -> None:
    """A connection file with everything filled in, credentials too."""
    head = _BESIDE.format(file=relpath(file)) + (_GOODS if world.pair.carries_goods else "")
    _write(file, head, _second(world))


def _write(file: Path, head: str, content: Mapping[str, Any]) -> None:
    file.write_text(head + yaml.safe_dump(content, sort_keys=False, allow_unicode=True), encoding="utf-8")


def _second(world: World) -> dict[str, Any]:
    maps = {name: {"entries": dict(entries)} for name, entries in world.pair.maps.items()}
    maps["payment"]["entries"] |= world.pair.forgotten_payment
    settings = world.settings(orders={"maps": maps}, **_switched_off(world))
    settings["office"]["settings"] |= world.office.apart()
    secrets = {"shop": dict(world.shop.another_key()), "office": dict(world.office.secrets())}
    return {"settings": {**settings, "id": "second", "name": "One more connection"}, "secrets": secrets}


def _switched_off(world: World) -> dict[str, Any]:
    """Stock and products as the demo's own connection has them in the end, but at rest."""
    return {name: {**part, "active": False} for name, part in goods_settings(world, complete=True).items()}

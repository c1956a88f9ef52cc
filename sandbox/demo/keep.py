"""What to know while the demo stays up, and a connection file to try the command line with."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from sandbox.aws.environment import endpoints
from sandbox.demo.goods_scenes import settings as goods_settings
from sandbox.demo.world import World

NEEDED = ("AWS_ENDPOINT_URL_LAMBDA", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
_HEAD = """\
# One more connection between the demo's shop and back office, good while the demo stays up.
# Change what you like, then: .venv/bin/shopbridge create --beside demo {file}
# --beside says by name that both may link the same two accounts: each has a ledger of its own, so orders that `demo`
# has imported already are looked up in a back office that can be searched, and made once more in one that cannot.
"""
_GOODS = """\
# Stock and products are off here: `demo` carries them, and two connections would undo each other's figures.
# To switch them on, first: .venv/bin/shopbridge pause -c demo
"""


def reached(world: World, file: Path) -> Iterator[str]:
    """Addresses, and what to type to reach the bridge from another terminal; ``file`` is one to create from."""
    yield ""
    yield f"shop            {world.shop_url}/"
    yield f"back office     {world.office_url}/"
    if world.shop.announces:
        yield f"webhooks        {world.aws.api_url}/hooks/…"
    yield f"embedded AWS    {world.aws.moto_url}/moto-api/"
    yield f"activity        {world.aws.activity.file}"
    yield ""
    yield "In another terminal, in the project's folder:"
    yield ""
    variables = endpoints(world.aws.moto_url, world.aws.lambda_url)
    for name in NEEDED:
        yield f"export {name}={variables[name]}"
    yield f"export SHOPBRIDGE_OPERATIONS_FUNCTION={world.function}"
    yield ".venv/bin/shopbridge list       # also: held, order 10018, runs show, words, show, poll …"
    yield f".venv/bin/shopbridge create --beside demo {file}"
    yield ""


def write_second(world: World, file: Path) -> None:
    """A connection file with everything filled in, credentials too."""
    text = yaml.safe_dump(_second(world), sort_keys=False, allow_unicode=True)
    head = _HEAD.format(file=file) + (_GOODS if world.pair.carries_goods else "")
    file.write_text(head + text, encoding="utf-8")


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

"""What runs of products overwrite, and whether somebody agreed to it."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from shopbridge_cli.lines import Indented

Record = Mapping[str, Any]


def agreed(result: Record) -> RenderableType:
    """That a person has agreed."""
    return Text(f"Agreed. Runs of products of {result['id']} begin, or go on, by themselves.")


def unmet(result: Record) -> RenderableType:
    """What would be overwritten, and how to agree."""
    if result.get("given"):
        return Group(*overwrites(result), Text("Somebody has agreed to this already."))
    how = "Nothing was started. Agree by the same command with" if "given" not in result else "Agree with"
    word = f"`consent {result['consent']}`" if "given" in result else f"`--consent {result['consent']}`"
    return Group(*overwrites(result), Text(f"{how} {word}."))


def waiting(result: Record) -> Iterator[RenderableType]:
    """The same below what became of a connection, if products wait for it."""
    if "overwrites" not in result:
        return
    yield from overwrites(result)
    if "consent" not in result:
        yield Text("The settings agree to it (products.run_when_connected).")
    else:
        yield Text(f"Products wait until you agree: `consent {result['consent']} -c {result['id']}`.")


def overwrites(result: Record) -> Iterator[RenderableType]:
    """What runs of products overwrite, a sentence a line."""
    if result.get("note"):
        yield Text(result["note"])
    yield Text("What runs of products overwrite:")
    yield from (Indented(Text(each), 2, hanging=2) for each in result["overwrites"])

"""Settings and their versions as people read them."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from shopbridge_cli.lines import Indented, when
from shopbridge_cli.yaml_text import dumped

Record = Mapping[str, Any]


def value(found: Any) -> RenderableType:
    """One value on a line, several as YAML."""
    if isinstance(found, Mapping | list):
        return Text(dumped(found).rstrip())
    return Text("none" if found is None else str(found))


def history(result: Record) -> RenderableType:
    """Each version with who made it, and what it changed below it."""
    return Group(*(part for version in result["versions"] for part in _version(version)))


def differences(result: Record) -> RenderableType:
    """What is otherwise, one a line."""
    if not result["changes"]:
        return Text("Nothing is different.")
    return Group(*_changes(result["changes"]))


def _version(version: Record) -> Iterator[RenderableType]:
    at = f"  {when(version['at'])}" if version["at"] else ""
    by = f"  by {version['by']}" if version["by"] else ""
    yield Indented(Text(f"Version {version['version']}{at}{by}", style="bold"), 0, hanging=2)
    yield from _changes(version["changes"])


def _changes(changes: list[str]) -> Iterator[RenderableType]:
    yield from (Indented(Text(change), 2, hanging=2) for change in changes)

"""Answers as people read them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import yaml
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

Record = Mapping[str, Any]

STATES = {
    "INTENT": "under way",
    "SENT": "under way",
    "DONE": "imported",
    "SKIPPED": "skipped",
    "HELD": "held",
    "REJECTED": "rejected",
    "UNKNOWN": "unknown outcome",
}
"""The ledger's states in an operator's words."""


def connections(found: Sequence[Record]) -> RenderableType:
    """All connections, one a line."""
    if not found:
        return Text("There are no connections yet. Create one with `create FILE`.")
    table = _table("Connection", "Name", "From", "To", "Status")
    for each in found:
        status = f"{each['status']}: {each['reason']}" if each["reason"] else each["status"]
        table.add_row(*_texts(each["id"], each["name"], each["shop"], each["office"], status))
    return table


def changed(result: Record) -> RenderableType:
    """What became of a connection, with what the platforms said of themselves."""
    lines = [f"Connection {result['id']} is {result['status']}."]
    if result.get("reason"):
        lines.append(result["reason"])
    lines += [f"  {remark}" for remark in result.get("remarks", ())]
    if result.get("resent"):
        lines.append(f"{result['resent']} waiting orders go on.")
    return Group(*_texts(*lines), *_hooks(result.get("hooks", {})))


def connection(result: Record) -> RenderableType:
    """One connection: status, counts and settings."""
    counts = _table("Orders", "")
    for state, count in sorted(result["orders"].items()):
        counts.add_row(*_texts(STATES.get(state, state), str(count)))
    read = f"Read up to {moment(result['read_up_to'])}." if result["read_up_to"] else "Not polled yet."
    settings = yaml.safe_dump(result["settings"], sort_keys=False, allow_unicode=True)
    return Group(changed(result), Text(read), counts, Text(settings))


def verified(result: Record) -> RenderableType:
    """What verifying found."""
    verdict = "Everything verifies." if result["verified"] else "The connection does not verify."
    return Group(*_texts(verdict, *(f"  {remark}" for remark in result["remarks"])))


def held(records: Sequence[Record]) -> RenderableType:
    """What waits for a person, with reason and fix."""
    if not records:
        return Text("Nothing waits for you.")
    table = _table("Order", "Since", "Code", "Why", "What to do", lines=True)
    for each in records:
        what = each["order"] or each["id"]
        table.add_row(*_texts(what, moment(each["updated_at"]), each["code"], each["reason"], each["fix"]))
    return table


def story(records: Sequence[Record]) -> RenderableType:
    """Everything that happened to an order, as dated lines."""
    return Group(*(part for record in records for part in _story(record)))


def words(result: Mapping[str, Mapping[str, Mapping[str, str]]]) -> RenderableType:
    """The values both sides know, map by map."""
    names = dict.fromkeys(name for side in result.values() for name in side)
    return Group(*(_words(name, result) for name in names))


def sentence(result: Record) -> RenderableType:
    """A short answer: its names and values in one line."""
    return Text(", ".join(f"{name.replace('_', ' ')}: {value}" for name, value in result.items()))


def moment(text: str) -> str:
    """An ISO time to the second; the bridge's times are UTC."""
    return text[:19].replace("T", " ")


def _story(record: Record) -> Iterable[RenderableType]:
    office = f", {record['office_order']} in the back office" if record["office_order"] else ""
    total = f", total {record['total']}" if record["total"] else ""
    yield Text(f"Order {record['order']}: {STATES.get(record['state'], record['state'])}{office}{total}", style="bold")
    yield from _texts(*(f"  {moment(line['at'])}  {line['text']}" for line in record["story"]))
    if record["open_steps"]:
        yield Text(f"  Still to do: {', '.join(record['open_steps'])}")
    if record["fix"]:
        yield Text(f"  What to do: {record['fix']}", style="yellow")


def _words(name: str, result: Mapping[str, Mapping[str, Mapping[str, str]]]) -> RenderableType:
    table = _table(name.replace("_", " "), "Key", "Called")
    for side, maps in result.items():
        for key, title in maps.get(name, {}).items():
            table.add_row(*_texts(side, key, title))
    return table


def _hooks(paths: Mapping[str, str]) -> Iterable[Text]:
    if paths:
        yield Text("The shop may call these addresses below the stack's PublicUrl (the token is shown only now):")
        yield from _texts(*(f"  {name.replace('_', ' ')}: {path}" for name, path in paths.items()))


def _table(*columns: str, lines: bool = False) -> Table:
    table = Table(show_lines=lines)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _texts(*lines: str) -> list[Text]:
    """As texts, since a value from outside may hold what rich takes for markup."""
    return [Text(line) for line in lines]

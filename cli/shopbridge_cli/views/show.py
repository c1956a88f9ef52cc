"""Answers as people read them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from shopbridge_cli.lines import Indented, below, head, moment, money, orders, texts, what_to_do, when
from shopbridge_cli.views.show_consent import waiting
from shopbridge_cli.views.show_plan import planned
from shopbridge_cli.views.show_runs import progress
from shopbridge_cli.yaml_text import dumped

Record = Mapping[str, Any]

STATES = {
    "INTENT": "under way",
    "SENT": "under way",
    "DONE": "imported",
    "SKIPPED": "skipped",
    "HELD": "held",
    "REJECTED": "refused",
    "UNKNOWN": "unknown outcome",
}
"""The ledger's states in an operator's words."""
SIDES = {"shop": "In the shop:", "office": "In the back office:"}


def connections(found: Sequence[Record]) -> RenderableType:
    """All connections, one a line."""
    if not found:
        return Text("There are no connections yet. Create one with `create FILE`.")
    return Group(*(part for each in found for part in _listed(each)))


def _listed(each: Record) -> Iterable[RenderableType]:
    yield head(f"{each['id']}  {each['status']}")
    yield from below(
        f"{each['name']}: {each['shop']} → {each['office']}", *([each["reason"]] if each["reason"] else [])
    )


def changed_by_file(result: Record) -> RenderableType:
    """The same of a connection whose file has to follow."""
    if not result["changes"]:
        return changed(result)
    return Group(
        changed(result), Text(f"Before you change it again, put `version: {result['version']}` into the file.")
    )


def changed(result: Record) -> RenderableType:
    """What became of a connection, with what the platforms said of themselves."""
    lines = [f"Connection {result['id']} is {result['status']}."]
    if result.get("reason"):
        lines.append(result["reason"])
    if "changes" in result:
        lines.append(_version(result))
    if result.get("resent"):
        lines.append(f"{orders(result['resent'])} that waited for this: tried again now.")
    return Group(
        *texts(*lines),
        *below(*result.get("changes", ()), *result.get("remarks", ())),
        *waiting(result),
        *_hooks(result.get("hooks", {})),
    )


def created(result: Record) -> RenderableType:
    """A new connection, and what it would do."""
    if "plan" not in result:
        return changed(result)
    plan = {**result["plan"], "id": result["id"]}
    return Group(changed(result), planned(plan), _shown_next())


def _shown_next() -> Text:
    return Text("`preview` shows more orders as they would be sent; `plan` tells this anew; `resume` lets it begin.")


def connection(result: Record) -> RenderableType:
    """One connection: status, counts, runs and settings."""
    counts = [f"{count} {STATES.get(state, state)}" for state, count in sorted(result["orders"].items())]
    counted = Text(f"Orders: {', '.join(counts)}.") if counts else Text("No order has come in yet.")
    read = f"Read up to {when(result['read_up_to'])}." if result["read_up_to"] else "Not polled yet."
    settings = dumped({"version": result["version"], "settings": result["settings"]})
    runs = [progress(result["runs"])] if result["runs"] else []
    return Group(changed(result), Text(read), counted, *runs, Text(settings))


def verified(result: Record) -> RenderableType:
    """What verifying found."""
    verdict = "Everything verifies." if result["verified"] else "The connection does not verify."
    return Group(Text(verdict), *below(*result["remarks"]))


def story(records: Sequence[Record]) -> RenderableType:
    """Everything that happened to an order, as dated lines."""
    return Group(*(part for record in records for part in _story(record)))


def words(result: Record) -> RenderableType:
    """The values both sides know, map by map."""
    sides = {side: result[side] for side in ("shop", "office")}
    names = dict.fromkeys(name for side in sides.values() for name, known in side.items() if known)
    return Group(*(part for name in names for part in _words(name, sides)), *below(*result.get("remarks", ())))


def polled(result: Record) -> RenderableType:
    """That a poll was asked for."""
    return Text(f"A poll of {result['id']} is asked for. `show` tells how far the shop was read.")


def resent(result: Record) -> RenderableType:
    """How many orders are tried again."""
    note = result.get("note", "")
    if not result["resent"]:
        return Text(f"No order is held for that reason. {note or '`held` shows which reasons there are.'}")
    again = f"Tried again: {orders(result['resent'])}. `order` tells what becomes of each, `held` what remains."
    return Group(Text(again), *below(*([note] if note else [])))


def skipped(result: Record) -> RenderableType:
    """That an order was set aside."""
    return Text(f"Set aside: {orders(result['skipped'])}. Only `resend` takes it up again.")


def _story(record: Record) -> Iterable[RenderableType]:
    office = f", {record['office_order']} in the back office" if record["office_order"] else ""
    total = f", total {money(record['total'], record.get('currency', ''))}" if record["total"] else ""
    yield head(f"Order {record['order']}: {STATES.get(record['state'], record['state'])}{office}{total}")
    for line in record["story"]:
        yield Indented(Text(f"{moment(line['at'])}  {line['text']}"), 2, hanging=21)
    if record["open_steps"]:
        yield from below(f"Still to do: {', '.join(record['open_steps'])}")
    yield from what_to_do(record["fix"])


def _words(name: str, sides: Mapping[str, Mapping[str, Mapping[str, str]]]) -> Iterable[RenderableType]:
    yield head(name.replace("_", " "))
    for side, maps in sides.items():
        if maps.get(name):
            yield Indented(Text(SIDES[side]), 2)
            yield from (Indented(Text(f"{key}  {title}"), 4, hanging=4) for key, title in maps[name].items())


def _hooks(paths: Mapping[str, str]) -> Iterable[RenderableType]:
    if paths:
        yield Text("Shop and back office may call these, below the stack's PublicUrl (the token is shown only now):")
        yield from below(*(f"{name.replace('_', ' ')}: {path}" for name, path in paths.items()))


def _version(result: Record) -> str:
    if not result["changes"]:
        return f"Nothing is different; it is version {result['version']} now."
    return f"It is version {result['version']} now. Changed:"

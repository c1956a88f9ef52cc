"""What waits for a person, by reason: the fix once, and under it whom it concerns."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from shopbridge_cli.lines import Indented, head, money, what_to_do, when

Record = Mapping[str, Any]
Key = tuple[str, str]
"""A reason's code and its fix: what is mended by the same act stands together."""


def held(result: Record) -> RenderableType:
    """Orders, and what the newest runs held or could not do, each by reason, the most frequent first."""
    orders, items = result["orders"], result["items"]
    if not orders and not items:
        return Text("Nothing waits for you.")
    return Group(
        *(part for key, group in _by_reason(orders) for part in _orders(key, group)),
        *(part for key, group in _by_reason(items) for part in _items(key, group)),
    )


def of_runs(runs: Sequence[Record]) -> list[dict[str, Any]]:
    """What the newest run of each kind held or could not do, each with its reason."""
    return [
        {"run": run["kind"], "item": problem["item"], **problem["reason"], "reason": problem["reason"]["text"]}
        for run in runs
        for problem in run["problems"]
    ]


def _by_reason(records: Sequence[Record]) -> list[tuple[Key, list[Record]]]:
    groups: dict[Key, list[Record]] = {}
    for record in records:
        groups.setdefault((record["code"], record["fix"]), []).append(record)
    return sorted(groups.items(), key=lambda group: -len(group[1]))


def _orders(key: Key, group: list[Record]) -> Iterator[RenderableType]:
    count = "1 order" if len(group) == 1 else f"{len(group)} orders"
    yield from _reason(f"{key[0]}: {count}", key, group)
    is_one = _is_one(group)
    for record in group:
        why = "" if is_one else f": {record['reason']}"
        yield Indented(
            Text(f"{_name(record, group)}, since {when(record['updated_at'])}{_sum(record)}{why}"), 4, hanging=2
        )


def _items(key: Key, group: list[Record]) -> Iterator[RenderableType]:
    kinds = ", ".join(dict.fromkeys(record["run"].replace("_", " ") for record in group))
    yield from _reason(f"{key[0]}: {len(group)} of the newest run of {kinds}", key, group)
    is_one = _is_one(group)
    for record in group:
        yield Indented(Text(record["item"] if is_one else f"{record['item']}: {record['reason']}"), 4, hanging=2)


def _reason(title: str, key: Key, group: list[Record]) -> Iterator[RenderableType]:
    yield head(title)
    if _is_one(group):
        yield Indented(Text(group[0]["reason"]), 2)
    yield from what_to_do(key[1])


def _is_one(group: list[Record]) -> bool:
    """All of them have the same to say."""
    return len({record["reason"] for record in group}) == 1


def _name(record: Record, group: list[Record]) -> str:
    """The number, with the id where others here have the same number."""
    name = str(record["order"] or record["id"])
    alone = sum(each["order"] == record["order"] for each in group) == 1 or not record["order"]
    return name if alone else f"{name} (id {record['id']})"


def _sum(record: Record) -> str:
    return f", {money(record['total'], record.get('currency', ''))}" if record["total"] else ""

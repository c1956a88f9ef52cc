"""How connections do, as people read it: a sentence each, and what to do where something is wrong."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from shopbridge_cli.lines import Indented, what_to_do

Record = Mapping[str, Any]
BUCKET = "\0"
"""Stands for the name of a limit while texts are compared."""


def told(result: Record) -> RenderableType:
    """Each connection with its verdict."""
    if not result["connections"]:
        return Text("There are no connections yet. Create one with `create FILE`.")
    parts = [part for each in result["connections"] for part in _connection(each)]
    if len(result["connections"]) == 1:
        parts += _facts(result["connections"][0])
    return Group(*parts)


def _connection(each: Record) -> Iterator[RenderableType]:
    style = "bold green" if each["well"] else "bold"
    yield Indented(
        Text(f"{each['id']}  {each['shop']} → {each['office']}: {each['verdict']}", style=style), 0, hanging=2
    )
    if each["jobs"]:
        yield Indented(Text(", ".join(f"{job['what']} {job['ago']}" for job in each["jobs"])), 2, hanging=2)
    if each["backlog"]:
        yield Indented(Text(each["backlog"]), 2, hanging=2)
    for trouble in each["troubles"]:
        if trouble["reason"] not in each["verdict"]:
            yield Indented(Text(f"{trouble['name']}: {trouble['reason']}"), 2, hanging=2)
        yield from what_to_do(trouble["fix"])
    if each["held"]:
        yield Indented(Text(f"`held -c {each['id']}` shows what waits for you: {each['held']}"), 2, hanging=2)


def _facts(each: Record) -> Iterator[RenderableType]:
    """What is asked of one connection only: how far it was read, who calls, who lets us in, what limits leave."""
    for text in _texts(each.get("facts", ())):
        yield Indented(Text(text, style="dim"), 2, hanging=2)


def _texts(facts: Iterable[Record]) -> Iterable[str]:
    """Limits that stand alike are told in one line: a platform may have one for each of its addresses."""
    buckets: dict[str, list[str]] = {}
    for fact in facts:
        bucket = str(fact.get("bucket", ""))
        buckets.setdefault(fact["text"].replace(bucket, BUCKET, 1) if bucket else fact["text"], []).append(bucket)
    return [text.replace(BUCKET, ", ".join(named), 1) for text, named in buckets.items()]


STYLES = {"ok": "green", "warn": "bold", "bad": "bold red"}


def examined(result: Record) -> RenderableType:
    """Each check in a line, and what to do where something is to be done; what is bad comes last, to be seen."""
    checks = sorted(result["checks"], key=lambda each: list(STYLES).index(each["state"]))
    return Group(*(part for each in checks for part in _check(each)))


def _check(each: Record) -> Iterator[RenderableType]:
    yield Indented(Text(f"{each['state']:<4}  {each['text']}", style=STYLES[each["state"]]), 0, hanging=6)
    yield from what_to_do(each["fix"])

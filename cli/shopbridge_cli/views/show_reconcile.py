"""Both sides held against each other, as people read it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from shopbridge_cli.lines import Indented, below, head, money, orders, what_to_do
from shopbridge_cli.views.show_why import GROUPS

Record = Mapping[str, Any]
WORDS = {**GROUPS, "missed": "missing", "unreadable": "unreadable"}
MOST = 40
"""Findings of a kind that are shown; all of them with --json."""


def told(result: Record) -> RenderableType:
    """Counts of both sides, then what does not agree, with what to do about it."""
    days = f"{result['since']} to {result['until']}"
    parts = [
        *below(
            f"Shop, placed in these days: {_counts(result['shop'])}",
            f"Ledger, first seen in these days: {_counts(result['ledger'])}",
            f"Back office: {_office(result)}",
            result["stock"]["text"],
        ),
        *_missing(result["missing"]),
        *_findings("Gone from the back office", result["gone"]),
        *_findings("More than one in the back office", result["doubles"]),
        *_rest(result),
    ]
    return Group(head(f"{result['id']}, {days}: {_verdict(result)}"), *parts)


def repaired(result: Record) -> RenderableType:
    """What was handed over, and what was not."""
    lines = [f"Handed to the import: {orders(result['done'])}. `orders` and `order` tell what becomes of them."]
    if result["waits"]:
        lines.append(
            "The back office cannot be searched, so they wait for you in `held`: look for each there before you "
            "`resend` it."
        )
    left = [f"{each['id']}: {each['text']}" for each in result["left"]]
    return Group(*(Text(line) for line in filter(None, (*lines, result["stock"]))), *below(*left))


def _verdict(result: Record) -> str:
    if result["next"]:
        return "not all of it was read."
    counts = {"missing": "missing", "gone": "gone from the back office", "doubles": "there twice"}
    found = [f"{len(result[name])} {words}" for name, words in counts.items() if result[name]]
    if unanswered := result["unanswered"]:
        found.append(f"{unanswered} that the back office gave no answer for")
    return f"{', '.join(found)}." if found else "both sides agree."


def _counts(places: Mapping[str, str]) -> str:
    counts = Counter(places.values())
    named = [f"{counts[group]} {words}" for group, words in WORDS.items() if counts[group]]
    return f"{orders(len(places))}{': ' if named else ''}{', '.join(named)}."


def _office(result: Record) -> str:
    unclear = f", {orders(result['unclear'])} it cannot be asked for" if result["unclear"] else ""
    unanswered = f", and gave no answer for {orders(result['unanswered'])}: ask again" if result["unanswered"] else ""
    return f"has {result['there']} of them{unclear}{unanswered}."


def _missing(found: Sequence[Record]) -> Iterator[RenderableType]:
    if found:
        yield head(f"Missing: {orders(len(found))}")
        yield from what_to_do("`reconcile --repair` hands them to the import once you agree.")
    for each in found[:MOST]:
        line = f"{each['order'] or each['id']}, placed {each['placed_at'][:10]}, {money(each['total'])}. {each['text']}"
        yield Indented(Text(line), 2, hanging=2)
    yield from _more(found)


def _findings(title: str, found: Sequence[Record]) -> Iterator[RenderableType]:
    if found:
        yield head(f"{title}: {orders(len(found))}")
    for each in found[:MOST]:
        name = f"{each['order'] or each['id']} ({each['office']}). {each['text']}"
        yield Indented(Text(name), 2, hanging=2)
        yield Indented(Text(f"What to do: {each['fix']}", style="yellow"), 4, hanging=2)
    yield from _more(found)


def _more(found: Sequence[Record]) -> Iterator[RenderableType]:
    if len(found) > MOST:
        yield Indented(Text(f"and {len(found) - MOST} more: --json tells all"), 2)


def _rest(result: Record) -> Iterator[RenderableType]:
    if not result["next"]:
        return
    yield head("The rest was not read")
    yield from below(*filter(None, (result["stops"],)))
    yield from what_to_do(result["fix"] or "Ask on from there with `--after`.")
    days = f"--since {result['since']} --until {result['until']}"
    yield from below(f"`reconcile {days} --after {result['next']!r}`")

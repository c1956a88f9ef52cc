"""How it ends: a table for people, ``build/run.json`` for programs."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from sandbox.demo.judgement import report_goods
from sandbox.demo.judgement.brought import Brought
from sandbox.demo.judgement.goods import Goods
from sandbox.demo.judgement.report_goods import Row
from sandbox.demo.judgement.verdict import Verdict

SHOWN = 5
"""How many numbers of wrong orders are named."""


@dataclass(frozen=True)
class Run:
    """One pair's run.

    Attributes:
        goods: Stock, prices and products; None where only orders travelled.
        calls: To ``shop``, ``office`` and ``aws``.
        unmet: What the run was to show and did not, as sentences.
        mailed: Documents that buyers got by e-mail.
    """

    pair: str
    verdict: Verdict
    goods: Goods | Brought | None
    calls: Mapping[str, int]
    seconds: float
    speed: float
    unmet: tuple[str, ...] = ()
    mailed: int = 0

    @property
    def good(self) -> bool:
        """Nothing is wrong, and everything was shown."""
        return self.verdict.good and not self.unmet and not (self.goods and self.goods.wrong)


def as_json(runs: list[Run]) -> dict[str, Any]:
    """What ``build/run.json`` holds."""
    return {"pairs": {run.pair: _pair(run) for run in runs}, "ok": all(run.good for run in runs)}


def write(runs: list[Run], path: Path) -> None:
    """Write it, with its directory."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(as_json(runs), indent=2) + "\n")


def shown(run: Run) -> RenderableType:
    """The table and the judgement under it."""
    table = Table(title=run.pair, title_justify="left", show_lines=False)
    for column in ("Orders", "", "What to do"):
        table.add_column(column, overflow="fold", justify="right" if not column else "left")
    for title, rows in _sections(run):
        if title:
            table.add_row(Text(title, style="bold"), "", "")
        for row in rows:
            table.add_row(*(Text(cell) for cell in row))
        table.add_section()
    return Group(table, *(Text(line, style=style) for line, style in _judgement(run)))


def _pair(run: Run) -> dict[str, Any]:
    verdict = run.verdict
    return {
        "placed": verdict.placed,
        "imported": verdict.imported,
        "skipped": dict(verdict.skipped),
        "held": dict(verdict.held),
        "duplicated": len(verdict.duplicated),
        "lost": len(verdict.lost),
        "total_mismatches": len(verdict.mismatched),
        "by_webhook": verdict.by_webhook,
        "by_poll": verdict.by_poll,
        **({"receipts": verdict.receipts} if verdict.receipts else {}),
        **({"mailed": run.mailed} if run.mailed else {}),
        **(report_goods.as_json(run.goods) if run.goods else {}),
        "calls": dict(run.calls),
        "seconds": round(run.seconds, 1),
    }


def _sections(run: Run) -> Iterator[tuple[str, Iterator[Row]]]:
    """The table's parts; the first one stands under the heading."""
    yield "", _orders(run.verdict, run.mailed)
    if run.goods:
        yield from report_goods.sections(run.goods)
    yield "", _costs(run)


def _orders(verdict: Verdict, mailed: int) -> Iterator[Row]:
    yield "placed in the shop", str(verdict.placed), ""
    yield "imported", str(verdict.imported), ""
    yield "  found by webhook", str(verdict.by_webhook), ""
    yield "  found by poll", str(verdict.by_poll), ""
    for code, count in verdict.skipped.items():
        yield f"skipped: {code}", str(count), ""
    for code, count in verdict.held.items():
        yield f"held: {code}", str(count), verdict.fixes[code]
    if verdict.receipts:
        yield "fiscal receipts issued", str(verdict.receipts), ""
    if mailed:
        yield "documents mailed to buyers", str(mailed), ""
    yield "duplicated", str(len(verdict.duplicated)), ""
    yield "lost", str(len(verdict.lost)), ""
    yield "totals that differ", str(len(verdict.mismatched)), ""


def _costs(run: Run) -> Iterator[Row]:
    for name, title in (("shop", "calls to the shop"), ("office", "calls to the back office"), ("aws", "calls to AWS")):
        per_order = f"{run.calls[name] / max(run.verdict.placed, 1):.1f} per order"
        yield title, str(run.calls[name]), "orders, stock and products" if run.goods else per_order
    clock = "on the real clock" if run.speed == 1 else f"on a clock that runs {run.speed:g} times as fast"
    yield "seconds", f"{run.seconds:.1f}", clock


def _judgement(run: Run) -> Iterator[tuple[str, str]]:
    verdict = run.verdict
    wrong = (
        ("lost", verdict.lost),
        ("in the back office twice", verdict.duplicated),
        ("different", verdict.mismatched),
    )
    for what, numbers in wrong:
        if numbers:
            yield f"✗ {len(numbers)} orders are {what}: {', '.join(numbers[:SHOWN])}", "red"
    for line in (*verdict.untrue[:SHOWN], *(run.goods.wrong if run.goods else ()), *run.unmet):
        yield f"✗ {line}", "red"
    if run.good:
        yield "✓ Every order is in the back office once, to the cent, or says why it is not.", "green"
    if run.good and run.goods:
        yield f"✓ {report_goods.praise(run.goods)}", "green"

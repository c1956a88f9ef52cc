"""What lies in a warehouse, and what is left of it when its planned moves are made."""

from datetime import date
from decimal import Decimal
from typing import Any

from sandbox.platforms.tryton.records import Context, Database, Record

PLANNED = ("draft", "assigned")


def on_hand(_: Database, product: Record, context: Context) -> float:
    """Of the places that the context names; nothing without one."""
    counted = product.values.get("stock", {})
    return float(sum((counted.get(place, Decimal(0)) for place in context.get("locations") or ()), Decimal(0)))


def forecast(database: Database, product: Record, context: Context) -> float:
    """The same, less what is planned to leave by the day that the context names."""
    until: date = context.get("stock_date_end") or date.max
    leaving = (
        move.values["quantity"]
        for move in database.table("stock.move").values()
        if move.values["product"] == product.id and _counts(move, until, context)
    )
    return on_hand(database, product, context) - float(sum(leaving, Decimal(0)))


def _counts(move: Record, until: date, context: Context) -> bool:
    is_planned = move.values["state"] in PLANNED and move.values["planned_date"] <= until
    return is_planned and move.values["warehouse"] in (context.get("locations") or ())


def move_stock(product: Record, warehouse: int, count: Any) -> None:
    """Goods come in, or leave where the count is below zero; there may be less than nothing."""
    counted = product.values.setdefault("stock", {})
    counted[warehouse] = counted.get(warehouse, Decimal(0)) + Decimal(count)

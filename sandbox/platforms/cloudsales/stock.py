"""Goods that come, go and are reserved: stock moves with documents, never by itself."""

from collections.abc import Iterable
from decimal import Decimal

from sandbox.platforms.cloudsales.records import Line, Product, WorkPoint
from sandbox.platforms.cloudsales.state import Account


def move(account: Account, product: Product, work_point: WorkPoint, quantity: Decimal) -> None:
    """Goods come (above 0) or go; a product without stock figures is left alone."""
    if product.totals is None:
        return
    product.totals[work_point.id] = product.totals.get(work_point.id, Decimal(0)) + quantity
    product.moved = True
    _touch(account, product)


def reserve_lines(account: Account, lines: Iterable[Line], work_point: WorkPoint, sign: int) -> None:
    """Reserve the goods of all lines (1) or give them free (-1)."""
    for line in lines:
        if line.goods is not None:
            reserved = line.goods.reserved
            reserved[work_point.id] = reserved.get(work_point.id, Decimal(0)) + sign * line.quantity
            _touch(account, line.goods)


def move_lines(account: Account, lines: Iterable[Line], work_point: WorkPoint, sign: int) -> None:
    """The goods of all lines come (1) or go (-1)."""
    for line in lines:
        if line.goods is not None:
            move(account, line.goods, work_point, sign * line.quantity)


def _touch(account: Account, product: Product) -> None:
    if account.assumed.stock_moves_modified:
        product.modified = account.now()

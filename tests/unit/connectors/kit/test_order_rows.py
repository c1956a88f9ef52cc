"""Rows that are known are not looked into."""

from typing import Any

import pytest

from shopbridge.connectors.kit.order_rows import mark_of, read_orders_page
from shopbridge.model.order import Order
from tests.unit.flow_samples import an_order

ROWS: list[dict[str, Any]] = [{"id": "1"}, {"id": "2"}]


def test_what_is_known_is_neither_read_nor_told() -> None:
    read: list[object] = []

    def reading(row: dict[str, Any]) -> Order:
        read.append(row)
        return an_order(id=row["id"])

    page = read_orders_page(ROWS, reading, "3", lambda mark: mark == mark_of(ROWS[0]))
    assert (read, [order.id for order in page.orders], page.position) == (ROWS[1:], ["2"], "3")
    assert page.rows == {"2": mark_of(ROWS[1])}


@pytest.mark.parametrize("other", [{"id": "1", "more": None}, {"id": 1}, {"id": "1 "}, {}])
def test_another_row_has_another_mark(other: dict[str, Any]) -> None:
    assert mark_of(other) != mark_of({"id": "1"}) == mark_of({"id": "1"})
    assert mark_of({"id": "1"}, "and a status") != mark_of({"id": "1"})

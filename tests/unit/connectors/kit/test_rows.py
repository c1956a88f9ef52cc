"""What a platform lists, made what we know of it."""

from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter

from shopbridge.connectors.kit.rows import AnyRow, Row, odd_form, orders_apart, products_page, read_each, read_rows
from shopbridge.errors import RetryLater
from shopbridge.model.catalogue import Product, UnreadableProduct
from shopbridge.model.ledger import Reason
from shopbridge.model.office import UnreadableOrder
from tests.unit.flow_samples import an_order
from tests.unit.flows.products.catalogue_world import a_product


class Tax(BaseModel):
    id: int


TAXES = TypeAdapter(list[Tax])


def test_what_has_its_shape_is_given_in_it() -> None:
    assert read_rows(TAXES, [{"id": 1}, {"id": "2"}], "Gomag", "taxes") == [Tax(id=1), Tax(id=2)]


def test_one_row_of_another_form_concludes_nothing_and_says_where() -> None:
    with pytest.raises(RetryLater) as caught:
        read_rows(TAXES, [{"id": 1}, {"id": "secret"}], "Gomag", "taxes")
    assert caught.value.what.startswith("Gomag lists taxes in an unexpected form at [1].id: ")
    assert "secret" not in str(caught.value)
    assert (caught.value.after, caught.value.where) == (300, "Gomag taxes")


def test_a_place_that_nobody_knows_is_not_told() -> None:
    assert odd_form("Shopware", "orders").what == "Shopware lists orders in an unexpected form"


@pytest.mark.parametrize("odd", [None, 7, "x", [], [{"id": 1}]])
def test_a_row_that_is_no_object_ends_no_page(odd: Any) -> None:
    assert TypeAdapter(list[AnyRow]).validate_python([odd, {"id": 1}]) == [{}, {"id": 1}]


def test_products_that_cannot_be_read_are_told_beside_the_others() -> None:
    odd = UnreadableProduct(id="x", rank=2, sku="X", reason=Reason(code="unexpected_form", text="Odd.", fix="Look."))
    read: list[Product | UnreadableProduct] = [a_product(1), odd, a_product(3)]
    page = products_page(iter(read), "3")
    assert ([each.rank for each in page.products], page.unreadable, page.position) == ([1, 3], (odd,), "3")


def test_orders_that_cannot_be_read_are_told_beside_the_others() -> None:
    odd = UnreadableOrder(id="x", number="1", revision="r", code="unexpected_form", text="Odd.", fix="Look.")
    order = an_order()
    assert orders_apart([odd, order]) == ([order], [odd])


def test_a_row_that_is_odd_spoils_no_other() -> None:
    rows: list[Row] = [{"id": 1}, {"id": "secret"}, {}, {"id": 2}]
    read = read_each(Tax, rows, lambda row, why: (dict(row), why.partition(":")[0]))
    assert read == [Tax(id=1), ({"id": "secret"}, "id"), ({}, "id"), Tax(id=2)]

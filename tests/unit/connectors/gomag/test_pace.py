"""How Gomag's bucket is read, and how its lists are walked."""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import pytest

from shopbridge.connectors import gomag
from shopbridge.connectors.gomag.api import Gauge, GomagPage, Listing, limits_of, read_gauge
from shopbridge.connectors.gomag.catalogue.categories import GomagCategoryTree
from shopbridge.connectors.gomag.product_index import PRODUCTS, ListPosition, read_step, way_of
from shopbridge.connectors.gomag.settings import GomagSettings
from shopbridge.connectors.gomag.wire import TOP
from shopbridge.connectors.gomag.wire_products import ShownProduct, own_terms
from shopbridge.errors import Held, RetryLater
from shopbridge.http.answer import Call
from shopbridge.model.base import ExternalId
from shopbridge.model.catalogue import (
    Category,
)
from tests.salespos_orders import D

HALF = Decimal("0.5")


def test_reads_and_writes_are_paced_apart() -> None:
    limits = limits_of(HALF)
    assert [limits(Call(method, "/x"))[0] for method in ("GET", "POST")] == [
        limits_of(HALF)(Call("GET", "/y"))[0],
        limits_of(HALF)(Call("POST", "/y"))[0],
    ]
    assert limits(Call("GET", "/x"))[0] != limits(Call("POST", "/x"))[0]
    assert limits_of(Decimal("0.001"))(Call("GET", "/x"))[0].calls == 1


@pytest.mark.parametrize(
    ("burst", "remaining", "seconds"),
    [(2, 2, 0), (2, 1, 2), (2, 0, 4), (50, 26, 0), (50, 25, 2), (50, 0, 4), (1, 1, 0), (1, 0, 4)],
)
def test_the_less_is_left_the_longer_the_wait(burst: int, remaining: int, seconds: float) -> None:
    assert Gauge(Decimal(1), burst, remaining).pause(HALF) == seconds
    assert Gauge(Decimal(2), burst, remaining).pause(HALF) == seconds / 2


def test_who_has_the_bucket_alone_waits_only_when_it_is_empty() -> None:
    assert [Gauge(Decimal(1), 2, left).pause(Decimal(3)) for left in (2, 1, 0)] == [0, 0, 2]


@pytest.mark.parametrize(
    "texts", [("", "", ""), ("1", "2", "x"), ("0", "2", "1"), ("1", "0", "0"), ("nan", "2", "1"), ("1e99", "2", "1")]
)
def test_odd_headers_tell_nothing(texts: tuple[str, str, str]) -> None:
    names = ("api-ratelimit-read", "api-ratelimit-read-burst", "api-ratelimit-read-remaining")
    assert read_gauge(dict(zip(names, texts, strict=True)), "reads") is None


def _listed(ids: Sequence[int]) -> Sequence[ShownProduct]:
    return PRODUCTS.read([{"id": str(each)} for each in ids])


def _list(ids: list[int], per_page: int = 4) -> Any:
    """Pages of a list with these ids, as the connector reads them."""

    def read(number: int) -> GomagPage[ShownProduct]:
        rows = _listed(ids[(number - 1) * per_page : number * per_page])
        return GomagPage(number, rows, len(ids), -(-len(ids) // per_page))

    return read


@pytest.mark.parametrize("ids", [list(range(1, 11)), list(range(10, 0, -1)), [5, 9, 11], [7]])
def test_ranks_rise_whether_ids_rise_or_fall(ids: list[int]) -> None:
    ranks, position = [], None
    while True:
        step = read_step(_list(ids), position)
        ranks += [rank for rank, _ in step.rows]
        position = step.position
        if position is None:
            break
    assert ranks == sorted(ranks)
    assert [rank if way_of(_listed(ids)) == "up" else TOP - rank for rank in ranks] == ids


def _listings() -> Iterator[Any]:
    """Every list that a module of the connector reads."""
    for found in pkgutil.walk_packages(gomag.__path__, f"{gomag.__name__}."):
        module = importlib.import_module(found.name)
        for name, value in vars(module).items():
            if isinstance(value, Listing):
                yield pytest.param(value, id=f"{found.name.removeprefix(gomag.__name__)}.{name}")


ODD_ROWS: Sequence[dict[str, Any]] = (
    {},
    {"id": []},
    {"id": "1", "sku": {"of": "it"}, "versions": [None, {"id": None}], "number": ["1"], "items": "none"},
    {"id": "\ud800", "sku": "\ud800", "number": "\ud800"},
    {"id": -1, "versions": "none", "stock": "1e999999", "name": 3, "categories": "x"},
)


@pytest.mark.parametrize("listing", list(_listings()))
@pytest.mark.parametrize("row", ODD_ROWS)
def test_no_row_leaves_the_client_as_it_came(listing: Listing[object], row: dict[str, Any]) -> None:
    """Each is read, however odd, or the whole page is refused."""
    try:
        rows = listing.read([row])
    except RetryLater:
        return
    assert len(rows) == 1
    assert not isinstance(rows[0], Mapping | str | list)


def test_every_list_is_tried() -> None:
    assert {each.values[0].path for each in _listings()} == {
        "order/read",
        "product/read",
        "category/read",
        "payment/read",
    }


def test_a_list_in_no_order_is_refused() -> None:
    with pytest.raises(RetryLater, match="by their ids"):
        read_step(_list([1, 5, 3, 9]), None)


def test_a_place_survives_as_text() -> None:
    for place in (ListPosition(), ListPosition(7, "down", TOP - 3, 650)):
        assert ListPosition.parse(place.text()) == place


@pytest.mark.parametrize(
    ("currency", "with_vat", "code"),
    [
        ("RON", "1", None),
        ("lei", True, None),
        (" ron ", "da", None),
        ("", None, None),
        ("2", "2", None),
        ({"id": 1}, [], None),
        ("eur", "1", "other_currency"),
        (None, D(0), "other_vat_terms"),
        (None, False, "other_vat_terms"),
        (None, "Nu", "other_vat_terms"),
    ],
)
def test_what_a_product_says_of_its_terms_is_read_in_any_spelling(
    currency: Any, with_vat: Any, code: str | None
) -> None:
    reason = own_terms(currency, with_vat).against(GomagSettings(shop="shop"))
    assert (reason.code if reason else None) == code


def test_categories_in_a_circle_are_told_as_that() -> None:
    parents = {"1": "3", "2": "1", "3": "2", "4": "2"}
    tree = GomagCategoryTree(
        tuple(
            Category(id=ExternalId(key), parent=ExternalId(above), name=f"C{key}", active=True)
            for key, above in parents.items()
        )
    )
    with pytest.raises(Held, match="C2 > C3 > C1 > C2") as caught:
        tree.path_of(ExternalId("4"))
    assert caught.value.code == "category_circle"

"""The recorded shapes that parsers are tested with, against what the emulated Gomag sends."""

import json
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from sandbox.platforms.gomag import (
    Buyer,
    Company,
    Discount,
    Line,
    OrderSpec,
    ProductSpec,
    VersionSpec,
)
from tests.sandbox.platforms.gomag.calls import Market

FOLDER = Path(__file__).parents[3] / "golden" / "gomag"
GOLDEN = {path.stem: json.loads(path.read_text(), parse_float=Decimal) for path in sorted(FOLDER.glob("*.json"))}
ONLY_CLIENTS_ACCEPT = {
    "orders": {"products", "billing.company.reg", "billing.company.bank", "billing.company.iban"},
    "products": {"name.ro", "name.en", "description.ro"},
}
"""Fields that clients are prepared for and that nobody says a shop sends."""


def _rows(kind: str) -> list[Any]:
    found = [body[kind] for name, body in GOLDEN.items() if name.split("_")[0] == kind and kind in body]
    return [row for rows in found for row in (rows.values() if isinstance(rows, dict) else rows)]


def _paths(value: Any, at: str = "") -> Iterable[str]:
    """Names of fields; positions and ids are no names."""
    if isinstance(value, dict):
        for name, inner in value.items():
            here = at if name.isdigit() else f"{at}.{name}".lstrip(".")
            yield from [here] * (not name.isdigit())
            yield from _paths(inner, here)
    elif isinstance(value, list):
        for inner in value:
            yield from _paths(inner, at)


def _all_paths(rows: Iterable[Any]) -> set[str]:
    return {path for row in rows for path in _paths(row)}


def _sold() -> Market:
    """A shop in which everything that can be shown is there, once for each turn of the shapes."""
    market = Market(varied=True, lines_name_product=True)
    versions = (VersionSpec("V", Decimal(1), 99, "5"), VersionSpec("W", Decimal(2), 99))
    for at in range(6):
        market.shop.add_product(
            ProductSpec(
                f"P{at}",
                special_price=Decimal(1),
                versions=versions,
                categories=(("A", "B"),),
                images=("i",),
                attributes={"Culoare": "rosu"},
            )
        )
        goods = (Line("V"), Line(name="Ambalare", price=Decimal(1), type="service"))
        buyer = Buyer(company=Company("F", "RO0") if at else None)
        order = market.shop.place_order(OrderSpec(goods, buyer, discounts=(Discount("D", Decimal(1)),)))
        market.post("awb/add", {"orderId": order.id, "carrierId": 701, "awbNumber": "X"})
        market.post("invoice/generate", {"orderId": order.id})
        market.shop.product(f"P{at}").versions[1].special_price = Decimal(1)
    return market


@pytest.mark.parametrize("kind", ["orders", "products"])
def test_the_recorded_shapes_and_the_emulator_name_the_same_fields(kind: str) -> None:
    market = _sold()
    if kind == "orders":
        sent = [market.shop.order_as_read(order.id) for order in market.shop.orders]
    else:
        sent = [market.shop.product_as_read(f"P{at}") for at in range(6)]
    recorded = {path for path in _all_paths(_rows(kind)) if not path.startswith("products.")}
    assert _all_paths(sent) == recorded - ONLY_CLIENTS_ACCEPT[kind]


def test_every_recorded_total_adds_up() -> None:
    for order in _rows("orders"):
        items = order.get("items", order.get("products"))
        lines = items.values() if isinstance(items, dict) else items
        off = order["discounts"].values() if isinstance(order["discounts"], dict) else order["discounts"]
        goods = sum(Decimal(line["price"]) * Decimal(line["quantity"]) for line in lines)
        less = sum(abs(Decimal(each["value"])) for each in off)
        assert Decimal(order["total"]) == goods + Decimal(order["delivery"]["price"]) - less, order["number"]


def test_the_recorded_refusals_are_the_emulators() -> None:
    market = Market(wrong_key_is_401=False)
    assert market.refused("order/status", {}) == tuple(GOLDEN["error_no_data"].values())
    market.shop.forbid("order")
    assert market.get("order/read") == GOLDEN["error_permission"]
    for header, name in (("another", "error_wrong_key"), ("", "error_missing_user")):
        assert market.client.get("order/read/json", headers={"Apikey": header}).json() == GOLDEN[name]
    market.shop.place_order()
    assert market.write("order/status", {"orders": [{"order": 901, "status": 1}]}).json() == GOLDEN["success"]


def test_recorded_collections_are_objects_keyed_by_id_lists_or_empty() -> None:
    for name, body in GOLDEN.items():
        rows = body.get(name.split("_")[0], []) if "error" not in body else []
        assert isinstance(rows, list) or all(str(row["id"]) == key for key, row in rows.items()), name
        if name.endswith("_empty") and "versions" not in name:
            assert rows == []

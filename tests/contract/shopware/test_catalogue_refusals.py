"""Products that a Shopware shop refuses, or tells oddly: none is spoilt by another."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial
from typing import Any
from unittest.mock import patch

import httpx
import pytest

from sandbox.platforms.shopware import ProductSpec
from shopbridge.connectors.parts import RequiredParts
from shopbridge.connectors.shopware.catalogue import references
from shopbridge.connectors.shopware.catalogue import write as product_writing
from shopbridge.connectors.shopware.facts import Features
from shopbridge.connectors.shopware.sync import Operation, Problem, Refusal, sync
from shopbridge.errors import RetryLater
from shopbridge.http.client import PlatformClient
from shopbridge.model.base import ExternalId, OrderId
from shopbridge.model.catalogue import Feature
from tests.contract.benches.shopware import ENDS, LONG_AGO, SYNCS, bench
from tests.contract.hostile import Changing, Instead, laid, rows_with
from tests.contract.shopware.catalogue_products import (
    NINETEEN,
    SYNC,
    carried,
    change,
    shirt,
    size,
    source,
    table,
    written,
)


@pytest.mark.parametrize("version", SYNCS)
def test_a_product_the_shop_refuses_keeps_no_other_from_being_written(version: str) -> None:
    shop = bench(version)
    shop.shop.add_product(ProductSpec("taken", "Taken", Decimal(1), NINETEEN))
    connector = shop.connector()
    drafts = [connector.catalogue_target.plan(change(source(sku))) for sku in ("A", "B", "TAKEN", "C", "D")]
    drafts[1] = drafts[1].model_copy(update={"payload": {**drafts[1].payload, "name": ""}})
    outcomes = connector.catalogue_target.write(drafts)
    assert [each.state for each in outcomes] == ["created", "failed", "failed", "created", "created"]
    assert outcomes[1].reason is not None
    assert "name: This value should not be blank" in outcomes[1].reason.text
    assert outcomes[2].reason is not None
    assert "already exists" in outcomes[2].reason.text
    assert {row["productNumber"] for row in table(shop, "product")} == {"taken", "A", "C", "D"}


def test_a_product_that_refers_to_what_is_gone_is_found_by_halving() -> None:
    shop = bench()
    connector = shop.connector()
    outcomes = written(
        connector, *(change(source(sku), categories=(ExternalId("f" * 32),) if sku == "C" else ()) for sku in "ABCDE")
    )
    assert [each.state for each in outcomes] == ["created", "created", "failed", "created", "created"]


def test_a_property_value_the_shop_refuses_holds_only_the_variants_made_of_it() -> None:
    shop = bench()
    shop.shop.add_product(ProductSpec("OLD", "Old", Decimal(1), NINETEEN, properties={"Size": "M", "Care": "Cold"}))
    connector = shop.connector()
    odd = "X" * 300

    def choosy(client: PlatformClient, operations: Sequence[Operation], features: Features) -> Refusal | None:
        long = {
            (operation.key, number): Problem("x", "too long")
            for operation in operations
            for number, record in enumerate(operation.payload)
            if record["name"] == odd
        }
        return Refusal(Problem("x", "too long"), long) if long else sync(client, operations, features)

    held = source("A", [size("A.M", "M"), size("A.X", odd)])
    fine = source("B", features=(Feature(name="Care", value=odd), Feature(name=odd, value="1")))
    with patch.object(references, "sync", choosy):
        first, second = carried(connector, held, fine)
    assert first.reason is not None
    assert (first.state, first.reason.code) == ("held", "refused_property")
    assert second.state == "created"
    assert sum("Shopware refuses it (too long)" in remark for remark in second.remarks) == 2
    assert shop.shop.product("B")["propertyIds"] is None


@pytest.mark.parametrize(
    ("listed", "read"),
    [
        ("product", lambda connector: connector.stock_source.page(None)),
        ("product", lambda connector: connector.catalogue_source.page(None)),
        ("product", lambda connector: connector.catalogue_target.find(["A"])),
        ("product", lambda connector: connector.catalogue_target.on_sale(["A"])),
        ("product", lambda connector: connector.catalogue_target.deactivate([ExternalId("a" * 32)])),
        ("order", lambda connector: connector.open_orders.of(["A"], LONG_AGO)),
        ("order", lambda connector: connector.order_status.set_document(OrderId("a" * 32), "demo_number", "R-1")),
        ("currency", lambda connector: connector.catalogue_target.currency),
        ("category", lambda connector: connector.catalogue_source.categories()),
        ("tax", lambda connector: written(connector, change(source()))),
        ("property-group", lambda connector: written(connector, change(shirt()))),
        ("sales-channel", lambda connector: connector.account.ping()),
        ("state-machine-state", lambda connector: connector.account.vocabulary()),
        ("payment-method", lambda connector: connector.account.vocabulary()),
    ],
)
def test_rows_of_an_unexpected_form_conclude_nothing(listed: str, read: Callable[[RequiredParts], object]) -> None:
    shop: Any = bench()
    with laid(shop, partial(Instead, answer=partial(odd_rows, listed))):
        connector = shop.connector()
    with pytest.raises(RetryLater, match="unexpected form"):
        read(connector)
    assert shop.calls(SYNC) == 0


def odd_rows(listed: str, request: httpx.Request) -> httpx.Response | None:
    """One row of which nothing is as it should be."""
    if request.url.path != f"/api/search/{listed}":
        return None
    return httpx.Response(200, json={"data": [{"id": 7, "customFields": "none"}]})


@pytest.mark.parametrize(
    "odd",
    [{"listPrice": 5}, {"regulationPrice": "none"}, {"net": None}, {"currencyId": None}],
    ids=lambda odd: next(iter(odd)),
)
def test_a_price_list_that_cannot_be_understood_is_not_written_over(odd: dict[str, Any]) -> None:
    shop: Any = bench()
    carried(shop.connector(), source("A"))

    def spoil(body: Any) -> None:
        for row in rows_with(body, "linked"):
            row.update(odd if "currencyId" in row else {})

    with laid(shop, partial(Changing, change=spoil)):
        connector = shop.connector()
    before = shop.shop.product("A")["price"]
    with pytest.raises(RetryLater, match="unexpected form"):
        carried(connector, source("A"))
    assert shop.shop.product("A")["price"] == before


def test_a_product_with_very_many_variants_is_written_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(product_writing, "VARIANTS_AT_ONCE", 4)
    monkeypatch.setattr(product_writing, "ROWS_AT_ONCE", 6)
    shop = bench()
    many = source("A", [size(f"A.{number}", str(number)) for number in range(10)])
    assert [each.state for each in carried(shop.connector(), many, source("B"))] == ["created", "created"]
    assert shop.shop.product("A")["childCount"] == 10
    assert shop.calls(SYNC) == 4


def test_a_product_that_got_another_number_in_the_shop_is_not_taken_back() -> None:
    shop = bench()
    connector = shop.connector()
    carried(connector, source("A"))
    row = shop.shop.shop.store.children("product", "productNumber", "A")[0]
    shop.shop.shop.store.write(row, {"productNumber": "B"})
    (outcome,) = carried(connector, source("A"))
    assert outcome.reason is not None
    assert (outcome.state, outcome.reason.code) == ("held", "renumbered")
    assert shop.shop.product("B")["name"] == "Demo A"


@pytest.mark.parametrize("version", ENDS)
def test_products_are_taken_off_sale_with_their_variants_and_missing_ones_are_no_problem(version: str) -> None:
    shop = bench(version)
    connector = shop.connector()
    ids = [each.id for each in carried(connector, shirt(), source("CAP")) if each.id]
    assert connector.catalogue_target.deactivate([*ids, ExternalId("f" * 32)]) == {}
    rows = {row["productNumber"]: row["active"] for row in table(shop, "product")}
    assert rows == dict.fromkeys(("SHIRT", "SHIRT.M", "SHIRT.L", "CAP"), False)
    assert connector.catalogue_target.on_sale(["SHIRT.M", "CAP"]) == {"SHIRT.M": False, "CAP": False}

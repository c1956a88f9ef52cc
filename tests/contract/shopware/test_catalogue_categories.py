"""Categories of a Shopware shop: made once, each in its place."""

from decimal import Decimal
from typing import Any

import pytest

from shopbridge.connectors.parts import RequiredParts
from shopbridge.errors import RetryLater
from shopbridge.model.base import ExternalId
from shopbridge.model.catalogue import Category
from tests.contract.benches.shopware import ENDS, bench
from tests.contract.shopware.catalogue_products import change, shirt, table


def tree(connector: RequiredParts) -> dict[str, str | None]:
    rows = connector.catalogue_source.categories()
    names: dict[str | None, str] = {row.id: row.name for row in rows}
    return {row.name: names.get(row.parent) for row in rows}


@pytest.mark.parametrize("version", ENDS)
def test_categories_are_made_once_and_keep_their_place(version: str) -> None:
    shop = bench(version)
    plain = shop.connector()
    root = plain.catalogue_target.write_category(
        Category(id=ExternalId("0"), parent=None, name="Catalogue", active=True), None
    )
    connector = shop.connector(root_category=root)
    shop.shop.faults.plan("lost_answer", "POST /api/category", times=3)
    wear = Category(id=ExternalId("1"), parent=None, name="Wear", active=True)
    with pytest.raises(RetryLater):
        connector.catalogue_target.write_category(wear, None)
    shop.shop.faults = type(shop.shop.faults)()
    made = repeated(connector, wear)
    below = connector.catalogue_target.write_category(
        Category(id=ExternalId("2"), parent=made, name="Shirts", active=False), None
    )
    assert tree(connector) == {"Wear": None, "Shirts": "Wear"}
    connector.catalogue_target.write_category(
        Category(id=ExternalId("2"), parent=made, name="Fine shirts", active=True), below
    )
    assert tree(connector) == {"Wear": None, "Fine shirts": "Wear"}
    assert len(table(shop, "category")) == 3


def repeated(connector: RequiredParts, category: Category) -> ExternalId:
    """Until the lost answers are used up."""
    while True:
        try:
            return connector.catalogue_target.write_category(category, None)
        except RetryLater:
            continue


def test_siblings_of_one_name_are_two_categories() -> None:
    connector = bench().connector()
    first, second = (Category(id=ExternalId(each), parent=None, name="Wear", active=True) for each in "12")
    assert connector.catalogue_target.write_category(first, None) != connector.catalogue_target.write_category(
        second, None
    )
    assert [each.name for each in connector.catalogue_source.categories()] == ["Wear", "Wear"]


def test_a_category_that_was_renamed_in_the_shop_is_used_as_it_is() -> None:
    shop = bench()
    connector = shop.connector()
    wear = Category(id=ExternalId("1"), parent=None, name="Wear", active=True)
    made = connector.catalogue_target.write_category(wear, None)
    connector.catalogue_target.write_category(wear.model_copy(update={"name": "Clothes"}), made)
    assert connector.catalogue_target.write_category(wear, None) == made
    assert tree(connector) == {"Clothes": None}


def test_every_field_a_rule_may_set_can_be_written() -> None:
    shop = bench()
    connector = shop.connector()
    draft = connector.catalogue_target.plan(change(shirt()))
    samples = {"text": "5", "integer": 5, "decimal": Decimal("5.5"), "boolean": True}
    fields = {path: samples[field.type] for path, field in connector.catalogue_target.fields().items()}
    rows = [{**row, **_below("variants[].", fields)} for row in draft.payload["variants"]]
    own = {path: value for path, value in fields.items() if "[]" not in path}
    payload = {**draft.payload, **own, "variants": rows}
    (outcome,) = connector.catalogue_target.write([draft.model_copy(update={"payload": payload})])
    assert (outcome.state, outcome.reason) == ("created", None)
    assert (shop.shop.product("SHIRT")["weight"], shop.shop.product("SHIRT.M")["weight"]) == (5.5, 5.5)


def _below(prefix: str, fields: dict[str, Any]) -> dict[str, Any]:
    return {path.removeprefix(prefix): value for path, value in fields.items() if path.startswith(prefix)}

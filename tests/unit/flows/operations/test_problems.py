from typing import Any, cast

import pytest
from pydantic import BaseModel, ValidationError

from shopbridge.connectors.shopware.settings import ShopwareSettings
from shopbridge.connectors.spec import ConnectorSettings
from shopbridge.flows.bridge import Bridge
from shopbridge.flows.operations.dispatch import operate
from shopbridge.model.connection import ConnectionSettings
from shopbridge.model.operations import OPERATION
from shopbridge.model.problems import sentences

CONNECTION: dict[str, Any] = {
    "id": "my-shop",
    "name": "My shop",
    "shop": {"platform": "shopware"},
    "office": {"platform": "salespos"},
}


def problems_of(**changes: Any) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        OPERATION.validate_python({"operation": "create", "settings": {**CONNECTION, **changes}, "secrets": {}})
    return sentences(caught.value, skip=1)


@pytest.mark.parametrize(
    ("changes", "place", "instead"),
    [
        ({"id": "u1"}, "settings.id", "3 to 50 small letters"),
        ({"id": "My shop"}, "settings.id", "3 to 50 small letters"),
        ({"name": 7}, "settings.name", "in quotes"),
        ({"colour": "red"}, "settings.colour", "no such setting"),
        ({"shop": {}}, "settings.shop.platform", "is needed"),
        ({"shop": "shopware"}, "settings.shop", "names with values below"),
        ({"orders": {"colour": "red"}}, "settings.orders.colour", "no such setting"),
        ({"orders": {"poll_minutes": 7}}, "settings.orders.poll_minutes", "multiple of 5"),
        ({"orders": {"poll_minutes": "often"}}, "settings.orders.poll_minutes", "whole number"),
        ({"orders": {"payment_statuses": "paid"}}, "settings.orders.payment_statuses", "a list, such as"),
        ({"products": {"prices": {"currency": "euro"}}}, "settings.products.prices.currency", "such as EUR"),
        ({"orders": {"from_date": "yesterday"}}, "settings.orders.from_date", "such as 2026-01-31"),
        ({"orders": {"from_date": "31.1.2026 10:00"}}, "settings.orders.from_date", "such as 2026-01-31"),
        ({"orders": {"customers": {"create": "perhaps"}}}, "settings.orders.customers.create", "true or false"),
        ({"orders": {"customers": {"default": "maybe"}}}, "settings.orders.customers.default", "'when_missing'"),
        ({"orders": {"customers": {"default": "always"}}}, "settings.orders.customers", "name the default customer"),
        ({"orders": {"maps": {"tax": {"entries": {"21": 21}}}}}, "settings.orders.maps.tax.entries.21", "in quotes"),
        ({"orders": {"rules": [{"target": "a"}]}}, "settings.orders.rules.1.source", "is needed"),
        ({"orders": {"rules": [{"target": "a", "source": "b", "convert": "dat"}]}}, "rules.1.convert.1", "'date'"),
    ],
)
def test_each_problem_names_its_place_and_says_what_to_write(changes: dict[str, Any], place: str, instead: str) -> None:
    (problem,) = problems_of(**changes)
    assert place in problem.partition(": ")[0]
    assert instead in problem
    assert problem.endswith(".")
    assert not problem.endswith("..")
    assert "Value error" not in problem


def test_a_side_that_does_not_exist_is_named_with_those_that_do() -> None:
    event = {"operation": "create", "settings": CONNECTION, "secrets": {"bank": {}}}
    with pytest.raises(ValidationError) as caught:
        OPERATION.validate_python(event)
    assert sentences(caught.value, skip=1) == ["secrets.bank: Input should be 'shop' or 'office'."]


def test_a_moment_wants_its_zone() -> None:
    event = {"operation": "start_run", "connection": "a", "job": "orders", "since": "2026-01-31T00:00:00"}
    with pytest.raises(ValidationError) as caught:
        OPERATION.validate_python(event)
    (problem,) = sentences(caught.value, skip=1)
    assert problem.startswith("since: This should be a time with its zone")


@pytest.mark.parametrize("url", ["shop.example", "https://", "https://shop.example/?a=b", "https://a b"])
def test_an_address_is_shown_by_example(url: str) -> None:
    with pytest.raises(ValidationError) as caught:
        ConnectorSettings(url=url)
    (problem,) = sentences(caught.value, below=("shop", "settings"))
    assert problem.startswith("shop.settings.url: This should be an address such as https://shop.example")


def test_an_id_of_shopware_is_described() -> None:
    with pytest.raises(ValidationError) as caught:
        ShopwareSettings(url="https://shop.example", sales_channels=("x",))
    (problem,) = sentences(caught.value, below=("shop", "settings"))
    assert problem == "shop.settings.sales_channels.1: This should be an id of 32 digits and small letters a to f."


def test_a_request_that_is_none_is_a_sentence() -> None:
    with pytest.raises(ValidationError) as caught:
        OPERATION.validate_python({"operation": "dance"})
    (problem,) = sentences(caught.value, skip=1)
    assert problem.startswith("The request: ")


@pytest.mark.parametrize(
    ("model", "values", "meant"),
    [
        (
            ConnectionSettings,
            {**CONNECTION, "oders": {}},
            "oders: There is no such setting here. Did you mean 'orders'?",
        ),
        (ConnectionSettings, {**CONNECTION, "orders": {"pol_minutes": 5}}, "Did you mean 'poll_minutes'?"),
        (ConnectionSettings, {**CONNECTION, "orders": {"maps": {"paymnt": {}}}}, "Did you mean 'payment'?"),
        (
            ConnectionSettings,
            {**CONNECTION, "orders": {"maps": {"tax": {"entrys": {}}}}},
            "orders.maps.tax.entrys: There is no such setting here. Did you mean 'entries'?",
        ),
        (
            ConnectionSettings,
            {**CONNECTION, "orders": {"rules": [{"target": "a", "source": "b", "tarjet": "c"}]}},
            "orders.rules.1.tarjet: There is no such setting here. Did you mean 'target'?",
        ),
        (ConnectionSettings, {**CONNECTION, "colour": 1}, "colour: There is no such setting here. Look for a typing"),
        (ShopwareSettings, {"url": "https://shop.example", "limit_facter": 1}, "Did you mean 'limit_factor'?"),
    ],
)
def test_a_name_that_is_none_is_told_with_the_one_that_was_meant(
    model: type[BaseModel], values: dict[str, Any], meant: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        model.model_validate(values)
    (problem,) = sentences(caught.value, model=model)
    assert meant in problem


@pytest.mark.parametrize(
    ("event", "meant"),
    [
        ({"operation": "pause", "connection": "my-shop", "conection": "x"}, "Did you mean 'connection'?"),
        ({"operation": "create", "settings": {**CONNECTION, "oders": {}}, "secrets": {}}, "Did you mean 'orders'?"),
        ({"operation": "explode"}, "The request: "),
        ([], "The request: "),
    ],
)
def test_so_is_a_field_of_a_request(event: Any, meant: str) -> None:
    answer = operate(cast("Bridge", None), event)
    assert (answer["ok"], answer["kind"]) == (False, "invalid")
    assert meant in answer["problems"][0]

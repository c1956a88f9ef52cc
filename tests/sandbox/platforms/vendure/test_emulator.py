"""The emulated Vendure: who may call, what a real server answered to the same, and how orders and stock move."""

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.platforms.kit import ManualClock, in_process
from sandbox.platforms.vendure import API_KEY, Line, OrderSpec, ProductSpec, Surcharge, VendureEmulator
from sandbox.platforms.vendure.webhooks import SIGNATURE, signature
from tests.vendure_schema import documents

FIXTURES = Path(__file__).parents[3] / "fixtures" / "vendure"
RECORDED = {row["id"]: row for row in json.loads((FIXTURES / "orders.json").read_text())["data"]["orders"]["items"]}
LINES = (Line("MUG-BLU", 3), Line("BK-FG"), Line("CAP-1", 3))
PROMOTIONS: dict[str, dict[str, Any]] = {
    "3": {},
    "4": {"percent": 10},
    "5": {"taken_off": 500},
    "6": {"free_shipping": True},
    "7": {},
    "8": {"percent": 10},
    "9": {"taken_off": 500},
    "10": {"free_shipping": True},
}
"""What the recorded orders of these lines had: from 7 on they were bought in a gross channel."""
AMOUNTS = ("total", "totalWithTax", "shipping", "shippingWithTax")
LINE_AMOUNTS = (
    *("unitPrice", "unitPriceWithTax", "linePrice", "linePriceWithTax"),
    *("proratedLinePrice", "proratedLinePriceWithTax"),
)


class Shop:
    """An emulated server and a caller with a key."""

    def __init__(self, **shape: Any) -> None:
        self.clock = ManualClock()
        self.shop = VendureEmulator(clock=self.clock, **shape)
        self.client = httpx.Client(transport=in_process(self.shop.app), base_url="https://shop.example.test")
        gross = self.shop.shop.gross
        for sku, net, price, tax in (("MUG-BLU", 1295, 1567, 21), ("BK-FG", 2499, 2724, 9), ("CAP-1", 750, 908, 21)):
            self.shop.add_product(ProductSpec(sku, price if gross else net, 50, tax=Decimal(tax)))

    def post(self, query: str, key: str = API_KEY, channel: str = "", **given: Any) -> httpx.Response:
        headers = {"vendure-api-key": key, **({"vendure-token": channel} if channel else {})}
        return self.client.post("/admin-api", json={"query": query, "variables": given}, headers=headers)

    def ask(self, name: str, **given: Any) -> Any:
        """The data of one of the connector's documents."""
        answer = self.post(documents()[name], **given).json()
        assert "errors" not in answer, answer
        return answer["data"]

    def refused(self, name: str, **given: Any) -> str:
        """The code of an error."""
        answer = self.post(documents()[name], **given).json()
        return str(answer["errors"][0]["extensions"]["code"])


# --- who may call -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["", "wrong:key"])
def test_a_wrong_key_and_a_missing_right_are_forbidden_with_http_200(key: str) -> None:
    shop = Shop()
    shop.shop.add_key("few:rights", "ReadCatalog")
    for response in (shop.post("{ orders { totalItems } }", key), shop.post("{ orders { totalItems } }", "few:rights")):
        assert response.status_code == 200
        body = response.json()
        assert (body["data"], body["errors"][0]["extensions"]["code"]) == (None, "FORBIDDEN")
        assert body["errors"][0]["path"] == ["orders"]
    allowed = shop.post("{ productVariants { totalItems } }", "few:rights").json()
    assert allowed["data"]["productVariants"]["totalItems"] == 3


def test_a_channel_is_named_by_its_token() -> None:
    shop = Shop()
    answer = shop.post("{ activeChannel { code } }", channel="nope").json()
    assert answer["errors"][0]["extensions"]["code"] == "CHANNEL_NOT_FOUND"


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("{ orders {", 400, "GRAPHQL_PARSE_FAILED"),
        ("{ nope }", 400, "GRAPHQL_VALIDATION_FAILED"),
        ("{ orders(options: {filter: {nope: {eq: 1}}}) { totalItems } }", 400, "GRAPHQL_VALIDATION_FAILED"),
        ("{ orders(options: {take: 1001}) { totalItems } }", 200, "USER_INPUT_ERROR"),
        ("{ orders(options: {sort: {code: ASC}}) { totalItems } }", 200, "NOT_EMULATED"),
    ],
)
def test_what_the_schema_does_not_know_is_refused(query: str, status: int, code: str) -> None:
    response = Shop().post(query)
    assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (status, code)


def test_variables_that_do_not_fit_are_refused_without_data() -> None:
    response = Shop().post(documents()["updateStock"], input=[{"id": "1", "nope": 1}])
    assert response.status_code == 200
    assert response.json().keys() == {"errors"}
    assert response.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


# --- what a real server answered ----------------------------------------------------------------------------------


@pytest.mark.parametrize("number", PROMOTIONS)
def test_amounts_are_those_of_a_real_server(number: str) -> None:
    shop, real = Shop(gross=int(number) >= 7), RECORDED[number]
    placed = shop.shop.place_order(OrderSpec(LINES, paid=True, **PROMOTIONS[number]))
    (order,) = shop.ask("orders", options={})["orders"]["items"]
    assert {name: order[name] for name in AMOUNTS} == {name: real[name] for name in AMOUNTS}
    for line, told in zip(order["lines"], real["lines"], strict=True):
        assert {name: line[name] for name in LINE_AMOUNTS} == {name: told[name] for name in LINE_AMOUNTS}
    assert order["payments"][0]["amount"] == real["payments"][0]["amount"] == int(shop.shop.total(placed.id) * 100)


def test_an_order_has_the_fields_that_a_real_server_tells() -> None:
    def shape(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: shape(each) for name, each in value.items()}
        return [shape(value[0])] if isinstance(value, list) and value else type(value) if value is not None else None

    shop, real = Shop(gross=False), RECORDED["14"]
    shop.shop.place_order(OrderSpec(LINES, paid=True, percent=10))
    (order,) = shop.ask("orders", options={})["orders"]["items"]
    assert order.keys() == real.keys()
    for name in ("lines", "payments", "taxSummary", "shippingLines", "channels"):
        known = {**shape(order[name])[0]}
        assert known.keys() == shape(real[name])[0].keys(), name


# --- orders -------------------------------------------------------------------------------------------------------


def placed(shop: Shop, **spec: Any) -> str:
    order = shop.shop.place_order(OrderSpec((Line("MUG-BLU", 2), Line("BK-FG")), **spec))
    return shop.shop.shop.shown(order.id)


def fulfil(shop: Shop, order: str, code: str = "EX1") -> dict[str, Any]:
    lines = shop.ask("orderToTell", id=order)["order"]["lines"]
    made: dict[str, Any] = shop.ask(
        "addFulfillmentToOrder",
        input={
            "lines": [{"orderLineId": line["id"], "quantity": line["quantity"]} for line in lines],
            "handler": {"code": "manual-fulfillment", "arguments": [{"name": "trackingCode", "value": code}]},
        },
    )["addFulfillmentToOrder"]
    return made


def test_a_fulfillment_takes_goods_off_the_stock_and_the_order_follows_it_once_paid() -> None:
    shop = Shop()
    order = placed(shop)
    level = shop.shop.stock("MUG-BLU")
    assert (level.on_hand, level.allocated) == (50, 2)
    assert fulfil(shop, order)["__typename"] == "Fulfillment"
    assert (level.on_hand, level.allocated) == (48, 0)
    assert fulfil(shop, order)["errorCode"] == "ITEMS_ALREADY_FULFILLED_ERROR"
    told = shop.ask("orderToTell", id=order)["order"]
    assert (told["state"], told["fulfillments"][0]["trackingCode"]) == ("PaymentAuthorized", "EX1")
    shop.ask("settlePayment", id=told["payments"][0]["id"])
    moved = {"id": told["fulfillments"][0]["id"], "state": "Shipped"}
    shop.ask("transitionFulfillmentToState", **moved)
    assert shop.ask("orderToTell", id=order)["order"]["state"] == "Shipped"
    again = shop.ask("transitionFulfillmentToState", **moved)["transitionFulfillmentToState"]
    assert again["errorCode"] == "FULFILLMENT_STATE_TRANSITION_ERROR"


def test_an_order_that_is_only_authorised_does_not_follow_its_fulfillment() -> None:
    shop = Shop()
    order = placed(shop)
    fulfil(shop, order)
    told = shop.ask("orderToTell", id=order)["order"]
    shop.ask("transitionFulfillmentToState", id=told["fulfillments"][0]["id"], state="Shipped")
    shop.ask("settlePayment", id=told["payments"][0]["id"])
    assert shop.ask("orderToTell", id=order)["order"]["state"] == "PaymentSettled"
    shop.ask("transitionOrderToState", id=order, state="Shipped")
    assert shop.ask("orderToTell", id=order)["order"]["state"] == "Shipped"


def test_cancelling_takes_all_away_but_the_payment_and_moves_the_time_of_change() -> None:
    shop = Shop()
    order = placed(shop, paid=True, surcharges=(Surcharge("Gift wrap", 300),))
    before = shop.shop.orders[0].updated
    shop.clock.advance(minutes=5)
    shop.shop.pay(shop.shop.orders[0].id)
    assert shop.shop.orders[0].updated == before
    cancelled = shop.ask("cancelOrder", input={"orderId": order, "cancelShipping": True})["cancelOrder"]
    assert cancelled["__typename"] == "Order"
    (read,) = shop.ask("orders", options={})["orders"]["items"]
    quantities = [line["quantity"] for line in read["lines"]]
    assert (read["state"], read["totalWithTax"], quantities) == ("Cancelled", 0, [0, 0])
    assert read["payments"][0]["state"] == "Settled"
    assert shop.shop.orders[0].updated > before
    assert shop.shop.stock("MUG-BLU").allocated == 0
    again = shop.ask("cancelOrder", input={"orderId": order, "cancelShipping": True})["cancelOrder"]
    assert again["errorCode"] == "EMPTY_ORDER_LINE_SELECTION_ERROR"


def test_what_is_not_there_is_null_when_read_and_an_error_when_changed() -> None:
    shop = Shop()
    assert shop.ask("orderToTell", id="999") == shop.ask("orderToTell", id="abc") == {"order": None}
    for name, given in (
        ("settlePayment", {"id": "9"}),
        ("transitionOrderToState", {"id": "9", "state": "Shipped"}),
        ("addNoteToOrder", {"input": {"id": "9", "note": "x", "isPublic": False}}),
        ("updateStock", {"input": [{"id": "9"}]}),
    ):
        assert shop.refused(name, **given) == "ENTITY_NOT_FOUND"


# --- stock --------------------------------------------------------------------------------------------------------


def test_one_variant_that_is_not_there_refuses_the_whole_write() -> None:
    shop = Shop()
    levels = [{"stockLocationId": "1", "stockOnHand": 7}]
    assert shop.refused("updateStock", input=[{"id": "1", "stockLevels": levels}, {"id": "999"}]) == "ENTITY_NOT_FOUND"
    assert shop.shop.stock("MUG-BLU").on_hand == 50


def test_a_location_that_is_not_there_is_taken_without_a_word() -> None:
    shop = Shop()
    levels = [{"stockLocationId": "9", "stockOnHand": 7}]
    (told,) = shop.ask("updateStock", input=[{"id": "1", "stockLevels": levels}])["updateProductVariants"]
    assert told["stockLevels"] == [{"stockLocationId": "1", "stockOnHand": 50, "stockAllocated": 0}]


def test_products_are_made_in_steps_and_variants_differ_in_one_option_of_each_group() -> None:
    shop = Shop()
    text = {"languageCode": "en", "name": "Tee"}
    keys = [
        shop.ask("createProduct", input={"translations": [{**text, "slug": "tee"}]})["createProduct"]["id"]
        for _ in range(2)
    ]
    assert [shop.shop.shop.products[int(key)].slug for key in keys] == ["tee", "tee-2"]
    sizes = [{"code": size, "translations": [{**text, "name": size}]} for size in ("m", "l")]
    made = shop.ask("createOptionGroup", input={"code": "size", "translations": [text], "options": sizes})
    group = made["createProductOptionGroup"]
    shop.ask("addOptionGroup", product=keys[0], group=group["id"])
    medium, large = (each["id"] for each in group["options"])
    row = {"productId": keys[0], "sku": "TEE", "translations": [text]}
    shop.ask("createVariants", input=[{**row, "optionIds": [medium]}])
    for wrong in ([], [medium], [medium, large]):
        assert shop.refused("createVariants", input=[{**row, "optionIds": wrong}]) == "USER_INPUT_ERROR"
    assert len(shop.shop.shop.products[int(keys[0])].variants) == 1


def test_the_recorded_answers_have_the_shape_of_the_emulated_ones() -> None:
    shop = Shop(gross=False)
    for name, options in (("variants", {"take": 1}), ("products", {"take": 1}), ("collections", {})):
        real = json.loads((FIXTURES / f"{name}.json").read_text())["data"]
        told = shop.ask(name, options=options)
        assert told.keys() == real.keys()
        for field in told:
            assert told[field].keys() == real[field].keys()
            if told[field].get("items"):
                assert told[field]["items"][0].keys() == real[field]["items"][0].keys()


# --- the plugin ---------------------------------------------------------------------------------------------------


def test_the_plugin_tells_of_each_change_signed_and_again_until_it_is_heard() -> None:
    heard: list[httpx.Request] = []
    answers = iter([503, *[200] * 9])

    def call(request: httpx.Request) -> httpx.Response:
        heard.append(request)
        return httpx.Response(next(answers))

    shop = Shop(call=call)
    shop.shop.install_plugin("https://bridge.example/hooks/my-shop/webhooks", "secret")
    order = placed(shop)
    assert (len(heard), shop.shop.webhooks.sent[0].status) == (1, 503)
    shop.clock.advance(minutes=1)
    shop.shop.deliver()
    first, second = (json.loads(request.content) for request in heard)
    assert (first["orderId"], first["to"], first["event"]) == (order, "PaymentAuthorized", "order.state")
    assert second["sentAt"] > first["sentAt"]
    assert all(request.headers[SIGNATURE] == signature("secret", request.content) for request in heard)


@pytest.mark.parametrize("act", [lambda shop: shop.shop.withhold(on=True), lambda shop: shop.shop.remove_key()])
def test_a_key_that_counts_no_more_is_forbidden(act: Callable[[Shop], object]) -> None:
    shop = Shop()
    act(shop)
    assert shop.refused("account") == "FORBIDDEN"

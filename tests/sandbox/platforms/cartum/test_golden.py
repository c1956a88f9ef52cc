"""The examples of the platform file, sent to the emulated Cartum: what it answers is what the file shows."""

from decimal import Decimal
from typing import Any

from sandbox.platforms.cartum import Address, Buyer, Coupon, Line, OrderSpec, ProductSpec
from tests.sandbox.platforms.cartum.calls import Store, examples

D = Decimal
(
    LOGIN,
    LOGGED_IN,
    WRONG_LOGIN,
    GET,
    ORDERS,
    NO_ORDERS,
    UPDATE,
    UPDATED,
    _,
    STATUSES,
    EXPORT,
    PRODUCTS,
    RESIDUES,
    MOVED,
    QUOTA,
    EXPIRED,
    UNDEFINED,
    SUBSCRIBED,
    UNSUBSCRIBED,
) = examples()


def _ask(function: str, body: Any, store: Store) -> Any:
    return store.envelope(function, **{name: value for name, value in body.items() if name != "token"})


def _shop() -> Store:
    """The shop of the examples; its customer ordered at 10:15 on 1 March 2025."""
    store = Store()
    for article, title in (("MUG-RED", "Mug red"), ("MUG-BLUE", "Mug blue")):
        store.shop.add_product(ProductSpec(article, D(100), 7, title))
    store.clock.advance(days=-365, hours=-1, minutes=-45)
    store.shop.place_order(
        OrderSpec(
            (Line("MUG-RED", quantity=2), Line("MUG-BLUE")),
            Buyer("Ana Pop", "ana@example.com"),
            Address("Str. Exemplu 5", "Cluj-Napoca"),
            coupon=Coupon("SPRING", D(10)),
            comment="call first",
            number=1042,
            campaign=42,
        )
    )
    return store


def test_a_login_and_its_refusal() -> None:
    store = Store()
    good = store.log_in(LOGIN["login"], LOGIN["password"]).json()
    assert (good.keys(), good["response"].keys()) == (LOGGED_IN.keys(), LOGGED_IN["response"].keys())
    assert len(good["response"]["token"]) == len(LOGGED_IN["response"]["token"])
    assert store.log_in("roapp", "x").json() == WRONG_LOGIN


def test_an_order_and_its_fields() -> None:
    told, (shown,) = _ask("orders/get", GET, _shop())["response"]["orders"][0], ORDERS["response"]["orders"]
    assert shown.keys() - told.keys() == set()
    own = {"analytics", "delivery_data", "user"}
    assert {name: told[name] for name in shown if name not in own} == {
        name: value for name, value in shown.items() if name not in own
    }
    assert (told["delivery_data"]["tnNumber"], told["delivery_data"]["destination"]) == (None, {})
    assert shown["analytics"].keys() == told["analytics"].keys()
    assert told["analytics"]["utm_campaign"] == 42
    assert told.keys() - shown.keys() == {"additional_data"}


def test_nothing_found() -> None:
    assert _ask("orders/get", GET, Store()) == NO_ORDERS


def test_an_update_of_which_a_part_fails() -> None:
    store = _shop()
    store.shop.place_order(OrderSpec(number=9))
    assert _ask("orders/update", UPDATE, store) == UPDATED


def test_statuses() -> None:
    told = Store().get("orders/get_available_statuses")["statuses"]
    shown = STATUSES["response"]["statuses"]
    assert {key: told[key] for key in shown} == shown


def test_an_export_of_chosen_fields() -> None:
    store = _shop()
    store.shop.change_product("MUG-RED", title={"en": "Mug", "ro": "Cana"}, mod_title={"en": "Red", "ro": "Rosie"})
    store.shop.set_stock("MUG-RED", 7)
    (told,), (shown,) = _ask("catalog/export", EXPORT, store)["response"]["products"], PRODUCTS["response"]["products"]
    assert told.pop("presence") == "In stock"
    assert told.pop("parent")["id"] == shown.pop("parent")["id"]
    assert told == shown


def test_residues() -> None:
    assert _ask("catalog/importResidues", RESIDUES, _shop()) == MOVED


def test_refusals() -> None:
    store = Store(per_hour=2)
    store.clock.advance(minutes=40)
    assert store.envelope("orders/get", token="T") == EXPIRED
    assert store.envelope("orders/nonsense", token="T") == UNDEFINED
    assert store.envelope("orders/get", token="T") == QUOTA


def test_hooks() -> None:
    store = Store()
    hook = {"event": "order_created", "target_url": "https://hooks.example.test/x"}
    subscribed = store.send("hooks/subscribe", **hook)
    assert (subscribed.status_code, subscribed.json()) == (201, SUBSCRIBED)
    gone = store.send("hooks/unSubscribe", id=1, target_url=hook["target_url"])
    assert (gone.status_code, gone.json()) == (410, UNSUBSCRIBED)

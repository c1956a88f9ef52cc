"""A connection is set up step by step: what forms ask, one side tried, all of it tried; nothing is stored meanwhile."""

from decimal import Decimal
from itertools import count
from typing import Any

import pytest

from sandbox.platforms.cartum import Line, OrderSpec, ProductSpec
from shopbridge.errors import NeedsAttention
from shopbridge.flows.operations.dispatch import operate
from shopbridge.model.base import ConnectionId
from shopbridge.store.environment import Environment
from tests.integration.conftest import ManualClock
from tests.integration.stage import an_order, set_up
from tests.integration.world import AnyWorld, World
from tests.integration.worlds.roapp import RoAppWorld

FRESH = count()
OF_ROAPP = {"account": "acme", "currency": "RON"}


@pytest.fixture
def world(environment: Environment) -> World:
    """Shopware and SalesPOS, without a connection between them."""
    return World(environment, ManualClock(), ConnectionId(f"set-up-{next(FRESH)}"))


@pytest.fixture
def roapp(environment: Environment) -> RoAppWorld:
    return RoAppWorld(environment, ManualClock(), ConnectionId(f"set-up-{next(FRESH)}"), seconds=0.4)


def tried(world: AnyWorld, side: str, *, secrets: dict[str, str] | None = None, **settings: Any) -> dict[str, Any]:
    end = world.settings()[side]
    given = world.secrets()[side] if secrets is None else secrets
    who = {"connection": world.connection, "side": side, "platform": end["platform"]}
    answer = world.ask("try_side", **who, settings=end["settings"] | settings, secrets=given)
    return dict(answer)


def test_forms_tell_platforms_flows_and_the_settings_of_a_connection(world: World) -> None:
    told = world.ask("platforms")
    assert {form["key"] for form in told["platforms"]} >= {"shopware", "salespos", "roapp"}
    keys = [field["key"] for field in told["connection"]]
    assert {"name", "orders.maps.payment.fallback", "stock.active"} <= {*keys}
    assert not any(key.startswith(("shop.", "office.")) or key == "id" for key in keys)
    assert ("stock", "shop_to_office") in {(flow["key"], flow["direction"]) for flow in told["flows"]}


def test_a_side_that_lets_us_in_tells_its_words_and_what_it_can(world: World) -> None:
    told = tried(world, "office")
    assert told["problems"] == []
    assert told["name"].endswith("CCV REST API v1")
    assert told["words"]["status"]["1"]
    assert {"order_target", "document_number", "new_products"} <= {*told["can"]}
    shop = tried(world, "shop")
    assert shop["words"]["status"]["open"]
    assert shop["off"]["status"] == ["cancelled"]
    assert shop["words"]["sales_channel"]


def test_wrong_credentials_are_told_as_such_and_the_other_side_is_not_asked(world: World) -> None:
    told = tried(world, "office", secrets={"public_key": "pub_emul_01", "secret_key": "wrong"})
    (problem,) = told["problems"]
    assert problem["about"] == "secrets"
    assert "SalesPOS" in problem["text"]
    assert told["words"] == {}
    assert not any("shop.example" in name for name in world.calls.names)


def test_a_secret_of_the_wrong_form_is_told_at_its_field(roapp: RoAppWorld) -> None:
    told = tried(roapp, "shop", secrets={"login": "me@posta.example", "password": "x"})
    (problem,) = told["problems"]
    assert problem["about"] == "secrets.login"
    assert "enter the user name" in problem["text"]


@pytest.mark.parametrize("address", ["https://shop.example/elsewhere", "shop.example"])
def test_a_wrong_address_is_told_at_its_field(world: World, address: str) -> None:
    (problem,) = tried(world, "shop", url=address)["problems"]
    assert problem["about"] == "settings.url"


def test_what_is_still_to_be_chosen_keeps_nothing_from_being_listed(roapp: RoAppWorld) -> None:
    who = {"connection": roapp.connection, "side": "office", "platform": "roapp"}
    answer = roapp.ask("try_side", **who, settings=OF_ROAPP, secrets=roapp.secrets()["office"])
    (problem,) = answer["problems"]
    assert problem["about"] == "settings.location"
    assert {"location", "order_type", "manager", "custom_field", "service"} <= {*answer["words"]}
    assert "delivery_entry" in answer["words"]["service"].values()
    assert answer["can"].count("catalogue_target") == 0


def test_another_currency_is_told_at_its_field(roapp: RoAppWorld) -> None:
    (problem,) = tried(roapp, "office", currency="EUR")["problems"]
    assert problem["about"] == "settings.currency"


def test_a_platform_that_is_away_is_told_to_be_tried_later(world: World) -> None:
    world.office.faults.plan("html_page", times=20)
    (problem,) = tried(world, "office")["problems"]
    assert problem["about"] == "later"


def test_a_shop_whose_app_is_to_come_cannot_be_asked_yet(world: World) -> None:
    told = tried(world, "shop", secrets={"app_name": "Shopbridge", "app_secret": "made-up-secret"})
    assert (told["problems"], told["words"]) == ([], {})
    assert "once its app is installed" in told["notes"][0]


def test_a_stored_connection_s_secrets_are_used_where_none_are_given(environment: Environment) -> None:
    stored = set_up(environment, ConnectionId(f"set-up-{next(FRESH)}"), app=False)
    end = stored.settings()["office"]
    asked = {"side": "office", "platform": "salespos", "settings": end["settings"], "connection": stored.connection}
    assert stored.ask("try_side", **asked)["problems"] == []
    assert stored.ask("try_side", **asked, secrets={"secret_key": "wrong"})["problems"]


def test_a_rehearsal_tells_what_would_be_imported_and_shows_the_newest_order(world: World) -> None:
    world.office.add_product("MUG", 10)
    orders = [world.place(an_order()) for _ in range(3)]
    told = world.ask("rehearse", settings=world.settings(), secrets=world.secrets(), last=2)
    assert told["plan"]["to_import"] == 3
    assert [shown["becomes"] for shown in told["orders"]] == ["sent", "sent"]
    assert {shown["id"] for shown in told["orders"]} <= {*orders}
    assert told["orders"][0]["draft"]
    assert told["remarks"]
    assert not [remark for remark in told["remarks"] if "answers" in remark]
    assert world.office.orders == []
    assert world.container.bridge.connections.get(world.connection) is None
    with pytest.raises(NeedsAttention, match="No credentials are stored"):
        world.container.bridge.credentials.read_now(world.connection, "shop")
    world.connect()


def test_what_an_import_would_make_holds_no_order_of_a_rehearsal(roapp: RoAppWorld) -> None:
    """Neither its buyers nor its products are in RO App yet, so they have no numbers there."""
    roapp.shop.add_product(ProductSpec("NEW", Decimal(5), 3, "New"))
    roapp.place(OrderSpec((Line("NEW", quantity=1),), delivery_price=Decimal(0)))
    settings = roapp.settings()
    settings["office"]["settings"]["product_category"] = 1
    settings["orders"]["products"] = {"missing": "create"}
    told = roapp.ask("rehearse", settings=settings, secrets=roapp.secrets())
    assert (told["plan"]["to_import"], told["plan"]["held"]) == (1, [])
    draft = told["orders"][0]["draft"]
    assert (draft["client_id"], draft["items"][0]["entity_id"]) == (None, 0)
    assert draft["buyer"]["first_name"]


def test_a_rehearsal_is_refused_with_every_problem(world: World) -> None:
    settings = world.settings()
    settings["orders"]["maps"]["status"]["entries"] = {"open": "77"}
    answer = operate(
        world.container.bridge, {"operation": "rehearse", "settings": settings, "secrets": world.secrets()}
    )
    assert "'77'" in answer["problems"][0]


def test_a_preview_before_the_first_import_shows_the_shop_s_newest(environment: Environment) -> None:
    stored = set_up(environment, ConnectionId(f"set-up-{next(FRESH)}"), app=False)
    order = stored.place(an_order())
    told = stored.ask("preview", connection=stored.connection)
    assert [(shown["id"], shown["becomes"], shown["state"]) for shown in told["orders"]] == [(order, "sent", "")]

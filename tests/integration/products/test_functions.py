"""A product run as an operator sees it: started, worked off by the function, shown, refused twice; and verified."""

from typing import Any

import pytest

from shopbridge.flows.operations.dispatch import operate
from tests.integration.stage import NewWorld, events
from tests.integration.world import World

CATALOGUE = {"active": True, "attributes": {"Size": "="}}


def a_world(new_world: NewWorld, **settings: Any) -> World:
    world = new_world(app=False, catalogue={**CATALOGUE, **settings}, office={"tax_tariffs": {"19": "normal"}})
    world.office.add_product("TEE", 20, variants={"Size": {"S": 0, "M": 1}})
    return world


def newest(world: World) -> dict[str, Any]:
    (run,) = world.ask("runs", connection=world.connection)
    return dict(run)


def test_an_operator_imports_products_now_and_sees_what_became_of_them(new_world: NewWorld) -> None:
    world = a_world(new_world)
    world.agree("start_run", job="products", by="anna")
    answer = operate(
        world.container.bridge, {"operation": "start_run", "connection": world.connection, "job": "products"}
    )
    assert not answer["ok"]
    assert "active already" in answer["problems"][0]
    world.settle()
    run = newest(world)
    assert (run["state"], run["percent"], run["started_by"]) == ("done", 100, "anna")
    assert run["counts"] == {"found": 4, "created": 4, "updated": 0, "unchanged": 0, "held": 0, "failed": 0}
    assert world.shop.product("TEE-M")["productNumber"] == "TEE-M"
    assert sorted(line["product"] for line in events(world, "product_created")) == ["BOOK", "LAMP", "MUG", "TEE"]
    assert "***" not in "".join(world.lines)


def test_a_run_goes_on_in_slices_by_messages_of_its_own(new_world: NewWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    world = a_world(new_world)
    monkeypatch.setattr("shopbridge.flows.runs.SLICE_ENDS_WITH", 10_000)
    monkeypatch.setattr("shopbridge.connectors.shopware.catalogue.write.PRODUCT_BATCH", 2)
    world.agree("start_run", job="products")
    world.settle()
    assert newest(world)["counts"]["created"] == 4
    world.agree("start_run", job="products")
    world.settle()
    assert newest(world)["counts"]["unchanged"] == 4


@pytest.mark.parametrize(
    ("products", "says"),
    [
        ({"prices": {"group": "club"}}, "the source has no price group 'club'"),
        (
            {"rules": [{"target": "names", "source": "product.name"}]},
            "The target has no such field. Did you mean name?",
        ),
        ({"direction": "shop_to_office", "rules": [{"target": "memo", "source": "product.nam"}]}, "has no product.nam"),
    ],
)
def test_settings_of_products_are_verified_before_they_are_stored(
    new_world: NewWorld, products: dict[str, Any], says: str
) -> None:
    world = new_world(app=False)
    settings = {**world.settings(), "id": "tried", "products": {**CATALOGUE, **products}}
    answer = operate(world.container.bridge, {"operation": "create", "settings": settings, "secrets": world.secrets()})
    assert [says in problem for problem in answer["problems"]] == [True], answer

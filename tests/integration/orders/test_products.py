"""Products: how a line finds its product in the back office, and what happens when it does not."""

from dataclasses import replace
from decimal import Decimal

import pytest

from sandbox.platforms.shopware import Line, ProductSpec
from tests.integration.stage import BOOK, MUG, NewWorld, bring, held, imported

HAT = Line("HAT", Decimal("23.80"), tax=Decimal(19))


def test_a_missing_product_holds_the_order_and_is_named(new_world: NewWorld) -> None:
    world = new_world(products=["MUG"], policy={"missing": "hold"})
    order_id = bring(world, MUG, replace(HAT, label="A warm hat"))
    record = held(world, order_id, "missing_product")
    assert record.reason
    assert "HAT (A warm hat)" in record.reason.text
    assert "MUG" not in record.reason.text
    world.office.add_product("HAT", 20)
    world.ask("resend", connection=world.connection, code="missing_product")
    world.settle()
    assert [row.product_number for row in imported(world, order_id).rows] == ["MUG", "HAT"]


def test_a_missing_product_is_created_once_for_all_orders_that_sell_it(new_world: NewWorld) -> None:
    settings = {"tax_tariffs": {"19": "normal"}}
    world = new_world(products=[], office=settings, policy={"missing": "create"})
    first, second = imported(world, bring(world, HAT)), imported(world, bring(world, replace(HAT, quantity=3)))
    assert first.rows[0].product_id == second.rows[0].product_id is not None
    assert world.office.calls.by_route["POST /products"] == 1
    product = world.office.shop.catalogue.get(first.rows[0].product_id)
    assert product
    assert (product["productnumber"], product["price"], product["taxtariff"]) == ("HAT", Decimal("23.80"), "normal")


def test_one_order_that_sells_a_missing_product_twice_creates_it_once(new_world: NewWorld) -> None:
    settings = {"tax_tariffs": {"19": "normal"}}
    world = new_world(products=[], office=settings, policy={"missing": "create"})
    copy = imported(world, bring(world, HAT, replace(HAT, quantity=2)))
    assert len({row.product_id for row in copy.rows}) == 1
    assert world.office.calls.by_route["POST /products"] == 1


def test_a_product_whose_tax_has_no_tariff_holds_the_order_and_names_the_key(new_world: NewWorld) -> None:
    world = new_world(products=[], policy={"missing": "create"})
    record = held(world, bring(world, HAT), "no_tax_tariff")
    assert record.reason
    assert "'19'" in record.reason.fix
    assert "tax_tariffs" in record.reason.fix


def test_a_product_that_was_created_although_the_answer_was_lost_is_not_created_again(new_world: NewWorld) -> None:
    settings = {"tax_tariffs": {"19": "normal"}}
    world = new_world(products=[], office=settings, policy={"missing": "create"})
    world.office.faults.plan("lost_answer", "POST /products")
    imported(world, bring(world, HAT))
    assert world.office.calls.by_route["POST /products"] == 1


def test_a_missing_product_becomes_a_row_of_text_where_that_is_chosen(new_world: NewWorld) -> None:
    world = new_world(products=["MUG"], policy={"missing": "free_text"})
    copy = imported(world, bring(world, MUG, replace(HAT, label="A warm hat")))
    assert [(row.product_id is None, row.product_name) for row in copy.rows[:2]] == [
        (False, "MUG"),
        (True, "A warm hat"),
    ]


def test_a_code_that_is_no_product_is_booked_as_text_although_missing_products_are_held(new_world: NewWorld) -> None:
    world = new_world(products=["MUG"], policy={"missing": "hold", "text_lines": ["POST"]})
    copy = imported(world, bring(world, MUG, Line("POST", Decimal("3.57"), tax=Decimal(19), label="Postage")))
    assert [row.product_id is None for row in copy.rows[:2]] == [False, True]


def test_a_sku_that_two_products_have_holds_the_order_and_both_are_named(new_world: NewWorld) -> None:
    world = new_world(products=["MUG", "MUG"], policy={"missing": "hold"})
    record = held(world, bring(world), "ambiguous_product")
    assert record.reason
    assert all(str(each) in record.reason.text for each in (mug["id"] for mug in world.office.shop.catalogue))


def test_products_are_matched_by_ean_where_that_is_chosen(new_world: NewWorld) -> None:
    policy = {"missing": "hold", "shop_field": "ean", "office_field": "ean"}
    world = new_world(products=[], policy=policy)
    world.shop.add_product(ProductSpec("SHOP-1", "Mug", Decimal("11.90"), Decimal(19), ean="8712345000028"))
    made = world.office.add_product("TILL-9", 10, eannumber="8712345000028")
    copy = imported(world, bring(world, Line("SHOP-1")))
    assert copy.rows[0].product_id == made["id"]


def test_a_variant_is_booked_as_the_combination_that_has_its_number(new_world: NewWorld) -> None:
    world = new_world(products=[], policy={"missing": "hold"})
    tee = world.office.add_product("TEE", 20, variants={"Size": {"S": 0, "M": 2}}, stock=10)
    copy = imported(world, bring(world, Line("TEE-M", Decimal("25.00"), tax=Decimal(19))))
    (row,) = (row for row in copy.rows if row.product_id == tee["id"])
    assert row.combination
    assert (row.combination["product_number"], row.price) == ("TEE-M", Decimal("25.00"))


def test_a_product_deleted_between_look_up_and_order_is_refused_then_found_missing(new_world: NewWorld) -> None:
    world = new_world(products=["BOOK"], policy={"missing": "hold"})
    mug = world.office.add_product("MUG", 10)
    world.office.faults.plan("meanwhile", "POST /orders", detail=lambda: world.office.trash_product(mug["id"]))
    order_id = bring(world, MUG, BOOK)
    refused = world.record(order_id)
    assert (refused.state, world.office.orders) == ("REJECTED", [])
    assert refused.reason
    assert f"{mug['id']} does not exist" in refused.reason.text
    world.ask("resend", connection=world.connection, order=refused.reference)
    world.settle()
    held(world, order_id, "missing_product")
    world.office.add_product("MUG", 10)
    world.ask("resend", connection=world.connection, order=refused.reference)
    world.settle()
    imported(world, order_id)


def test_combinations_made_anew_are_found_again_after_a_refusal(new_world: NewWorld) -> None:
    world = new_world(products=[], policy={"missing": "hold"})
    tee = world.office.add_product("TEE", 20, variants={"Size": {"M": 0}})
    line = Line("TEE-M", Decimal("25.00"), tax=Decimal(19))

    def anew() -> None:
        world.office.regenerate_combinations(tee["id"])
        for combination in world.office.combinations(tee["id"]):
            combination.update(product_number="TEE-M", sku_number="TEE-M")

    world.office.faults.plan("meanwhile", "POST /orders", detail=anew)
    order_id = bring(world, line)
    assert world.record(order_id).state == "REJECTED"
    world.clock.advance(86_400)
    world.ask("resend", connection=world.connection, order=world.record(order_id).reference)
    world.settle()
    imported(world, order_id)


@pytest.mark.parametrize("sku", ["ä ö/ü?&=#%", "x" * 50, "0012", " MUG "])
def test_odd_product_numbers_travel_unharmed(new_world: NewWorld, sku: str) -> None:
    world = new_world(products=[], policy={"missing": "hold"})
    made = world.office.add_product(sku.strip(), 10)
    copy = imported(world, bring(world, Line(sku, Decimal("11.90"), tax=Decimal(19), label="Odd")))
    assert copy.rows[0].product_id == made["id"]


def test_known_products_cost_no_call_for_the_second_order(new_world: NewWorld) -> None:
    world = new_world(policy={"missing": "hold"})
    bring(world)
    before = world.office.calls.by_route["GET /products"]
    bring(world)
    assert world.office.calls.by_route["GET /products"] == before

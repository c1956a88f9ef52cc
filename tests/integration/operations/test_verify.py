"""What `verify` says of maps, filters and fields: every mistake one clear sentence."""

import json
from typing import Any

import pytest

from shopbridge.model.base import ConnectionId
from shopbridge.store.environment import Environment
from tests.integration.operations.verifying import the_problem, verify
from tests.integration.stage import NewWorld, bring, imported, set_up
from tests.integration.world import World


@pytest.fixture(scope="module")
def world(environment: Environment) -> World:
    return set_up(environment, ConnectionId("verify"), app=False)


def test_a_map_that_leads_to_nothing_the_back_office_knows_lists_what_it_knows(world: World) -> None:
    maps = {**world.settings()["orders"]["maps"], "payment": {"entries": {"Invoice": "Bitcoin"}}}
    problem = the_problem(world, orders={"maps": maps})
    assert "orders.maps.payment: The back office does not know 'Bitcoin'" in problem
    assert "Choose one of: Cash, Pin, Ideal." in problem


@pytest.mark.parametrize(
    ("name", "key", "meant"),
    [
        ("payment", "payment_invoicpayment", "payment_invoicepayment"),
        ("payment", "Paid in advanze", "payment_prepayment"),
        ("shipping", "Standart", "shipping_standard"),
        ("status", "opn", "open"),
        ("status", "In Progress", "in_progress"),
    ],
)
def test_a_key_of_a_map_that_the_shop_does_not_know_is_a_problem_with_the_one_that_was_meant(
    world: World, name: str, key: str, meant: str
) -> None:
    problem = the_problem(world, orders={"maps": with_entry(world, name, key)})
    assert f"orders.maps.{name}: The shop has no {name} {key!r}. Did you mean {meant}? Choose one of: " in problem
    assert f"orders.maps.{name}.former" in problem


@pytest.mark.parametrize(("key", "instead"), [("19%", "Did you mean 19?"), ("5,50", "Did you mean 5.5?")])
def test_a_rate_that_orders_never_bring_in_that_form_is_a_problem(world: World, key: str, instead: str) -> None:
    problem = the_problem(world, orders={"maps": with_entry(world, "tax", key)})
    assert problem == f"orders.maps.tax: {key!r} is no percentage as orders have it. {instead}"


def test_a_rate_in_words_is_a_problem(world: World) -> None:
    assert "Write it as `19` or `5.5`." in the_problem(world, orders={"maps": with_entry(world, "tax", "normal")})


def test_a_rate_that_the_shop_does_not_list_is_a_remark_since_countries_have_their_own(world: World) -> None:
    problems, remarks = verify(world, orders={"maps": with_entry(world, "tax", "25.5")})
    assert problems == []
    assert any("rates that the shop does not list: " in remark and "25.5" in remark for remark in remarks)


def test_without_a_tax_map_every_order_would_be_held_so_it_is_a_problem(world: World) -> None:
    maps = {**world.settings()["orders"]["maps"], "tax": {}}
    problem = the_problem(world, orders={"maps": maps})
    assert problem.startswith("orders.maps.tax names no rate, so every order would be held.")
    assert verify(world, orders={"maps": {**maps, "tax": {"fallback": "="}}})[0] == []


def test_a_former_value_that_old_orders_still_have_may_be_named(world: World) -> None:
    maps = with_entry(world, "payment", "Cheque")
    maps["payment"]["former"] = ["cheque"]
    assert verify(world, orders={"maps": maps})[0] == []


def test_a_method_may_go_by_its_key_its_name_or_its_id(world: World) -> None:
    row = world.shop.shop.store.find("payment_method", technicalName="payment_prepayment")
    assert row
    for key in ("PAYMENT_PREPAYMENT", "Paid in advance ", row.id):
        problems, remarks = verify(world, orders={"maps": with_entry(world, "payment", key)})
        assert problems == []
        assert not [remark for remark in remarks if "payment_prepayment" in remark]


def with_entry(world: World, name: str, key: str) -> dict[str, Any]:
    """The world's maps with one more entry."""
    maps: dict[str, Any] = json.loads(json.dumps(world.settings()["orders"]["maps"]))
    maps[name]["entries"][key] = next(iter(maps[name]["entries"].values()))
    return maps


@pytest.mark.parametrize(
    ("orders", "words"),
    [
        ({"statuses": ["opened"]}, "The shop has no status 'opened'"),
        ({"first_import_without": ["done"]}, "The shop has no status 'done'"),
        ({"write_back": {"status": "imported"}}, "The shop has no status 'imported'"),
        ({"payment_statuses": ["payed"]}, "orders.payment_statuses: The shop has no payment status 'payed'"),
    ],
)
def test_a_status_the_shop_does_not_have_is_named_with_those_it_has(
    world: World, orders: dict[str, Any], words: str
) -> None:
    problem = the_problem(world, orders=orders)
    assert words in problem
    assert "Choose one of: " in problem


def test_values_that_would_hold_orders_are_remarked_before_the_first_one_comes(world: World) -> None:
    _, remarks = verify(world)
    (payment,) = (remark for remark in remarks if "payment" in remark and "held" in remark)
    assert "payment_demo_ideal" in payment
    assert "payment_invoicepayment" not in payment


def test_a_sales_channel_the_shop_does_not_have_is_named_with_those_it_has(world: World) -> None:
    problem = the_problem(world, shop={"sales_channels": ["0" * 32]})
    assert f"no sales channel {'0' * 32}" in problem
    assert "Storefront = " in problem


def test_a_field_that_products_cannot_be_found_by_is_refused_before_the_first_order(world: World) -> None:
    problem = the_problem(world, orders={"products": {"office_field": "colour"}})
    assert "SalesPOS finds no products by 'colour'" in problem
    assert "Choose one of: " in problem


def test_what_was_verified_imports(new_world: NewWorld) -> None:
    world = new_world()
    assert world.ask("verify", connection=world.connection)["verified"] is True
    imported(world, bring(world))


def mailing(world: World, **orders: Any) -> dict[str, Any]:
    """Settings with which documents are mailed."""
    del world
    letter = {"active": True, "sender": "bills@minta.example", "subject": "{number}", "text": "{order}"}
    return {"document_mail": {**letter, **orders}}


def test_documents_are_mailed_only_where_the_back_office_hands_them_out_and_the_sender_may_send(world: World) -> None:
    problems, _ = verify(world, orders=mailing(world))
    assert len(problems) == 2
    assert "CCV SalesPOS cannot be asked to hand out documents to be mailed" in problems[0]
    assert "document_mail" in problems[0]
    assert "This deployment may not send mail from the sender's address (MailIdentity)." in problems[1]
    assert "bills@" not in "".join(problems)

"""A product with everything, whose creations name no id, or are limited, or refused: one end state all the same."""

from collections.abc import Callable
from typing import Any

import pytest

from shopbridge.errors import Throttled
from shopbridge.model.base import ExternalId
from shopbridge.model.catalogue import ProductOutcome
from tests.contract.benches.salespos import Bench, bench
from tests.contract.salespos.test_products_source import category
from tests.salespos_products import carry, contents, price, product, shirts, variant


def shirt() -> Any:
    """A product with variants, surcharges, a sale, features and, by the bench, categories."""
    of = shirts(("S", "M"), ("red", "blue"))
    variants = [
        each.model_copy(update={"prices": {"regular": price("27.95"), "sale": price("22.95")}})
        if each.options["Size"] == "M"
        else each
        for each in of.variants
    ]
    return of.model_copy(
        update={"variants": tuple(variants), "prices": {"regular": price("24.95"), "sale": price("19.95")}}
    )


def furnished() -> tuple[Bench, tuple[ExternalId, ...]]:
    at = bench()
    return at, tuple(ExternalId(str(category(at, name))) for name in ("Kitchen", "Sale"))


def until_settled(write: Callable[[], ProductOutcome]) -> ProductOutcome:
    """Runs, one after the other, each in a new container."""
    for _ in range(4):
        outcome = write()
        if outcome.state in ("created", "updated", "unchanged"):
            return outcome
    raise AssertionError("the product does not come about")


def whole() -> dict[str, Any]:
    at, categories = furnished()
    carry(at.connector(), shirt(), categories=categories)
    return contents(at.account)


EXPECTED = whole()


CREATIONS = (
    "POST /products",
    "POST /attributes",
    "POST /attributes/{id}/attributevalues",
    "POST /products/{id}/productattributevalues",
    "POST /producttocategories",
    "POST /productpropertygroups",
    "POST /productpropertygroups/{id}/productproperties",
    "POST /producttopropertygroups",
    "POST /productpropertyvalues",
)


@pytest.mark.parametrize("route", CREATIONS)
def test_an_empty_answer_to_a_creation_leaves_one_of_everything(route: str) -> None:
    at, categories = furnished()
    office = at.connector()
    at.fault("no_content", route)
    assert carry(office, shirt(), categories=categories).state == "created"
    until_settled(lambda: carry(office, shirt(), categories=categories))
    assert contents(at.account) == EXPECTED
    assert len(at.account.shop.attributes) == 2
    assert len(at.account.shop.table("productproperties")) == 2


@pytest.mark.parametrize(
    "route",
    ["POST /products", "POST /productpropertyvalues", "PATCH /attributecombinations/{id}", "GET /products/{id}"],
)
def test_a_limit_ends_the_call_and_another_go_finishes(route: str) -> None:
    at, categories = furnished()
    office = at.connector()
    if route == "GET /products/{id}":
        carry(office, shirt(), categories=categories)
    at.fault("rate_limit", route)
    with pytest.raises(Throttled):
        carry(office, shirt(), categories=categories)
    assert set(at.limiter.paused) == {f"{route.removesuffix('/{id}').rpartition('/')[2]}:{route.split(maxsplit=1)[0]}"}
    at.limiter.paused.clear()
    carry(office, shirt(), categories=categories)
    assert contents(at.account) == EXPECTED


def test_a_lost_answer_is_looked_up_by_the_next_run_of_the_same_container() -> None:
    at = bench()
    office = at.connector()
    plain = product(features=())
    at.fault("lost_answer", "POST /products")
    assert carry(office, plain).state == "failed"
    assert carry(office, plain).state == "unchanged"


def test_an_answer_that_is_lost_between_containers_is_found_by_the_third_at_the_latest() -> None:
    at = bench()
    plain = product(features=())
    other = at.connector()
    other.catalogue_target.find(["TEE"])
    at.fault("lost_answer", "POST /products")
    assert carry(at.connector(), plain).state == "failed"
    until_settled(lambda: carry(other, plain))
    assert len(at.account.shop.catalogue) == 1


def test_the_subscriptions_limit_holds_the_product_and_not_the_others() -> None:
    at = bench(product_limit=1)
    office = at.connector()
    at.product("MUG")
    outcome = carry(office, product(features=()))
    assert (outcome.state, outcome.reason and outcome.reason.code) == ("held", "product_limit")


def test_one_refused_product_does_not_keep_the_next_from_being_written() -> None:
    at = bench()
    office = at.connector(package_id=1)
    assert carry(office, product("A")).state == "failed"
    assert carry(at.connector(), product("B")).state == "created"


def test_an_attribute_that_was_deleted_since_it_was_read_is_made_again_by_the_next_run() -> None:
    at = bench()
    office = at.connector()
    carry(office, product("A", variants=[variant("A-S", {"Size": "S"})]))
    at.account.shop.attributes.clear()
    at.account.shop.attribute_values.clear()
    of = product("B", variants=[variant("B-S", {"Size": "S"})])
    assert carry(office, of).state == "failed"
    assert carry(office, of).state == "created"


def test_a_combination_that_salespos_does_not_list_yet_is_tried_again() -> None:
    at = bench()
    office = at.connector()
    of = product("A", variants=[variant("A-S", {"Size": "S"})])
    hidden: dict[int, list[int]] = {}

    def hide() -> None:
        hidden.update(at.account.shop.combination_ids)
        at.account.shop.combination_ids.clear()

    at.fault("afterwards", "POST /products/{id}/productattributevalues", detail=hide)
    first = carry(office, of)
    assert (first.state, first.reason and first.reason.code) == ("failed", "outcome_unknown")
    at.account.shop.combination_ids.update(hidden)
    assert carry(office, of).state == "created"

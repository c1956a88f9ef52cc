"""What every back office promises whose products an order's lines are found among."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from shopbridge.errors import Held, NeedsAttention, OutcomeUnknown, RetryLater
from shopbridge.model.base import ExternalId
from shopbridge.model.office import DirectoryPage
from shopbridge.ports import ProductTarget
from tests.contract.bench import (
    FAULTS,
    Fault,
    OfficeBench,
    at_both_ends,
    cost,
    in_every_variant,
    needs,
    strike,
    until_done,
)
from tests.contract.hostile import POISONS, Replay, hostile_answers, laid, noted, poisoned

EAN = "2000000000015"


def read(bench: OfficeBench, mark: str | None = None, field: str = "sku") -> tuple[dict[str, ExternalId], str]:
    """Every page from a mark on, each in a new container; marks travel as JSON."""
    entries: dict[str, ExternalId] = {}
    for _ in range(50):
        target: ProductTarget = bench.part("order_products")
        page: DirectoryPage = target.changed(mark, field)
        entries |= {entry.key: entry.id for entry in page.entries}
        mark = json.loads(json.dumps(page.mark))
        if page.complete:
            return entries, page.mark
    raise AssertionError("the list does not end")


@pytest.fixture(scope="module")
def filled(request: pytest.FixtureRequest) -> tuple[OfficeBench, dict[str, ExternalId]]:
    """An account with more than two pages of products."""
    make: Callable[[], OfficeBench] = request.param
    bench = make()
    skus = [f"P-{number}" for number in range(bench.facts.pages["order_products"])]
    products = {sku: bench.put(sku) for sku in skus}
    bench.shrink_pages()
    return bench, products


# --- the list -----------------------------------------------------------------------------------------------------


def test_every_product_is_told(filled: tuple[OfficeBench, dict[str, ExternalId]]) -> None:
    bench, products = filled
    assert read(bench)[0].items() >= products.items()


@in_every_variant
def test_products_are_found_by_their_numbers_and_barcodes(bench: OfficeBench) -> None:
    mug, cup = bench.put("MUG-1", 5), bench.put("CUP", 5, ean=EAN)
    found = read(bench)[0]
    assert (found["MUG-1"], found["CUP"]) == (mug, cup)
    assert read(bench, field="ean")[0] == {EAN: cup}


@needs("variants")
def test_variants_are_found_and_the_product_above_them_is_not(bench: OfficeBench) -> None:
    items = bench.put_variants("TEE", {"TEE-M": 3, "TEE-L": 4})
    assert read(bench)[0] == dict(items)


def test_what_comes_and_goes_while_the_list_is_read_hides_nothing(bench: OfficeBench) -> None:
    skus = [f"P-{number}" for number in range(bench.facts.pages["order_products"])]
    products = {sku: bench.put(sku) for sku in skus}
    bench.shrink_pages()
    bench.clock.advance(minutes=5)
    first: DirectoryPage = bench.part("order_products").changed(None, "sku")
    for sku in skus[:2]:
        bench.take_away(sku)
    products["NEW"] = bench.put("NEW")
    rest, mark = read(bench, first.mark)
    found = {entry.key: entry.id for entry in first.entries} | rest | read(bench, mark)[0]
    assert not first.complete
    assert {sku: found[sku] for sku in products if sku not in skus[:2]}.items() <= products.items()


@needs("news of products")
@at_both_ends
def test_later_only_what_changed_is_read_in_one_call(bench: OfficeBench) -> None:
    bench.put("MUG-1")
    bench.clock.advance(hours=5)
    _, mark = read(bench)
    bench.clock.advance(hours=5)
    new = bench.put("NEW")
    later: dict[str, ExternalId] = {}
    assert cost(bench, lambda: later.update(read(bench, mark)[0])) == 1
    assert later == {"NEW": new}
    for sku in ("NEXT", "LAST"):
        _, mark = read(bench, mark)
        bench.clock.advance(hours=5)
        bench.put(sku)
    assert "NEW" not in read(bench, mark)[0]


def test_everything_is_read_again_once_a_day(bench: OfficeBench) -> None:
    mug = bench.put("MUG-1")
    bench.clock.advance(days=2)
    bench.put("NEW")
    _, mark = read(bench)
    bench.clock.advance(hours=25)
    assert read(bench, mark)[0]["MUG-1"] == mug


def test_what_was_deleted_is_not_found(bench: OfficeBench) -> None:
    bench.put("GONE")
    bench.put("MUG-1")
    bench.take_away("GONE")
    found = read(bench)[0]
    assert "MUG-1" in found
    assert "GONE" not in found


def test_a_field_that_is_not_known_is_refused_before_any_call(bench: OfficeBench) -> None:
    target: ProductTarget = bench.part("order_products")

    def ask() -> None:
        with pytest.raises(NeedsAttention, match="colour"):
            target.changed(None, "colour")

    assert cost(bench, ask) == 0


@pytest.mark.parametrize("fault", FAULTS)
@at_both_ends
def test_a_reading_that_breaks_off_is_repeated_later_and_loses_nothing(bench: OfficeBench, fault: Fault) -> None:
    mug = bench.put("MUG-1")
    strike(bench, fault, "order_products")
    with pytest.raises(RetryLater) as caught:
        read(bench)
    assert caught.value.after > 0
    assert until_done(bench, partial(read, bench))[0]["MUG-1"] == mug


def test_a_limit_between_two_pages_loses_nothing(filled: tuple[OfficeBench, dict[str, ExternalId]]) -> None:
    bench, products = filled
    entries: dict[str, ExternalId] = {}
    mark: str | None = None
    complete = False
    while not complete:
        strike(bench, "throttled", "order_products")
        with pytest.raises(RetryLater):
            bench.part("order_products").changed(mark, "sku")
        page = until_done(bench, partial(bench.part("order_products").changed, mark, "sku"))
        entries |= {entry.key: entry.id for entry in page.entries}
        mark, complete = page.mark, page.complete
    assert entries.items() >= products.items()


def test_a_list_that_never_ends_is_given_up(filled: tuple[OfficeBench, dict[str, ExternalId]]) -> None:
    bench, _ = filled
    with laid(bench, Replay()), pytest.raises(RetryLater):
        read(bench)


@pytest.mark.parametrize("value", POISONS.values(), ids=POISONS)
def test_a_poisoned_product_hides_no_other(bench: OfficeBench, value: Any) -> None:
    bench.put("BAD", 3)
    mug = bench.put("MUG-1", 3)
    for field in bench.facts.rows["order_products"].fields:
        with poisoned(bench, bench.facts.rows["order_products"], "BAD", field, value):
            found = noted(partial(read, bench))
        assert isinstance(found.error, RetryLater) or found.given[0][0]["MUG-1"] == mug


def test_refused_credentials_stop_the_connection_and_say_what_to_do(bench: OfficeBench) -> None:
    bench.spoil_credentials()
    with pytest.raises(NeedsAttention) as caught:
        read(bench)
    assert caught.value.fix


def test_whatever_is_answered_nothing_is_told(bench: OfficeBench) -> None:
    bench.put("MUG-1")
    for body, target in hostile_answers(bench, "order_products"):
        page = noted(partial(target.changed, None, "sku"))
        assert page.error or not any(given.entries for given in page.given), body


# --- one product --------------------------------------------------------------------------------------------------


@needs("product search")
def test_one_product_can_be_asked_for_with_one_call_and_twins_are_both_told(bench: OfficeBench) -> None:
    twins = {bench.put("TWIN"), bench.put("TWIN")}
    target = bench.part("order_products")
    found: set[ExternalId] = set()
    assert cost(bench, lambda: found.update(each.id for each in target.find("sku", "TWIN"))) == 1
    assert found == twins
    assert list(target.find("sku", "NOBODY")) == []
    bench.put_variants("TEE", {"TEE-M": 3})
    assert {each.key for each in target.find("sku", "TEE")} <= {"TEE"}
    cup = bench.put("CUP", ean=EAN)
    assert [each.id for each in target.find("ean", EAN)] == [cup]


@needs("product search")
@pytest.mark.parametrize("fault", FAULTS)
def test_a_question_that_breaks_off_is_asked_again_later(bench: OfficeBench, fault: Fault) -> None:
    mug = bench.put("MUG-1")
    ask = partial(bench.part("order_products").find, "sku", "MUG-1")
    strike(bench, fault, "product question" if "product question" in bench.facts.routes else "order_products")
    with pytest.raises(RetryLater):
        ask()
    assert [each.id for each in until_done(bench, ask)] == [mug]


def test_checking_a_product_creates_nothing(bench: OfficeBench) -> None:
    target: ProductTarget = bench.part("order_products")
    checked = noted(partial(target.check, bench.order(), "l1", "21"))
    assert checked.error is None or isinstance(checked.error, Held)
    assert "SKU-1" not in read(bench)[0]


@needs("product creation")
def test_a_product_is_created_and_found(bench: OfficeBench) -> None:
    made = bench.part("order_products").create(bench.order(), "l1", "21")
    assert read(bench)[0]["SKU-1"] == made


@needs("product creation")
@pytest.mark.parametrize("fault", FAULTS)
def test_a_creation_that_breaks_off_is_settled_with_one_product(bench: OfficeBench, fault: Fault) -> None:
    create = partial(bench.part("order_products").create, bench.order(), "l1", "21")
    strike(bench, fault, "product creation")
    with pytest.raises(RetryLater if fault == "throttled" else OutcomeUnknown):
        create()
    bench.rest()
    there = bench.part("order_products").find("sku", "SKU-1")
    assert len(there) == (1 if fault == "lost_answer" else 0)
    if not there:
        create()
    assert len(bench.part("order_products").find("sku", "SKU-1")) == 1

"""Products with variants in SalesPOS: combinations, their prices, and which of them are for sale."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from shopbridge.errors import Held, RetryLater
from tests.contract.benches.salespos import Bench, bench
from tests.contract.salespos.test_products_target import PLAIN
from tests.salespos_orders import D
from tests.salespos_products import EVERY_FIELD, carry, change_of, contents, price, product, record_of, shirts, variant


def prices_of(at: Bench, number: int) -> dict[str, Decimal]:
    kept = at.account.shop.catalogue.get(number)
    assert kept is not None
    base = Decimal(kept["price"]) - Decimal(kept["discount"])
    return {each["product_number"]: base + each["netto_extra_price"] for each in at.account.combinations(number)}


# --- variants -----------------------------------------------------------------------------------------------


def test_a_product_with_variants_is_created_and_combinations_nobody_sells_are_not_for_sale() -> None:
    at = bench()
    outcome = carry(at.connector(), shirts())
    kept = record_of(at.account, outcome)
    assert outcome.state == "created"
    assert (kept["is_active"], kept["memo"], kept["stocktype"], kept["stockenabled"]) == (True, "", "Attribute", True)
    rows = {each["product_number"]: each for each in at.account.combinations(kept["id"])}
    assert set(rows) == {"TEE-S-red", "TEE-S-blue", "TEE-M-red", ""}
    assert not rows[""]["active"]
    medium = rows["TEE-M-red"]
    assert (medium["ean_number"], medium["stock"], medium["active"]) == ("EAN-TEE-M-red", 3, True)
    assert {part["attribute"]["name"]: part["attribute_value"]["name"] for part in medium["combination"]} == {
        "Size": "M",
        "Colour": "red",
    }


def test_the_same_product_once_more_is_one_read_and_no_write() -> None:
    at = bench()
    office = at.connector()
    kept = record_of(at.account, carry(office, shirts()))
    before = at.account.calls.by_route.copy()
    assert carry(office, shirts()).state == "unchanged"
    assert dict(at.account.calls.by_route - before) == {"GET /products/{id}": 1}
    assert kept["memo"] == ""


def test_a_second_product_makes_no_attribute_or_value_again() -> None:
    at = bench()
    office = at.connector()
    carry(office, shirts())
    before = at.account.calls.by_route.copy()
    second = shirts().model_copy(update={"sku": "POLO"})
    renamed = tuple(each.model_copy(update={"sku": each.sku.replace("TEE", "POLO")}) for each in second.variants)
    assert carry(office, second.model_copy(update={"variants": renamed})).state == "created"
    used = dict(at.account.calls.by_route - before)
    assert not {"POST /attributes", "POST /attributes/{id}/attributevalues", "GET /attributes"} & set(used)
    assert used["POST /products/{id}/productattributevalues"] == 4


def test_a_new_variant_is_added_and_the_others_keep_what_they_have() -> None:
    at = bench()
    office = at.connector()
    small = product(variants=[variant("TEE-S", {"Size": "S"})])
    kept = record_of(at.account, carry(office, small))
    (first,) = at.account.combinations(kept["id"])
    first.update(stock=99, note="by hand")
    both = product(variants=[variant("TEE-S", {"Size": "S"}), variant("TEE-M", {"Size": "M"}, active=False)])
    assert carry(office, both).state == "updated"
    rows = {each["product_number"]: each for each in at.account.combinations(kept["id"])}
    assert (rows["TEE-S"]["stock"], rows["TEE-S"]["note"]) == (99, "by hand")
    assert not rows["TEE-M"]["active"]


def test_a_simple_product_becomes_one_with_variants() -> None:
    at = bench()
    office = at.connector()
    kept = record_of(at.account, carry(office, PLAIN))
    assert carry(office, shirts(("S",), ("red", "blue"))).state == "updated"
    assert kept["stocktype"] == "Attribute"
    assert "TEE-S-red" in {each["product_number"] for each in at.account.combinations(kept["id"])}


def test_variants_without_numbers_there_are_recognised_by_their_values() -> None:
    at = bench()
    tee, (medium, _) = at.variants("TEE", "M", "L")
    for each in at.account.combinations(int(tee)):
        each.update(product_number="", sku_number="")
    of = product(variants=[variant("SKU-M", {"size": " m"})])
    assert carry(at.connector(), of).state == "updated"
    assert at.account.shop.combinations[medium]["product_number"] == "SKU-M"
    assert len(at.account.combinations(int(tee))) == 2


@pytest.mark.parametrize(
    ("variants", "code"),
    [
        ([variant("OTHER-M", {"Size": "M"})], "variant_has_other_number"),
        ([variant("TEE-M", {"Size": "M"}), variant("TEE-R", {"Colour": "red"})], "variants_uneven"),
        ([variant("TEE-NEW", {"Colour": "red"})], "attributes_differ"),
    ],
)
def test_variants_that_do_not_fit_those_there_are_held(variants: Sequence[Any], code: str) -> None:
    at = bench()
    tee, _ = at.variants("TEE", "M", "L")
    before = contents(at.account)["TEE"]["variants"]
    try:
        outcome = carry(at.connector(), product(variants=variants))
        found = outcome.reason and outcome.reason.code
        assert (outcome.state, outcome.id) == ("held", tee)
    except Held as error:
        found = error.code
    assert found == code
    assert contents(at.account)["TEE"]["variants"] == before


def test_a_variant_that_only_salespos_has_is_named_and_left() -> None:
    at = bench()
    tee, _ = at.variants("TEE", "M", "L")
    outcome = carry(at.connector(), product(variants=[variant("TEE-M", {"Size": "M"})]))
    assert outcome.remarks == ("SalesPOS also has the variant TEE-L, which the source has not.",)
    assert all(each["active"] for each in at.account.combinations(int(tee)))


def test_a_value_renamed_at_the_source_is_told_and_one_that_is_anothers_is_held() -> None:
    at = bench()
    at.variants("TEE", "M", "L")
    renamed = [variant("TEE-M", {"Size": "Medium"}), variant("TEE-L", {"Size": " l"})]
    outcome = carry(at.connector(), product(variants=renamed))
    assert outcome.remarks == ("In SalesPOS the variant TEE-M is still M: values are not changed there.",)
    swapped = [variant("TEE-M", {"Size": "L"}), variant("TEE-L", {"Size": "M"})]
    outcome = carry(at.connector(), product(variants=swapped))
    assert outcome.reason is not None
    assert (outcome.state, outcome.reason.code) == ("held", "variant_has_other_number")


def test_combinations_that_an_interrupted_try_made_are_taken_off_sale_by_the_next() -> None:
    at = bench()
    sizes = [variant("TEE-S", {"Size": "S", "Colour": "red"}), variant("TEE-M", {"Size": "M", "Colour": "blue"})]
    kept = record_of(at.account, carry(at.connector(), product(variants=sizes)))
    more = product(variants=[*sizes, variant("TEE-L", {"Size": "L", "Colour": "red"})])
    at.fault("rate_limit", "PATCH /attributecombinations/{id}")
    with pytest.raises(RetryLater):
        carry(at.connector(), more)
    at.limiter.paused.clear()
    assert carry(at.connector(), more).state == "updated"
    rows = at.account.combinations(kept["id"])
    assert {each["product_number"] for each in rows if each["active"]} == {"TEE-S", "TEE-M", "TEE-L"}


def test_variants_cost_what_they_cost_in_the_source_by_amounts_for_their_values() -> None:
    at = bench()
    office = at.connector()
    by_size = {"S": "24.95", "M": "25.95", "XL": "22.00"}
    rows = [
        variant(f"{size}-{colour}", {"Size": size, "Colour": colour}, prices={"regular": price(amount)})
        for size, amount in by_size.items()
        for colour in ("red", "blue")
    ]
    kept = record_of(at.account, carry(office, product(variants=rows)))
    assert prices_of(at, kept["id"]) == {
        f"{size}-{colour}": D(amount) for size, amount in by_size.items() for colour in ("red", "blue")
    }
    dearer = [
        each.model_copy(update={"prices": {"regular": price("30"), "sale": price("24.95")}})
        if each.options["Size"] == "S"
        else each.model_copy(update={"prices": {"regular": price("26"), "sale": price("20.95")}})
        for each in rows
    ]
    assert carry(office, product(variants=dearer)).state == "updated"
    assert set(prices_of(at, kept["id"]).items()) == {(each.sku, each.prices["sale"].amount) for each in dearer}
    assert kept["discount"] == D("5.05")


@pytest.mark.parametrize(
    ("groups", "code"),
    [
        ([{"regular": price("30"), "sale": price("20")}, {"regular": price("30")}], "variant_sale_differs"),
        ([{"regular": price("24.95")}, {}, {}, {"regular": price("99")}], "variant_price_not_expressible"),
    ],
)
def test_prices_that_no_amount_by_value_gives_are_held(groups: Sequence[dict[str, Any]], code: str) -> None:
    at = bench()
    options = [{"Size": size, "Colour": colour} for size in "SM" for colour in ("red", "blue")]
    rows = [
        variant(f"V{number}", each, prices=group)
        for number, (each, group) in enumerate(zip(options, groups, strict=False))
    ]
    with pytest.raises(Held) as caught:
        at.connector().catalogue_target.plan(change_of(at.connector(), product(variants=rows)))
    assert caught.value.code == code


def test_combinations_made_anew_with_other_ids_get_their_numbers_again() -> None:
    at = bench()
    office = at.connector()
    kept = record_of(at.account, carry(office, shirts()))
    at.account.regenerate_combinations(kept["id"])
    assert carry(office, shirts(), EVERY_FIELD).state == "updated"
    numbers = {each["product_number"]: each["stock"] for each in at.account.combinations(kept["id"])}
    assert numbers == {"TEE-S-red": 3, "TEE-S-blue": 3, "TEE-M-red": 3, "": 0}

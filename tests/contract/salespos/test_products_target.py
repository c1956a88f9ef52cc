"""SalesPOS as a target of products: what is found, planned and written."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopbridge.connectors.salespos.connector import SPEC
from shopbridge.errors import Held
from shopbridge.model.catalogue import ProductField, ProductOutcome
from tests.contract.benches.salespos import bench
from tests.salespos_orders import D
from tests.salespos_products import EVERY_FIELD, carry, change_of, price, product, record_of, variant

PLAIN = product(features=())


def test_a_simple_product_is_created_with_one_call_besides_the_look() -> None:
    at = bench()
    outcome = carry(at.connector(package_id=at.account.package_id), PLAIN)
    kept = record_of(at.account, outcome)
    assert outcome.state == "created"
    assert (kept["productnumber"], kept["name"], kept["shortdescription"]) == ("TEE", "T-shirt", "Cotton")
    assert (kept["price"], kept["discount"], kept["taxtariff"]) == (D("24.95"), 0, "normal")
    assert (kept["eannumber"], kept["is_active"], kept["stock"], kept["stockenabled"]) == (
        "8712345000011",
        True,
        5,
        True,
    )
    assert kept["memo"] == ""
    assert (at.calls("POST /products"), at.calls("PATCH /products/{id}"), at.calls("GET /products")) == (1, 0, 2)


def test_only_fields_of_the_change_and_what_a_creation_needs_are_written() -> None:
    at = bench()
    kept = record_of(at.account, carry(at.connector(), PLAIN, frozenset({"short_text"})))
    assert (kept["name"], kept["price"], kept["taxtariff"]) == ("T-shirt", D("24.95"), "normal")
    assert (kept["description"], kept["eannumber"], kept["stockenabled"]) == ("", "", False)


def test_what_the_source_leaves_empty_empties_nothing() -> None:
    at = bench()
    office = at.connector()
    made = record_of(at.account, carry(office, PLAIN))
    empty = PLAIN.model_copy(update={"name": "", "short_text": "", "long_text": "", "ean": "", "tax_rate": None})
    fields: frozenset[ProductField] = frozenset(("short_text", "long_text", "ean", "tax", "categories", "features"))
    assert carry(office, empty, fields).state == "unchanged"
    assert (made["shortdescription"], made["description"], made["taxtariff"]) == (
        "Cotton",
        "<p>Soft cotton.</p>",
        "normal",
    )


def test_a_sale_is_a_discount_in_the_mode_of_the_account_and_ends() -> None:
    at = bench(prices_include_vat=False)
    office = at.connector()
    reduced = PLAIN.model_copy(update={"prices": {"regular": price("24.20"), "sale": price("12.10")}})
    kept = record_of(at.account, carry(office, reduced))
    assert (kept["price"], kept["discount"]) == (20, 10)
    carry(office, PLAIN.model_copy(update={"prices": {"regular": price("24.20")}}))
    assert (kept["price"], kept["discount"]) == (20, 0)


SEVEN = {"21": "normal", "19": "low b", "7": "low a"}


def test_a_price_without_tax_is_right_at_a_till_that_keeps_its_tariff() -> None:
    at = bench(prices_include_vat=False)
    office = at.connector(tax_tariffs=SEVEN)
    made = record_of(at.account, carry(office, PLAIN.model_copy(update={"tax_rate": D(19)})))
    cheaper = PLAIN.model_copy(update={"tax_rate": D(7), "prices": {"regular": price("12.84")}})
    carry(office, cheaper)
    assert (made["taxtariff"], made["price"], made["price"] * D("1.19")) == ("low b", D("10.79"), D("12.8401"))
    (known,) = office.catalogue_target.find(["TEE"])["TEE"]
    assert known.tax_rate == 19
    carry(office, cheaper, EVERY_FIELD)
    assert (made["taxtariff"], made["price"]) == ("low a", 12)


def test_a_tariff_of_several_percentages_is_asked_for_only_where_a_price_is_converted() -> None:
    twofold = {"21": "normal", "19": "normal"}
    same, other = bench(), bench(prices_include_vat=False)
    assert carry(same.connector(tax_tariffs=twofold), PLAIN).state == "created"
    with pytest.raises(Held) as caught:
        carry(other.connector(tax_tariffs=twofold), PLAIN)
    assert (caught.value.code, "tax_tariffs" in caught.value.fix) == ("no_tax_rate", True)
    carry(other.connector(), PLAIN)
    with pytest.raises(Held) as caught:
        carry(other.connector(tax_tariffs=twofold), PLAIN)
    assert caught.value.code == "no_tax_rate"


def test_a_rule_may_not_write_another_tariff_than_a_price_was_converted_with() -> None:
    at = bench(prices_include_vat=False)
    office = at.connector()

    def outcome(tariff: str, *, gross: bool) -> ProductOutcome:
        of = PLAIN.model_copy(update={"prices": {"regular": price("24.20", gross=gross)}})
        draft = office.catalogue_target.plan(change_of(office, of))
        return office.catalogue_target.write(
            [draft.model_copy(update={"payload": {**draft.payload, "taxtariff": tariff}})]
        )[0]

    refused = outcome("low a", gross=True)
    assert refused.reason is not None
    assert (refused.state, refused.reason.code, at.calls("POST /products")) == ("held", "tax_by_rule", 0)
    assert outcome("low a", gross=False).state == "created"
    assert outcome("normal", gross=True).state == "held"


def test_a_product_whose_price_is_not_carried_is_not_made_to_be_given_away() -> None:
    at = bench()
    free = PLAIN.model_copy(update={"prices": {"regular": price("9"), "sale": price("0")}})
    with pytest.raises(Held) as caught:
        carry(at.connector(), free, EVERY_FIELD - {"price"}, price=None)
    assert caught.value.code == "free_product"
    own = {"regular": price("5")}
    shirt = product("TEE", [variant("TEE-S", {"Size": "S"}, prices=own)], prices={"regular": price("0")}, features=())
    assert carry(at.connector(), shirt, EVERY_FIELD - {"price"}, price=None).state == "created"


amounts = st.integers(0, 100_000).map(lambda cents: D(cents) / 100)


@given(
    regular=amounts,
    sale=st.none() | amounts.filter(bool),
    gross=st.booleans(),
    theirs=st.booleans(),
    rate=st.sampled_from((0, 9, 21)),
)
@settings(max_examples=60)
def test_prices_are_right_to_the_cent(
    regular: Decimal, sale: Decimal | None, gross: bool, theirs: bool, rate: int
) -> None:
    at = bench(prices_include_vat=theirs)
    group = {"regular": regular} | ({} if sale is None else {"sale": sale})
    prices = {name: price(str(amount), gross=gross) for name, amount in group.items()}
    of = PLAIN.model_copy(update={"prices": prices, "tax_rate": D(rate)})
    payload = at.connector().catalogue_target.plan(change_of(at.connector(), of)).payload
    factor = 1 + D(rate) / 100
    sold = {"regular": payload["price"], "sale": payload["price"] - payload["discount"]}
    lowest = {"regular": regular, "sale": min(regular, group.get("sale", regular))}
    for name, ours in lowest.items():
        exact = ours if gross == theirs else ours / factor if gross else ours * factor
        assert abs(sold[name] - exact) <= D("0.005")
        assert sold[name] == sold[name].quantize(D("0.01"))


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"tax_rate": D(19)}, "no_tax_tariff"),
        ({"tax_rate": None}, "no_tax_tariff"),
        ({"prices": {"regular": price("24.95", currency="GBP")}}, "other_currency"),
        ({"sku": ""}, "no_sku"),
        ({"sku": "x" * 51}, "invalid_draft"),
        ({"long_text": "x" * 70_000}, "invalid_draft"),
        ({"variants": (variant("", {"Size": "M"}),)}, "no_sku"),
        ({"variants": (variant("A", {"Size": "M"}), variant("B", {"Size": "M"}))}, "unclear_variants"),
        ({"variants": (variant("A", {"Size": "M"}), variant("a", {"Size": "L"}))}, "duplicate_sku"),
        ({"variants": (variant("A", {}),)}, "variants_uneven"),
        ({"variants": (variant("A", {"Size": "M"}), variant("B", {"Colour": "red"}))}, "variants_uneven"),
    ],
)
def test_what_cannot_be_expressed_is_held_before_anything_is_written(other: dict[str, Any], code: str) -> None:
    at = bench()
    of = PLAIN.model_copy(update=other)
    with pytest.raises(Held) as caught:
        at.connector().catalogue_target.plan(change_of(at.connector(), of))
    assert caught.value.code == code
    assert caught.value.fix


def test_more_combinations_than_anybody_wants_are_held() -> None:
    at = bench()
    many = [variant(f"V{number}", {"A": f"{number}", "B": f"{number}"}) for number in range(30)]
    with pytest.raises(Held, match="500 combinations"):
        at.connector().catalogue_target.plan(change_of(at.connector(), product(variants=many)))


def test_as_many_combinations_as_there_may_be_are_planned() -> None:
    at = bench()
    many = [variant(f"V{number}", {"A": f"{number % 20}", "B": f"{number}"}) for number in range(25)]
    drafted = at.connector().catalogue_target.plan(change_of(at.connector(), product(variants=many)))
    assert len(drafted.payload["variants"]) == 25, "20 x 25 are the 500 that may be"


def test_long_names_and_short_texts_are_cut_and_said_to_be() -> None:
    at = bench()
    outcome = carry(at.connector(), PLAIN.model_copy(update={"name": "n" * 300, "short_text": "s" * 300}))
    kept = record_of(at.account, outcome)
    assert (len(kept["name"]), len(kept["shortdescription"])) == (200, 255)
    assert len(outcome.remarks) == 2


def test_a_product_without_a_price_to_carry_is_created_with_its_own() -> None:
    at = bench()
    fields = EVERY_FIELD - {"price"}
    assert record_of(at.account, carry(at.connector(), PLAIN, fields, price=None))["price"] == D("24.95")
    change = change_of(at.connector(), PLAIN.model_copy(update={"sku": "CUP"}), fields, price=None)
    priceless = change.product.model_copy(update={"prices": {"trade": price("1")}})
    with pytest.raises(Held, match="no price"):
        at.connector().catalogue_target.plan(change.model_copy(update={"product": priceless}))


def test_a_rules_field_is_written_and_an_impossible_one_is_held() -> None:
    at = bench()
    office = at.connector()
    draft = office.catalogue_target.plan(change_of(office, PLAIN))
    (outcome,) = office.catalogue_target.write(
        [draft.model_copy(update={"payload": draft.payload | {"memo": "from web"}})]
    )
    assert record_of(at.account, outcome)["memo"] == "from web"
    (held,) = office.catalogue_target.write([draft.model_copy(update={"payload": draft.payload | {"weight": -1}})])
    assert (held.state, held.reason and held.reason.code) == ("held", "invalid_draft")


def test_the_fields_for_rules_leave_out_what_products_are_found_by() -> None:
    fields = SPEC.product_fields()
    assert {"name", "weight", "variants[].note"} <= set(fields)
    assert not {"productnumber", "variants[].product_number", "stocktype"} & set(fields)


# --- finding ------------------------------------------------------------------------------------------------


def test_products_are_found_by_their_own_and_by_their_variants_numbers() -> None:
    at = bench()
    tee, _ = at.variants("TEE", "M", "L")
    mug = at.product("MUG", shortdescription="Blue", stock=1)
    found = at.connector().catalogue_target.find(["TEE-L", "MUG", "NOPE", ""])
    assert {sku: [each.id for each in products] for sku, products in found.items()} == {"TEE-L": [tee], "MUG": [mug]}
    assert found["MUG"][0].filled == {"name", "short_text", "active", "tax", "price", "stock"}
    assert (at.calls("GET /products"), at.calls("GET /products/{id}")) == (1, 2)


def test_a_number_in_other_capitals_leads_to_its_product_and_the_variants_are_named() -> None:
    at = bench()
    tee, _ = at.variants("TEE", "M")
    found = at.connector().catalogue_target.find(["tee-m", "Tee"])
    assert {sku: [(each.id, each.sku, set(each.variants)) for each in known] for sku, known in found.items()} == {
        "tee-m": [(tee, "TEE", {"TEE-M"})],
        "Tee": [(tee, "TEE", {"TEE-M"})],
    }


@pytest.mark.parametrize(("name", "odd"), [("stock", "a few"), ("stock", ""), ("stockenabled", "perhaps")])
def test_a_product_whose_stock_cannot_be_read_keeps_no_other_from_being_found(name: str, odd: str) -> None:
    at = bench()
    number, mug = at.product("ODD"), at.product("MUG")
    kept = at.account.shop.catalogue.get(int(number))
    assert kept is not None
    kept[name] = odd
    found = at.connector().catalogue_target.find(["MUG", "ODD"])
    assert {sku: [each.id for each in known] for sku, known in found.items()} == {"MUG": [mug], "ODD": [number]}

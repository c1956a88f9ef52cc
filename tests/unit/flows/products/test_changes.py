"""What is to become of a product: policies, prices and names, for every state they can be in."""

from decimal import Decimal
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopbridge.errors import Held
from shopbridge.flows.products.change import (
    FIELDS,
    ProductTerms,
    change_of,
    content_hash,
    has,
    price_of,
    seed_of,
    variant_prices_of,
)
from shopbridge.flows.products.entries import Entry, Orphan, entry_from
from shopbridge.flows.products.names import DesiredProduct, desired_product
from shopbridge.flows.products.write import match
from shopbridge.model.base import ExternalId
from shopbridge.model.catalogue import Feature, Product, ProductField, TargetProduct
from shopbridge.model.product_settings import Policy, PriceSettings, ProductSettings
from tests.unit.flow_samples import a_connection
from tests.unit.flows.products.catalogue_world import a_product, a_variant, euro

OAK = (Feature(name="Material", value="Oak"),)
EMPTY: dict[str, Any] = {
    "name": "",
    "short_text": " ",
    "long_text": "",
    "ean": "",
    "tax_rate": None,
    "stock": None,
    "categories": (),
    "features": (),
}
FULL = a_product(1, categories=("c",), features=OAK)

policies = st.fixed_dictionaries({field: st.sampled_from(get_args(Policy)) for field in FIELDS})
filled = st.frozensets(st.sampled_from(FIELDS))
switches = st.fixed_dictionaries({name: st.booleans() for name in ("price", "stock", "categories")})
emptied = st.sets(st.sampled_from(sorted(EMPTY))).map(
    lambda names: FULL.model_copy(update={name: EMPTY[name] for name in names})
)
products = emptied.flatmap(
    lambda product: st.sampled_from(
        (product, product.model_copy(update={"variants": (a_variant("A"), a_variant("B", "L"))}))
    )
)


def terms(settings: ProductSettings, seed: str = "") -> ProductTerms:
    return ProductTerms(settings, lambda: "EUR", (), seed)


def a_target(holds: frozenset[ProductField]) -> TargetProduct:
    return TargetProduct(id=ExternalId("t1"), sku="SKU-1", filled=holds)


def written(product: Product, known: TargetProduct | None, settings: ProductSettings) -> frozenset[ProductField]:
    change = change_of(DesiredProduct(product, ()), known, terms(settings), also=frozenset())
    if change is None:
        return frozenset()
    assert (change.price is not None) == ("price" in change.fields)
    assert bool(change.categories) <= ("categories" in change.fields)
    return change.fields


@given(products, policies, switches, filled, st.booleans())
def test_a_field_is_written_exactly_when_its_policy_and_both_sides_say_so(
    product: Product,
    chosen: dict[ProductField, Policy],
    switched: dict[str, bool],
    holds: frozenset[ProductField],
    exists: bool,
) -> None:
    settings = ProductSettings.model_validate({"fields": chosen, **switched})
    fields = written(product, a_target(holds) if exists else None, settings)
    for field in FIELDS:
        policy = chosen[field]
        wanted = (
            policy != "never"
            and switched.get(field, True)
            and has(product, field)
            and (not exists or policy == "always" or (policy == "only_if_empty" and field not in holds))
        )
        assert (field in fields) == wanted, field


@given(products, policies, filled)
def test_an_enriched_text_is_only_ever_overwritten_under_always(
    product: Product, chosen: dict[ProductField, Policy], holds: frozenset[ProductField]
) -> None:
    fields = written(product, a_target(holds), ProductSettings(fields=chosen))
    assert all(chosen[field] == "always" for field in fields & holds)


@given(policies, filled, st.sets(st.sampled_from(sorted(EMPTY)), min_size=1))
def test_nothing_that_the_source_lacks_is_ever_sent(
    chosen: dict[ProductField, Policy], holds: frozenset[ProductField], names: set[str]
) -> None:
    product = FULL.model_copy(update={name: EMPTY[name] for name in names})
    lacking = {"tax" if name == "tax_rate" else name for name in names}
    for known in (None, a_target(holds)):
        assert not written(product, known, ProductSettings(fields=chosen)) & lacking


CHANGES: dict[ProductField, dict[str, Any]] = {
    "name": {"name": "Other"},
    "short_text": {"short_text": "Other"},
    "long_text": {"long_text": "Other"},
    "ean": {"ean": "1"},
    "active": {"active": False},
    "tax": {"tax_rate": Decimal(9)},
    "price": {"prices": {"regular": euro("11.00")}},
    "stock": {"stock": Decimal(6)},
    "categories": {"categories": ("d",)},
    "features": {"features": (*OAK, *OAK)},
}


@given(st.sampled_from(FIELDS), st.sampled_from(get_args(Policy)), st.booleans())
def test_a_change_counts_exactly_when_an_update_would_write_it(
    field: ProductField, policy: Policy, stock: bool
) -> None:
    settings = ProductSettings(fields={field: policy}, stock=stock)
    before = content_hash(DesiredProduct(FULL, ()), terms(settings))
    after = content_hash(DesiredProduct(FULL.model_copy(update=CHANGES[field]), ()), terms(settings))
    assert (before != after) == (settings.policy(field) == "always")


@given(st.sampled_from(["short_text", "long_text", "ean"]))
def test_a_text_that_is_there_at_last_counts_as_a_change_where_empty_ones_are_filled(name: str) -> None:
    hashes = {
        content_hash(DesiredProduct(FULL.model_copy(update={name: text}), ()), terms(ProductSettings()))
        for text in ("", "a", "b")
    }
    assert len(hashes) == 2


def test_a_price_spelt_otherwise_is_no_change_and_another_seed_is() -> None:
    hashes = {
        content_hash(
            DesiredProduct(FULL.model_copy(update={"prices": {"regular": euro(text)}}), ()),
            terms(ProductSettings(), seed),
        )
        for text, seed in (("10", "a"), ("10.0", "a"), ("10.00", "a"), ("10.00", "b"))
    }
    assert len(hashes) == 2


def test_settings_that_change_nothing_in_a_product_leave_the_seed_alone() -> None:
    base = a_connection().settings

    def seed(**products: Any) -> str:
        return seed_of(base.model_copy(update={"products": ProductSettings(**products)}))

    assert seed() == seed(active=True, every_minutes=60, gone="deactivate")
    assert len({seed(), seed(price=False), seed(fields={"name": "always"}), seed(include_disabled=True)}) == 4
    paced = base.shop.model_copy(update={"settings": {"limit_factor": "0.5"}})
    moved = base.shop.model_copy(update={"settings": {"url": "https://other.example"}})
    assert seed_of(base.model_copy(update={"shop": paced})) == seed_of(base)
    assert seed_of(base.model_copy(update={"shop": moved})) != seed_of(base)


# --- prices -------------------------------------------------------------------------------------------------------

cents = st.integers(1, 10**7).map(lambda number: Decimal(number) / 100)


@given(cents, st.none() | cents)
def test_a_price_arrives_to_the_cent_and_a_sale_only_below_it(regular: Decimal, sale: Decimal | None) -> None:
    prices = {"regular": euro(str(regular)), **({"sale": euro(str(sale))} if sale is not None else {})}
    chosen = price_of(FULL.model_copy(update={"prices": prices}), PriceSettings(), "EUR")
    assert chosen.regular.amount == regular
    assert (chosen.sale.amount if chosen.sale else None) == (sale if sale is not None and sale < regular else None)


def test_price_groups_are_chosen_by_name_and_a_variant_may_have_its_own() -> None:
    prices = {"wholesale": euro("8.00"), "regular": euro("10.00"), "sale": euro("1.00")}
    own = a_variant("A", prices={"wholesale": euro("8.50"), "club": euro("7.00")})
    settings = ProductSettings(prices=PriceSettings(group="wholesale", sale_group="club"))
    product = FULL.model_copy(
        update={"prices": prices, "variants": (own, a_variant("B", "L", prices={"regular": euro("3")}))}
    )
    change = change_of(DesiredProduct(product, ()), None, terms(settings), also=frozenset())
    assert change is not None
    assert change.price is not None
    assert (change.price.regular.amount, change.price.sale) == (Decimal("8.00"), None)
    assert {sku: price.sale and price.sale.amount for sku, price in change.variant_prices.items()} == {
        "A": Decimal("7.00")
    }


@pytest.mark.parametrize(
    ("prices", "code", "says"),
    [
        ({"sale": euro("1")}, "no_price", "it has: sale"),
        ({}, "no_price", "it has: none"),
        ({"regular": euro("1", "USD")}, "other_currency", "in USD"),
        ({"regular": euro("2"), "sale": euro("1", "USD")}, "other_currency", "in USD"),
        ({"regular": euro("2"), "sale": euro("1").model_copy(update={"gross": False})}, "mixed_prices", "tax"),
    ],
)
def test_a_price_that_cannot_be_written_says_why(prices: Any, code: str, says: str) -> None:
    product = FULL.model_copy(update={"prices": prices})
    with pytest.raises(Held) as caught:
        price_of(product, PriceSettings(), "EUR")
    assert caught.value.code == code
    assert says in caught.value.what
    without = ProductSettings(price=False)
    assert change_of(DesiredProduct(product, ()), None, terms(without), also=frozenset()) is not None


@pytest.mark.parametrize(
    "prices",
    [
        {"regular": euro("0")},
        {"regular": euro("0.004")},
        {"regular": euro("10"), "sale": euro("0")},
        {"regular": euro("10"), "sale": euro("0.0049")},
    ],
)
def test_a_product_is_given_away_only_where_the_settings_say_so(prices: Any) -> None:
    product = FULL.model_copy(update={"prices": prices})
    with pytest.raises(Held, match="would be given away") as caught:
        price_of(product, PriceSettings(), "EUR")
    assert (caught.value.code, "products.prices.free" in caught.value.fix) == ("free_product", True)
    chosen = price_of(product, PriceSettings(free=True), "EUR")
    assert (chosen.regular, chosen.sale) == (prices["regular"], prices.get("sale"))


def test_a_parent_may_be_at_nothing_when_all_its_variants_have_prices() -> None:
    nothing, five = {"regular": euro("0")}, {"regular": euro("5")}
    priced = (a_variant("A", prices=five), a_variant("B", "L", prices=five))
    product = FULL.model_copy(update={"prices": nothing, "variants": priced})
    assert price_of(product, PriceSettings(), "EUR").regular.amount == 0
    assert set(variant_prices_of(product, PriceSettings(), "EUR")) == {"A", "B"}
    for bare in (a_variant("B", "L"), a_variant("B", "L", prices=nothing)):
        with pytest.raises(Held, match="would be given away"):
            content_hash(
                DesiredProduct(product.model_copy(update={"variants": (priced[0], bare)}), ()), terms(ProductSettings())
            )


# --- names --------------------------------------------------------------------------------------------------------


def named(product: Product, **settings: Any) -> DesiredProduct:
    return desired_product(product, ProductSettings(**settings), {})


def test_attributes_and_features_take_the_targets_names() -> None:
    product = FULL.model_copy(update={"variants": (a_variant("A", options={"Size": "M", "Colour": "red"}),)})
    wanted = named(product, attributes={"Size": "Maat", "Colour": "="}, features={"Material": "Materiaal"})
    assert wanted.product.variants[0].options == {"Maat": "M", "Colour": "red"}
    assert wanted.product.features == (Feature(name="Materiaal", value="Oak"),)
    assert wanted.unmapped == ()


def test_two_attributes_of_one_name_are_no_guess() -> None:
    product = FULL.model_copy(update={"variants": (a_variant("A", options={"Size": "M", "Fit": "slim"}),)})
    with pytest.raises(Held, match="would have one name"):
        named(product, attributes={"Size": "Maat", "Fit": "Maat"})


def test_an_unmapped_attribute_names_every_key_to_add() -> None:
    product = FULL.model_copy(update={"variants": (a_variant("A", options={"Size": "M", "Fit": "slim"}),)})
    with pytest.raises(Held) as caught:
        named(product, features={"Material": "="})
    assert "Add the keys 'Fit', 'Size' to products.attributes" in caught.value.fix


def test_features_are_no_matter_where_they_are_not_carried() -> None:
    assert named(FULL, unmapped="hold", fields={"features": "never"}).unmapped == ()
    with pytest.raises(Held) as caught:
        named(FULL, unmapped="hold")
    assert caught.value.code == "unmapped_feature"


def test_a_product_with_variants_is_found_by_any_of_them() -> None:
    product = FULL.model_copy(update={"sku": "", "variants": (a_variant("A"), a_variant("B", "L"))})
    known = TargetProduct(id=ExternalId("t"), sku="P", filled=frozenset())
    assert match(product, {"B": [known]}) == known
    assert match(product, {}) is None


text: st.SearchStrategy[str] = st.text(st.characters(exclude_characters="\t", exclude_categories=["Cs"]), max_size=20)


@given(
    text,
    st.sampled_from(["", "0badcafe"]),
    st.none() | st.just(ExternalId("t-1")),
    st.integers(1, 10**12),
    st.lists(text),
    st.lists(st.builds(Orphan, text, st.just(ExternalId("t-1")), st.sampled_from("?xg-"), st.booleans())),
)
def test_an_entry_is_read_as_it_was_kept(
    name: str, digest: str, target: ExternalId | None, rank: int, sold: list[str], left: list[Orphan]
) -> None:
    for skus in (sold, [name]):
        entry = Entry(digest, target, "!12", rank, name, tuple(skus), tuple(left))
        assert entry_from(entry.text()) == entry


def test_an_entry_of_before_skus_were_kept_is_read() -> None:
    entry = entry_from("0badcafe\tt-1\t-\t7\tab12cd34\tSKU-1")
    assert entry == Entry("0badcafe", ExternalId("t-1"), "-", 7, "SKU-1")

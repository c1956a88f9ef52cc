"""What every target of products promises."""

from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from shopbridge.errors import Held, NeedsAttention, OutcomeUnknown, Rejected, RetryLater
from shopbridge.flows.products.flat import split
from shopbridge.model.base import ExternalId
from shopbridge.model.catalogue import (
    CataloguePrice,
    Category,
    Price,
    Product,
    ProductChange,
    ProductDraft,
    ProductField,
    ProductOutcome,
)
from shopbridge.model.ledger import Reason
from shopbridge.ports import CatalogueTarget
from tests.contract.bench import (
    FAULTS,
    CatalogueBench,
    Fault,
    at_both_ends,
    cost,
    in_every_variant,
    lacks,
    needs,
    strike,
    until_done,
)
from tests.contract.hostile import hostile_answers, noted
from tests.salespos_products import product, variant

D = Decimal
ALL: frozenset[ProductField] = frozenset({"name", "long_text", "active", "tax", "price", "stock"})
PRICE: frozenset[ProductField] = frozenset({"price"})
CATEGORIES: frozenset[ProductField] = frozenset({"categories"})


def source(bench: CatalogueBench, sku: str = "MUG-1", *variants: str) -> Product:
    """A product as its source has it."""
    forms = [variant(each, {"Size": each}) for each in variants]
    return product(sku, forms, name=f"Name of {sku}", features=(), images=0, tax_rate=bench.facts.tax)


def drafted(
    target: CatalogueTarget, of: Product, fields: frozenset[ProductField] = PRICE, amount: str = "30.00", **other: Any
) -> ProductDraft:
    """The change that a product's fields make, looked up as the flow does."""
    found = {known.id: known for each in target.find(of.skus).values() for known in each}
    if len(found) > 1:
        raise Held("Several products have it", code="ambiguous_in_target", fix="Leave the SKU to one of them.")
    regular = Price(amount=D(amount), gross=True, currency=other.pop("currency", target.currency))
    values = {"price": CataloguePrice(regular=regular, sale=None) if "price" in fields else None, **other}
    known = next(iter(found.values()), None)
    values = {"variant_prices": {}, "categories": (), **values}
    change = ProductChange(product=of, known=known, fields=fields, **values)
    return target.plan(change)


def write(target: CatalogueTarget, drafts: Sequence[ProductDraft]) -> list[ProductOutcome | Rejected]:
    """Write a batch as the flow does: what is refused as a whole goes one by one."""
    together = noted(partial(target.write, drafts))
    if isinstance(together.error, Rejected) and len(drafts) > 1:
        return [each for draft in drafts for each in write(target, [draft])]
    if isinstance(together.error, Rejected):
        return [together.error]
    if together.error:
        raise together.error
    return list(together.given[0])


def bring(
    bench: CatalogueBench, of: Product, fields: frozenset[ProductField] = PRICE, amount: str = "30.00", **other: Any
) -> ProductOutcome:
    """Look a product up, plan and write it, in a new container."""
    target: CatalogueTarget = bench.part("catalogue_target")
    (outcome,) = target.write([drafted(target, of, fields, amount, **other)])
    return outcome


def stock_of(bench: CatalogueBench, sku: str) -> Decimal:
    """How many may be sold; five where there is no stock at all."""
    return D(5) if "stock" in bench.facts.lacks else bench.stock(sku)


def places(bench: CatalogueBench, sku: str) -> int:
    """In how many products a new container finds an SKU."""
    return len(bench.part("catalogue_target").find([sku]).get(sku, ()))


# --- looking up ---------------------------------------------------------------------------------------------------


@at_both_ends
def test_products_are_found_by_sku_whatever_its_capitals_and_unknown_ones_left_out(bench: CatalogueBench) -> None:
    mug = bench.put("Mug-1")
    found = bench.part("catalogue_target").find(["Mug-1", "NOBODY", ""])
    assert {sku: [(known.id, known.sku) for known in each] for sku, each in found.items() if each} == {
        "Mug-1": [(mug, "Mug-1")]
    }
    assert bench.part("catalogue_target").find([]) == {}
    assert {"price", "stock", "tax", "name"} <= found["Mug-1"][0].filled


@needs("variants")
@at_both_ends
def test_a_variants_sku_leads_to_its_product(bench: CatalogueBench) -> None:
    bench.put_variants("TEE", {"TEE-M": 3, "TEE-L": 4})
    found = bench.part("catalogue_target").find(["TEE-M", "TEE-L"])
    assert len({known.id for each in found.values() for known in each}) == 1
    assert found["TEE-M"][0].variants == {"TEE-M", "TEE-L"}


@needs("twins")
def test_an_sku_that_is_there_twice_leads_to_both(bench: CatalogueBench) -> None:
    twins = {bench.put("TWIN"), bench.put("TWIN")}
    known = bench.part("catalogue_target").find(["TWIN"])["TWIN"]
    assert len(known) == 2
    assert {each.id for each in known} <= twins | {f"{each}#2" for each in twins}


def test_planning_asks_nothing_and_is_the_same_each_time(bench: CatalogueBench) -> None:
    bench.put("MUG-1")
    target = bench.part("catalogue_target")
    change = drafted(target, source(bench)).change
    drafts: list[ProductDraft] = []
    assert cost(bench, lambda: drafts.extend(target.plan(change) for _ in range(2))) == 0
    assert drafts[0].payload == drafts[1].payload


def test_a_price_in_another_currency_is_held(bench: CatalogueBench) -> None:
    bench.put("MUG-1")
    before = bench.price("MUG-1")
    brought = noted(partial(bring, bench, source(bench), currency="JPY"))
    reason = brought.error or brought.given[0].reason
    assert isinstance(reason, Held | Reason)
    assert (reason.code, bool(reason.fix)) == ("other_currency", True)
    assert bench.price("MUG-1") == before


@pytest.mark.parametrize("taxed", [False, True], ids=["price", "price and tax"])
@at_both_ends
def test_a_net_price_becomes_gross_by_the_tax_that_is_kept_or_written(bench: CatalogueBench, *, taxed: bool) -> None:
    bench.put("MUG-1")
    target = bench.part("catalogue_target")
    net = CataloguePrice(regular=Price(amount=D(100), gross=False, currency=target.currency), sale=None)
    of = source(bench).model_copy(update={"tax_rate": bench.facts.other_tax})
    assert target.find(["MUG-1"])["MUG-1"][0].tax_rate == bench.facts.tax
    assert bring(bench, of, PRICE | {"tax"} if taxed else PRICE, price=net).state == "updated"
    assert bench.price("MUG-1") == 100 + (bench.facts.other_tax if taxed else bench.facts.tax)


# --- bringing up to date ------------------------------------------------------------------------------------------


@in_every_variant
def test_only_what_is_named_is_written_and_may_be_written_again(bench: CatalogueBench) -> None:
    bench.put("MUG-1", 5)
    name = bench.name("MUG-1")
    assert bring(bench, source(bench)).state == "updated"
    assert bring(bench, source(bench)).state in ("updated", "unchanged")
    assert (bench.price("MUG-1"), bench.name("MUG-1"), stock_of(bench, "MUG-1")) == (D(30), name, D(5))
    assert places(bench, "MUG-1") == 1


def test_nothing_to_write_changes_nothing(bench: CatalogueBench) -> None:
    bench.put("MUG-1", 5)
    before = bench.price("MUG-1")
    target = bench.part("catalogue_target")
    draft = drafted(target, source(bench), frozenset())
    outcomes: list[ProductOutcome] = []
    made = cost(bench, lambda: outcomes.extend(target.write([draft])))
    assert made < bench.facts.calls["product updated"]
    assert [outcome.state for outcome in outcomes] == ["unchanged"]
    assert bench.price("MUG-1") == before


def test_an_update_costs_what_it_must(bench: CatalogueBench) -> None:
    bench.put("MUG-1")
    target = bench.part("catalogue_target")
    draft = drafted(target, source(bench))
    assert cost(bench, lambda: target.write([draft])) == bench.facts.calls["product updated"]


@at_both_ends
def test_a_product_that_went_meanwhile_keeps_no_other_back(bench: CatalogueBench) -> None:
    bench.put("GONE")
    bench.put("MUG-1")
    target = bench.part("catalogue_target")
    drafts = [drafted(target, source(bench, sku)) for sku in ("GONE", "MUG-1")]
    bench.take_away("GONE")
    for some in [drafts] if target.batch > 1 else [[each] for each in drafts]:
        write(target, some)
    assert bench.price("MUG-1") == 30


@pytest.mark.parametrize("fault", FAULTS)
@at_both_ends
def test_an_update_that_breaks_off_is_repeated_later_and_whole(bench: CatalogueBench, fault: Fault) -> None:
    bench.put("MUG-1")
    target = bench.part("catalogue_target")
    draft = drafted(target, source(bench))
    strike(bench, fault, "catalogue_target")
    with pytest.raises(RetryLater) as caught:
        target.write([draft])
    assert caught.value.after > 0
    assert until_done(bench, partial(bring, bench, source(bench))).state in ("updated", "unchanged")
    assert bench.price("MUG-1") == 30


def test_refused_credentials_stop_the_connection_and_say_what_to_do(bench: CatalogueBench) -> None:
    bench.put("MUG-1")
    bench.spoil_credentials()
    with pytest.raises(NeedsAttention) as caught:
        bench.part("catalogue_target").find(["MUG-1"])
    assert caught.value.fix


def test_whatever_is_answered_no_product_counts_as_written(bench: CatalogueBench) -> None:
    bench.put("MUG-1")
    draft = drafted(bench.part("catalogue_target"), source(bench))
    for body, target in hostile_answers(bench, "catalogue_target"):
        written = noted(partial(target.write, [draft]))
        may_be_receipt = not isinstance(body, str) or not body
        assert may_be_receipt or written.error or {each.state for each in written.given[0]} <= {"held", "failed"}, body
        known = noted(partial(target.find, ["MUG-1"]))
        assert known.error or not any(known.given[0].values()), body


# --- new products -------------------------------------------------------------------------------------------------


@needs("product creation")
@at_both_ends
def test_a_product_is_created_once_and_found(bench: CatalogueBench) -> None:
    outcome = bring(bench, source(bench), ALL)
    assert outcome.state == "created"
    (known,) = bench.part("catalogue_target").find(["MUG-1"])["MUG-1"]
    assert known.id == outcome.id
    assert (bench.price("MUG-1"), bench.name("MUG-1"), stock_of(bench, "MUG-1")) == (D(30), "Name of MUG-1", D(5))
    assert bring(bench, source(bench), ALL).state in ("updated", "unchanged")
    assert places(bench, "MUG-1") == 1


@needs("product creation", "variants")
@in_every_variant
def test_a_product_is_created_with_all_its_variants(bench: CatalogueBench) -> None:
    tee = source(bench, "TEE", "TEE-M", "TEE-L")
    assert bring(bench, tee, ALL).state == "created"
    found = bench.part("catalogue_target").find(["TEE-M", "TEE-L"])
    assert len({known.id for each in found.values() for known in each}) == 1
    assert [bench.stock(sku) for sku in ("TEE-M", "TEE-L")] == [3, 3]
    assert bring(bench, tee, ALL).state in ("updated", "unchanged")


@in_every_variant
def test_a_target_says_whether_its_products_have_variants(bench: CatalogueBench) -> None:
    assert bench.part("catalogue_target").is_flat is ("variants" in bench.facts.lacks)


@needs("product creation", "switching off", "category writing")
@at_both_ends
def test_variants_that_come_alone_are_products_of_their_own(bench: CatalogueBench) -> None:
    medium, large = split(source(bench, "TEE", "TEE-M", "TEE-L"), "regular")
    house = bench.part("catalogue_target").write_category(category("House"), None)
    fields = ALL | CATEGORIES
    made = {piece.sku: bring(bench, piece, fields, categories=(house,)) for piece in (medium, large)}
    assert [outcome.state for outcome in made.values()] == ["created", "created"]
    assert bring(bench, large, PRICE, "35.00").state == "updated"
    found = bench.part("catalogue_target").find(["TEE-M", "TEE-L", "TEE"])
    assert {sku: [known.id for known in each] for sku, each in found.items() if each} == {
        sku: [outcome.id] for sku, outcome in made.items()
    }
    assert (bench.name("TEE-M"), bench.price("TEE-M"), bench.price("TEE-L")) == (
        "Name of TEE (TEE-M)",
        D(30),
        D(35),
    )
    assert bench.part("catalogue_target").deactivate([made["TEE-M"].id]) == {}
    assert bench.part("catalogue_target").on_sale(["TEE-M", "TEE-L"]) == {"TEE-M": False, "TEE-L": True}


@needs("product creation")
def test_a_whole_batch_is_created(bench: CatalogueBench) -> None:
    target = bench.part("catalogue_target")
    skus = [f"P-{number}" for number in range(target.batch)]
    outcomes = target.write([drafted(target, source(bench, sku), ALL) for sku in skus])
    assert [outcome.state for outcome in outcomes] == ["created"] * len(skus)
    found = bench.part("catalogue_target").find(skus)
    assert [found[sku][0].id for sku in skus] == [outcome.id for outcome in outcomes]


@needs("product creation")
@pytest.mark.parametrize("fault", FAULTS)
@at_both_ends
def test_a_creation_that_breaks_off_never_makes_a_second_product(bench: CatalogueBench, fault: Fault) -> None:
    tee = source(bench, "TEE", "TEE-M", "TEE-L") if "variants" not in bench.facts.lacks else source(bench, "TEE")
    strike(bench, fault, "product creation")
    broken = noted(partial(bring, bench, tee, ALL))
    assert isinstance(broken.error, RetryLater) or (fault != "throttled" and broken.given[0].reason)
    assert until_done(bench, partial(bring, bench, tee, ALL)).state in ("created", "updated", "unchanged")
    assert [places(bench, sku) for sku in tee.stocked_skus] == [1] * len(tee.stocked_skus)


# --- leaving ------------------------------------------------------------------------------------------------------


@at_both_ends
def test_whether_skus_can_be_bought_is_told_of_those_that_are_there(bench: CatalogueBench) -> None:
    bench.put("MUG-1")
    assert bench.part("catalogue_target").on_sale(["MUG-1", "NOBODY"]) == {"MUG-1": True}


@needs("switching off")
@at_both_ends
def test_a_product_is_taken_off_sale_and_one_that_is_gone_is_no_problem(bench: CatalogueBench) -> None:
    mug, cup, gone = (bench.put(sku) for sku in ("MUG-1", "CUP", "GONE"))
    bench.take_away("GONE")
    for _ in range(2):
        assert bench.part("catalogue_target").deactivate([mug, gone]) == {}
    assert bench.part("catalogue_target").on_sale(["MUG-1", "CUP"]) == {"MUG-1": False, "CUP": True}
    assert cup != mug


@needs("switching variants off", "SKU above variants")
@at_both_ends
def test_single_variants_are_taken_off_sale_and_what_is_elsewhere_is_let_be(bench: CatalogueBench) -> None:
    tee, mug = (bring(bench, of, ALL).id for of in (source(bench, "TEE", "TEE-M", "TEE-L"), source(bench, "MUG-1")))
    for _ in range(2):
        doomed = {"TEE-M": tee, "TEE-L": mug, "NOBODY": tee}
        assert bench.part("catalogue_target").deactivate_variants(doomed) == {}
    target = bench.part("catalogue_target")
    sold: dict[str, bool] = {}
    made = cost(bench, lambda: sold.update(target.on_sale(["TEE", "TEE-M", "TEE-L", "MUG-1", "NOBODY", "mug-1"])))
    assert sold == {"TEE": True, "TEE-M": False, "TEE-L": True, "MUG-1": True}
    assert made == bench.facts.calls["on sale"]


@lacks("switching off")
def test_where_no_product_can_be_taken_off_sale_each_is_told_and_stays(bench: CatalogueBench) -> None:
    mug, cup = bench.put("MUG-1"), bench.put("CUP")
    refused = bench.part("catalogue_target").deactivate([mug, cup])
    assert refused.keys() == {mug, cup}
    assert all(reason.code and reason.fix for reason in refused.values())
    assert bench.part("catalogue_target").on_sale(["MUG-1", "CUP"]) == {"MUG-1": True, "CUP": True}


@needs("variants")
@lacks("switching variants off")
def test_where_no_variant_can_be_taken_off_sale_each_is_told(bench: CatalogueBench) -> None:
    mug = bench.put("MUG-1")
    refused = bench.part("catalogue_target").deactivate_variants({"MUG-1": mug})
    assert [(reason.code != "", reason.fix != "") for reason in refused.values()] == [(True, True)]


# --- categories ---------------------------------------------------------------------------------------------------


def category(name: str, parent: ExternalId | None = None) -> Category:
    """A category of the source, below a parent of the target."""
    return Category(id=ExternalId("source"), parent=parent, name=name, active=True)


@needs("category writing")
@at_both_ends
def test_a_category_is_made_found_and_renamed(bench: CatalogueBench) -> None:
    root = bench.part("catalogue_target").write_category(category("House"), None)
    below = bench.part("catalogue_target").write_category(category("Kitchen", root), None)
    found = {each.id: (each.name, each.parent) for each in bench.part("catalogue_target").categories()}
    assert (found[root][0], found[below]) == ("House", ("Kitchen", root))
    assert bench.part("catalogue_target").write_category(category("Bath", root), below) == below
    assert {each.id: each.name for each in bench.part("catalogue_target").categories()}[below] == "Bath"


@needs("category writing", "product reading")
@at_both_ends
def test_a_product_follows_its_categories(bench: CatalogueBench) -> None:
    house, sale = (bench.part("catalogue_target").write_category(category(name), None) for name in ("House", "Sale"))
    for wanted in ((house,), (house, sale), (sale,)):
        bring(bench, source(bench), ALL | {"categories"}, categories=wanted)
        (mug,) = bench.part("catalogue_source").page(None).products
        assert set(mug.categories) == set(wanted)


@needs("category writing")
@pytest.mark.parametrize("fault", FAULTS)
def test_a_category_whose_making_breaks_off_is_made_once(bench: CatalogueBench, fault: Fault) -> None:
    strike(bench, fault, "category creation")
    with pytest.raises((RetryLater, OutcomeUnknown)):
        bench.part("catalogue_target").write_category(category("House"), None)
    bench.rest()
    there = [each for each in bench.part("catalogue_target").categories() if each.name == "House"]
    assert len(there) == (1 if fault == "lost_answer" else 0)
    if not there:
        until_done(bench, lambda: bench.part("catalogue_target").write_category(category("House"), None))
    assert [each.name for each in bench.part("catalogue_target").categories()].count("House") == 1

"""Products that are held or refused, and SKUs that come twice: each waits with its reason and stops no other."""

from decimal import Decimal

import pytest

from shopbridge.errors import Held, NeedsAttention, Rejected, RetryLater
from shopbridge.model.catalogue import Product, UnreadableProduct
from shopbridge.model.ledger import Reason
from tests.unit.flows.products.catalogue_world import a_product, a_variant, euro, with_variants, world_of

BAD = Reason(code="bad", text="No.", fix="Mend it.")


# --- held and failed --------------------------------------------------------------------------------------------


def test_one_bad_product_stops_nobody_and_is_tried_again_each_run() -> None:
    world = world_of()
    world.target.refusals = {"SKU-1": Held("No", code="held_code", fix="Mend it."), "SKU-3": BAD}
    world.source.put(UnreadableProduct(id="s9", rank=9, sku="SKU-9", reason=BAD))
    world.run()
    assert world.counts() == (6, 3, 0, 0, 2, 1)
    assert world.codes() == {"SKU-1": "held_code", "SKU-3": "bad", "SKU-9": "bad"}
    assert sorted(world.sold()) == ["SKU-2", "SKU-4", "SKU-5"]
    world.log.lines.clear()
    world.run()
    assert (world.counts(), world.log.of("product_held")) == ((6, 0, 0, 3, 2, 1), [])
    assert len(world.codes()) == 3
    world.target.refusals.clear()
    world.run()
    assert world.counts() == (6, 2, 0, 3, 1, 0)


def test_a_product_on_sale_keeps_its_price_when_the_source_says_nothing_costs_nothing() -> None:
    world = world_of(a_product(1), a_product(2))
    world.run()
    world.source.change(1, prices={"regular": euro("0")})
    world.source.change(2, prices={"regular": euro("10"), "sale": euro("0.00")})
    world.run()
    assert world.codes() == {"SKU-1": "free_product", "SKU-2": "free_product"}
    assert [product["price"][0].regular for product in world.sold().values()] == [euro("10.00")] * 2
    world.set(prices={"free": True})
    world.run()
    assert world.sold()["SKU-1"]["price"][0].regular == euro("0")
    assert world.sold()["SKU-2"]["price"][0].sale == euro("0.00")


def test_a_tax_that_differs_is_told_with_both_rates_whenever_the_product_is_looked_at() -> None:
    world = world_of(a_product(1), a_product(2))
    world.run()
    assert world.codes() == {}
    world.source.change(1, tax_rate=Decimal("7.00"), prices={"regular": euro("12.84")})
    world.run()
    assert (world.codes(), world.counts()[2]) == ({"SKU-1": "tax_differs"}, 1)
    told = "Its tax is 7 % at the source and 21 % in the target"
    assert world.log.of("product_warning", "reason") == [told]
    world.run()
    assert world.log.of("product_warning", "reason") == [told]
    world.set(update=False)
    world.run()
    assert world.log.of("product_warning", "reason") == [told] * 2
    world.set(update=True, fields={"tax": "always"})
    world.run()
    assert (world.codes(), world.sold()["SKU-1"]["tax"]) == ({}, 7)


def test_a_reason_is_told_when_it_is_new_or_when_somebody_asks() -> None:
    world = world_of()
    world.target.refusals = {"SKU-1": BAD}
    world.run()
    world.target.refusals = {"SKU-1": BAD.model_copy(update={"text": "Something else."})}
    world.run()
    assert world.log.of("product_failed", "reason") == ["No.", "Something else."]
    world.run(by="anna")
    assert len(world.log.of("product_failed")) == 3


def test_a_refusal_of_a_whole_batch_is_asked_for_each_product_alone() -> None:
    world = world_of(a_product(1), a_product(2))
    whole = world.target.write

    def picky(drafts: object) -> object:
        if any(draft.change.product.sku == "SKU-1" for draft in drafts):  # type: ignore[attr-defined]
            raise Rejected("It refuses the call", code="x", fix="Mend it.")
        return whole(drafts)  # type: ignore[arg-type]

    world.target.write = picky  # type: ignore[assignment, method-assign]
    world.run()
    assert (world.counts(), sorted(world.sold())) == ((2, 1, 0, 0, 0, 1), ["SKU-2"])


def test_refused_credentials_stop_the_connection_and_keep_what_was_written() -> None:
    world = world_of()
    world.run()
    world.source.change(1, prices={"regular": euro("1.00")})
    world.target.trouble["find"] = NeedsAttention("The key is refused", where="Shop", fix="Make a new one.")
    world.tick()
    assert (world.standing().state, world.connection.status) == ("running", "stopped")


def test_a_platform_that_is_away_costs_nothing_that_was_done() -> None:
    world = world_of()
    world.target.batch = 1
    seen = world.target.calls.names
    world.target.trouble["answer"] = RetryLater("Busy", after=30)
    world.tick()
    assert (world.standing().state, world.standing().lease_owner) == ("running", None)
    world.settle()
    assert world.counts() == (5, 4, 1, 0, 0, 0)
    assert seen.count("write") == 6
    assert len(world.sold()) == 5


# --- SKUs --------------------------------------------------------------------------------------------------------


def test_both_owners_of_an_sku_are_refused_and_named_before_anything_is_written() -> None:
    world = world_of(a_product(1), a_product(2, sku="sku-1"), with_variants(3), a_product(4, sku="SKU-3-M"))
    world.run()
    assert world.codes() == dict.fromkeys(("SKU-1", "sku-1", "SKU-3", "SKU-3-M"), "duplicate_sku")
    assert world.sold() == {}
    world.source.change(2, sku="SKU-2")
    world.run()
    world.run()
    assert sorted(world.sold()) == ["SKU-1", "SKU-2"]


def test_an_sku_that_comes_twice_later_is_refused_from_then_on() -> None:
    world = world_of(a_product(1), a_product(2))
    world.run()
    world.source.put(a_product(7, sku="SKU-1"))
    world.run()
    assert "SKU-1" in world.codes()
    world.run()
    assert world.counts() == (3, 0, 0, 1, 2, 0)


def test_a_product_that_does_not_travel_takes_no_sku_from_another() -> None:
    world = world_of(a_product(1), a_product(2, sku="SKU-1", active=False))
    world.run()
    assert world.counts() == (1, 1, 0, 0, 0, 0)


@pytest.mark.parametrize(
    ("product", "code"),
    [
        (a_product(1, sku=""), "no_sku"),
        (a_product(1, variants=(a_variant("A"), a_variant(""))), "no_sku"),
        (a_product(1, variants=(a_variant("A"), a_variant("a", "L"))), "duplicate_sku"),
        (a_product(1, variants=(a_variant("A"), a_variant("B"))), "unclear_variants"),
        (a_product(1, variants=(a_variant("A", options={}),)), "unclear_variants"),
        (a_product(1, variants=(a_variant("A", options={"Size": "M", "Colour": "x"}), a_variant("B"))), ""),
        (a_product(1, variants=(a_variant("A", options={"Fabric": "M"}),)), "unmapped_attribute"),
        (a_product(1, prices={}), "no_price"),
        (a_product(1, prices={"regular": euro("1", "USD")}), "other_currency"),
    ],
)
def test_what_nobody_could_decide_waits_with_its_reason(product: Product, code: str) -> None:
    world = world_of(product)
    world.run()
    assert [*world.codes().values()] == ([code] if code else [])


def test_a_product_that_the_target_has_twice_or_as_a_variant_waits() -> None:
    world = world_of(a_product(1), a_product(2))
    world.target.products = {
        "x": {"sku": "SKU-1", "variants": {}},
        "y": {"sku": "Y", "variants": {"SKU-1": {}}},
        "z": {"sku": "Z", "variants": {"SKU-2": {}}},
    }
    world.run()
    assert world.codes() == {"SKU-1": "ambiguous_in_target", "SKU-2": "sold_otherwise"}

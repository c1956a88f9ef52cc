"""The product flow from page to page: what is written, what is not, and what is told."""

from decimal import Decimal
from itertools import repeat
from typing import Any

import pytest

from shopbridge.errors import BridgeError, Held, NeedsAttention, Rejected, RetryLater
from shopbridge.model.catalogue import Feature, Product, UnreadableProduct
from shopbridge.model.ledger import Reason
from tests.unit.flows.products.catalogue_world import World, a_category, a_product, a_variant, euro, with_variants

WRITES = ("write", "write category", "deactivate")
BAD = Reason(code="bad", text="No.", fix="Mend it.")


def a_world(*products: Product | UnreadableProduct, **settings: Any) -> World:
    world = World(**settings)
    world.source.put(*(products or (a_product(1), with_variants(2), a_product(3), a_product(4), a_product(5))))
    return world


def test_products_arrive_once_and_an_unchanged_run_asks_the_target_nothing() -> None:
    world = a_world()
    world.run()
    assert sorted(world.sold()) == ["SKU-1", "SKU-2", "SKU-3", "SKU-4", "SKU-5"]
    assert world.counts() == (5, 5, 0, 0, 0, 0)
    world.calls.names.clear()
    run = world.run()
    assert (run.state, run.percent, world.counts()) == ("done", 100, (5, 0, 0, 5, 0, 0))
    assert world.calls.counted("find", *WRITES, "target categories", "shards", "put shards", "put manifest") == 0
    assert world.calls.counted("page") == 2


def test_a_first_run_counts_what_there_is_and_tells_how_far_it_is() -> None:
    world = a_world(*(a_product(number) for number in range(1, 21)))
    world.lengths = repeat(3)
    world.tick()
    told = [world.standing()]
    while world.slice():
        told.append(world.standing())
    assert {run.percent for run in told if run.stage == "survey"} == {None}
    shown = [run.percent or 0 for run in told if run.stage == "items"]
    assert shown == sorted(set(shown))
    assert shown[-1] == 100
    assert len([each for each in shown if 0 < each < 100]) > 1
    assert {run.expected for run in told if run.stage == "items"} == {20}
    assert world.counts() == (20, 20, 0, 0, 0, 0)


def test_only_what_changed_is_looked_up_and_written() -> None:
    world = a_world()
    world.run()
    world.source.change(3, prices={"regular": euro("12.00")})
    world.calls.names.clear()
    world.target.sent.clear()
    world.run()
    assert world.counts() == (5, 0, 1, 4, 0, 0)
    assert [(change.product.sku, set(change.fields)) for change in world.target.sent] == [("SKU-3", {"price"})]
    assert world.calls.counted("find") == world.calls.counted("write") == 1


def test_what_changed_here_and_there_is_looked_up_and_written_together() -> None:
    world = World()
    world.source.put(*(a_product(number) for number in range(1, 13)))
    world.lengths = repeat(2)  # so that a page is a shard
    world.run()
    world.lengths = repeat(None)
    world.target.batch = 3
    for number in (1, 5, 7, 12):
        world.source.change(number, prices={"regular": euro("9.00")})
    world.calls.names.clear()
    world.run()
    assert world.calls.counted("find") == 2, "three of four shards together, and one at the end"
    assert world.counts() == (12, 0, 4, 8, 0, 0)
    assert {sku for sku, each in world.sold().items() if each["price"][0].regular == euro("9.00")} == {
        f"SKU-{number}" for number in (1, 5, 7, 12)
    }


def test_what_the_policies_leave_alone_is_no_change() -> None:
    world = a_world()
    world.run()
    world.calls.names.clear()
    world.source.change(1, name="New name", long_text="Other", short_text="Other", ean="5901234123457", stock=None)
    world.run()
    assert world.counts() == (5, 0, 0, 5, 0, 0)
    assert world.calls.counted("find") == 0


def test_a_text_that_the_source_has_at_last_fills_an_empty_one_and_never_overwrites() -> None:
    world = a_world(a_product(1, long_text="", short_text=""))
    world.run()
    key = next(iter(world.target.products))
    world.target.products[key]["short_text"] = "Enriched by hand"
    world.source.change(1, long_text="Now there", short_text="Now there too")
    world.run()
    sold = world.sold()["SKU-1"]
    assert (sold["long_text"], sold["short_text"]) == ("Now there", "Enriched by hand")


def test_a_text_that_the_source_empties_stays_in_the_target_even_under_always() -> None:
    world = a_world(a_product(1), fields={"long_text": "always"})
    world.run()
    world.source.change(1, long_text="")
    world.run()
    assert world.sold()["SKU-1"]["long_text"] == "Long"


def test_a_change_of_settings_looks_at_every_product_again() -> None:
    world = a_world()
    world.run()
    world.set(fields={"name": "always"})
    world.run()
    assert world.counts() == (5, 0, 5, 0, 0, 0)


def test_one_that_is_switched_off_neither_creates_nor_updates_and_is_not_looked_up_each_time() -> None:
    world = a_world(a_product(1), create=False)
    world.run()
    assert (world.sold(), world.counts()) == ({}, (1, 0, 0, 1, 0, 0))
    world.calls.names.clear()
    world.run()
    assert world.calls.counted("find") == 0
    world.set(create=True, update=False)
    world.run()
    world.source.change(1, prices={"regular": euro("99.00")})
    world.run()
    assert world.sold()["SKU-1"]["price"][0].regular == euro("10.00")


def test_a_new_variant_travels_with_all_that_makes_it() -> None:
    world = a_world(with_variants(1, "S"))
    world.run()
    world.source.put(with_variants(1, "S", "L"))
    world.run()
    change = world.target.sent[-1]
    assert set(world.sold()["SKU-1"]["variants"]) == {"SKU-1-S", "SKU-1-L"}
    assert change.fields == {"price"}
    assert change.new_variant_fields == {"name", "short_text", "long_text", "ean", "active", "tax"}


# --- held and failed --------------------------------------------------------------------------------------------


def test_one_bad_product_stops_nobody_and_is_tried_again_each_run() -> None:
    world = a_world()
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
    world = a_world(a_product(1), a_product(2))
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
    world = a_world(a_product(1), a_product(2))
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
    world = a_world()
    world.target.refusals = {"SKU-1": BAD}
    world.run()
    world.target.refusals = {"SKU-1": BAD.model_copy(update={"text": "Something else."})}
    world.run()
    assert world.log.of("product_failed", "reason") == ["No.", "Something else."]
    world.run(by="anna")
    assert len(world.log.of("product_failed")) == 3


def test_a_refusal_of_a_whole_batch_is_asked_for_each_product_alone() -> None:
    world = a_world(a_product(1), a_product(2))
    whole = world.target.write

    def picky(drafts: object) -> object:
        if any(draft.change.product.sku == "SKU-1" for draft in drafts):  # type: ignore[attr-defined]
            raise Rejected("It refuses the call", code="x", fix="Mend it.")
        return whole(drafts)  # type: ignore[arg-type]

    world.target.write = picky  # type: ignore[assignment, method-assign]
    world.run()
    assert (world.counts(), sorted(world.sold())) == ((2, 1, 0, 0, 0, 1), ["SKU-2"])


def test_refused_credentials_stop_the_connection_and_keep_what_was_written() -> None:
    world = a_world()
    world.run()
    world.source.change(1, prices={"regular": euro("1.00")})
    world.target.trouble["find"] = NeedsAttention("The key is refused", where="Shop", fix="Make a new one.")
    world.tick()
    assert (world.standing().state, world.connection.status) == ("running", "stopped")


def test_a_platform_that_is_away_costs_nothing_that_was_done() -> None:
    world = a_world()
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
    world = a_world(a_product(1), a_product(2, sku="sku-1"), with_variants(3), a_product(4, sku="SKU-3-M"))
    world.run()
    assert world.codes() == dict.fromkeys(("SKU-1", "sku-1", "SKU-3", "SKU-3-M"), "duplicate_sku")
    assert world.sold() == {}
    world.source.change(2, sku="SKU-2")
    world.run()
    world.run()
    assert sorted(world.sold()) == ["SKU-1", "SKU-2"]


def test_an_sku_that_comes_twice_later_is_refused_from_then_on() -> None:
    world = a_world(a_product(1), a_product(2))
    world.run()
    world.source.put(a_product(7, sku="SKU-1"))
    world.run()
    assert "SKU-1" in world.codes()
    world.run()
    assert world.counts() == (3, 0, 0, 1, 2, 0)


def test_a_product_that_does_not_travel_takes_no_sku_from_another() -> None:
    world = a_world(a_product(1), a_product(2, sku="SKU-1", active=False))
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
    world = a_world(product)
    world.run()
    assert [*world.codes().values()] == ([code] if code else [])


def test_a_product_that_the_target_has_twice_or_as_a_variant_waits() -> None:
    world = a_world(a_product(1), a_product(2))
    world.target.products = {
        "x": {"sku": "SKU-1", "variants": {}},
        "y": {"sku": "Y", "variants": {"SKU-1": {}}},
        "z": {"sku": "Z", "variants": {"SKU-2": {}}},
    }
    world.run()
    assert world.codes() == {"SKU-1": "ambiguous_in_target", "SKU-2": "sold_otherwise"}


# --- what is left out, and what is gone ------------------------------------------------------------------------------


def test_a_deleted_product_is_reported_once_two_readings_did_not_find_it() -> None:
    world = a_world()
    world.run()
    del world.source.shelf[3]
    world.run()
    assert world.log.of("product_gone") == []
    world.run()
    assert (world.log.of("product_gone"), world.codes()) == (["SKU-3"], {"SKU-3": "deleted_at_source"})
    world.run()
    assert len(world.log.of("product_gone")) == 1
    assert world.target.off == []


def test_a_deleted_product_is_deactivated_where_the_settings_say_so_and_comes_back_active() -> None:
    world = a_world(gone="deactivate")
    world.run()
    gone = world.source.shelf.pop(3)
    for _ in range(3):
        world.run()
    assert len(world.target.off) == 1
    assert world.sold()["SKU-3"]["active"] is False
    world.source.put(gone)
    world.run()
    assert world.sold()["SKU-3"]["active"] is True


def test_a_deactivation_that_fails_is_told_and_tried_again() -> None:
    world = a_world(gone="deactivate")
    world.run()
    del world.source.shelf[3]
    world.run()
    key = next(key for key, product in world.target.products.items() if product["sku"] == "SKU-3")
    world.target.refusals[key] = BAD
    world.run()
    assert (world.codes(), world.target.off) == ({"SKU-3": "bad"}, [])
    world.target.refusals.clear()
    world.run()
    assert world.target.off == [key]


def test_a_source_that_suddenly_has_nothing_changes_nothing() -> None:
    world = a_world(gone="deactivate")
    world.run()
    world.source.shelf.clear()
    for _ in range(3):
        run = world.run()
        assert run.reason is not None
        assert (run.state, run.reason.code) == ("failed", "empty_source")
    assert world.target.off == []


def test_a_product_that_is_switched_off_at_the_source_is_told_and_a_left_out_one_is_let_be() -> None:
    world = a_world(gone="deactivate")
    world.source.tree = [a_category("a"), a_category("b", "a")]
    world.run()
    world.source.change(1, active=False)
    world.source.change(4, categories=("b",))
    world.run()
    world.set(exclude_categories=["A"])
    world.run()
    assert world.sold()["SKU-1"]["active"] is False
    assert "active" not in world.target.sent[-1].fields
    assert world.log.of("product_left_out") == ["SKU-4"]
    world.source.change(1, active=True)
    world.run()
    assert world.sold()["SKU-1"]["active"] is True


def test_disabled_products_travel_where_the_settings_say_so() -> None:
    world = a_world(a_product(1, active=False), include_disabled=True, fields={"active": "always"})
    world.run()
    assert world.sold()["SKU-1"]["active"] is False


# --- what is told ------------------------------------------------------------------------------------------------


def test_images_are_told_as_unsupported_with_every_product_that_is_written() -> None:
    world = a_world(a_product(1, images=2), a_product(2))
    world.run()
    remarks = [facts.get("remarks") for name, facts in world.log.lines if name == "product_created"]
    assert remarks == [("Its 2 images are not carried over: images are not supported.",), ()]


@pytest.mark.parametrize("ean", ["4.00638E+12", "4-006381-333931", "4006381333930", "123", "0000000000000"])
def test_an_ean_that_is_none_is_left_out_and_told(ean: str) -> None:
    variants = (a_variant("SKU-2-S", "S", ean="4006381333931"), a_variant("SKU-2-M", ean=ean))
    world = a_world(a_product(1, ean=ean), a_product(2, ean="", stock=None, variants=variants))
    world.run()
    assert world.sold()["SKU-1"].get("ean") is None
    assert [variant.ean for variant in world.target.sent[1].product.variants] == ["4006381333931", ""]
    remarks = [facts["remarks"] for name, facts in world.log.lines if name == "product_created"]
    assert remarks == [(f"Left out, since it is no EAN: {ean!r}.",)] * 2
    assert world.run().counts.unchanged == 2


def test_eans_are_let_be_where_they_do_not_travel() -> None:
    world = a_world(a_product(1, ean="123"), fields={"ean": "never"})
    world.run()
    assert world.log.of("product_created", "remarks") == [()]


def test_a_feature_without_an_entry_is_left_out_and_told_once_with_the_key_to_add() -> None:
    features = (Feature(name="Material", value="Oak"), Feature(name="Weight", value="2 kg"))
    world = a_world(*(a_product(number, features=features) for number in range(1, 5)))
    world.run()
    assert world.sold()["SKU-1"]["features"] == (Feature(name="Materiaal", value="Oak"),)
    (problem,) = world.standing().problems
    assert (problem.item, problem.reason.code) == ("products.features", "unmapped_feature")
    assert "Add the key 'Weight' to products.features" in problem.reason.fix
    assert len(world.log.of("feature_unmapped")) == 1
    world.set(unmapped="hold")
    world.run()
    assert set(world.codes().values()) == {"unmapped_feature"}
    world.set(features={"Material": "=", "Weight": ""})
    world.run()
    assert world.counts() == (4, 0, 4, 0, 0, 0)


def test_stock_is_asked_for_when_the_target_learns_a_new_sku() -> None:
    world = World(with_stock={"active": True})
    world.source.put(a_product(1), with_variants(2))
    world.run()
    assert {sku for request in world.queue.stock for sku in request.skus} == {"SKU-1", "SKU-2-S", "SKU-2-M"}
    world.queue.stock.clear()
    world.source.change(1, prices={"regular": euro("1.00")})
    world.source.put(with_variants(2, "S", "M", "L"))
    world.run()
    assert [request.skus for request in world.queue.stock] == [("SKU-2-S", "SKU-2-M", "SKU-2-L")]


# --- rules ---------------------------------------------------------------------------------------------------------


def test_the_merchants_rules_fill_further_fields_and_what_they_read_counts_as_content() -> None:
    rules = [
        {"target": "memo", "source": "product.extras.shelf"},
        {"target": "variants[].memo", "source": "variant.options.Maat", "convert": "lower"},
    ]
    world = a_world(a_product(1, extras={"shelf": "A1"}), with_variants(2), rules=rules)
    world.run()
    assert world.sold()["SKU-1"]["memo"] == "A1"
    assert world.sold()["SKU-2"]["variants"]["SKU-2-S"]["memo"] == "s"
    world.source.change(1, extras={"shelf": "B2"})
    world.run()
    assert (world.sold()["SKU-1"]["memo"], world.counts()) == ("B2", (2, 0, 1, 1, 0, 0))


def test_a_rule_that_fails_on_a_product_holds_that_product_only() -> None:
    rules = [{"target": "memo", "source": "product.name", "convert": "house_number"}]
    world = a_world(a_product(1, name="none"), a_product(2, name="Road 12"), rules=rules)
    world.run()
    assert world.codes() == {"SKU-1": "rule_failed"}
    assert "the next run tries again" in world.standing().problems[0].reason.fix


# --- starting ---------------------------------------------------------------------------------------------------


def test_a_second_start_is_refused_while_a_run_is_active() -> None:
    world = a_world()
    world.lengths = repeat(0)
    world.tick()
    with pytest.raises(BridgeError, match="active already"):
        world.run(by="anna")


def test_a_run_afresh_looks_at_everything_again_and_at_nothing_twice() -> None:
    world = a_world()
    world.source.tree = [a_category("a"), a_category("b", "a")]
    world.run()
    world.lengths = repeat(0)
    world.start_afresh()
    world.calls.names.clear()
    world.settle()
    assert world.counts() == (5, 0, 5, 0, 0, 0)
    assert world.calls.counted("write category") == 0

"""What a product leaves out, products that are gone at the source, and what is told of both."""

import pytest

from shopbridge.model.catalogue import Feature
from shopbridge.model.ledger import Reason
from tests.unit.flows.products.catalogue_world import a_category, a_product, a_variant, world_of

BAD = Reason(code="bad", text="No.", fix="Mend it.")


# --- what is left out, and what is gone ------------------------------------------------------------------------------


def test_a_deleted_product_is_reported_once_two_readings_did_not_find_it() -> None:
    world = world_of()
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
    world = world_of(gone="deactivate")
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
    world = world_of(gone="deactivate")
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
    world = world_of(gone="deactivate")
    world.run()
    world.source.shelf.clear()
    for _ in range(3):
        run = world.run()
        assert run.reason is not None
        assert (run.state, run.reason.code) == ("failed", "empty_source")
    assert world.target.off == []


def test_a_product_that_is_switched_off_at_the_source_is_told_and_a_left_out_one_is_let_be() -> None:
    world = world_of(gone="deactivate")
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
    world = world_of(a_product(1, active=False), include_disabled=True, fields={"active": "always"})
    world.run()
    assert world.sold()["SKU-1"]["active"] is False


# --- what is told ------------------------------------------------------------------------------------------------


def test_images_are_told_as_unsupported_with_every_product_that_is_written() -> None:
    world = world_of(a_product(1, images=2), a_product(2))
    world.run()
    remarks = [facts.get("remarks") for name, facts in world.log.lines if name == "product_created"]
    assert remarks == [("Its 2 images are not carried over: images are not supported.",), ()]


@pytest.mark.parametrize("ean", ["4.00638E+12", "4-006381-333931", "4006381333930", "123", "0000000000000"])
def test_an_ean_that_is_none_is_left_out_and_told(ean: str) -> None:
    variants = (a_variant("SKU-2-S", "S", ean="4006381333931"), a_variant("SKU-2-M", ean=ean))
    world = world_of(a_product(1, ean=ean), a_product(2, ean="", stock=None, variants=variants))
    world.run()
    assert world.sold()["SKU-1"].get("ean") is None
    assert [variant.ean for variant in world.target.sent[1].product.variants] == ["4006381333931", ""]
    remarks = [facts["remarks"] for name, facts in world.log.lines if name == "product_created"]
    assert remarks == [(f"Left out, since it is no EAN: {ean!r}.",)] * 2
    assert world.run().counts.unchanged == 2


def test_eans_are_let_be_where_they_do_not_travel() -> None:
    world = world_of(a_product(1, ean="123"), fields={"ean": "never"})
    world.run()
    assert world.log.of("product_created", "remarks") == [()]


def test_a_feature_without_an_entry_is_left_out_and_told_once_with_the_key_to_add() -> None:
    features = (Feature(name="Material", value="Oak"), Feature(name="Weight", value="2 kg"))
    world = world_of(*(a_product(number, features=features) for number in range(1, 5)))
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

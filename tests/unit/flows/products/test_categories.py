"""Categories: parents first, renamed, moved and switched off as at the source, and never doubled."""

from itertools import repeat
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopbridge.errors import Held, OutcomeUnknown, Rejected
from shopbridge.flows.products.run import CategoryTree, select
from shopbridge.model.base import ExternalId
from shopbridge.model.catalogue import Category
from shopbridge.model.product_settings import ProductSettings
from tests.unit.flows.products.catalogue_world import World, a_category, a_product


def a_world(*tree: Category, **settings: Any) -> World:
    world = World(**settings)
    world.source.put(a_product(1, categories=("lamps",)))
    world.source.tree = list(tree) or [a_category("lamps", "home"), a_category("home"), a_category("desk", "lamps")]
    return world


def test_categories_come_under_their_parents_and_products_into_them() -> None:
    world = a_world()
    world.run()
    assert world.paths() == ["Home", "Home > Lamps", "Home > Lamps > Desk"]
    (lamps,) = (each.id for each in world.target.tree.values() if each.name == "Lamps")
    assert world.sold()["SKU-1"]["categories"] == (lamps,)


def test_unchanged_categories_ask_the_target_nothing() -> None:
    world = a_world()
    world.run()
    world.calls.names.clear()
    world.run()
    assert world.calls.counted("target categories", "write category") == 0
    assert world.calls.counted("source categories") == 1


def test_a_rename_a_move_and_a_switch_off_reach_the_same_category() -> None:
    world = a_world()
    world.run()
    world.source.tree = [
        a_category("home"),
        a_category("lamps", name="Lights"),
        a_category("desk", "home", active=False),
    ]
    world.run()
    assert world.paths() == ["Home", "Home > Desk (off)", "Lights"]
    assert sorted(world.log.of("category_updated", "category")) == ["Desk", "Lights"]


def test_what_somebody_changed_in_the_target_stays_until_the_source_changes() -> None:
    world = a_world()
    world.run()
    key = next(key for key, each in world.target.tree.items() if each.name == "Lamps")
    world.target.tree[key] = world.target.tree[key].model_copy(update={"name": "Bright things"})
    world.run()
    assert "Home > Bright things" in world.paths()


def test_a_category_that_is_there_already_is_found_by_its_name_and_parent() -> None:
    world = a_world()
    there = a_category("x", name="home "), a_category("y", "x", name="LAMPS")
    world.target.tree = {category.id: category for category in there}
    world.run()
    assert world.paths() == ["home ", "home  > LAMPS", "home  > LAMPS > Desk"]


def test_siblings_of_one_name_do_not_share_a_category() -> None:
    world = a_world(a_category("a", name="Same"), a_category("b", name="Same"))
    world.run()
    assert world.paths() == ["Same", "Same"]
    world.run()
    assert len(world.target.tree) == 2


@pytest.mark.parametrize("answer", ["lost", "refused"])
def test_a_lost_answer_is_looked_up_and_doubles_nothing(answer: str) -> None:
    world = a_world()
    lost = OutcomeUnknown("The answer was lost", where="Shop")
    if answer == "lost":
        world.target.trouble["category answer"] = lost
    else:
        world.target.refusals["Lamps"] = lost
    world.run()
    world.target.refusals.clear()
    world.run()
    assert world.paths() == ["Home", "Home > Lamps", "Home > Lamps > Desk"]
    (lamps,) = (each.id for each in world.target.tree.values() if each.name == "Lamps")
    assert world.sold()["SKU-1"]["categories"] == (lamps,)


def test_one_bad_category_stops_neither_the_others_nor_the_products_and_is_told_once() -> None:
    world = a_world(a_category("home"), a_category("lamps"), a_category("desk", "lamps"))
    world.target.refusals["Lamps"] = Rejected("No such name", code="x", fix="Rename it.")
    world.run()
    world.run()
    assert (world.paths(), sorted(world.sold())) == (["Home"], ["SKU-1"])
    assert (world.log.of("category_failed", "category"), world.codes()) == (["Lamps"], {"Lamps": "x"})
    world.target.refusals["Lamps"] = Held("Other", code="y", fix="Rename it.")
    world.run()
    assert world.log.of("category_failed", "code") == ["x", "y"]


def test_a_circle_is_told_and_an_orphan_becomes_a_root() -> None:
    world = a_world(a_category("a", "b"), a_category("b", "a"), a_category("c", "nowhere"), a_category("d", "c"))
    world.run()
    assert world.paths() == ["C", "C > D"]
    assert world.codes() == {"A": "category_circle", "B": "category_circle"}


def test_a_circle_is_named_with_all_that_are_in_it_and_what_lies_below_is_told_apart() -> None:
    world = a_world(a_category("a", "b"), a_category("b", "c"), a_category("c", "a"), a_category("under", "a"))
    world.run()
    told = {problem.item: problem.reason.text for problem in world.standing().problems}
    assert told["A"] == "The category and its parents run in a circle at the source: C > B > A > C."
    assert told["Under"] == "Categories above it run in a circle at the source: C > B > A > C."
    assert set(world.codes().values()) == {"category_circle"}


def test_left_out_and_disabled_categories_stay_away_with_all_below() -> None:
    tree = [a_category("out"), a_category("in", "out"), a_category("off", active=False), a_category("under", "off")]
    world = a_world(*tree, a_category("lamps"), exclude_categories=["OUT"])
    world.source.put(a_product(2, categories=("in",)), a_product(3, categories=("in", "lamps")), a_product(4))
    world.run()
    assert world.paths() == ["Lamps"]
    assert sorted(world.sold()) == ["SKU-1", "SKU-3", "SKU-4"]
    assert len(world.sold()["SKU-3"]["categories"]) == 1
    world.set(include_disabled=True)
    world.run()
    assert world.paths() == ["Lamps", "Off (off)", "Off (off) > Under"]


def test_no_categories_are_read_where_nothing_depends_on_them() -> None:
    world = a_world(categories=False)
    world.run()
    assert world.calls.counted("source categories", "target categories", "write category") == 0
    assert "categories" not in world.sold()["SKU-1"]


def test_a_category_deleted_at_the_source_stays_in_the_target() -> None:
    world = a_world()
    world.run()
    world.source.tree = [a_category("home"), a_category("lamps", "home")]
    world.run()
    assert len(world.paths()) == 3
    assert world.log.of("category_gone", "category") == ["Desk"]


def test_a_category_deleted_in_the_target_is_made_anew_by_a_run_afresh() -> None:
    world = a_world()
    world.run()
    key = next(key for key, each in world.target.tree.items() if each.name == "Desk")
    del world.target.tree[key]
    world.start_afresh()
    world.settle()
    assert world.paths() == ["Home", "Home > Lamps", "Home > Lamps > Desk"]


def test_slices_of_one_category_each_bring_them_all() -> None:
    world = a_world()
    world.lengths = repeat(0)
    world.tick()
    world.settle()
    assert world.paths() == ["Home", "Home > Lamps", "Home > Lamps > Desk"]
    assert world.calls.counted("write category") == 3


@given(st.dictionaries(st.integers(0, 12), st.integers(0, 14), max_size=13))
def test_a_tree_of_any_shape_puts_parents_first_and_loses_nothing(parents: dict[int, int]) -> None:
    categories = [a_category(f"k{key}", f"k{parent}") for key, parent in parents.items()]
    tree = CategoryTree(categories)
    place = {category.id: number for number, category in enumerate(tree.ordered)}
    assert {*place, *(category.id for category in tree.circling)} == {category.id for category in categories}
    for category in tree.ordered:
        parent = tree.parent_of(category)
        assert parent is None or place[parent] < place[category.id]


@given(st.dictionaries(st.integers(0, 9), st.integers(0, 9), max_size=10), st.sets(st.integers(0, 9), max_size=3))
def test_what_is_excluded_is_excluded_with_all_below(parents: dict[int, int], excluded: set[int]) -> None:
    tree = CategoryTree(a_category(f"k{key}", f"k{parent}") for key, parent in parents.items())
    chosen = ProductSettings(exclude_categories=tuple(f"k{key}" for key in excluded))
    selection = select(tree, chosen)
    for category in tree.by_id.values():
        above, line = category, set[ExternalId]()
        while above.id not in line:
            line.add(above.id)
            above = tree.by_id[tree.parent_of(above) or above.id]
        assert (category.id in selection.excluded) == any(f"k{key}" in line for key in excluded)

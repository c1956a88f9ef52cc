"""A product run may break off anywhere: killed at any outside call, cut into slices, stopped, answers lost."""

from itertools import cycle, repeat
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shopbridge.errors import Conflict, RetryLater
from shopbridge.flows import shards
from shopbridge.flows.runs import LEASE
from shopbridge.model.catalogue import Feature, UnreadableProduct
from shopbridge.model.ledger import Reason
from tests.unit.flows.products.catalogue_world import World, a_category, a_product, euro, with_variants
from tests.unit.memory_stores import Killed

BAD = Reason(code="bad", text="No.", fix="Mend it.")
OAK = (Feature(name="Material", value="Oak"),)


@pytest.fixture(autouse=True)
def small_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shards of three products, so that a small catalogue has several."""
    monkeypatch.setattr(shards, "SHARD_SIZE", 3)


def a_world() -> World:
    world = World(gone="deactivate", with_stock={"active": True}, fields={"categories": "always", "features": "always"})
    world.source.tree = [a_category("home"), a_category("lamps", "home"), a_category("old", active=False)]
    world.source.put(
        a_product(1, categories=("lamps",)),
        with_variants(2, categories=("home",), features=OAK),
        a_product(3, categories=("old",)),
        with_variants(4, "S", "M", "L"),
        a_product(5, sku="TWICE"),
        a_product(6, sku="twice"),
        UnreadableProduct(id="s7", rank=7, sku="SKU-7", reason=BAD),
        a_product(8),
    )
    return world


def changed(world: World) -> None:
    """What happens at the source between two runs."""
    world.source.tree = [a_category("home", name="House"), a_category("lamps", "new"), a_category("new")]
    world.source.change(1, prices={"regular": euro("9.00"), "sale": euro("8.00")})
    world.source.put(with_variants(2, "S", "M", "XL", categories=("new",), features=OAK))
    del world.source.shelf[3]
    world.source.change(6, sku="SKU-6")
    world.source.put(a_product(9))


def state(world: World) -> Any:
    """The target, told without the ids that it gave."""
    tree = {key: category.name for key, category in world.target.tree.items()}
    sold = {
        sku: {**product, "categories": tuple(tree[key] for key in product.get("categories", ()))}
        for sku, product in world.sold().items()
    }
    return sold, world.paths()


def again(world: World) -> None:
    """The next tick of the schedule, and all that follows from it."""
    world.tick()
    world.settle()


def through(world: World) -> World:
    """The first import, what changes then, and the runs that it takes to be sure of what is gone."""
    for step in (again, changed, again, again, again, again):
        try:
            step(world)
        except (Killed, RetryLater, Conflict):
            world.calls.at = -1
            world.clock.advance(seconds=LEASE.total_seconds())
            step(world)
    return world


@pytest.fixture(scope="module", name="calm")
def calm_world() -> World:
    """Nothing breaks off."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shards, "SHARD_SIZE", 3)
        return through(a_world())


def test_the_undisturbed_outcome_is_what_the_source_says(calm: World) -> None:
    sold, paths = state(calm)
    assert sorted(sold) == ["SKU-1", "SKU-2", "SKU-3", "SKU-4", "SKU-6", "SKU-8", "SKU-9", "TWICE"]
    assert paths == ["House", "New", "New > Lamps"]
    assert sold["SKU-3"]["active"] is False
    assert sold["SKU-2"]["categories"] == ("New",)
    assert sold["SKU-1"]["price"][0].sale == euro("8.00")


def test_a_kill_before_any_call_leads_to_the_same_end(calm: World) -> None:
    """Before a call is after the one before it: what the process knew is gone, everything else is the same."""
    for at in range(len(calm.calls.names)):
        world = a_world()
        world.calls.at, world.calls.when = at, "before"
        assert state(through(world)) == state(calm), (at, world.calls.names[at])


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_platform_or_a_store_that_is_away_at_any_call_leads_to_the_same_end(calm: World, when: str) -> None:
    for at in range(0, len(calm.calls.names), 2):
        world = a_world()
        world.calls.at, world.calls.when, world.calls.error = at, when, RetryLater("Busy", after=30)
        assert state(through(world)) == state(calm), (at, when, world.calls.names[at])


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 6), min_size=1, max_size=6), st.integers(1, 5), st.integers(1, 4))
def test_slices_of_any_length_count_everything_once_and_lead_to_the_same_end(
    calm: World, lengths: list[int], page_size: int, batch: int
) -> None:
    world = a_world()
    world.lengths = cycle(lengths)
    world.source.page_size, world.target.batch = page_size, batch
    again(world)
    assert world.counts() == (8, 5, 0, 0, 3, 0)
    changed(world)
    again(world)
    assert world.counts() == (8, 2, 2, 2, 2, 0)
    world.lengths = repeat(None)  # only a shard that is read in one slice tells what is gone
    for _ in range(3):
        again(world)
    assert state(world) == state(calm)


def test_a_run_stops_when_asked_and_goes_on_where_it_stopped() -> None:
    world = a_world()
    world.target.batch = 1
    real = world.target.find

    def stop_soon(skus: Any) -> Any:
        world.clock.advance(minutes=1)
        if len(world.target.products) == 2 and not world.standing().stop_asked:
            assert world.stop().stop_asked
        return real(skus)

    world.target.find = stop_soon  # type: ignore[method-assign]
    world.tick()
    assert world.standing().state == "stopped"
    assert 2 <= len(world.target.products) <= 3
    world.tick()
    assert world.standing().state == "stopped"
    world.target.find = real  # type: ignore[method-assign]
    assert world.resume().state == "running"
    world.settle()
    assert world.counts() == (8, 5, 0, 0, 3, 0)
    assert world.target.calls.counted("write") == 5


def test_duplicates_stay_refused_when_a_slice_was_killed_before_it_could_tell_what_it_had_seen() -> None:
    world = a_world()
    again(world)
    world.lengths = repeat(0)
    world.calls.at, world.calls.when = len(world.calls.names) + 9, "after"
    with pytest.raises(Killed):
        again(world)
    world.clock.advance(seconds=LEASE.total_seconds())
    world.lengths = repeat(None)
    again(world)
    assert {"TWICE", "twice"} <= set(world.codes())
    again(world)
    assert {"TWICE", "twice"} <= set(world.codes())
    assert "TWICE" not in world.sold()


def test_a_manifest_that_a_kill_left_behind_its_shards_catches_up() -> None:
    world = World()
    world.source.put(a_product(1), a_product(2))
    again(world)
    world.source.change(1, prices={"regular": euro("9.00")})
    world.calls.names.clear()
    again(world)
    at = world.calls.names.index("put manifest")
    world.source.change(1, prices={"regular": euro("8.00")})
    world.calls.names.clear()
    world.calls.at, world.calls.when = at, "before"
    with pytest.raises(Killed):
        world.tick()
    world.calls.at = -1
    world.clock.advance(seconds=LEASE.total_seconds())
    again(world)
    world.calls.names.clear()
    again(world)
    assert world.calls.counted("shards", "find") == 0


def test_a_lost_answer_creates_nothing_twice() -> None:
    world = a_world()
    world.target.trouble["answer"] = RetryLater("The answer was lost", after=30)
    world.tick()
    assert world.standing().state == "running"
    world.settle()
    assert len(world.sold()) == 5

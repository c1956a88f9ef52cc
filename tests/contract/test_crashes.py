"""A product with everything, written by a bridge that dies or whose answers are lost at any call: one end state."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import httpx
import pytest

from shopbridge.errors import BridgeError
from shopbridge.model.base import ExternalId
from shopbridge.model.catalogue import Category, Feature, Product, ProductField
from tests.contract.bench import CatalogueBench, at_both_ends, benches_for
from tests.contract.benches.shopware import NEWEST
from tests.contract.hostile import laid
from tests.contract.suites.catalogue_target import ALL, bring, source

MOST_CALLS = 60
BESIDE = "MUG"
EVERYTHING: frozenset[ProductField] = ALL | {"categories", "features"}


class KilledError(BaseException):
    """The process is gone."""


@dataclass
class Doomed(httpx.BaseTransport):
    """The bridge dies before the n-th call, or its answer is lost; dying after the call before looks just the same."""

    inner: httpx.BaseTransport
    left: list[int]
    dies: bool

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.left[0] -= 1
        if self.left[0] == 0 and self.dies:
            raise KilledError
        response = self.inner.handle_request(request)
        if self.left[0] == 0:
            raise httpx.ReadError("The answer is lost", request=request)
        return response


def tee(bench: CatalogueBench) -> Product:
    """A product with features, and with variants where there are such, for which a category is there."""
    of = source(bench, "TEE", *(() if "variants" in bench.facts.lacks else ("TEE-M", "TEE-L")))
    return of.model_copy(update={"features": (Feature(name="Material", value="Cotton"),)})


def furnished(make: Callable[[], CatalogueBench]) -> tuple[CatalogueBench, ExternalId]:
    """A platform with a category, and with a product that is nobody's concern."""
    bench = make()
    bench.put(BESIDE)
    wanted = Category(id=ExternalId("source"), parent=None, name="House", active=True)
    house: ExternalId = bench.part("catalogue_target").write_category(wanted, None)
    return bench, house


def told(bench: CatalogueBench) -> dict[str, Any]:
    """By name, each product as a new container reads it, but for what records are called."""
    page = bench.part("catalogue_source").page(None)
    assert page.unreadable == ()
    nameless = {"id", "rank", "extras", "variants"}
    return {
        each.name: (
            each.model_dump(exclude=nameless),
            sorted(each.model_dump_json(exclude={"id", "rank", "extras"}) for each in each.variants),
        )
        for each in page.products
        if each.sku != BESIDE
    }


def is_carried(bench: CatalogueBench, house: ExternalId) -> bool:
    """Whether the product is there whole, brought in a new container."""
    with suppress(BridgeError):
        outcome = bring(bench, tee(bench), EVERYTHING, categories=(house,))
        return outcome.state in ("created", "updated", "unchanged")
    return False


def is_broken_off(bench: CatalogueBench, house: ExternalId, *, at: int, dies: bool) -> bool:
    """Whether the n-th call was reached, at which the bridge was stopped."""
    left = [at]
    with laid(bench, partial(Doomed, left=left, dies=dies)), suppress(KilledError):
        is_carried(bench, house)
    return left[0] <= 0


def makers() -> Iterator[Any]:
    """Every platform on which products are created; answers are lost by the oldest of its releases too."""

    @at_both_ends
    def promise() -> None:
        """Stands for the promise below."""

    for name, make in benches_for("catalogue_target", promise):
        if not {"product creation", "product reading", "category writing"} & make().facts.lacks:
            yield pytest.param(make, False, id=f"{name}-answer lost")
            if "-" not in name or name.endswith(NEWEST):
                yield pytest.param(make, True, id=f"{name}-dies")


@pytest.mark.parametrize(("make", "dies"), list(makers()))
def test_wherever_a_creation_breaks_off_the_end_is_the_same(make: Callable[[], CatalogueBench], *, dies: bool) -> None:
    undisturbed, house = furnished(make)
    assert is_carried(undisturbed, house)
    expected = told(undisturbed)
    assert expected.keys() == {tee(undisturbed).name}
    for at in range(1, MOST_CALLS):
        bench, house = furnished(make)
        if not is_broken_off(bench, house, at=at, dies=dies):
            return
        half_made = told(bench)
        assert half_made == expected or not any(product["active"] for product, _ in half_made.values())
        bench.rest()
        assert any(is_carried(bench, house) for _ in range(4)), f"broken off at call {at}"
        assert told(bench) == expected, f"broken off at call {at}"
    raise AssertionError("the creation does not end")

"""The emulators really write the noise that the suites read figures through."""

import re

import pytest

from sandbox.platforms.kit.doubles import Doubles
from shopbridge.connectors.registry import KEYS
from tests.contract.bench import bench_module, offers
from tests.contract.suites.order_source import LONG_AGO
from tests.contract.suites.stock_source import COMPUTED


def has_doubles(key: str) -> bool:
    """Whether the platform writes numbers as it computes with them."""
    module = bench_module(key)
    return module is None or "doubles" not in module.FACTS.lacks


DIGITS = {"serialize_precision = 17": (Doubles(17), 15), "serialize_precision = 100": (Doubles(100), 30)}


@pytest.mark.parametrize(("doubles", "digits"), DIGITS.values(), ids=DIGITS)
@pytest.mark.parametrize("key", [key for key in KEYS if "catalogue_source" in offers(key) and has_doubles(key)])
def test_prices_are_written_with_all_their_digits(
    key: str, doubles: Doubles, digits: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert any(re.search(rb"\d\.\d{%d}" % digits, body) for body in written(key, doubles, monkeypatch))


@pytest.mark.parametrize("key", ["gomag", "salespos", "cloudsales"])
def test_stock_is_written_as_if_it_was_computed(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert any(b"2.9999999999999996" in body for body in written(key, COMPUTED, monkeypatch))


def written(key: str, doubles: Doubles, monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What a platform with some products answers to a reading of its catalogue."""
    bodies: list[bytes] = []
    write = Doubles.write

    def noted(self: Doubles, body: bytes) -> bytes:
        bodies.append(write(self, body))
        return bodies[-1]

    module = bench_module(key)
    assert module
    bench = next(iter(module.VARIANTS.values()))()
    for number in range(8):  # shapes and spellings take turns
        bench.put(f"MUG-{number}", 3)
    bench.write_numbers(doubles)
    monkeypatch.setattr(Doubles, "write", noted)
    for _ in range(3):
        bench.part("catalogue_source").page(None)
    if "order_source" in offers(key):
        for _ in range(8):
            bench.sell({"MUG-1": 3})
        bench.part("order_source").changed(LONG_AGO, None)
    return bodies

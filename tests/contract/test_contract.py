"""Every declared capability is held to its promises: there is a suite for it, and a bench of the platform."""

import importlib
from itertools import chain
from pathlib import Path

import pytest

from shopbridge.connectors.registry import KEYS
from tests.contract.bench import SUITES, bench_module, benches_for, offers

SUITE_FILES = Path(__file__).parent / "suites"
DECLARED = [(key, capability) for key in KEYS for capability in offers(key)]


def promises_of(capability: str) -> dict[str, object]:
    """The promises of a suite by name."""
    module = importlib.import_module(f"tests.contract.suites.{capability}")
    return {name: given for name, given in vars(module).items() if name.startswith("test_")}


@pytest.mark.parametrize(("key", "capability"), DECLARED)
def test_a_declared_capability_has_a_bench_that_its_suite_is_held_against(key: str, capability: str) -> None:
    assert bench_module(key), f"write tests/contract/benches/{key}.py"
    promises = promises_of(capability)
    reached = chain.from_iterable(
        benches_for(capability, promise) for promise in promises.values() if callable(promise)
    )
    assert key in {name.partition("-")[0] for name, _ in reached}


def test_every_capability_has_a_suite_and_every_suite_is_of_one() -> None:
    assert {path.stem for path in SUITE_FILES.glob("*.py")} == set(SUITES)

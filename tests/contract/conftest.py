"""Attaches the suites: every promise of a capability is held against every platform that declares it."""

from collections.abc import Callable
from typing import Any, Literal

import pytest

from tests.contract.bench import SUITES, benches_for


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a promise one bench after the other; a shared one lives as long as its module."""
    suite = metafunc.definition.path
    if suite.parent.name != "suites" or suite.stem not in SUITES:
        return
    for name in {"bench", "filled"}.intersection(metafunc.fixturenames):
        benches = dict(benches_for(suite.stem, metafunc.function))
        scope: Literal["module", "function"] = "module" if name == "filled" else "function"
        metafunc.parametrize(name, benches.values(), ids=list(benches), indirect=True, scope=scope)


@pytest.fixture
def bench(request: pytest.FixtureRequest) -> Any:
    """A fresh account of the platform."""
    make: Callable[[], Any] = request.param
    return make()

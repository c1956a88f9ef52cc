"""Python looks for no garbage while a function starts, and for none among what it started with."""

import gc
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from shopbridge import begin_start, end_start

LAYER = Path(__file__).parents[2] / "layers" / "shared"
IN_LAMBDA = {"AWS_LAMBDA_FUNCTION_NAME": "order-import"}


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    yield
    gc.enable()
    gc.unfreeze()


def test_a_start_is_not_searched_for_garbage() -> None:
    begin_start(IN_LAMBDA)
    assert not gc.isenabled()


def test_what_is_there_at_the_end_of_a_start_is_never_searched() -> None:
    begin_start(IN_LAMBDA)
    end_start(IN_LAMBDA)
    assert gc.isenabled()
    assert gc.get_freeze_count()


def test_a_program_that_is_no_function_is_left_alone() -> None:
    begin_start({})
    assert gc.isenabled()
    end_start({})
    assert not gc.get_freeze_count()


@pytest.mark.parametrize(("module", "is_searched"), [("shopbridge.errors", False), ("json", True)])
def test_whatever_a_function_imports_of_us_first_begins_its_start(module: str, is_searched: bool) -> None:
    world = {**os.environ, **IN_LAMBDA, "PYTHONPATH": str(LAYER)}
    told = f"import gc, {module}; print(gc.isenabled())"
    answer = subprocess.run([sys.executable, "-c", told], env=world, check=True, capture_output=True, text=True)  # noqa: S603 - our own
    assert answer.stdout.strip() == str(is_searched)

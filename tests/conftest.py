"""Hypothesis tries the same examples in every run, so a run that fails fails again; ``make explore`` tries new ones."""

import gc
import os

from hypothesis import settings

settings.register_profile("same", derandomize=True)
settings.register_profile("new", derandomize=False, print_blob=True)
settings.load_profile(os.environ.get("SHOPBRIDGE_EXAMPLES", "same"))


def pytest_collection_finish() -> None:
    """What was imported and collected lives to the end: the garbage collector need not look at it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)

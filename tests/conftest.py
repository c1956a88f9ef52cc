"""Hypothesis tries the same examples in every run, so a run that fails fails again; ``make explore`` tries new ones.

``make unit`` tries the first thirty of a hundred: one runs it after every few lines; ``make test`` runs all.
"""

import gc
import os
import sys

from hypothesis import HealthCheck, settings

# How long an example takes, or to make one up, tells how busy the machine is, nothing of the code.
CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("same", CALM, derandomize=True)
settings.register_profile("few", CALM, derandomize=True, max_examples=30)
settings.register_profile("new", CALM, derandomize=False, print_blob=True)
settings.load_profile(os.environ.get("SHOPBRIDGE_EXAMPLES", "same"))


def pytest_collection_finish() -> None:
    """What was imported and collected lives to the end: the garbage collector need not look at it again and again."""
    _hold_shapes()
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def _hold_shapes() -> None:
    """The SDK looks at the shape of each call that tests make; in production nobody pays for that."""
    if "shopbridge.store.aws" in sys.modules:
        from botocore.config import Config

        from shopbridge.store import aws

        aws.CONFIG = aws.CONFIG.merge(Config(parameter_validation=True))

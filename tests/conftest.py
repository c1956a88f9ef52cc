"""Hypothesis tries the same examples in every run, so a run that fails fails again; ``make explore`` tries new ones."""

import os

from hypothesis import settings

settings.register_profile("same", derandomize=True)
settings.register_profile("new", derandomize=False, print_blob=True)
settings.load_profile(os.environ.get("SHOPBRIDGE_EXAMPLES", "same"))

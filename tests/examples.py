"""How many examples a test with a number of its own tries: three in ten of them in ``make unit``, as of all others."""

import os

FEW = os.environ.get("SHOPBRIDGE_EXAMPLES") == "few"


def examples(most: int) -> int:
    """Return how many are tried where ``make test`` tries ``most``."""
    return max(1, most * 3 // 10) if FEW else most

"""Which refusals only mean that a record is not there."""

from shopbridge.errors import Rejected

GONE = "404"
"""How the code of an absent record begins; the platform publishes none for it [inferred]."""


def is_gone(error: Rejected) -> bool:
    """Whether the record that was asked for is not there."""
    return error.code.startswith(GONE)

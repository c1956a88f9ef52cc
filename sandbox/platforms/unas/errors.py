"""Refusals: a lone ``Error`` for the whole call, or ``Status`` and ``Error`` of one entity inside a 200.

Only the texts of the platform file's table are the platform's; all others are ours and start with ``example:``, as
the file writes them, for nobody may branch on them.
"""

from datetime import datetime

from sandbox.platforms.unas.inferred import ban_time


class ApiError(Exception):
    """The call is refused."""

    def __init__(self, text: str, status: int = 400) -> None:
        super().__init__(text)
        self.text = text
        self.status = status


class EntityError(Exception):
    """One entity of a batch is refused, and nothing behind it is looked at."""


def banned(function: str, until: datetime) -> ApiError:
    """A limit is broken; the date has its month first."""
    return ApiError(f"Too much {function} query, IP is banned till {ban_time(until)}")


def wrong_key() -> ApiError:
    """Nobody made this key."""
    return ApiError("Login Error: invalid ApiKey")


def plan_too_small() -> ApiError:
    """The shop's plan has no API."""
    return ApiError("Login Error: PREMIUM package needed")


def invalid(reason: str) -> ApiError:
    """The call breaks the contract."""
    return ApiError(f"example: {reason}")


def no_data() -> EntityError:
    """Nothing in it can be written."""
    return EntityError("No modifiable data")


def refused(reason: str) -> EntityError:
    """One entity breaks the contract."""
    return EntityError(f"example: {reason}")

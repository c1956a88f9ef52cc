"""Refusals: ``error`` and ``message`` in a 2xx body, and the few that are real HTTP errors.

The numbers 100, 331 and "404" are those clients have met (platform file, G2 and G3, October 2026); what stands for
the unknown ones is in ``inferred``.
"""

from typing import Any

from sandbox.platforms.gomag import inferred

MISSING_USER = 100
DENIED = 331
NO_DATA = "404"
SUCCESS: dict[str, Any] = {"error": "200"}
"""A write that was done carries an ``error`` too."""


class ApiError(Exception):
    """The call is refused. ``error`` is a number or its text, ``message`` a text or a list, as documented."""

    def __init__(self, error: int | str, message: str | list[str], status: int = 200) -> None:
        super().__init__(f"{error} {message}")
        self.error = error
        self.message = message
        self.status = status

    def body(self) -> dict[str, Any]:
        """What the caller reads."""
        return {"error": self.error, "message": self.message}


def missing_user() -> ApiError:
    """A header is absent."""
    return ApiError(MISSING_USER, "Missing Api User")


def denied() -> ApiError:
    """The key lacks the permission."""
    return ApiError(DENIED, inferred.DENIED_TEXT)


def no_data() -> ApiError:
    """What the call names matches nothing."""
    return ApiError(NO_DATA, ["NO DATA"])


def invalid(message: str) -> ApiError:
    """The call breaks the contract."""
    return ApiError(inferred.INVALID, [message])

"""Refusals: an HTTP status, or a number of 0 and below that comes under HTTP 200."""

from collections.abc import Mapping

ALREADY_THERE, MALFORMED_ADDRESS, OTHER = -1, -2, 0
"""What a subscription that failed is answered with (clients S9, S10, S11)."""


class ApiError(Exception):
    """The call is refused, and the answer does not tell why.

    Args:
        why: For whoever looks into the emulator; it never travels.
        number: The body of an answer whose status is 200; None is a body without anything.
    """

    def __init__(
        self, why: str, status: int, number: int | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(why)
        self.status = status
        self.number = number
        self.headers = dict(headers or {})


def wrong(why: str) -> ApiError:
    """Parameters that the call does not take."""
    return ApiError(why, 406)


def unknown(why: str) -> ApiError:
    """No such resource."""
    return ApiError(why, 404)


def failed(why: str, number: int = OTHER) -> ApiError:
    """The call was understood and had no effect: a number under HTTP 200."""
    return ApiError(why, 200, number)

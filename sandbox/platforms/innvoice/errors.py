"""Refusals: an error code, a message, and the HTTP status that goes with them."""

from sandbox.platforms.innvoice.inferred import (
    METHOD_STATUS,
    NOT_FOUND_STATUS,
    REFUSED_CODE,
    THROTTLED,
    THROTTLED_STATUS,
    UNAUTHORISED,
)

UNAUTHORISED_STATUS = 401


class ApiError(Exception):
    """The call is refused.

    Args:
        status: The HTTP status; None leaves it to the company, as for every refusal that is not about access.
    """

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.status = status

    @property
    def code(self) -> str:
        """``error`` of the body: the only code ever seen, or the HTTP status where that says more."""
        return REFUSED_CODE if self.status is None else str(self.status)


def invalid(message: str) -> ApiError:
    """What was sent breaks the contract."""
    return ApiError(message)


def unauthorised() -> ApiError:
    """The credentials are wrong or missing."""
    return ApiError(UNAUTHORISED, UNAUTHORISED_STATUS)


def not_found(what: str) -> ApiError:
    """There is no such company or address."""
    return ApiError(f"unknown {what}", NOT_FOUND_STATUS)


def not_allowed(method: str) -> ApiError:
    """The address is known, the method is not."""
    return ApiError(f"{method} is not allowed here", METHOD_STATUS)


def throttled() -> ApiError:
    """Too many calls; nothing was done."""
    return ApiError(THROTTLED, THROTTLED_STATUS)

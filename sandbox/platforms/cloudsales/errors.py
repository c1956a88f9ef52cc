"""Refusals: a status, the details, and whether they are of the kind an account decides about."""

UNAUTHORISED_STATUS = 401


class ApiError(Exception):
    """The call is refused.

    Args:
        details: Sentences, one for each fault found.
        status: The HTTP status; None leaves it to the account, as for every refusal inside the envelope.
    """

    def __init__(self, *details: str, status: int | None = None) -> None:
        super().__init__("; ".join(details))
        self.details = details
        self.status = status


class OrderExistsError(ApiError):
    """An order with this reference is already there."""


def invalid(*details: str) -> ApiError:
    """The call breaks the contract."""
    return ApiError(*details)

"""Refusals: an HTTP status with an inner number and a message (platform file, "Status codes and inner codes").

The texts are made up, as the file's are: only the numbers are documented.
"""

from typing import Any, Final

from sandbox.platforms.shoprenter import inferred

NO_DATA: Final = 40001
READ_ONLY: Final = 40002
MISSING: Final = 40003
WRONG_DATA: Final = 40005
WRONG_IDENTITY: Final = 40006
WRONG_ID: Final = 40007
OUT_OF_RANGE: Final = 40008
BAD_DATETIME: Final = 40009
UNKNOWN_PARAMETER: Final = 40010
BAD_BODY: Final = 40014
BAD_DATE: Final = 40017
NO_PERMISSION: Final = 40101
UNKNOWN_SKU: Final = 40033
NOT_FOUND: Final = 40401
EXISTS: Final = 40901
THROTTLED: Final[dict[str, Any]] = {"error": 429, "message": "Request Limit Reached"}
"""As an ERP maker's help page quotes it."""


class ApiError(Exception):
    """The call is refused; ``more`` stands beside ``error`` and ``message``."""

    def __init__(self, status: int, error: int, message: str, **more: Any) -> None:
        super().__init__(f"{status} {error} {message}")
        self.status = status
        self.error = error
        self.message = message
        self.more = more

    def body(self) -> dict[str, Any]:
        """What the caller reads."""
        return {"error": self.error, "message": self.message, **self.more}


def bad(error: int, message: str) -> ApiError:
    """The call breaks the contract."""
    return ApiError(400, error, message)


def not_found(what: str) -> ApiError:
    """There is no such thing."""
    return ApiError(404, NOT_FOUND, f"{what} not found")


def exists(message: str, resource_id: Any) -> ApiError:
    """It is there already: the answer names it."""
    return ApiError(409, EXISTS, message, id=resource_id)


def not_emulated(what: str) -> ApiError:
    """It is real, and left out here."""
    return ApiError(501, 501, f"{what} is real but not emulated")


def unauthorized() -> ApiError:
    """There is no token, or it is wrong or too old."""
    return ApiError(401, inferred.BAD_TOKEN_ERROR, inferred.UNAUTHORIZED_TEXT)


def missing_scope(status: int, scope: str) -> ApiError:
    """The token does not have the scope; sources disagree on how that is said."""
    if status == 401:  # noqa: PLR2004 - HTTP
        return ApiError(401, NO_PERMISSION, f"No permission: {scope}")
    return ApiError(403, 403, inferred.FORBIDDEN_TEXT)

"""Refusals: worded as the older dialect does, whose shape clients know (L1, L2, L6); those of v2 are not published."""

from typing import Any


class ApiError(Exception):
    """The call is refused.

    Args:
        message: A sentence, or texts by field.
        code: The number inside the body; the status where nothing else is known.
    """

    def __init__(self, status: int, message: Any, code: int = 0) -> None:
        super().__init__(f"{status} {message}")
        self.status = status
        self.message = message
        self.code = code or status

    def body(self) -> dict[str, Any]:
        """What the caller reads."""
        return {"success": False, "code": self.code, "message": self.message}


def invalid(**fields: str) -> ApiError:
    """Fields that cannot be so, each with why."""
    return ApiError(400, {"validation": {name: [text] for name, text in fields.items()}})


def refused(field: str, text: str) -> ApiError:
    """One field, whose name may hold a point."""
    return ApiError(400, {"validation": {field: [text]}})


def unauthorised() -> ApiError:
    """The key is missing, or nobody's."""
    return ApiError(401, "Unauthorized")


def forbidden(what: str) -> ApiError:
    """The key's employee may not."""
    return ApiError(403, f"No permission: {what}")


def not_found(what: str) -> ApiError:
    """There is no such record or address."""
    return ApiError(404, f"{what} not found")


def too_many() -> ApiError:
    """The limit of calls a second."""
    return ApiError(429, "Too Many Requests")

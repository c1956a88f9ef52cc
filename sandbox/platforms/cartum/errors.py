"""Refusals as the platform words them: a status inside the envelope, with HTTP 200 as the rule.

The wording of those that name a faulty parameter is [inferred]; the others are from clients (K1, K2, K9).
"""

from typing import Any

from sandbox.platforms.cartum.inferred import REFUSED_ROW

HTTP_OK = 200


class ApiError(Exception):
    """The call is refused.

    Args:
        status: The envelope's.
        http: The status of the answer around it.
    """

    def __init__(self, status: str, response: Any, http: int = HTTP_OK) -> None:
        super().__init__(f"{status} {response}")
        self.status = status
        self.response = response
        self.http = http

    def body(self) -> dict[str, Any]:
        """What the caller reads."""
        return {"status": self.status, "response": self.response}


class Gone(Exception):  # noqa: N818 - nothing is wrong with the call
    """The function is not below this address: the plan has no API (K3)."""


class RowError(Exception):
    """One row of a write is refused, and no other one.

    Args:
        code: The number in an import's log.
    """

    def __init__(self, message: str, code: int = REFUSED_ROW) -> None:
        super().__init__(message)
        self.code = code


def wrong_login(http: int) -> ApiError:
    """Nobody has this name with this password."""
    return ApiError("ERROR", {"message": "Incorrect input data (login or password)."}, http)


def quota(seconds: int, http: int) -> ApiError:
    """The hour's calls are used up."""
    text = f"You hour requests limit has been exceeded. Retry after {seconds} seconds"
    return ApiError("HTTP_ERROR", {"code": 429, "message": text}, http)


def no_json() -> ApiError:
    """The body is none: a BOM, another encoding, a form."""
    return ApiError("HTTP_ERROR", {"code": 400, "message": "Payload is not valid JSON"})


def undefined() -> ApiError:
    """This version knows no such function; the empty response looks like no data."""
    return ApiError("UNDEFINED_FUNCTION", [])


def invalid(message: str) -> ApiError:
    """The call breaks the contract."""
    return ApiError("ERROR", {"message": message})

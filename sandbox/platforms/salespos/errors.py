"""Refusals, in the body shape the platform file gives: ``status``, ``code``, ``developermessage`` (SDK S1).

The documented codes are those of the SDK's error table. The platform publishes no code for a refused
credential, an invalid body or an absent record: the four codes below marked [inferred] stand for them.
"""

from typing import Any

UNAUTHORISED = "401.10"
"""[inferred] Bad or stale signature, unknown key."""
INVALID = "400.10"
"""[inferred] A body, header or query parameter that breaks the contract."""
NO_SUCH_REFERENCE = "400.20"
"""[inferred] The body names a record that does not exist."""
NO_SUCH_RECORD = "404.10"
"""[inferred] The path names a record that does not exist."""

UNKNOWN_RESOURCE = "404.20"
METHOD_NOT_ALLOWED = "405.10"
RATE_LIMIT = "429.10"
TOTAL_LIMIT = "429.11"
RATE_LIMIT_FAILURE = "500.10"
OUTPUT_MISMATCH = "500.20"
SCHEMA_MISSING = "500.25"
ALREADY_EXISTS = "500.40"
SAME_VALUE = "500.50"
PRODUCT_LIMIT = "500.60"
PAYLOAD_TOO_BIG = "500.80"
RESOURCE_NOT_IMPLEMENTED = "501.20"
RESOURCE_READ_ONLY = "501.30"


class ApiError(Exception):
    """The call is refused; the HTTP status is the code's first part."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code} {message}")
        self.code = code
        self.message = message
        self.status = int(code.split(".", maxsplit=1)[0])

    def body(self) -> dict[str, Any]:
        """What the caller reads."""
        return {"status": self.status, "code": self.code, "developermessage": self.message}


def invalid(message: str) -> ApiError:
    """The call breaks the contract."""
    return ApiError(INVALID, message)

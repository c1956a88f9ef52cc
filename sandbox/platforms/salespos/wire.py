"""What travels: a body as JSON, moments in UTC with ``Z``."""

from datetime import UTC, datetime
from typing import Any

from sandbox.platforms.kit.wire import read_json
from sandbox.platforms.salespos.errors import invalid

Record = dict[str, Any]


def read(text: bytes) -> Any:
    """Parse a body; numbers with a fraction become Decimal.

    Raises:
        ApiError: The text is no JSON.
    """
    try:
        return read_json(text)
    except ValueError as problem:
        raise invalid(f"the body is not JSON: {problem}") from problem


def moment(value: datetime) -> str:
    """A moment as the platform writes it, to the second."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

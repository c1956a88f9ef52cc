"""What a function of the API is: its parameters in, its answer out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.platforms.cartum.errors import HTTP_OK
from sandbox.platforms.cartum.state import Shop
from sandbox.platforms.cartum.wire import Record
from sandbox.platforms.kit.fields import Shape

POST, PUT = "POST", "PUT"


@dataclass(frozen=True)
class Answer:
    """What a function answers.

    Args:
        status: The envelope's; empty for an answer without envelope.
        response: What is inside, or the whole body.
    """

    status: str
    response: Any
    http: int = HTTP_OK

    def body(self) -> Any:
        """What the caller reads."""
        return {"status": self.status, "response": self.response} if self.status else self.response


@dataclass(frozen=True)
class Function:
    """One function.

    Args:
        params: What its body may hold, beside the token.
        rows: The rows of a write, by the name of the parameter.
        collection: Under which name a list comes.
        refused: The log's row for one that is refused with a sentence.
        is_import: Too large a body never gets through.
    """

    handle: Callable[[Shop, Record], Answer]
    params: Shape = field(default_factory=dict)
    methods: tuple[str, ...] = (POST,)
    rows: str = ""
    collection: str = ""
    refused: Callable[[Shop, Record, str], Record] | None = None
    is_import: bool = False


Functions = Mapping[str, Function]
"""Path below the base address, such as ``orders/get``, to function."""


def listing(name: str, rows: Any) -> Answer:
    """A list; without a row it is ``EMPTY`` (C9, K10)."""
    return Answer("OK" if rows else "EMPTY", {name: rows})


def logged(log: list[Record], failed: bool) -> Answer:
    """The log of a write: ``WARNING`` when a row failed (C4)."""
    return Answer("WARNING" if failed else "OK", {"log": log})

"""The error envelope and every error this emulator answers with.

Codes that begin with ``SANDBOX__`` are not Shopware's: they mark what a real shop would have silently
ignored (an unknown key) or answered, but the emulator does not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

BLANK = "c1051bb4-d103-4f74-8988-acbcafc7fdc3"
WRONG_TYPE = "ba785a8c-82cb-4283-967c-3cf342181b40"
INVALID_UUID = "FRAMEWORK__INVALID_UUID"
NOT_WRITABLE = "FRAMEWORK__WRITE_CONSTRAINT_VIOLATION"
"""The code of a refused field. [inferred]: the platform file names the violation, not its code."""


@dataclass(frozen=True)
class Problem:
    """One entry of the ``errors`` list."""

    status: int
    code: str
    detail: str | None
    title: str | None = None
    pointer: str | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The entry as JSON. Empty parameters are ``[]``; a validation error has no title."""
        entry: dict[str, Any] = {"code": self.code, "status": str(self.status)}
        if self.title is not None:
            entry["title"] = self.title
        entry["detail"] = self.detail
        if self.pointer is not None:
            entry["source"] = {"pointer": self.pointer}
        return entry | {"meta": {"parameters": dict(self.parameters) or []}}


class ApiError(Exception):
    """Ends a request with the envelope. All problems of one request share a status."""

    def __init__(self, *problems: Problem, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(problems[0].detail)
        self.problems: Sequence[Problem] = problems
        self.headers = dict(headers or {})

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.problems[0].status

    def to_json(self) -> dict[str, Any]:
        """The body of the answer."""
        return {"errors": [problem.to_json() for problem in self.problems]}


def api_error(
    status: int,
    code: str,
    detail: str | None,
    *,
    pointer: str | None = None,
    **parameters: Any,
) -> ApiError:
    """An error of one problem, titled with the status text."""
    return ApiError(Problem(status, code, detail, HTTPStatus(status).phrase, pointer=pointer, parameters=parameters))


def violation(pointer: str, code: str, detail: str, value: object = None) -> Problem:
    """A validation problem of one field; these have no title."""
    shown = value if isinstance(value, str) else "null"
    return Problem(400, code, detail, pointer=pointer, parameters={"{{ value }}": shown})


def not_found(detail: str) -> ApiError:
    """An unknown path or entity name."""
    return api_error(404, "0", detail)


def unknown_key(name: str, where: str) -> ApiError:
    """A key Shopware does not document. A shop would ignore it; here it is a mistake worth seeing."""
    detail = f"The sandbox refuses the unknown key {name!r} in {where}; a real shop would ignore it."
    return api_error(400, "SANDBOX__UNKNOWN_KEY", detail, pointer=f"/{name}", key=name)


def not_simulated(what: str) -> ApiError:
    """Something a real shop does and this emulator does not."""
    return api_error(501, "SANDBOX__NOT_SIMULATED", f"{what} is documented by Shopware but not simulated.")

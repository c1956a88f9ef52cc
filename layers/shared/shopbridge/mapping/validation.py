"""What is wrong with a record, in words that hold none of its values, and with a connection's settings, all at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from shopbridge.errors import BridgeError, Held
from shopbridge.mapping.names import folded

Body = TypeVar("Body", bound=BaseModel)


def validated(model: type[Body], payload: Mapping[str, Any], *, refused: str, where: str, fix: str) -> Body:
    """Return a payload as the target takes it.

    Raises Held (code ``invalid_draft``) with ``refused`` and what does not fit.
    """
    try:
        return model.model_validate(payload)
    except ValidationError as error:
        raise Held(f"{refused}: {all_errors(error)}", code="invalid_draft", where=where, fix=fix) from error


def first_error(error: ValidationError) -> str:
    """Return where a record is not what we know, and how."""
    first = error.errors(include_url=False, include_input=False)[0]
    return f"{_place(first['loc']) or 'its top'}: {first['msg']}"


def all_errors(error: ValidationError) -> str:
    """Return every field that does not fit, and why; a fault of the whole record has no place."""
    found = error.errors(include_url=False, include_input=False)
    return "; ".join(": ".join(filter(None, (_place(each["loc"]), each["msg"]))) for each in found)


def _place(parts: tuple[int | str, ...]) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts).lstrip(".")


@dataclass(frozen=True)
class RuleProblem:
    """One thing to repair.

    Attributes:
        where: The setting, for example ``field rule 2 (orderrows[].memo)``.
        what: A sentence without a final full stop.
        fix: What to do, a full sentence.
    """

    where: str
    what: str
    fix: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}. {self.fix}"


class BadSettings(BridgeError):  # noqa: N818 - named by consequence, as all errors here
    """The settings cannot be saved; ``problems`` lists every reason."""

    def __init__(self, problems: Sequence[RuleProblem]) -> None:
        super().__init__(
            "; ".join(f"{problem.where}: {problem.what}" for problem in problems),
            where="connection settings",
            fix=" ".join(dict.fromkeys(problem.fix for problem in problems)),
        )
        self.problems = tuple(problems)


def nearest(text: str, known: Iterable[str]) -> str:
    """Return the word that is most like ``text``, however both are written; empty when none is."""
    from difflib import get_close_matches

    spelled = {folded(each): each for each in known}
    close = get_close_matches(folded(text), spelled, n=1)
    return spelled[close[0]] if close else ""

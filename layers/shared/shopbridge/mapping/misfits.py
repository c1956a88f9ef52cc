"""Where a record does not fit its model, in words that hold none of its values."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from shopbridge.errors import Held

Body = TypeVar("Body", bound=BaseModel)


def fitted(model: type[Body], payload: Mapping[str, Any], *, refused: str, where: str, fix: str) -> Body:
    """A payload as the target takes it. Raises Held (code ``invalid_draft``) with ``refused`` and what does not fit."""
    try:
        return model.model_validate(payload)
    except ValidationError as error:
        raise Held(f"{refused}: {misfits(error)}", code="invalid_draft", where=where, fix=fix) from error


def first_misfit(error: ValidationError) -> str:
    """Where a record is not what we know, and how."""
    first = error.errors(include_url=False, include_input=False)[0]
    return f"{_place(first['loc']) or 'its top'}: {first['msg']}"


def misfits(error: ValidationError) -> str:
    """Every field that does not fit, and why; a fault of the whole record has no place."""
    found = error.errors(include_url=False, include_input=False)
    return "; ".join(": ".join(filter(None, (_place(each["loc"]), each["msg"]))) for each in found)


def _place(parts: tuple[int | str, ...]) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts).lstrip(".")

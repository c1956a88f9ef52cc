"""Where a record does not fit its model, in words that hold none of its values."""

from pydantic import ValidationError


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

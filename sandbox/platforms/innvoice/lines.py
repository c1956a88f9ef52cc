"""A document's lines: flat under ``invoice`` and numbered, or in one of two other forms (client S1)."""

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sandbox.platforms.innvoice.errors import invalid
from sandbox.platforms.innvoice.spelling import LineForm
from sandbox.platforms.innvoice.wire import Record, as_list

NESTED_NAME = "tetel"


def take_apart(sent: Record, names: Collection[str]) -> tuple[Record, list[Any], Sequence[LineForm]]:
    """The header, the lines, and the forms they may be in.

    Args:
        names: A line's fields.

    Raises:
        ApiError: There is no line, a number is missing, or two forms are mixed.
    """
    flat, header = _split(sent, names)
    nested = as_list(header.pop(NESTED_NAME, []))
    if bool(nested) == bool(flat):
        raise invalid("two forms of lines are mixed" if nested else "there is no line")
    if nested:
        return header, nested, (LineForm.NESTED,)
    forms = _forms(set(flat))
    return header, [flat[number] for number in sorted(flat, key=_rank)], forms


def _split(sent: Record, names: Collection[str]) -> tuple[Mapping[str, Record], Record]:
    pattern = re.compile(f"({'|'.join(sorted(names))})([1-9][0-9]*|)")
    flat: defaultdict[str, Record] = defaultdict(dict)
    header: Record = {}
    for name, value in sent.items():
        if found := pattern.fullmatch(name):
            flat[found[2]][found[1]] = value
        else:
            header[name] = value
    return flat, header


def _forms(numbers: Collection[str]) -> Sequence[LineForm]:
    if numbers == {""}:
        return (LineForm.NUMBERED, LineForm.FIRST_BARE)
    counted = {str(at) for at in range(1, len(numbers) + 1)}
    if numbers == counted and len(numbers) > 1:
        return (LineForm.NUMBERED,)
    if numbers == {"", *(counted - {"1"})}:
        return (LineForm.FIRST_BARE,)
    raise invalid("lines are numbered from 1 without a gap, and a single line is not")


def _rank(number: str) -> int:
    return int(number or 1)


def put_together(lines: Sequence[Record]) -> Record:
    """Lines in the form that the newest released client sends."""
    if len(lines) == 1:
        return lines[0]
    return {f"{name}{at}": value for at, line in enumerate(lines, 1) for name, value in line.items()}

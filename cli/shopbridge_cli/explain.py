"""What reasons and events mean, as the operations page has it."""

import json
import textwrap
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from shopbridge_cli.client import RefusedError

FILE = Path(__file__).with_name("reasons.json")
WIDTH = 80


@cache
def reasons() -> dict[str, dict[str, str]]:
    """By code: what it is about, what it means and what to do."""
    found: dict[str, dict[str, str]] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def explained(code: str) -> str:
    """A code in words, at most 80 letters wide.

    Raises:
        RefusedError: There is none; the one that was meant is named.
    """
    known = reasons().get(code)
    if known is None:
        meant_ones = meant(code) or " `held` and `skipped` show those that there are."
        raise RefusedError(f"There is no reason or event {code!r}.{meant_ones}", kind="not_found")
    means, to_do = _sentence(known["means"]), _sentence(known["do"])
    lines = [f"{code} ({known['about']})", *_wrapped(means), *_wrapped(f"What to do: {to_do}")]
    return "\n".join(lines)


def meant(code: str) -> str:
    """Which codes a text that is none may stand for, as a question; empty for a code, and where none is close.

    Codes with capitals, digits or points are a platform's own: nobody here knows them all.
    """
    close = [] if code in reasons() else get_close_matches(code, reasons(), n=3)
    return f" Did you mean {', '.join(close)}?" if close else ""


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?")) else ".")


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent="  ", subsequent_indent="  ")

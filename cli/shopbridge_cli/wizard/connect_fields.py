"""Asks for the settings and credentials of a platform, field by field as its form tells them."""

from collections.abc import Iterable, Mapping, MutableMapping
from decimal import Decimal, InvalidOperation
from typing import Any

from shopbridge_cli.wizard import questions

Field = Mapping[str, Any]
Words = Mapping[str, Mapping[str, str]]
"""By list, the platform's own keys with what it calls them."""


def ask_settings(fields: Iterable[Field], settings: MutableMapping[str, Any], words: Words) -> None:
    """Ask for each of these and keep what was answered; what is answered as by default is not kept."""
    for field in fields:
        found = answer(field, settings.get(field["key"], field["default"]), words)
        if found in (field["default"], None) and not field["required"]:
            settings.pop(field["key"], None)
        else:
            settings[field["key"]] = found


def answer(field: Field, present: Any, words: Words) -> Any:
    """Ask for one value; None where there is to be none."""
    choices = words.get(field["words"]) if field["words"] else None
    if choices:
        return _chosen(field, present, choices)
    kind, label = field["kind"], field["title"]
    if kind == "bool":
        _help(field)
        return questions.yes(label, default=bool(present))
    if kind == "choice":
        _help(field)
        return questions.one(label, {each: each for each in field["choices"]}, default=str(present or ""))
    return _typed(field, present)


def _help(field: Field) -> None:
    if field["help"]:
        questions.say(field["help"], indent=2, style="dim")


def _chosen(field: Field, present: Any, choices: Mapping[str, str]) -> Any:
    """Of the platform's own list."""
    _help(field)
    if field["kind"] == "list":
        kept = [str(each) for each in present or ()]
        return _numbers(field, questions.many(field["title"], choices, default=kept))
    only = next(iter(choices)) if len(choices) == 1 else ""
    default = str(present) if str(present) in choices else only
    key = questions.one(field["title"], choices, default=default, optional=not _is_wanted(field))
    return _number(field, key) if key else None


def _is_wanted(field: Field) -> bool:
    """Whether it must be chosen: what has no default and no word on being left empty."""
    return field["required"] or "Left empty, verifying" in field["help"] or isinstance(field["default"], str)


def _numbers(field: Field, keys: list[str]) -> list[Any]:
    """Lists of numbers are written as numbers, as people would."""
    numeric = isinstance(field["default"], list) and all(isinstance(each, int) for each in field["default"])
    return [int(key) if numeric and key.isdecimal() and field["default"] else key for key in keys]


def _number(field: Field, key: str) -> Any:
    return int(key) if field["kind"] == "whole_number" and key.isdecimal() else key


def _typed(field: Field, present: Any) -> Any:
    shown, needed = _written(present), bool(field["required"])
    typed = questions.again_until(
        lambda: questions.text(field["title"], help=field["help"], default=shown, needed=needed),
        lambda text: _wrong(field["kind"], text),
    )
    return _read(field["kind"], typed)


def _written(value: Any) -> str:
    """A value as people type it."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key}={each}" for key, each in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(str(each) for each in value)
    return "" if value is None else str(value)


def _wrong(kind: str, text: str) -> str:
    """What is wrong with the form of an answer; what it says is for the bridge to judge."""
    if not text:
        return ""
    if kind == "whole_number" and not text.isdecimal():
        return "This should be a whole number."
    if kind == "number" and not _is_number(text):
        return "This should be a number, such as 21 or 5.5."
    if kind == "map" and any("=" not in part for part in _parts(text)):
        return "Write it as first=1, second=2."
    return ""


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


def _read(kind: str, text: str) -> Any:
    if kind == "list":
        return _parts(text)
    if kind == "map":
        entries = (part.partition("=") for part in _parts(text))
        return {key.strip(): value.strip() for key, _, value in entries}
    if not text:
        return None if kind in ("whole_number", "number", "day") else ""
    return int(text) if kind == "whole_number" else text


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def ask_way(fields: Iterable[Field]) -> str:
    """Ask which of several ways in it is; empty where there is only one."""
    ways = list(dict.fromkeys(field["way"] for field in fields if field["way"]))
    if not ways:
        return ""
    return questions.one("Log in by", {way: way for way in ways}, default=ways[0])


def ask_secrets(fields: Iterable[Field], secrets: MutableMapping[str, str], *, kept: bool = False) -> None:
    """Ask for credentials; a name may be seen, and taken again as it was typed before; a secret never.

    Args:
        kept: An empty answer leaves what the bridge has stored.
    """
    for field in fields:
        needed = bool(field["required"] or field["way"])
        if field["shown"]:
            label = f"{field['title']} (empty keeps it)" if kept else field["title"]
            typed = questions.text(
                label, help=field["help"], default=secrets.get(field["key"], ""), needed=needed and not kept
            )
        else:
            typed = questions.secret(field["title"], help=field["help"], kept=kept, needed=needed)
        if typed:
            secrets[field["key"]] = typed

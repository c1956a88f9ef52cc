"""What forms ask for: the fields of a settings model as plain data, so that nobody who asks needs the model itself."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import BaseModel, SecretStr
from pydantic.config import JsonDict
from pydantic.fields import FieldInfo

from shopbridge.model.base import Model

Kind = Literal["text", "choice", "number", "whole_number", "bool", "day", "list", "map", "secret"]
OURS: JsonDict = {"ours": True}
"""Marks a secret that nobody types: the bridge fills it in."""
SHOWN: JsonDict = {"shown": True}
"""Marks a credential that is a name rather than a secret, and may be seen while it is typed."""
ADDRESS = "url"
"""Asked for in any case: a test system has another one than everybody's."""
_KINDS: Mapping[str, Kind] = {
    "boolean": "bool",
    "integer": "whole_number",
    "number": "number",
    "array": "list",
    "object": "map",
}


def asked(words: str = "") -> JsonDict:
    """Mark a setting that setting up asks for, though it has a default.

    Args:
        words: Which of the platform's own lists (``Vocabulary``) has its values, once it has let us in.
    """
    return {"asked": True, "words": words}


def one_way(way: str, *, shown: bool = False) -> JsonDict:
    """Mark a credential of one of several ways in, by the way's name."""
    return {"way": way, "shown": shown}


class FormField(Model):
    """A setting or a secret.

    Attributes:
        key: Its place below the model, with points: ``maps.payment.fallback``.
        title, help: For people; in ``help`` marks of code stand in backquotes.
        choices: All values of a ``choice``.
        default: None for a secret, and for what has none.
        words: Which of the platform's own lists has its values; empty for none.
        asked: Whether setting up asks for it: what is required, and what is mostly set.
        way: Of several ways in the one that it belongs to; empty for all of them.
        shown: May be seen while it is typed.
    """

    key: str
    title: str
    help: str
    kind: Kind
    required: bool
    default: Any = None
    choices: tuple[str, ...] = ()
    words: str = ""
    asked: bool = False
    way: str = ""
    shown: bool = True


class PlatformForm(Model):
    """A platform as whoever sets a connection up sees it.

    Attributes:
        sides: Where it can stand: ``shop``, ``office``.
        can: Its capabilities.
        withheld: Of these the ones that are off with the settings' defaults, each with what to do.
    """

    key: str
    title: str
    sides: tuple[str, ...]
    can: tuple[str, ...]
    withheld: dict[str, str]
    settings: tuple[FormField, ...]
    secrets: tuple[FormField, ...]
    notes: tuple[str, ...]


def form_of(model: type[BaseModel], prefix: str = "") -> Iterator[FormField]:
    """Yield each field, those of models below it by their place; what the bridge fills in itself is left out."""
    properties = model.model_json_schema()["properties"]
    for name, field in model.model_fields.items():
        below = field.annotation
        if isinstance(below, type) and issubclass(below, BaseModel):
            yield from form_of(below, f"{prefix}{name}.")
        elif not _hint(field, "ours"):
            yield _field(f"{prefix}{name}", field, properties[field.alias or name])


def _field(key: str, field: FieldInfo, schema: Mapping[str, Any]) -> FormField:
    kind, choices = _kind(schema)
    return FormField(
        key=key,
        title=field.title or key,
        help=field.description or "",
        kind=kind,
        required=field.is_required(),
        default=_default(field),
        choices=choices,
        words=str(_hint(field, "words") or ""),
        asked=field.is_required() or key == ADDRESS or bool(_hint(field, "asked")),
        way=str(_hint(field, "way") or ""),
        shown=kind != "secret" or bool(_hint(field, "shown")),
    )


def _hint(field: FieldInfo, name: str) -> object:
    extra = field.json_schema_extra
    return extra.get(name) if isinstance(extra, dict) else None


def _kind(schema: Mapping[str, Any]) -> tuple[Kind, tuple[str, ...]]:
    """Of several forms of a value the one that people write: a number that may be a text, or nothing, is a number."""
    parts = [part for part in schema.get("anyOf", [schema]) if part.get("type") != "null"]
    first = parts[0]
    if "enum" in first:
        return "choice", tuple(str(each) for each in first["enum"])
    if first.get("format") in ("password", "date"):
        return ("secret" if first["format"] == "password" else "day"), ()
    return _KINDS.get(str(first.get("type", "")), "text"), ()


def _default(field: FieldInfo) -> Any:
    if field.is_required():
        return None
    value = field.get_default(call_default_factory=True)
    return None if isinstance(value, SecretStr) else value

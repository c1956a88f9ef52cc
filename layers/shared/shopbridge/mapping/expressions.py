"""JMESPath over order documents, with decimals instead of floats.

A document is plain data (see ``as_document``). JMESPath's own truth holds: null, ``false``, ``""``, ``[]`` and ``{}``
are false, everything else is true, ``0`` too.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import Enum
from itertools import takewhile
from typing import Any

from jmespath import functions
from jmespath.exceptions import ArityError, JMESPathError, JMESPathTypeError, ParseError
from jmespath.parser import ParsedResult, Parser
from jmespath.visitor import Options

# jmespath tells types by class name and knows no decimals; without this sum(), max_by() and the like refuse money.
functions.TYPES_MAP["Decimal"] = "number"
functions.REVERSE_TYPES_MAP["number"] = ("int", "float", "Decimal")

MOST_DIGITS = 40

OPEN_FIELDS = frozenset({"extras", "fields", "options", "prices"})
"""Fields of an order or product whose keys differ from shop to shop."""


class ExpressionError(ValueError):
    """An expression cannot be read, or does not work on a document."""


class _Functions(functions.Functions):
    """The standard functions, where they would make floats or lose decimals."""

    @functions.signature({"types": []})
    def _func_to_number(self, value: Any) -> Any:
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            return value
        try:
            number = Decimal(value) if isinstance(value, str) else None
        except InvalidOperation:
            return None
        # "1e999999999" in a comment is a number, too, and a text of a gigabyte once it is written out.
        return number if number is not None and number.is_finite() and abs(number.adjusted()) < MOST_DIGITS else None

    @functions.signature({"types": []})
    def _func_to_string(self, value: Any) -> Any:
        if isinstance(value, str):
            return value
        return f"{value:f}" if isinstance(value, Decimal) else json.dumps(value, default=str)

    @functions.signature({"types": []})
    def _func_type(self, value: Any) -> str:
        return functions.TYPES_MAP[type(value).__name__]


_OPTIONS = Options(custom_functions=_Functions())


@dataclass(frozen=True)
class Expression:
    """A compiled JMESPath expression."""

    text: str
    parsed: ParsedResult

    def search(self, document: Mapping[str, Any]) -> Any:
        """Evaluate it.

        Raises:
            ExpressionError: A function got a value it does not take, or a number met a text in a comparison.
        """
        try:
            return self.parsed.search(document, options=_OPTIONS)
        except JMESPathTypeError as error:
            raise ExpressionError(
                f"{error.function_name}() does not take a value of type {error.actual_type}"
            ) from error
        except ArityError as error:
            raise ExpressionError(f"{error.function_name}() takes {error.expected_arity} values") from error
        # jmespath lets Python's own errors out, such as a comparison of a number with a text.
        except (ValueError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
            raise ExpressionError("it puts values together that do not fit, such as a number and a text") from error

    def unknown_names(self, document: Mapping[str, Any]) -> list[str]:
        """Return the dotted names that it reads from the root and a whole sample document does not have."""
        return [".".join(names) for names in _root_names(self.parsed.parsed) if _is_unknown(names, document)]


def compile_expression(text: str) -> Expression:
    """Read an expression.

    Raises:
        ExpressionError: Says what is wrong, and at which character.
    """
    try:
        tree = Parser().parse(text).parsed
    except ParseError as error:
        raise ExpressionError(f"it cannot be read at character {error.lex_position + 1}") from error
    except (JMESPathError, RecursionError) as error:
        raise ExpressionError("it is empty or nested too deep") from error
    unknown = sorted(set(_function_names(tree)) - set(_Functions.FUNCTION_TABLE))
    if unknown:
        raise ExpressionError(f"there is no function {unknown[0]}()")
    return Expression(text, ParsedResult(text, _with_decimals(tree)))


def is_true(value: Any) -> bool:
    """Tell truth as JMESPath does."""
    return not (value is None or value is False or value in ("", [], {}))


def as_document(value: Any) -> Any:
    """Turn a model's dump (Python mode) into plain data for JMESPath: lists, ISO dates, enum values, decimals kept."""
    if isinstance(value, Mapping):
        return {str(as_document(key)): as_document(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [as_document(item) for item in value]
    if isinstance(value, Enum):
        return as_document(value.value)
    if isinstance(value, date):
        return value.isoformat()
    return Decimal(str(value)) if isinstance(value, float) else value


def _with_decimals(tree: Any) -> Any:
    """Copy a syntax tree with its floats as decimals: a literal ``0.1`` then equals the order's 0.1."""
    if isinstance(tree, dict):
        return {key: _with_decimals(item) for key, item in tree.items()}
    if isinstance(tree, list):
        return [_with_decimals(item) for item in tree]
    return Decimal(str(tree)) if isinstance(tree, float) else tree


def _function_names(tree: Any) -> Iterator[str]:
    if isinstance(tree, dict):
        if tree.get("type") == "function_expression":
            yield tree["value"]
        tree = tree.get("children", [])
    if isinstance(tree, list):
        for child in tree:
            yield from _function_names(child)


_SAME_SCOPE = frozenset(
    {"or_expression", "and_expression", "not_expression", "comparator", "function_expression", "key_val_pair"}
    | {"multi_select_list", "multi_select_dict"}
)
"""Nodes whose children all read from the same place; of the others only the first child does."""


def _root_names(tree: Any) -> Iterator[list[str]]:
    """Yield each chain of names that starts at the document's root."""
    children = tree.get("children", [])
    if tree["type"] == "field":
        yield [tree["value"]]
    elif tree["type"] == "subexpression":
        more = [child["value"] for child in takewhile(lambda child: child["type"] == "field", children[1:])]
        yield from (names + more for names in _root_names(children[0]))
    elif tree["type"] not in {"literal", "expref", "slice", "index"}:
        for child in children if tree["type"] in _SAME_SCOPE else children[:1]:
            yield from _root_names(child)


def _is_unknown(names: list[str], document: Any) -> bool:
    node = document
    for name in names:
        if not isinstance(node, dict):
            return False
        if name not in node or name in OPEN_FIELDS:
            return name not in node
        node = node[name]
    return False

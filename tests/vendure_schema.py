"""The part of Vendure's schema that the connector's documents use, as a real server tells it by introspection."""

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    build_client_schema,
    get_named_type,
    parse,
    print_type,
    validate,
    visit,
)

import shopbridge.connectors.vendure
from shopbridge.connectors.vendure.api import Document

SHORT, COLUMNS = 500, 110
"""Letters of a list of words that stays as it is; and of a line of one that does not."""


def documents() -> dict[str, str]:
    """Every document that the connector sends, by its name."""
    package = shopbridge.connectors.vendure
    modules = [
        importlib.import_module(each.name) for each in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    ]
    found = (value for module in modules for value in vars(module).values() if isinstance(value, Document))
    return {each.name: each.text for each in found}


def needed_part(introspection: Any) -> str:
    """Types with the fields that the documents ask for; inputs and enums whole.

    Raises:
        ValueError: A document does not fit the schema.
    """
    schema = build_client_schema(introspection)
    uses = _Uses(schema)
    for name, text in documents().items():
        parsed = parse(text)
        if problems := validate(schema, parsed):
            raise ValueError(f"{name}: {problems[0].message}")
        visit(parsed, TypeInfoVisitor(uses.info, uses))
    return "\n\n".join(_printed(kind, uses.fields.get(kind.name, set())) for kind in uses.types()) + "\n"


class _Uses(Visitor):
    """Notes which fields of which types are asked for."""

    def __init__(self, schema: GraphQLSchema) -> None:
        super().__init__()
        self.schema, self.info = schema, TypeInfo(schema)
        self.fields: dict[str, set[str]] = {}

    def enter_field(self, node: Any, *_: Any) -> None:
        """Note the field, whatever type it is asked of."""
        parent = self.info.get_parent_type()
        if parent is not None and node.name.value != "__typename":
            self._note(parent, node.name.value)

    def _note(self, parent: Any, name: str) -> None:
        self.fields.setdefault(parent.name, set()).add(name)
        if isinstance(parent, GraphQLInterfaceType):
            for each in self.schema.get_implementations(parent).objects:
                self.fields.setdefault(each.name, set()).add(name)

    def types(self) -> list[GraphQLNamedType]:
        """All types that are asked for or sent, by name."""
        known: dict[str, GraphQLNamedType] = {}
        waiting: list[Any] = [self.schema.type_map["Query"], self.schema.type_map["Mutation"]]
        while waiting:
            kind = waiting.pop()
            if kind.name not in known and not kind.name.startswith("__"):
                known[kind.name] = kind
                waiting += self._beside(kind)
        return [known[name] for name in sorted(known) if name not in ("Int", "Float", "String", "Boolean", "ID")]

    def _beside(self, kind: Any) -> Iterator[Any]:
        if isinstance(kind, GraphQLUnionType):
            yield from kind.types
        if isinstance(kind, GraphQLInputObjectType):
            yield from (get_named_type(each.type) for each in kind.fields.values())
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            if "errorCode" in kind.fields:
                yield self.schema.type_map["ErrorResult"]
            for name in self.fields.get(kind.name, ()):
                field = kind.fields[name]
                yield get_named_type(field.type)
                yield from (get_named_type(each.type) for each in field.args.values())


def _printed(kind: GraphQLNamedType, asked: set[str]) -> str:
    """A type without what nobody asks for; one of which only the name is asked for keeps its first field."""
    text = print_type(_bare(kind, asked))
    return text if isinstance(kind, GraphQLEnumType) and len(text) < SHORT else _folded(text, kind)


def _folded(text: str, kind: GraphQLNamedType) -> str:
    """Long lists of words in few lines."""
    if not isinstance(kind, GraphQLEnumType):
        return text
    words, lines = " ".join(kind.values), [""]
    for word in words.split():
        if len(lines[-1]) + len(word) > COLUMNS:
            lines.append("")
        lines[-1] += f" {word}"
    return f"enum {kind.name} {{\n" + "\n".join(f" {line}" for line in lines) + "\n}"


def _bare(kind: GraphQLNamedType, asked: set[str]) -> Any:
    """A type without descriptions, and without fields that nobody asks for."""
    kind.description = None
    for each in _described(kind):
        each.description = None
    if not isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
        return kind
    names = [name for name in kind.fields if name in asked] or list(kind.fields)[:1]
    fields = {name: kind.fields[name] for name in names}
    faces = [each for each in kind.interfaces if each.name == "ErrorResult"]
    return type(kind)(kind.name, fields, interfaces=faces)


def _described(kind: Any) -> Iterator[Any]:
    """Everything within a type that may have a description."""
    if isinstance(kind, GraphQLEnumType):
        yield from kind.values.values()
    if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
        for field in kind.fields.values():
            yield field
            yield from getattr(field, "args", {}).values()

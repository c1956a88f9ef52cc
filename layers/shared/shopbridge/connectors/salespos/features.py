"""Features: the extra fields of products, called properties there, in groups (client S4, SDK S1).

A property is only listed in its group, and a product's values only with the groups it has.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from shopbridge.connectors.salespos.calls import get, in_language, patch, post
from shopbridge.connectors.salespos.ensure import ensured, fold
from shopbridge.connectors.salespos.paging import all_pages
from shopbridge.connectors.salespos.product_wire import (
    NAMED,
    PROPERTIES,
    GroupLinkRead,
    PropertyRead,
    ValueRead,
    all_items,
)
from shopbridge.errors import AlreadyDone
from shopbridge.http.client import PlatformClient
from shopbridge.model.catalogue import Feature

TEXTS = frozenset({"Text", "TextArea", ""})
CHOSEN = frozenset({"Option", "OptionCheckbox"})
"""Kinds whose value is the id of an option."""
ONE_OPTION = "Option"
GROUPS = "/productpropertygroups/"


@dataclass(frozen=True)
class Property:
    """A property and the group it is in."""

    group: int
    id: int
    name: str
    type: str


class Properties:
    """What an account has of them. What was read is kept until it is forgotten or something is missing."""

    def __init__(self, client: PlatformClient, language: str) -> None:
        self._client = client
        self._language = language
        self._known: dict[int, Property] | None = None
        self._options: dict[int, dict[int, str]] = {}

    def forget(self) -> None:
        """Read all again when they are needed next."""
        self._known = None
        self._options = {}

    def all(self) -> Mapping[int, Property]:
        """By id: one call, and one for each group."""
        if self._known is None:
            self._known = {found.id: found for found in self._read()}
        return self._known

    def options(self, property_id: int) -> dict[int, str]:
        """The options of a property by id, read once."""
        if property_id not in self._options:
            listed = all_pages(self._client, _options_path(property_id), NAMED, self._language)
            self._options[property_id] = {option.id: option.name for option in listed}
        return self._options[property_id]

    def _read(self) -> Iterator[Property]:
        for group in all_pages(self._client, GROUPS, NAMED):
            listed = all_pages(self._client, f"{GROUPS}{group.id}/productproperties/", PROPERTIES, self._language)
            yield from (_property(group.id, found) for found in listed)

    def of(self, links: Sequence[GroupLinkRead]) -> Iterator[Feature]:
        """A product's features by name; those of a property that is gone are none any more."""
        for value in _values(links):
            found = self.all().get(value.product_property_id)
            if found is not None and (text := self._text(found, value.value)):
                yield Feature(name=found.name, value=text)

    def _text(self, of: Property, value: str) -> str:
        if of.type in CHOSEN:
            return self.options(of.id).get(int(value), "") if value.isdecimal() else ""
        return value.strip()


class FeatureWriter:
    """Gives products their features; a property, group or option that is missing is made."""

    def __init__(self, client: PlatformClient, new_group: str) -> None:
        self._client = client
        self._new_group = new_group
        self._properties = Properties(client, language="")

    def forget(self) -> None:
        """Something was refused: what we know may be old."""
        self._properties.forget()

    def write(
        self, product: int, features: Sequence[Feature], links: Sequence[GroupLinkRead]
    ) -> tuple[bool, tuple[str, ...]]:
        """Write what differs. Whether anything did, and what could not be written; nothing is ever taken away.

        Several values of one feature become one text: SalesPOS has one value for each.
        """
        groups = {link.product_property_group_id for link in links}
        present = {value.product_property_id: value for value in _values(links)}
        changed, remarks = False, []
        for name, text in _joined(features).items():
            target = self._property(name)
            if target.type not in TEXTS | {ONE_OPTION}:
                remarks.append(f"The feature {name} has the type {target.type} in SalesPOS, which is not written.")
                continue
            changed |= self._write(product, target, self._value(target, text), present.get(target.id), groups)
        return changed, tuple(remarks)

    def _write(self, product: int, target: Property, value: str, present: ValueRead | None, groups: set[int]) -> bool:
        if present is not None and present.value.strip() == value:
            return False
        if present is not None:
            self._send(lambda: self._client.send(patch(f"/productpropertyvalues/{present.id}/", {"value": value})))
            return True
        if target.group not in groups:
            body = {"product_id": product, "product_property_group_id": target.group}
            self._send(lambda: self._client.send(post("/producttopropertygroups/", body)))
            groups.add(target.group)
        body = {"product_id": product, "product_property_id": target.id, "value": value}
        self._send(lambda: self._client.send(post("/productpropertyvalues/", body)))
        return True

    def _property(self, name: str) -> Property:
        def find() -> int | None:
            if found := _named(self._properties.all(), name):
                return found.id
            self._properties.forget()
            found = _named(self._properties.all(), name)
            return found.id if found else None

        if found := _named(self._properties.all(), name):
            return found
        group = self._group()
        create = post(f"{GROUPS}{group}/productproperties/", {"name": name, "type": "Text"})
        made = ensured(self._client, find, create, f"feature {name!r}")
        return self._properties.all().get(made) or Property(group, made, name, "Text")

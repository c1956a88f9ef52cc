"""Features: the extra fields of products, called properties there, in groups (client S4, SDK S1).

A property is only listed in its group, and a product's values only with the groups it has. A property, group or option
that is missing is made. Nothing is ever taken away.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from shopbridge.connectors.salespos.api import NamedIds, all_pages, ensure, patch, post, send_change
from shopbridge.connectors.salespos.wire_products import NAMED, PROPERTIES, GroupLinkRead, ValueRead, all_items
from shopbridge.errors import AlreadyDone, OutcomeUnknown
from shopbridge.http.client import PlatformClient
from shopbridge.mapping.names import caseless
from shopbridge.model.catalogue import Feature

GROUPS = "/productpropertygroups/"
TEXTS = frozenset({"Text", "TextArea", ""})
CHOSEN = frozenset({"Option", "OptionCheckbox"})
"""Types whose value is the id of an option."""
OPTION = "Option"


@dataclass(frozen=True)
class Property:
    """A property and the group it is in."""

    group: int
    id: int
    name: str
    type: str


class AccountProperties:
    """What an account has of them. What was read is kept until it is forgotten or something is missing."""

    def __init__(self, client: PlatformClient, language: str = "") -> None:
        self._client = client
        self._language = language
        self._known: dict[int, Property] | None = None
        self._options: dict[int, dict[int, str]] = {}

    def forget(self) -> None:
        """Read all again when they are needed next."""
        self._known = None
        self._options = {}

    def add(self, made: Property) -> None:
        """Add one that was just made."""
        self._by_id()[made.id] = made

    def named(self, name: str) -> Property | None:
        """Return the property with this name; all are read again before there is said to be none."""
        if (found := self._named(name)) is None:
            self.forget()
            found = self._named(name)
        return found

    def features_of(self, links: Sequence[GroupLinkRead]) -> Iterator[Feature]:
        """Yield a product's features by name; those of a property that is gone are none any more."""
        for value in values_of(links):
            found = self._by_id().get(value.product_property_id)
            if found is not None and (text := self._text(found, value.value)):
                yield Feature(name=found.name, value=text)

    def _text(self, of: Property, value: str) -> str:
        if of.type in CHOSEN:
            return self._options_of(of.id).get(int(value), "") if value.isdecimal() else ""
        return value.strip()

    def _named(self, name: str) -> Property | None:
        return next((found for found in self._by_id().values() if caseless(found.name) == caseless(name)), None)

    def _by_id(self) -> dict[int, Property]:
        """One call, and one for each group."""
        if self._known is None:
            self._known = {found.id: found for found in self._read()}
        return self._known

    def _read(self) -> Iterator[Property]:
        for group in all_pages(self._client, GROUPS, NAMED):
            path = f"{GROUPS}{group.id}/productproperties/"
            for found in all_pages(self._client, path, PROPERTIES, self._language):
                yield Property(group.id, found.id, found.name, found.type)

    def _options_of(self, property_id: int) -> Mapping[int, str]:
        if property_id not in self._options:
            listed = all_pages(self._client, options_path(property_id), NAMED, self._language)
            self._options[property_id] = {option.id: option.name for option in listed}
        return self._options[property_id]


def options_path(property_id: int) -> str:
    """Return where the options of a property are."""
    return f"/productproperties/{property_id}/productpropertyoptions/"


def values_of(links: Sequence[GroupLinkRead]) -> Iterator[ValueRead]:
    """Yield all values a product has, whatever the group."""
    return (value for link in links for value in all_items(link.values))


class FeatureWriter:
    """Writes the features of one product after the other."""

    def __init__(self, client: PlatformClient, new_group: str) -> None:
        self._client = client
        self._new_group = new_group
        self.forget()

    def forget(self) -> None:
        """Drop what we know, since something was refused: it may be old."""
        self._properties = AccountProperties(self._client)
        self._groups = NamedIds(self._client, GROUPS)
        self._options: dict[int, NamedIds] = {}

    def write(
        self, product: int, features: Sequence[Feature], links: Sequence[GroupLinkRead]
    ) -> tuple[bool, tuple[str, ...]]:
        """Write what differs. Gives whether anything did, and a sentence for each feature that cannot be written."""
        groups = {link.product_property_group_id for link in links}
        present = {value.product_property_id: value for value in values_of(links)}
        changed, remarks = False, []
        for name, text in text_by_name(features).items():
            target = self._property(name)
            if target.type in TEXTS or target.type == OPTION:
                value = text if target.type in TEXTS else str(self._option(target, text))
                changed |= self._write(product, target, value, present.get(target.id), groups)
            else:
                remarks.append(f"The feature {name} has the type {target.type} in SalesPOS and is not written.")
        return changed, tuple(remarks)

    def _write(self, product: int, target: Property, value: str, present: ValueRead | None, groups: set[int]) -> bool:
        if present is not None:
            if present.value.strip() == value:
                return False
            send_change(self._client, patch(f"/productpropertyvalues/{present.id}/", {"value": value}))
            return True
        if target.group not in groups:
            link = {"product_id": product, "product_property_group_id": target.group}
            send_change(self._client, post("/producttopropertygroups/", link))
            groups.add(target.group)
        self._create_value(product, target, value)
        return True

    def _create_value(self, product: int, target: Property, value: str) -> None:
        body = {"product_id": product, "product_property_id": target.id, "value": value}
        try:
            self._client.send(post("/productpropertyvalues/", body))
        except AlreadyDone as clash:
            raise OutcomeUnknown(clash.what, where=f"SalesPOS, feature {target.name}") from clash

    def _property(self, name: str) -> Property:
        known = self._properties.named(name)
        if known is not None:
            return known
        group = self._groups.ensure(
            self._new_group, {"name": self._new_group}, f"the feature group {self._new_group!r}"
        )

        def find() -> int | None:
            found = self._properties.named(name)
            return found.id if found else None

        creation = post(f"{GROUPS}{group}/productproperties/", {"name": name, "type": "Text"})
        made = Property(group, ensure(self._client, find, creation, f"the feature {name!r}", looked=True), name, "Text")
        self._properties.add(made)
        return made

    def _option(self, target: Property, text: str) -> int:
        if target.id not in self._options:
            self._options[target.id] = NamedIds(self._client, options_path(target.id))
        return self._options[target.id].ensure(text, {"name": text}, f"the option {text!r} of {target.name!r}")


def text_by_name(features: Sequence[Feature]) -> dict[str, str]:
    """Return one text for each name: SalesPOS has one value for each feature of a product."""
    texts: dict[str, list[str]] = {}
    for feature in features:
        texts.setdefault(feature.name, []).append(feature.value.strip())
    return {name: ", ".join(dict.fromkeys(filter(None, values))) for name, values in texts.items() if any(values)}

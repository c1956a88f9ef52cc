"""Gives products their features; a property, group or option that is missing is made. Nothing is ever taken away."""

from collections.abc import Sequence
from contextlib import suppress

from shopbridge.connectors.salespos.api import patch, post
from shopbridge.connectors.salespos.catalogue.properties import (
    GROUPS,
    TEXTS,
    Properties,
    Property,
    options_path,
    values_of,
)
from shopbridge.connectors.salespos.ensure import ensured
from shopbridge.connectors.salespos.wire_products import GroupLinkRead, ValueRead
from shopbridge.errors import AlreadyDone, OutcomeUnknown
from shopbridge.http.answer import Call
from shopbridge.http.client import PlatformClient
from shopbridge.model.catalogue import Feature

OPTION = "Option"


class FeatureWriter:
    """Writes the features of one product after the other."""

    def __init__(self, client: PlatformClient, new_group: str) -> None:
        self._client = client
        self._new_group = new_group
        self._properties = Properties(client)

    def forget(self) -> None:
        """Something was refused: what we know may be old."""
        self._properties = Properties(self._client)

    def write(
        self, product: int, features: Sequence[Feature], links: Sequence[GroupLinkRead]
    ) -> tuple[bool, tuple[str, ...]]:
        """Write what differs. Gives whether anything did, and a sentence for each feature that cannot be written."""
        groups = {link.product_property_group_id for link in links}
        present = {value.product_property_id: value for value in values_of(links)}
        changed, remarks = False, []
        for name, text in joined(features).items():
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
            with suppress(AlreadyDone):
                self._client.send(patch(f"/productpropertyvalues/{present.id}/", {"value": value}))
            return True
        if target.group not in groups:
            with suppress(AlreadyDone):
                self._client.send(
                    post(
                        "/producttopropertygroups/",
                        {"product_id": product, "product_property_group_id": target.group},
                    )
                )
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
        group = self._group()

        def create() -> Call:
            return post(f"{GROUPS}{group}/productproperties/", {"name": name, "type": "Text"})

        def find() -> int | None:
            found = self._properties.named(name)
            return found.id if found else None

        made = Property(group, ensured(self._client, find, create, f"the feature {name!r}", looked=True), name, "Text")
        self._properties.add(made)
        return made

    def _group(self) -> int:
        def create() -> Call:
            return post(GROUPS, {"name": self._new_group})

        def find() -> int | None:
            return self._properties.group(self._new_group)

        return ensured(self._client, find, create, f"the feature group {self._new_group!r}")

    def _option(self, target: Property, text: str) -> int:
        def create() -> Call:
            return post(options_path(target.id), {"name": text})

        def find() -> int | None:
            return self._properties.option(target.id, text)

        return ensured(self._client, find, create, f"the option {text!r} of {target.name!r}")


def joined(features: Sequence[Feature]) -> dict[str, str]:
    """One text for each name: SalesPOS has one value for each feature of a product."""
    texts: dict[str, list[str]] = {}
    for feature in features:
        texts.setdefault(feature.name, []).append(feature.value.strip())
    return {name: ", ".join(dict.fromkeys(filter(None, values))) for name, values in texts.items() if any(values)}

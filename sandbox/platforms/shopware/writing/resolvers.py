"""Foreign keys written by a natural key in a sync, such as ``{"resolver": "product.number", "value": "SKU-1"}``.

They are looked up before anything is written, so that a record of the same sync is not found (C11). Walked are id
fields and associations; a resolver inside a price list stays as it is. Values count exactly, capitals and blanks
included, although the database finds the rows by its own rules.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.platforms.shopware.errors import ApiError, api_error
from sandbox.platforms.shopware.schema.links import LINKS
from sandbox.platforms.shopware.schema.model import Entity
from sandbox.platforms.shopware.state import Shop
from sandbox.platforms.shopware.store import Row

PRODUCT_NUMBER = "product.number"
LATER: Mapping[str, tuple[str, str]] = {
    "currency.iso_code": ("currency", "isoCode"),
    "locale.code": ("locale", "code"),
    "payment_method.technical_name": ("payment_method", "technicalName"),
    "shipping_method.technical_name": ("shipping_method", "technicalName"),
    "document_type.technical_name": ("document_type", "technicalName"),
    "salutation.salutation_key": ("salutation", "salutationKey"),
    "tax.tax_rate": ("tax", "taxRate"),
}
"""From 6.7.11: entity and field; what several records share is found by none."""


@dataclass
class Resolving:
    """Resolves the records of one operation.

    Attributes:
        unresolved: Pointer and field of each key that leads nowhere.
    """

    shop: Shop
    unresolved: list[tuple[str, str]] = field(default_factory=list)

    def records(self, entity: Entity, records: Any, pointer: str) -> Any:
        """A list of records with ids in place of natural keys."""
        if not isinstance(records, list):
            return records
        return [self._record(entity, each, f"{pointer}/{number}") for number, each in enumerate(records)]

    def _record(self, entity: Entity, record: Any, pointer: str) -> Any:
        if not isinstance(record, dict):
            return record
        return {name: self._value(entity, name, value, f"{pointer}/{name}") for name, value in record.items()}

    def _value(self, entity: Entity, name: str, value: Any, pointer: str) -> Any:
        if _is_reference(value) and entity.fields.get(name) == "id":
            return self._resolved(value, pointer, f"{entity.name}.{name}")
        way = entity.associations.get(name)
        if way is None:
            return value
        target = self.shop.store.schema[way.target]
        nested = self.records if isinstance(value, list) else self._record
        return nested(target, value, pointer)

    def _resolved(self, reference: Mapping[str, Any], pointer: str, name: str) -> str | None:
        rows = self._rows(str(reference["resolver"]), reference["value"])
        if len(rows) == 1:
            return rows[0].id
        if not reference.get("nullOnMissing"):
            self.unresolved.append((pointer, name))
        return None

    def _rows(self, resolver: str, value: Any) -> list[Row]:
        if resolver == PRODUCT_NUMBER:
            alike = self.shop.store.children("product", "productNumber", str(value))
            return [row for row in alike if row.values["productNumber"] == str(value)]
        if resolver not in LATER or not self.shop.version.resolves_more:
            detail = f"Foreign key resolver for key {resolver} not found"
            raise api_error(400, "API_RESOLVER_NOT_FOUND_EXCEPTION", detail, key=resolver)
        entity, name = LATER[resolver]
        return [*_matching(self.shop, entity, name, str(value))]


def resolve(shop: Shop, key: str, entity_name: str, payload: list[Any]) -> list[Any]:
    """The records of an operation with all natural keys resolved; before 6.5.2 as they are.

    Raises:
        ApiError: 400, a key leads nowhere, or the resolver is unknown.
    """
    if not shop.version.resolves_product_numbers:
        return payload
    link = LINKS.get(entity_name)
    resolving = Resolving(shop)
    records: list[Any] = resolving.records(link.entity if link else shop.store.schema[entity_name], payload, key)
    if resolving.unresolved:
        raise _unresolved(resolving.unresolved)
    return records


def _is_reference(value: Any) -> bool:
    return isinstance(value, dict) and value.get("resolver") is not None and value.get("value") is not None


def _matching(shop: Shop, entity: str, name: str, value: str) -> Iterator[Row]:
    for row in shop.store.all(entity):
        found = row.values.get(name)
        if found is not None and (str(found) == value or (name == "taxRate" and _same_number(found, value))):
            yield row


def _same_number(found: float, value: str) -> bool:
    try:
        return float(value) == found
    except ValueError:
        return False


def _unresolved(places: list[tuple[str, str]]) -> ApiError:
    parameters: dict[str, str] = {}
    for number, (pointer, name) in enumerate(places):
        parameters |= {f"pointer-{number}": pointer, f"field-{number}": name}
    texts = [f"Can not resolve foreign key at position {pointer}. Reference field: {name}" for pointer, name in places]
    return api_error(400, "FRAMEWORK__API_INVALID_SYNC_RESOLVERS", "\n".join(texts), **parameters)

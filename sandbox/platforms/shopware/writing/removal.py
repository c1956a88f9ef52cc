"""Deleting records and joins: what goes along, what is let go, and what stands in the way."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from sandbox.platforms.shopware.errors import ApiError, api_error
from sandbox.platforms.shopware.schema.links import LINKS, Link, link_of, part
from sandbox.platforms.shopware.schema.model import Entity
from sandbox.platforms.shopware.state import Shop
from sandbox.platforms.shopware.store import Row
from sandbox.platforms.shopware.values import is_id
from sandbox.platforms.shopware.writing.batch import Batch, Key
from sandbox.platforms.shopware.writing.fields import bad_id
from sandbox.platforms.shopware.writing.writes import not_created

RESTRICTING = {
    "tax": (("product", "taxId"),),
    "property_group_option": (("product", "optionIds"), ("product_configurator_setting", "optionId")),
    "category": (("sales_channel", "navigationCategoryId"),),
}
"""What forbids deleting a record that is in use. [inferred] for options: refused rather than broken."""
LET_GO = {
    "product": (("order_line_item", "productId"),),
    "product_manufacturer": (("product", "manufacturerId"),),
    "unit": (("product", "unitId"),),
}
"""Fields that become null, past the events. [inferred] for order lines."""


def delete(batch: Batch, row: Row) -> None:
    """Delete a record with all it owns; a restriction is noted as the batch's failure.

    Raises:
        ApiError: 501, the emulator does not delete such records.
    """
    entity = batch.shop.store.schema[row.entity]
    if not entity.creatable:
        raise not_created(entity)
    batch.rights.add(f"{row.entity}:delete")
    usages = sum((_usages(batch.shop, each) for each in _whole(batch.shop, row)), Counter[str]())
    if usages:
        batch.failures.append(_restricted(row, usages))
        return
    batch.touch(batch.shop.store.get(row.entity, row.values.get("parentId")))
    for each in [*_whole(batch.shop, row)]:
        _let_go(batch.shop, each)
        batch.shop.delete(each)


def delete_key(batch: Batch, entity: str, key: Any, pointer: str) -> tuple[Key, bool] | None:
    """Delete what a primary key names: the key, and whether it was there; None for a key that is none."""
    link = LINKS.get(entity)
    if link is None:
        row_id = key.get("id") if isinstance(key, dict) else None
        if not is_id(row_id):
            batch.problems.append(bad_id(f"{pointer}/id", row_id))
            return None
        row = batch.shop.store.get(entity, str(row_id))
        if row is not None:
            delete(batch, row)
        return str(row_id), row is not None
    ids = [key.get(name) if isinstance(key, dict) else None for name in (link.owner_key, link.other_key)]
    if not all(map(is_id, ids)):
        batch.problems.append(bad_id(f"{pointer}/{link.owner_key}", ids[0]))
        return None
    owner_id, other_id = map(str, ids)
    return link.key(owner_id, other_id), _part(batch, link, owner_id, other_id)


def delete_nested(batch: Batch, entity: Entity, owner_id: str, name: str, other_id: str) -> bool:
    """Delete what hangs on a record through an association; False when nothing does."""
    link = link_of(entity.name, name)
    if link is not None:
        return _part(batch, link, owner_id, other_id)
    way = entity.associations[name]
    row = batch.shop.store.get(way.target, other_id)
    if row is None or row.values[way.by] != owner_id:
        return False
    delete(batch, row)
    return True


def _part(batch: Batch, link: Link, owner_id: str, other_id: str) -> bool:
    batch.rights.add(f"{link.name}:delete")
    owner = batch.shop.store.get(link.owner, owner_id)
    batch.touch(owner)
    return owner is not None and part(batch.shop.store, link, owner, other_id)


def _whole(shop: Shop, row: Row) -> Iterator[Row]:
    """A record and all it owns, the innermost first."""
    entity = shop.store.schema[row.entity]
    for name in entity.owned:
        for each in list(shop.store.follow(row, entity.associations[name])):
            yield from _whole(shop, each)
    yield row


def _usages(shop: Shop, row: Row) -> Counter[str]:
    found: Counter[str] = Counter()
    for entity, name in RESTRICTING.get(row.entity, ()):
        users = sum(_points(each.values[name], row.id) for each in shop.store.all(entity))
        found[entity] += users
    return +found


def _points(value: Any, row_id: str) -> bool:
    return row_id in value if isinstance(value, list) else bool(value == row_id)


def _restricted(row: Row, usages: Counter[str]) -> ApiError:
    text = ", ".join(f"{name} ({count})" for name, count in usages.items())
    detail = (
        f"The delete request for {row.entity} was denied due to a conflict. The entity is currently in use by: {text}"
    )
    listed = [{"entityName": name, "count": count} for name, count in usages.items()]
    return api_error(409, "FRAMEWORK__DELETE_RESTRICTED", detail, entity=row.entity, usagesString=text, usages=listed)


def _let_go(shop: Shop, row: Row) -> None:
    for entity, name in LET_GO.get(row.entity, ()):
        for each in [each for each in shop.store.all(entity) if each.values[name] == row.id]:
            shop.store.write(each, {name: None})
    for link in LINKS.values():
        way = shop.store.schema[link.owner].associations[link.association]
        if way.target != row.entity:
            continue
        for owner in [each for each in shop.store.all(link.owner) if row.id in shop.store.linked(each, way.by)]:
            part(shop.store, link, owner, row.id)

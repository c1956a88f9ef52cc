"""The rows that join two records and have no id of their own, such as ``product_category``.

The store keeps them as lists of ids on one side. A client sees them as entities with a composite key: in sync
operations and in the answers to them, and in the paths that remove one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sandbox.platforms.shopware.schema.model import Entity, fields
from sandbox.platforms.shopware.store import Row, Store


@dataclass(frozen=True)
class Link:
    """One joining entity.

    Args:
        owner: The entity that keeps the list.
        association: The owner's association.
        owner_key: The field with the owner's id.
        other_key: The field with the other's id.
    """

    name: str
    owner: str
    association: str
    owner_key: str
    other_key: str

    def key(self, owner_id: str, other_id: str) -> dict[str, str]:
        """The composite key as a client writes it."""
        return {self.owner_key: owner_id, self.other_key: other_id}

    @property
    def entity(self) -> Entity:
        """The joining entity, for filters over it."""
        return Entity(self.name, fields(id=f"{self.owner_key} {self.other_key}"))


LINKS: Mapping[str, Link] = {
    link.name: link
    for link in (
        Link("product_category", "product", "categories", "productId", "categoryId"),
        Link("product_property", "product", "properties", "productId", "optionId"),
        Link("product_option", "product", "options", "productId", "optionId"),
        Link("product_tag", "product", "tags", "productId", "tagId"),
        Link("order_tag", "order", "tags", "orderId", "tagId"),
    )
}
_BY_ASSOCIATION = {(link.owner, link.association): link for link in LINKS.values()}


def link_of(owner: str, association: str) -> Link | None:
    """The joining entity behind an association."""
    return _BY_ASSOCIATION.get((owner, association))


def linked(store: Store, link: Link, row: Row) -> list[str]:
    """The ids a record is joined to."""
    return store.linked(row, store.schema[link.owner].associations[link.association].by)


def join(store: Store, link: Link, row: Row, ids: Iterable[str]) -> None:
    """Add ids; those already there stay where they are."""
    known = linked(store, link, row)
    _set(store, link, row, list(dict.fromkeys([*known, *ids])))


def part(store: Store, link: Link, row: Row, other_id: str) -> bool:
    """Remove an id; False when it was not there."""
    known = linked(store, link, row)
    if other_id not in known:
        return False
    _set(store, link, row, [each for each in known if each != other_id])
    return True


def rows_of(store: Store, link: Link) -> Iterable[Row]:
    """All joining rows, made up from the lists."""
    for owner in store.all(link.owner):
        for other_id in linked(store, link, owner):
            yield Row(link.name, {**link.key(owner.id, other_id)})


def _set(store: Store, link: Link, row: Row, ids: list[str]) -> None:
    store.link(row, store.schema[link.owner].associations[link.association].by, ids)

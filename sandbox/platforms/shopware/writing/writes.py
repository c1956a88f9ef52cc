"""Creating and updating records through the API, each with what is nested in it (platform file, C12).

Sent fields are checked, then written; lists of prices and other JSON are replaced, custom fields are merged key by
key, and nested lists only add and update: nothing is removed by leaving it out.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.platforms.shopware import stock
from sandbox.platforms.shopware.errors import INVALID_UUID, WRONG_TYPE, ApiError, Problem, api_error, violation
from sandbox.platforms.shopware.schema.links import Link, join, link_of
from sandbox.platforms.shopware.schema.model import Entity, words
from sandbox.platforms.shopware.state import Shop
from sandbox.platforms.shopware.store import Row
from sandbox.platforms.shopware.values import SYSTEM_LANGUAGE_ID, is_id, parse_stamp
from sandbox.platforms.shopware.writing.batch import Batch
from sandbox.platforms.shopware.writing.fields import bad_id, blank, check, is_blank, stored_prices
from sandbox.platforms.shopware.writing.integrity import bad_reference, refused
from sandbox.platforms.shopware.writing.sent import TRANSLATIONS, Sent, take_apart

CHANGED_ONLY = words(
    "order order_delivery order_transaction order_line_item order_address order_customer customer customer_address"
)
"""The entities this emulator updates, but does not create."""
MISSING_SYSTEM_TRANSLATION = "MISSING-SYSTEM-TRANSLATION"
"""Read in Shopware's source; the platform file says that the system's language must be present on create."""


def writable(entity: Entity) -> bool:
    """Whether clients may write this entity at all."""
    return entity.creatable or entity.name in CHANGED_ONLY


def create(batch: Batch, entity: Entity, body: Any) -> str | None:
    """Write a new record: its id; None when it has none that is valid.

    Raises:
        ApiError: 400, there is such a record already, or the body is not one record.
    """
    if not isinstance(body, dict):
        raise api_error(400, "0", "Only a single record can be created with this endpoint, not a list.")
    if is_id(body.get("id")) and batch.shop.store.get(entity.name, body["id"]) is not None:
        raise _wrong_intent(entity, body["id"], "InsertCommand", "UpdateCommand")
    row = write(batch, entity, body, first_pointer(batch.shop))
    return None if row is None else row.id


def patch(batch: Batch, entity: Entity, row_id: str, body: Any) -> None:
    """Write the sent fields of an existing record.

    Raises:
        ApiError: 400, there is no such record, or the body is not one record or another's.
    """
    if not isinstance(body, dict):
        raise api_error(400, "0", "The body has to be one record")
    if batch.shop.store.get(entity.name, row_id) is None:
        raise _wrong_intent(entity, row_id, "UpdateCommand", "InsertCommand")
    pointer = first_pointer(batch.shop)
    if body.get("id", row_id) != row_id:
        raise api_error(400, INVALID_UUID, "The id of the body differs from the path's", pointer=f"{pointer}/id")
    write(batch, entity, {**body, "id": row_id}, pointer)


def first_pointer(shop: Shop) -> str:
    """What the pointers of a single write begin with."""
    return "/0" if shop.version.numbers_single_writes else ""


def write(batch: Batch, entity: Entity, body: Any, pointer: str, owner: Mapping[str, str] | None = None) -> Row | None:
    """Write one record with all that is nested in it; None when it was not valid.

    Raises:
        ApiError: 501, something in it is not simulated.
    """
    sent = take_apart(batch, entity, body, pointer, owner or {})
    if sent is None:
        return None
    if sent.row is None and not entity.creatable:
        raise not_created(entity)
    _write_pointed_to(batch, sent)
    problems = [*_problems(sent)]
    batch.problems += problems
    row = None if problems else _store(batch, sent)
    for name, value in sent.nested.items():
        _write_nested(batch, sent, name, value, row)
    return row


def not_created(entity: Entity) -> ApiError:
    """A record the emulator makes only in its own ways."""
    detail = f"Creating or deleting {entity.name} is documented by Shopware but not simulated."
    return api_error(501, "SANDBOX__NOT_SIMULATED", detail)


def write_link(batch: Batch, link: Link, row: Row, other_id: str) -> None:
    """Join two records."""
    way = batch.shop.store.schema[link.owner].associations[link.association]
    batch.rights.add(f"{link.name}:create")
    if batch.shop.store.get(way.target, other_id) is None:
        batch.failures.append(bad_reference(link.name, link.other_key, in_sync=batch.in_sync))
        return
    join(batch.shop.store, link, row, [other_id])
    batch.note(link.name, link.key(row.id, other_id))
    batch.touch(row)


def _problems(sent: Sent) -> Iterator[Problem]:
    for name, value in sent.fields.items():
        yield from check(sent.entity, name, value, sent.place(name), is_variant=sent.is_variant)
    for language, texts in sent.texts.items():
        # Another language may lack what the system's must have.
        for name, value in ((name, value) for name, value in texts.items() if value is not None):
            yield from check(sent.entity, name, value, sent.place(name, language))
    if sent.row is None or _became_main(sent):
        yield from _missing(sent)


def _became_main(sent: Sent) -> bool:
    """A variant that loses its parent has to stand on its own."""
    return "parentId" in sent.fields and bool(sent.entity.inherited) and not sent.is_variant


def _missing(sent: Sent) -> Iterator[Problem]:
    entity, kept = sent.entity, sent.row.values if sent.row is not None else {}
    inherited = entity.inherited if sent.is_variant else frozenset[str]()
    needed = [name for name in entity.fields if name in entity.required - inherited - sent.fields.keys()]
    missing = [name for name in needed if is_blank(entity.fields[name], kept.get(name))]
    foreign = sent.texts.keys() - {SYSTEM_LANGUAGE_ID} if any(n in entity.translated for n in missing) else set()
    if foreign:
        detail = f"Translation required for system language {SYSTEM_LANGUAGE_ID}"
        yield violation(f"{sent.pointer}/{TRANSLATIONS}/{SYSTEM_LANGUAGE_ID}", MISSING_SYSTEM_TRANSLATION, detail)
    yield from (blank(sent.place(name)) for name in missing if not (foreign and name in entity.translated))


def _store(batch: Batch, sent: Sent) -> Row:
    entity, shop = sent.entity, batch.shop
    values = {name: _stored(sent, name, value) for name, value in sent.fields.items()}
    if sent.row is None:
        defaults = {} if sent.is_variant else entity.defaults
        row = shop.insert(entity.name, {**defaults, **values, "id": sent.id})
    else:
        row = _update(batch, sent.row, values)
    batch.rights.add(f"{entity.name}:{'create' if sent.row is None else 'update'}")
    batch.note(entity.name, row.id)
    _translate(batch, sent, row)
    batch.touch(row)
    failure = refused(shop, row, sent.fields, in_sync=batch.in_sync)
    batch.failures += [failure] if failure else []
    return row


def _update(batch: Batch, row: Row, values: Mapping[str, Any]) -> Row:
    shop = batch.shop
    if row.values.get("parentId") is not None and "parentId" in values:
        batch.touch(shop.store.get(row.entity, row.values["parentId"]))
    order = shop.store.get("order", row.values["orderId"]) if row.entity == "order_line_item" else None
    before = stock.quantities(shop, order) if order else None
    shop.update(row, values)
    if order and before is not None:
        stock.order_edited(shop, before, stock.quantities(shop, order))
    return row


def _translate(batch: Batch, sent: Sent, row: Row) -> None:
    own = any(name in sent.entity.translated for name in sent.fields)
    for language, texts in sent.texts.items():
        kept = row.texts.get(language, {})
        merged = {name: _merged(kept.get(name), value) for name, value in texts.items()}
        batch.shop.store.translate(row, language, merged)
    head, *tail = sent.entity.name.split("_")
    key = head + "".join(part.title() for part in tail) + "Id"
    for language in [*([SYSTEM_LANGUAGE_ID] if own else []), *sent.texts]:
        batch.note(f"{sent.entity.name}_translation", {key: row.id, "languageId": language})


def _stored(sent: Sent, name: str, value: Any) -> Any:
    kind = sent.entity.fields[name]
    if is_blank(kind, value):
        return None
    if name == "customFields":
        return _merged(sent.row.values[name] if sent.row is not None else None, value)
    if kind == "prices":
        return stored_prices(value)
    return parse_stamp(value) if kind == "time" else value


def _merged(kept: Any, value: Any) -> Any:
    """Custom fields are merged key by key; no other text is an object."""
    if isinstance(value, dict):
        return {**(kept or {}), **value}
    return {} if value == [] else value


def _write_pointed_to(batch: Batch, sent: Sent) -> None:
    """To-one associations come first, since the record needs their ids. A mere id only points."""
    for name, value in sent.nested.items():
        way = sent.entity.associations[name]
        if way.kind != "one" or value is None:
            continue
        if isinstance(value, dict) and set(value) == {"id"}:
            sent.fields[way.by] = value["id"]
            continue
        row = write(batch, batch.shop.store.schema[way.target], value, f"{sent.pointer}/{name}")
        if row is not None:
            sent.fields[way.by] = row.id


def _write_nested(batch: Batch, sent: Sent, name: str, value: Any, row: Row | None) -> None:
    way = sent.entity.associations[name]
    if way.kind == "one" or value is None:
        return
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        detail = "This value should be a list of objects."
        batch.problems.append(violation(f"{sent.pointer}/{name}", WRONG_TYPE, detail))
        return
    for number, each in enumerate(value):
        pointer = f"{sent.pointer}/{name}/{number}"
        if way.kind == "many":
            write(batch, batch.shop.store.schema[way.target], each, pointer, {way.by: sent.id})
        else:
            _write_linked(batch, sent, name, each, pointer, row)


def _write_linked(batch: Batch, sent: Sent, name: str, each: dict[str, Any], pointer: str, row: Row | None) -> None:
    """A mere id is joined without touching the other record; with more it is written, too."""
    if set(each) == {"id"}:
        other_id = each["id"] if is_id(each["id"]) else None
        batch.problems += [] if other_id else [bad_id(f"{pointer}/id", each["id"])]
    else:
        target = sent.entity.associations[name].target
        other = write(batch, batch.shop.store.schema[target], each, pointer)
        other_id = None if other is None else other.id
    link = link_of(sent.entity.name, name)
    if row is not None and other_id is not None and link is not None:
        write_link(batch, link, row, other_id)


def _wrong_intent(entity: Entity, row_id: str, expected: str, actual: str) -> ApiError:
    hint = "use POST to create records" if expected == "UpdateCommand" else "use PATCH to change records"
    detail = f"Expected command for {entity.name} {row_id} to be {expected}, got {actual}; {hint}."
    return api_error(
        400,
        "FRAMEWORK__WRITE_TYPE_INTEND_ERROR",
        detail,
        definition=entity.name,
        expectedClass=expected,
        actualClass=actual,
    )

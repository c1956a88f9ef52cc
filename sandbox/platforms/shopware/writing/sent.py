"""A record as a client sent it, taken apart: fields, texts by language, and what is nested in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.platforms.shopware.errors import NOT_WRITABLE, WRONG_TYPE, not_simulated, violation
from sandbox.platforms.shopware.schema.model import Entity
from sandbox.platforms.shopware.store import Row, Store
from sandbox.platforms.shopware.values import SYSTEM_LANGUAGE_ID, is_id
from sandbox.platforms.shopware.writing.batch import Batch
from sandbox.platforms.shopware.writing.fields import bad_id, unknown_field

TRANSLATIONS = "translations"


@dataclass(frozen=True)
class Sent:
    """A record taken apart.

    Args:
        id: Its id, made by the shop when the client gave none.
        row: The record of that id, if there is one: the write is an update then.
        fields: What is kept in the record itself, translatable fields in the system's language among it.
        texts: Translatable fields by language, other than the system's.
        nested: By association.
    """

    entity: Entity
    id: str
    pointer: str
    row: Row | None
    fields: dict[str, Any]
    texts: Mapping[str, dict[str, Any]]
    nested: Mapping[str, Any]

    @property
    def is_variant(self) -> bool:
        """Whether it inherits."""
        if not self.entity.inherited:
            return False
        before = self.row.values["parentId"] if self.row is not None else None
        return bool(self.fields.get("parentId", before))

    def place(self, name: str, language: str = SYSTEM_LANGUAGE_ID) -> str:
        """The pointer of a field; a translatable one is placed in its language."""
        if name in self.entity.translated:
            return f"{self.pointer}/{TRANSLATIONS}/{language}/{name}"
        return f"{self.pointer}/{name}"


def take_apart(batch: Batch, entity: Entity, body: Any, pointer: str, owner: Mapping[str, str]) -> Sent | None:
    """Take a record apart; None, with the problem noted, when it is none or has no valid id.

    Args:
        owner: The foreign key to the record it is nested in.

    Raises:
        ApiError: 501, something in it is not simulated.
    """
    if not isinstance(body, dict):
        batch.problems.append(violation(pointer, WRONG_TYPE, "This value should be of type array.", str(body)))
        return None
    row_id = body.get("id") or batch.shop.new_id(entity.name)
    if not is_id(row_id):
        batch.problems.append(bad_id(f"{pointer}/id", row_id))
        return None
    sent = {name: value for name, value in body.items() if name != "id"}
    texts = _texts(batch, entity, sent, pointer)
    plain = {name: value for name, value in sent.items() if name in entity.fields and name not in entity.translated}
    fields = plain | texts.pop(SYSTEM_LANGUAGE_ID, {}) | dict(owner)
    nested = {name: value for name, value in sent.items() if _is_nested(batch, entity, name, pointer)}
    row = batch.shop.store.get(entity.name, row_id)
    return Sent(entity, row_id, pointer, row, fields, texts, nested)


def _texts(batch: Batch, entity: Entity, sent: Mapping[str, Any], pointer: str) -> dict[str, dict[str, Any]]:
    """Translatable fields by language: the request's, and those named under ``translations``."""
    plain = {name: value for name, value in sent.items() if name in entity.translated and name in entity.fields}
    texts: dict[str, dict[str, Any]] = {batch.language: plain} if plain else {}
    given = sent.get(TRANSLATIONS) if entity.translated else None
    if given is None:
        return texts
    if not isinstance(given, dict) or not all(isinstance(each, dict) for each in given.values()):
        raise not_simulated("Any form of translations but an object by language id or locale code")
    for key, values in given.items():
        place = f"{pointer}/{TRANSLATIONS}/{key}"
        language = _language(batch.shop.store, key)
        if language is None:
            batch.problems.append(violation(place, NOT_WRITABLE, f"The language {key} was not found.", key))
            continue
        unknown = sorted(name for name in values if name not in entity.translated)
        batch.problems += [
            unknown_field(name, f"a translation of {entity.name}", f"{place}/{name}") for name in unknown
        ]
        known = {name: value for name, value in values.items() if name in entity.translated}
        texts[language] = texts.get(language, {}) | known
    return texts


def _language(store: Store, key: str) -> str | None:
    """A language by its id or its locale's code."""
    if key in store.tables["language"]:
        return key
    locale = store.find("locale", code=key)
    found = locale and store.find("language", localeId=locale.id)
    return found.id if found else None


def _is_nested(batch: Batch, entity: Entity, name: str, pointer: str) -> bool:
    """Whether the key is an association that can be written along."""
    if name in entity.fields or name == "id" or (name == TRANSLATIONS and entity.translated):
        return False
    if name in entity.nested:
        return True
    if name in entity.associations or name in entity.beyond:
        raise not_simulated(f"Writing {name} nested in {entity.name}")
    place = f"{pointer}/{name}" if batch.in_sync or pointer not in {"/0", ""} else f"/{name}"
    batch.problems.append(unknown_field(name, f"a record of {entity.name}", place))
    return False

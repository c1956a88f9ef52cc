"""What versions differ in, as the shop keeps it: product classes, attributes, and the values that versions take.

A version takes a value by a relation of its own, after it was made (platform file, "Variants"). Classes and attributes
are the merchant's, for they decide what a shop is filtered by. Values are made where they are missing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from pydantic import TypeAdapter

from shopbridge.connectors.kit.rows import read_rows
from shopbridge.connectors.shoprenter.api import Request
from shopbridge.connectors.shoprenter.facts import ShopFacts
from shopbridge.connectors.shoprenter.outcomes import TITLE
from shopbridge.connectors.shoprenter.product_index import ShoprenterProductIndex
from shopbridge.connectors.shoprenter.wire import link_id
from shopbridge.connectors.shoprenter.wire_products import WireValueName
from shopbridge.errors import AlreadyDone, Held, Rejected, RetryLater
from shopbridge.mapping.names import caseless, folded

VALUES, NAMES, RELATIONS = "listAttributeValues", "listAttributeValueDescriptions", "productListAttributeValueRelations"
BELIEVED = timedelta(minutes=10)
"""How long values that were read or made are taken to be there: each batch of a run names the same ones again."""
_NAMES: Final = TypeAdapter(tuple[WireValueName, ...])
Options = Mapping[str, str]


@dataclass
class Choices:
    """The attributes of a shop; values are read once in some minutes, and once for a batch that misses one."""

    facts: ShopFacts
    index: ShoprenterProductIndex
    _values: dict[tuple[str, str], str] = field(default_factory=dict, repr=False)
    _since: datetime | None = None
    _remembered: bool = False
    _just_read: set[str] = field(default_factory=set, repr=False)

    def begin(self) -> None:
        """Begin a batch of products: what was read long ago is read again."""
        now = self.facts.clock()
        if self._since is None or now - self._since >= BELIEVED:
            self._values.clear()
            self._since = now
        self._remembered = bool(self._values)
        self._just_read.clear()

    def refused(self, error: Rejected) -> None:
        """Note that the shop did not take a value. Raises RetryLater where it may be gone: all are read again then."""
        if self._remembered:
            self._values.clear()
            raise RetryLater(error.what, after=1, where=error.where) from error

    def class_of(self, options: Options) -> str:
        """Return the class whose versions differ in just these attributes. Raises Held where the shop has none."""
        named = self.facts.settings.product_class
        chosen = (each for each in self.index.classes if not named or folded(named) == folded(each.name))
        found = next((each.id for each in chosen if self.fits(each.id, options)), None)
        if found is None:
            which = f"the product class {named}" if named else "any product class"
            raise Held(
                f"Versions do not differ in {' and '.join(sorted(options))} in {which} of the shop",
                code="attributes_differ",
                fix="Make one in the shop's admin (product types), or name its attributes in products.attributes.",
            )
        return found

    def fits(self, product_class: str, options: Options) -> bool:
        """Tell whether the versions of a class differ in just these attributes."""
        names = {key: folded(name) for name, key in self.index.attribute_ids.items()}
        differs = {names.get(key, key) for key in self.index.parameters(product_class)}
        return bool(differs) and differs == {folded(name) for name in options}

    def relations(self, product: str, options: Options) -> list[Request]:
        """Return what gives a version its values."""
        ids = {folded(name): key for name, key in self.index.attribute_ids.items()}
        values = [self._value(ids[folded(name)], text) for name, text in sorted(options.items())]
        return [Request("POST", f"/{RELATIONS}", _pair(product, value)) for value in values]

    def _value(self, attribute: str, text: str) -> str:
        """The id of a value, which is made where it is missing."""
        key = (attribute, caseless(text))
        if key not in self._values and attribute not in self._just_read:
            self._values |= self._read(attribute)
            self._just_read.add(attribute)
        if key not in self._values:
            self._values[key] = self._make(attribute, text)
        return self._values[key]

    def _read(self, attribute: str) -> dict[tuple[str, str], str]:
        """All values of an attribute by their names in any language."""
        ids = {link_id(row) for row in self.facts.api.rows(VALUES, {"listAttributeId": attribute})}
        rows = read_rows(_NAMES, list(self.facts.api.rows(NAMES)), TITLE, "values of attributes")
        known = [row for row in rows if row.list_attribute_value in ids]
        return {(attribute, caseless(row.name)): row.list_attribute_value for row in known}

    def _make(self, attribute: str, text: str) -> str:
        """A value and its name. One whose answer was lost is without a name: nobody sees it."""
        made = self._post(VALUES, {"listAttribute": {"id": attribute}})
        language = {"id": self.facts.language_id}
        self._post(NAMES, {"name": text, "listAttributeValue": {"id": made}, "language": language})
        return made

    def _post(self, resource: str, data: Mapping[str, Any]) -> str:
        (reply,) = self.facts.api.batch([Request("POST", f"/{resource}", data)])
        if isinstance(reply, AlreadyDone):
            return reply.external_id
        made = link_id(reply) if isinstance(reply, dict) else ""
        if not isinstance(made, str) or not made:
            raise RetryLater(f"{TITLE} does not take a value of an attribute", after=60, where=f"{TITLE} {resource}")
        return made


def _pair(product: str, value: str) -> dict[str, Any]:
    return {"product": {"id": product}, "listAttributeValue": {"id": value}}
